//! Finds secrets in texts: what nobody wants to publish by accident.
//!
//! Tokens of known shapes, private keys and passwords in URLs are of the high class: it is certain enough what
//! they are. Words beside `password`, e-mail addresses, home folders and host names are of the low class. Shapes
//! are those that the services document for scanners; the lists of GitHub's secret scanning and of gitleaks agree.

use super::search::find_byte;
use std::ops::Range;

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

/// A token with a beginning that says whose it is.
struct Token {
    kind: &'static str,
    start: &'static str,
    /// Whether a byte may follow.
    is_part: fn(u8) -> bool,
    /// How many bytes follow.
    len: Range<usize>,
}

const fn token(kind: &'static str, start: &'static str, is_part: fn(u8) -> bool, len: Range<usize>) -> Token {
    Token { kind, start, is_part, len }
}

const GITHUB: &str = "GitHub token";
const GITLAB: &str = "GitLab token";
const AWS: &str = "AWS access key";
const SLACK: &str = "Slack token";

const TOKENS: [Token; 36] = [
    token(GITHUB, "ghp_", is_alphanumeric, 36..256),
    token(GITHUB, "gho_", is_alphanumeric, 36..256),
    token(GITHUB, "ghu_", is_alphanumeric, 36..256),
    token(GITHUB, "ghs_", is_alphanumeric, 36..256),
    token(GITHUB, "ghr_", is_alphanumeric, 36..256),
    token(GITHUB, "github_pat_", is_word, 40..256),
    token(GITLAB, "glpat-", is_base64url, 20..300),
    token(GITLAB, "gloas-", is_base64url, 20..300),
    token(GITLAB, "gldt-", is_base64url, 20..300),
    token(GITLAB, "glrt-", is_base64url, 20..300),
    token(GITLAB, "glrtr-", is_base64url, 20..300),
    token(GITLAB, "glcbt-", is_base64url, 20..300),
    token(GITLAB, "glptt-", is_base64url, 20..300),
    token(GITLAB, "glft-", is_base64url, 20..300),
    token(GITLAB, "glimt-", is_base64url, 20..300),
    token(GITLAB, "glagent-", is_base64url, 20..300),
    token(GITLAB, "glsoat-", is_base64url, 20..300),
    token(GITLAB, "glffct-", is_base64url, 20..300),
    token(GITLAB, "GR1348941", is_base64url, 20..300),
    token(AWS, "AKIA", is_base32, 16..17),
    token(AWS, "ASIA", is_base32, 16..17),
    token(AWS, "ABIA", is_base32, 16..17),
    token(AWS, "ACCA", is_base32, 16..17),
    token("Google API key", "AIza", is_base64url, 35..36),
    token("Google OAuth secret", "GOCSPX-", is_base64url, 28..29),
    token("Google OAuth token", "ya29.", is_base64url, 30..2000),
    token(SLACK, "xoxb-", is_base64url, 20..300),
    token(SLACK, "xoxp-", is_base64url, 20..300),
    token(SLACK, "xoxa-", is_base64url, 20..300),
    token(SLACK, "xoxr-", is_base64url, 20..300),
    token(SLACK, "xoxs-", is_base64url, 20..300),
    token(SLACK, "xoxe-", is_base64url, 20..300),
    token(SLACK, "xapp-", is_base64url, 20..300),
    token("Slack webhook", "hooks.slack.com/services/", is_path, 30..120),
    token("npm token", "npm_", is_alphanumeric, 36..37),
    token("PyPI token", "pypi-AgE", is_base64url, 50..400),
];

/// Words beside which a random text is a secret.
const SECRET_WORDS: [&str; 11] = [
    "password", "passwd", "passphrase", "secret", "token", "apikey", "api_key", "api-key", "access_key",
    "credential", "authorization",
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
    // Of two that overlap, the one of the higher class counts, and of these the longer one.
    found.sort_by_key(|secret| (std::cmp::Reverse(secret.class), std::cmp::Reverse(secret.range.len())));
    let mut kept: Vec<Secret> = Vec::new();
    for secret in found {
        let overlaps = |other: &Secret| secret.range.start < other.range.end && other.range.start < secret.range.end;
        if !kept.iter().any(overlaps) {
            kept.push(secret);
        }
    }
    kept.sort_by_key(|secret| secret.range.start);
    kept
}

fn tokens(text: &str, found: &mut Vec<Secret>) {
    let bytes = text.as_bytes();
    for token in &TOKENS {
        for start in memchr::memmem::find_iter(bytes, token.start) {
            let first = start + token.start.len();
            let len = run(bytes, first, token.is_part);
            // Part of a longer word, such as a name that happens to contain the beginning.
            let is_inside = start > 0 && bytes.get(start - 1).is_some_and(|&before| is_alphanumeric(before));
            if !is_inside && token.len.contains(&len) {
                found.push(Secret { kind: token.kind, class: Class::High, range: start..first + len });
            }
        }
    }
}

/// JSON Web Tokens (RFC 7519): three parts of base64url, of which the first two are JSON objects.
fn web_tokens(text: &str, found: &mut Vec<Secret>) {
    let bytes = text.as_bytes();
    for start in memchr::memmem::find_iter(bytes, "eyJ") {
        let head = run(bytes, start, is_base64url);
        let payload = start + head + 1;
        let is_object = bytes.get(payload - 1) == Some(&b'.') && bytes.get(payload..).is_some_and(|rest| rest.starts_with(b"eyJ"));
        if head < 10 || !is_object {
            continue;
        }
        let signature = payload + run(bytes, payload, is_base64url) + 1;
        if bytes.get(signature - 1) == Some(&b'.') {
            let end = signature + run(bytes, signature, is_base64url);
            found.push(Secret { kind: "JSON Web Token", class: Class::High, range: start..end });
        }
    }
}

/// Keys in PEM (RFC 7468), up to their end, which may be missing.
fn private_keys(text: &str, found: &mut Vec<Secret>) {
    for (start, _) in text.match_indices("-----BEGIN ") {
        let rest = text.get(start..).unwrap_or("");
        let label = rest.get(11..).and_then(|label| label.split_once("-----")).map_or("", |(label, _)| label);
        if !label.ends_with("PRIVATE KEY") && !label.ends_with("PRIVATE KEY BLOCK") || label.len() > 40 {
            continue;
        }
        let end = rest.find("-----END ").and_then(|end| {
            let behind = rest.get(end + 9..)?;
            Some(end + 9 + behind.find("-----")? + 5)
        });
        let len = end.unwrap_or(rest.len());
        found.push(Secret { kind: "private key", class: Class::High, range: start..start + len });
    }
}

/// `https://user:password@host`: the password.
fn passwords_in_urls(text: &str, found: &mut Vec<Secret>) {
    for (at, _) in text.match_indices("://") {
        let start = at + 3;
        let rest = text.get(start..).unwrap_or("");
        let end = rest.find(|c: char| c.is_whitespace() || matches!(c, '/' | '?' | '#' | '"' | '\'' | '<' | '>'));
        let authority = rest.get(..end.unwrap_or(rest.len())).unwrap_or("");
        let Some((user, _)) = authority.rsplit_once('@') else {
            continue;
        };
        let Some((name, password)) = user.split_once(':').filter(|(_, password)| !is_placeholder(password)) else {
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
            found.push(Secret { kind: "Wi-Fi key", class: Class::High, range });
        }
    };
    for (at, _) in text.match_indices("WIFI:") {
        let rest = text.get(at..).unwrap_or("");
        let code = rest.get(..rest.find(";;").unwrap_or(0)).unwrap_or("");
        if let Some(key) = code.find(";P:").or_else(|| code.find(":P:")) {
            let key = key + 3;
            let len = code.get(key..).map_or(0, |key| key.find(';').unwrap_or(key.len()));
            add(at + key..at + key + len);
        }
    }
    for (at, _) in text.match_indices("psk=") {
        let from = at + 4;
        let rest = text.get(from..).unwrap_or("");
        let quote = rest.starts_with('"');
        let from = from + usize::from(quote);
        let rest = text.get(from..).unwrap_or("");
        let end = rest.find(|c: char| if quote { c == '"' } else { c.is_whitespace() || matches!(c, ',' | ';' | '&') });
        add(from..from + end.unwrap_or(rest.len()));
    }
}

/// A random text behind a word such as `password`: `api_key = "Zx81…"`.
fn secret_values(text: &str, found: &mut Vec<Secret>) {
    let lower = text.to_ascii_lowercase();
    for word in SECRET_WORDS {
        for (at, _) in lower.match_indices(word) {
            let after = at + word.len();
            let rest = text.get(after..).unwrap_or("");
            // Each step cuts the beginning off: `password": "`, `token = '`, `secret: Bearer `.
            let rest = rest.trim_start_matches(|c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'));
            let Some(rest) = rest.trim_start_matches(['"', '\'', ' ']).strip_prefix([':', '=']) else {
                continue;
            };
            let rest = rest.trim_start_matches([' ', '"', '\'', '=', '>']);
            let rest = ["Bearer ", "Basic "].iter().find_map(|kind| rest.strip_prefix(kind)).unwrap_or(rest);
            let is_end = |c: char| c.is_whitespace() || matches!(c, '"' | '\'' | ',' | ';' | '&' | ')' | '}' | '<');
            let value = rest.split(is_end).next().unwrap_or("");
            if is_random(value) && !is_placeholder(value) {
                let from = text.len() - rest.len();
                found.push(Secret { kind: "secret value", class: Class::Low, range: from..from + value.len() });
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
        let local = before.iter().rev().take_while(|&&byte| is_local(byte)).count();
        let domain = run(bytes, at + 1, |byte| is_alphanumeric(byte) || matches!(byte, b'.' | b'-'));
        let domain = text.get(at + 1..at + 1 + domain).unwrap_or("").trim_end_matches(['.', '-']);
        let is_domain = domain.rsplit_once('.').is_some_and(|(name, top)| {
            !name.is_empty() && top.len() >= 2 && top.bytes().all(|byte| byte.is_ascii_alphabetic())
        });
        if local > 0 && is_domain {
            let range = at - local..at + 1 + domain.len();
            found.push(Secret { kind: "e-mail address", class: Class::Low, range });
        }
        from = at + 1;
    }
}

/// The name of a person in `/home/name`, `/Users/name` and `C:\Users\name`.
fn home_folders(text: &str, found: &mut Vec<Secret>) {
    const COMMON: [&str; 12] = [
        "runner", "user", "root", "jenkins", "ubuntu", "vsts", "circleci", "gitlab-runner", "Public", "Shared",
        "runneradmin", "vagrant",
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

/// How many bytes from `from` on are part of a token.
fn run(bytes: &[u8], from: usize, is_part: impl Fn(u8) -> bool) -> usize {
    bytes.get(from..).unwrap_or_default().iter().take_while(|&&byte| is_part(byte)).count()
}

fn is_alphanumeric(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
}

fn is_word(byte: u8) -> bool {
    is_alphanumeric(byte) || byte == b'_'
}

fn is_base64url(byte: u8) -> bool {
    is_word(byte) || byte == b'-'
}

fn is_base32(byte: u8) -> bool {
    byte.is_ascii_uppercase() || byte.is_ascii_digit()
}

fn is_path(byte: u8) -> bool {
    is_base64url(byte) || byte == b'/'
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
    let shares = counts.iter().filter(|&&count| count > 0).map(|&count| f64::from(count) / bytes.len() as f64);
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
        assert_eq!(found("WIFI:S:lab;T:WPA;P:ninelives;;"), [("Wi-Fi key", Class::High, "ninelives")]);
        assert_eq!(found("psk=\"nine lives\" x"), [("Wi-Fi key", Class::High, "nine lives")]);
    }

    #[test]
    fn what_may_be_private_is_of_the_low_class() {
        assert_eq!(found("password = 'Zx81spectrum99'"), [("secret value", Class::Low, "Zx81spectrum99")]);
        assert_eq!(found("by jo.doe@acme.example."), [("e-mail address", Class::Low, "jo.doe@acme.example")]);
        assert_eq!(found("/home/jo/x.py and C:\\Users\\jo\\x"), [
            ("home folder", Class::Low, "jo"),
            ("home folder", Class::Low, "jo")
        ]);
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
        ] {
            assert_eq!(found(text), [], "{text}");
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
