//! How often the search for secrets takes harmless text for one.

use super::{corpus, tests};
use crate::dropped::tree;
use passgrid::text::secrets::{Class, secrets};
use std::time::{Duration, Instant};

tests! { certain_secrets_are_hardly_ever_false_alarms }

/// What is found in the whole corpus, with the file. The corpus has no secrets, so all of these are false alarms.
const FALSE_ALARMS: [(&str, &str); 0] = [];

fn certain_secrets_are_hardly_ever_false_alarms() {
    let (mut found, mut bytes, mut time) = (Vec::new(), 0, Duration::ZERO);
    for (path, content) in tree(&corpus("")) {
        let text = String::from_utf8_lossy(&content);
        let start = Instant::now();
        let secrets = secrets(&text);
        time += start.elapsed();
        bytes += text.len();
        let certain = secrets.into_iter().filter(|secret| secret.class == Class::High);
        found.extend(
            certain.map(|secret| (path.clone(), format!("{}: {}", secret.kind, &text[secret.range]))),
        );
    }
    println!("{bytes} bytes, {:.0} MB/s", bytes as f64 / 1e6 / time.as_secs_f64());
    let found: Vec<(&str, &str)> = found.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    assert_eq!(found, FALSE_ALARMS);
    assert!(FALSE_ALARMS.len() <= 5);
}
