//! Finds secrets in texts: what nobody wants to publish by accident.
//!
//! Tokens of known shapes, private keys and passwords in URLs are of the high class: it is certain enough what
//! they are. Wi-Fi keys, random words beside `password`, e-mail addresses, home folders and names of local hosts are
//! of the low class. Shapes are those that the services document for scanners; the lists of GitHub's secret
//! scanning and of gitleaks agree.
//!
//! The time is linear: each place is looked at up to a limit, and nothing is tried twice.

use super::head;
use super::search::find_byte;
use super::token_shapes::{GITLAB, SHORTEST_TOKEN, STARTS, TOKENS, is_alphanumeric, is_base64url, is_word};
use crate::text::order::Order;
use std::collections::BTreeMap;
use std::ops::Range;

/// How far a secret is followed from its beginning, in bytes; only keys in PEM have no limit.
const REACH: usize = 2048;

/// The shortest text that an importer may have cut, in bytes: messages end after 300.
const CUT_TEXT: usize = 290;

/// How many bytes of a token count as one where the rest was cut off.
const CUT: usize = 8;

/// How certain it is that something is a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// It may be one, or tells about a person or a machine.
    Low,
    /// It is one.
    High,
}

/// A secret in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Secret {
    /// What it is: `GitHub token`.
    pub kind: &'static str,
    /// How certain that is.
    pub class: Class,
    /// Its bytes in the text.
    pub range: Range<usize>,
}

/// Words beside which a random text is a secret.
const SECRET_WORDS: [&str; 11] = [
    "password",
    "passwd",
    "passphrase",
    "secret",
    "token",
    "apikey",
    "api_key",
    "api-key",
    "access_key",
    "credential",
    "authorization",
];

/// Returns all secrets of a text, in order. They do not overlap.
pub fn secrets(text: &str) -> Vec<Secret> {
    let mut found: Vec<Secret> = Vec::new();
    tokens(text, &mut found);
    web_tokens(text, &mut found);
    private_keys(text, &mut found);
    passwords_in_urls(text, &mut found);
    wifi_keys(text, &mut found);
    secret_values(text, &mut found);
    addresses(text, &mut found);
    home_folders(text, &mut found);
    host_names(text, &mut found);
    // Of two that overlap, the one of the higher class counts, and of these the longer one.
    found.order_by_key(|secret| (std::cmp::Reverse(secret.class), std::cmp::Reverse(secret.range.len())));
    let mut kept: BTreeMap<usize, Secret> = BTreeMap::new();
    for secret in found {
        let before = kept.range(..secret.range.end).next_back();
        if before.is_none_or(|(_, before)| before.range.end <= secret.range.start) {
            kept.insert(secret.range.start, secret);
        }
    }
    kept.into_values().collect()
}

/// Returns the beginnings of tokens in a text that quotes others and cuts them anywhere, such as a note on a file.
pub fn beginnings(text: &str) -> Vec<Secret> {
    let mut found = Vec::new();
    find_tokens(text, true, &mut found);
    found
}

fn tokens(text: &str, found: &mut Vec<Secret>) {
    find_tokens(text, false, found);
}

fn find_tokens(text: &str, is_cut_anywhere: bool, found: &mut Vec<Secret>) {
    let bytes = text.as_bytes();
    if bytes.len() < SHORTEST_TOKEN {
        return;
    }
    for (token, starts) in TOKENS.iter().zip(STARTS.iter()) {
        for start in starts.find_iter(bytes) {
            let first = start + token.start.len();
            let len = run(bytes, first, token.is_part);
            let is_cut = len >= CUT && (is_cut_anywhere || is_cut(bytes, first + len));
            if begins_word(bytes, start) && (token.len.contains(&len) || is_cut) {
                let end = first + len;
                let end = if token.kind == GITLAB { end + routing(bytes, end) } else { end };
                found.push(Secret { kind: token.kind, class: Class::High, range: start..end });
            }
        }
    }
}

/// Whether a word begins here, and not in a longer word that happens to contain the beginning of a token. An escape
/// of a URL, of JSON or of a terminal ends a word, although it ends in a letter or digit.
fn begins_word(bytes: &[u8], start: usize) -> bool {
    let before = bytes.get(..start).unwrap_or_default();
    let is_hex = |byte: &u8| byte.is_ascii_hexdigit();
    match before {
        [] => true,
        [.., last] if !is_alphanumeric(*last) => true,
        [.., b'%', a, b] if is_hex(a) && is_hex(b) => true,
        [.., b'\\', b'n' | b'r' | b't' | b'b' | b'f'] => true,
        [.., b'\\', b'x', a, b] if is_hex(a) && is_hex(b) => true,
        [.., b'\\', b'u', a, b, c, d] if [a, b, c, d].into_iter().all(is_hex) => true,
        [rest @ .., b'm'] => {
            let codes =
                rest.iter().rev().take(16).take_while(|byte| byte.is_ascii_digit() || **byte == b';').count();
            rest.get(..rest.len() - codes).is_some_and(|rest| rest.ends_with(b"\x1b["))
        }
        _ => false,
    }
}

/// Whether the end of a secret may be missing: it ends with a text as long as those that importers cut, or where
/// notes and long names end what they quote.
fn is_cut(bytes: &[u8], end: usize) -> bool {
    let rest = bytes.get(end..).unwrap_or_default();
    rest.is_empty() && bytes.len() >= CUT_TEXT || rest.starts_with(b"`") || rest.starts_with("…".as_bytes())
}

/// How many bytes of a GitLab token's routing follow: `.01.170abcdef`.
fn routing(bytes: &[u8], end: usize) -> usize {
    let part = |at: usize| match bytes.get(at) {
        Some(b'.') => run(bytes, at + 1, is_alphanumeric),
        _ => 0,
    };
    let version = part(end);
    let rest = part(end + 1 + version);
    if version == 2 && (7..=12).contains(&rest) { 2 + version + rest } else { 0 }
}

/// JSON Web Tokens (RFC 7519): three parts of base64url, of which the first two are JSON objects.
fn web_tokens(text: &str, found: &mut Vec<Secret>) {
    /// The longest part: larger ones are no tokens that a server would accept in a header.
    const PART: usize = 16_384;
    let bytes = text.as_bytes();
    let run = |from: usize| {
        bytes
            .get(from..)
            .unwrap_or_default()
            .iter()
            .take(PART)
            .take_while(|&&byte| is_base64url(byte))
            .count()
    };
    let mut seen_to = 0;
    for start in memchr::memmem::find_iter(bytes, "eyJ") {
        if start < seen_to {
            continue;
        }
        let head = run(start);
        seen_to = start + head;
        let payload = start + head + 1;
        let is_object = bytes.get(payload - 1) == Some(&b'.')
            && bytes.get(payload..).is_some_and(|rest| rest.starts_with(b"eyJ"));
        if head < 10 || !is_object {
            continue;
        }
        let signature = payload + run(payload) + 1;
        if is_cut(bytes, signature - 1) {
            seen_to = bytes.len();
            found.push(Secret { kind: "JSON Web Token", class: Class::High, range: start..bytes.len() });
        } else if bytes.get(signature - 1) == Some(&b'.') {
            let end = signature + run(signature);
            seen_to = end;
            found.push(Secret { kind: "JSON Web Token", class: Class::High, range: start..end });
        }
    }
}

/// Keys in PEM (RFC 7468), up to their end, which may be missing.
fn private_keys(text: &str, found: &mut Vec<Secret>) {
    let mut seen_to = 0;
    for (start, _) in text.match_indices("-----BEGIN ") {
        if start < seen_to {
            continue;
        }
        let rest = text.get(start..).unwrap_or("");
        let label = head(rest.get(11..).unwrap_or(""), 60).split_once("-----").map_or("", |(label, _)| label);
        if !label.ends_with("PRIVATE KEY") && !label.ends_with("PRIVATE KEY BLOCK") {
            continue;
        }
        let end = rest.find("-----END ").and_then(|end| {
            let behind = rest.get(end + 9..)?;
            Some(end + 9 + behind.find("-----")? + 5)
        });
        let len = end.unwrap_or(rest.len());
        seen_to = start + len;
        found.push(Secret { kind: "private key", class: Class::High, range: start..start + len });
    }
}

/// `https://user:password@host`: the password.
fn passwords_in_urls(text: &str, found: &mut Vec<Secret>) {
    for (at, _) in text.match_indices("://") {
        let start = at + 3;
        let rest = ahead(text, start);
        let end =
            rest.find(|c: char| c.is_whitespace() || matches!(c, '/' | '?' | '#' | '"' | '\'' | '<' | '>'));
        let authority = rest.get(..end.unwrap_or(rest.len())).unwrap_or("");
        let Some((user, _)) = authority.rsplit_once('@') else {
            continue;
        };
        let Some((name, password)) = user.split_once(':').filter(|(_, password)| !is_placeholder(password))
        else {
            continue;
        };
        let from = start + name.len() + 1;
        let range = from..from + password.len();
        found.push(Secret { kind: "password in a URL", class: Class::High, range });
    }
}

/// The key in `WIFI:S:lab;T:WPA;P:key;;` of a QR code, and behind `psk=` of wpa_supplicant.
fn wifi_keys(text: &str, found: &mut Vec<Secret>) {
    let mut add = |range: Range<usize>| {
        if text.get(range.clone()).is_some_and(|key| key.len() >= 8 && !is_placeholder(key)) {
            found.push(Secret { kind: "Wi-Fi key", class: Class::Low, range });
        }
    };
    for (at, _) in text.match_indices("WIFI:") {
        let rest = ahead(text, at);
        let code = rest.get(..rest.find(";;").unwrap_or(0)).unwrap_or("");
        if let Some(key) = code.find(";P:").or_else(|| code.find(":P:")) {
            let key = key + 3;
            let len = code.get(key..).map_or(0, |key| key.find(';').unwrap_or(key.len()));
            add(at + key..at + key + len);
        }
    }
    for (at, _) in text.match_indices("psk=") {
        let quote = ahead(text, at + 4).starts_with('"');
        let from = at + 4 + usize::from(quote);
        let rest = ahead(text, from);
        let end = rest
            .find(|c: char| if quote { c == '"' } else { c.is_whitespace() || matches!(c, ',' | ';' | '&') });
        add(from..from + end.unwrap_or(rest.len()));
    }
}

/// A random text behind a word such as `password`: `api_key = "Zx81…"`.
fn secret_values(text: &str, found: &mut Vec<Secret>) {
    let lower = text.to_ascii_lowercase();
    for word in SECRET_WORDS {
        for (at, _) in lower.match_indices(word) {
            let all = ahead(text, at + word.len());
            let rest = all;
            // Each step cuts the beginning off: `password": "`, `token = '`, `secret: Bearer `.
            let rest = rest.trim_start_matches(|c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'));
            let Some(rest) = rest.trim_start_matches(['"', '\'', ' ']).strip_prefix([':', '=']) else {
                continue;
            };
            let rest = rest.trim_start_matches([' ', '"', '\'', '=', '>']);
            let rest = ["Bearer ", "Basic "].iter().find_map(|kind| rest.strip_prefix(kind)).unwrap_or(rest);
            let is_end =
                |c: char| c.is_whitespace() || matches!(c, '"' | '\'' | ',' | ';' | '&' | ')' | '}' | '<');
            let value = rest.split(is_end).next().unwrap_or("");
            if is_random(value) && !is_placeholder(value) {
                let from = at + word.len() + all.len() - rest.len();
                found.push(Secret {
                    kind: "secret value",
                    class: Class::Low,
                    range: from..from + value.len(),
                });
            }
        }
    }
}

/// E-mail addresses.
fn addresses(text: &str, found: &mut Vec<Secret>) {
    let bytes = text.as_bytes();
    let is_local = |byte: u8| is_alphanumeric(byte) || matches!(byte, b'.' | b'_' | b'%' | b'+' | b'-');
    let mut from = 0;
    while let Some(at) = bytes.get(from..).and_then(|rest| find_byte(rest, [b'@'])).map(|at| from + at) {
        let before = bytes.get(..at).unwrap_or_default();
        let local = before.iter().rev().take(REACH).take_while(|&&byte| is_local(byte)).count();
        let domain = run(bytes, at + 1, |byte| is_alphanumeric(byte) || matches!(byte, b'.' | b'-'));
        let domain = text.get(at + 1..at + 1 + domain).unwrap_or("").trim_end_matches(['.', '-']);
        let is_domain = domain.rsplit_once('.').is_some_and(|(name, top)| {
            !name.is_empty() && top.len() >= 2 && top.bytes().all(|byte| byte.is_ascii_alphabetic())
        });
        // `git@` is the same user everywhere.
        if local > 0 && is_domain && before.get(at - local..) != Some(b"git") {
            let range = at - local..at + 1 + domain.len();
            found.push(Secret { kind: "e-mail address", class: Class::Low, range });
        }
        from = at + 1;
    }
}

/// The name of a person in `/home/name`, `/Users/name` and `C:\Users\name`.
fn home_folders(text: &str, found: &mut Vec<Secret>) {
    const COMMON: [&str; 16] = [
        "runner",
        "githubrunner",
        "github-runner",
        "actions-runner",
        "builder",
        "user",
        "root",
        "jenkins",
        "ubuntu",
        "vsts",
        "circleci",
        "gitlab-runner",
        "Public",
        "Shared",
        "runneradmin",
        "vagrant",
    ];
    for folders in ["/home/", "/Users/", "\\Users\\"] {
        for (at, _) in text.match_indices(folders) {
            let from = at + folders.len();
            let len = run(text.as_bytes(), from, |byte| is_base64url(byte) || byte == b'.');
            let name = text.get(from..from + len).unwrap_or("");
            if !name.is_empty() && !COMMON.contains(&name) {
                found.push(Secret { kind: "home folder", class: Class::Low, range: from..from + len });
            }
        }
    }
}

/// Names of hosts in domains that only a local network has: `bench-7.lab.internal`.
fn host_names(text: &str, found: &mut Vec<Secret>) {
    let bytes = text.as_bytes();
    let is_part = |byte: u8| is_alphanumeric(byte) || matches!(byte, b'-' | b'.');
    for domain in [".local", ".lan", ".internal", ".intranet", ".corp", ".home.arpa"] {
        for (at, _) in text.match_indices(domain) {
            let end = at + domain.len();
            let before = bytes.get(..at).unwrap_or_default();
            let len = before.iter().rev().take(253).take_while(|&&byte| is_part(byte)).count();
            // `self.local_file`, `a.internal.b()` and `module.internal` of code are none.
            let follows = bytes.get(end).copied().unwrap_or(b' ');
            let is_end = !is_word(follows) && !matches!(follows, b'.' | b'-' | b'(' | b'[');
            let name = text.get(at - len..at).unwrap_or("");
            if is_end && name.bytes().any(|byte| byte.is_ascii_digit() || byte == b'-') {
                found.push(Secret { kind: "host name", class: Class::Low, range: at - len..end });
            }
        }
    }
}

/// The text from `from` on, up to a limit.
fn ahead(text: &str, from: usize) -> &str {
    head(text.get(from..).unwrap_or(""), REACH)
}

/// How many bytes from `from` on are part of a token.
fn run(bytes: &[u8], from: usize, is_part: impl Fn(u8) -> bool) -> usize {
    bytes.get(from..).unwrap_or_default().iter().take(REACH).take_while(|&&byte| is_part(byte)).count()
}

/// Whether a text stands for a secret, or was redacted: `${TOKEN}`, `***`, `<password>`, `xxxx`.
fn is_placeholder(text: &str) -> bool {
    let is_one_sign = text.chars().next().is_none_or(|first| text.chars().all(|c| c == first));
    is_one_sign || text.starts_with(['$', '%', '<', '{', '[']) || text.contains("***")
}

/// Whether a text looks random: at least 12 characters of three kinds, or 20 of two, with an entropy of more
/// than 3 bits each.
fn is_random(text: &str) -> bool {
    let has = |is_it: fn(&u8) -> bool| usize::from(text.bytes().any(|byte| is_it(&byte)));
    let kinds = has(u8::is_ascii_lowercase) + has(u8::is_ascii_uppercase) + has(u8::is_ascii_digit);
    let is_long = text.len() >= 12 && kinds == 3 || text.len() >= 20 && kinds >= 2;
    is_long && text.len() <= 500 && text.is_ascii() && entropy(text.as_bytes()) > 3.0
}

/// Shannon's entropy of the bytes of a text, in bits per byte.
fn entropy(bytes: &[u8]) -> f64 {
    let mut counts = [0_u32; 256];
    bytes.iter().for_each(|&byte| counts[usize::from(byte)] += 1);
    let shares =
        counts.iter().filter(|&&count| count > 0).map(|&count| f64::from(count) / bytes.len() as f64);
    -shares.map(|share| share * share.log2()).sum::<f64>()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn found(text: &str) -> Vec<(&'static str, Class, &str)> {
        secrets(text).into_iter().map(|secret| (secret.kind, secret.class, &text[secret.range])).collect()
    }

    /// Repeats the alphabet, so that no scanner takes this file's tests for secrets.
    fn filler(len: usize) -> String {
        ('a'..='z').chain('A'..='Z').chain('0'..='9').cycle().take(len).collect()
    }

    #[test]
    fn tokens_of_known_shapes_are_found() {
        for (start, len, kind) in [
            ("ghp_", 36, "GitHub token"),
            ("github_pat_", 82, "GitHub token"),
            ("glpat-", 20, "GitLab token"),
            ("AIza", 35, "Google API key"),
            ("xoxb-", 50, "Slack token"),
            ("npm_", 36, "npm token"),
            ("pypi-AgE", 100, "PyPI token"),
        ] {
            let token = format!("{start}{}", filler(len));
            let text = format!("login with {token}, then \"{token}\"");
            let expected = (kind, Class::High, token.as_str());
            assert_eq!(found(&text), [expected, expected], "{text}");
        }
        let key = format!("AKIA{}", "ABCDEFGHIJKLMNOP");
        assert_eq!(found(&format!("key={key}")), [("AWS access key", Class::High, key.as_str())]);
        let token = ["eyJhbGciOiJIUzI1NiJ9", "eyJzdWIiOiIxIn0", &filler(43)].join(".");
        assert_eq!(found(&format!("Bearer {token} ")), [("JSON Web Token", Class::High, token.as_str())]);
    }

    #[test]
    fn keys_passwords_and_wifi_are_found() {
        let key = format!("-----BEGIN RSA {0} KEY-----\nMIIE\n-----END RSA {0} KEY-----", "PRIVATE");
        assert_eq!(found(&format!("a {key} b")), [("private key", Class::High, key.as_str())]);
        let cut = "-----BEGIN OPENSSH PRIVATE KEY-----\nb3Bl";
        assert_eq!(found(cut), [("private key", Class::High, cut)]);
        assert_eq!(
            found("git clone https://lab:hunter2@git.acme.example/x"),
            [("password in a URL", Class::High, "hunter2")]
        );
        assert_eq!(found("WIFI:S:lab;T:WPA;P:ninelives;;"), [("Wi-Fi key", Class::Low, "ninelives")]);
        assert_eq!(found("psk=\"nine lives\" x"), [("Wi-Fi key", Class::Low, "nine lives")]);
    }

    #[test]
    fn what_may_be_private_is_of_the_low_class() {
        assert_eq!(found("password = 'Zx81spectrum99'"), [("secret value", Class::Low, "Zx81spectrum99")]);
        assert_eq!(found("by jo.doe@acme.example."), [("e-mail address", Class::Low, "jo.doe@acme.example")]);
        assert_eq!(
            found("/home/jo/x.py and C:\\Users\\jo\\x"),
            [("home folder", Class::Low, "jo"), ("home folder", Class::Low, "jo")]
        );
    }

    #[test]
    fn other_texts_are_none() {
        for text in [
            "",
            "ghp_short",
            "notghp_abcdefghijklmnopqrstuvwxyzABCDEFGHIJ",
            "https://host:8080/a@b",
            "https://${USER}:${TOKEN}@host/",
            "https://u:***@host",
            "password: <redacted>",
            "token = None",
            "test_password_is_required[True]",
            "assert secret == expected",
            "a@b",
            "pytest@fixture",
            "/home/runner/work",
            "eyJust a word",
            "-----BEGIN CERTIFICATE-----",
            "AKIA is a prefix",
            "git@github.com:a/b",
            "module.internal.x-1.local_file",
        ] {
            assert_eq!(found(text), [], "{text}");
        }
    }

    /// A secret of each shape of the high class.
    fn planted() -> Vec<(&'static str, String)> {
        let mut planted: Vec<(&str, String)> = TOKENS
            .iter()
            .map(|token| {
                let len = token.len.start.max(token.len.end.min(60) - 1);
                let upper = |c: char| if (token.is_part)(b'a') { c } else { c.to_ascii_uppercase() };
                (token.kind, format!("{}{}", token.start, filler(len).chars().map(upper).collect::<String>()))
            })
            .collect();
        planted.push((GITLAB, format!("glpat-{}.01.170abcdef", filler(27))));
        planted.push(("JSON Web Token", ["eyJhbGciOiJIUzI1NiJ9", "eyJzdWIiOiIxIn0", &filler(43)].join(".")));
        for label in ["RSA ", "EC ", "OPENSSH ", "ENCRYPTED ", ""] {
            let key = format!(
                "-----BEGIN {label}{0} KEY-----\nMIIE\nabc/+=\n-----END {label}{0} KEY-----",
                "PRIVATE"
            );
            planted.push(("private key", key));
        }
        planted
    }

    #[test]
    fn secrets_are_found_in_every_position() {
        for (kind, secret) in planted() {
            for (before, after) in [
                ("", ""),
                ("", " is the token"),
                ("failed with ", ""),
                ("(", ")"),
                ("'", "'"),
                ("`", "`."),
                ("https://ci.acme.example/job?key=", "&x=1"),
                ("https://ci.acme.example/?u=token%3D", "%26x"),
                ("{\"token\": \"", "\", \"x\": 1}"),
                ("{\\\"token\\\": \\\"", "\\\"}"),
                ("line\n", "\nline"),
                ("line\\n", "\\nline"),
                ("a=\\u003d", "\\u0026"),
                ("\u{1b}[31m", "\u{1b}[0m"),
                ("Größe: ", "…"),
                ("<![CDATA[", "]]>"),
                ("a,\t", "\t,b"),
            ] {
                let text = format!("{before}{secret}{after}");
                let found = found(&text);
                let is_it = |(found, class, text): &(&str, Class, &str)| {
                    (*found, *class) == (kind, Class::High) && text.contains(&secret)
                };
                assert!(found.iter().any(is_it), "{kind} in {text:?}: {found:?}");
            }
        }
    }

    #[test]
    fn the_time_is_linear() {
        let time = |piece: &str, bytes: usize| {
            let text = piece.repeat(bytes / piece.len());
            let best = (0..3).map(|_| {
                let start = std::time::Instant::now();
                std::hint::black_box(secrets(&text));
                start.elapsed()
            });
            best.min().unwrap()
        };
        for piece in [
            "eyJ",
            "glpat-",
            "-----BEGIN ",
            "-----BEGIN PRIVATE KEY-----",
            "WIFI:;P:",
            "psk=",
            "password",
            "password=",
            "a@",
            "a@b.cd",
            "://a:",
            "://a:b@",
            "/home/",
            "/home/a ",
            ".local",
            "ghp_",
            "a-b",
            "@@",
            "eyJabcdefghijkl.eyJ",
        ] {
            let (small, large) = (time(piece, 4_000), time(piece, 32_000));
            // Eight times the text; a quadratic search would take 64 times as long.
            assert!(
                large < small * 30 + std::time::Duration::from_millis(5),
                "{piece}: {small:?}, {large:?}"
            );
        }
    }

    proptest! {
        #[test]
        fn any_text_is_searched(text in r"(\PC|[\n:/@.;=]|eyJ|ghp_|://|WIFI:|psk=|password|-----BEGIN |PRIVATE KEY)*") {
            let found = secrets(&text);
            prop_assert!(found.iter().all(|secret| text.get(secret.range.clone()).is_some()));
            prop_assert!(found.is_sorted_by(|a, b| a.range.end <= b.range.start));
        }
    }
}
