//! The shapes of tokens that services document for scanners.

use memchr::memmem::Finder;
use std::ops::Range;
use std::sync::LazyLock;

/// A token with a beginning that says whose it is.
pub(super) struct Token {
    pub kind: &'static str,
    pub start: &'static str,
    /// Whether a byte may follow.
    pub is_part: fn(u8) -> bool,
    /// How many bytes follow.
    pub len: Range<usize>,
}

const fn token(kind: &'static str, start: &'static str, is_part: fn(u8) -> bool, len: Range<usize>) -> Token {
    Token { kind, start, is_part, len }
}

const GITHUB: &str = "GitHub token";
pub(super) const GITLAB: &str = "GitLab token";
const AWS: &str = "AWS access key";
const SLACK: &str = "Slack token";

pub(super) const TOKENS: [Token; 36] = [
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

/// The length of the shortest token, in bytes.
pub(super) const SHORTEST_TOKEN: usize = 20;

/// Searches for the beginnings of the tokens, which cost more to prepare than a short text to search.
pub(super) static STARTS: LazyLock<Vec<Finder>> =
    LazyLock::new(|| TOKENS.iter().map(|token| Finder::new(token.start)).collect());

pub(super) fn is_alphanumeric(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
}

pub(super) fn is_word(byte: u8) -> bool {
    is_alphanumeric(byte) || byte == b'_'
}

pub(super) fn is_base64url(byte: u8) -> bool {
    is_word(byte) || byte == b'-'
}

fn is_base32(byte: u8) -> bool {
    byte.is_ascii_uppercase() || byte.is_ascii_digit()
}

fn is_path(byte: u8) -> bool {
    is_base64url(byte) || byte == b'/'
}
