//! Messages of tests: plain text, HTML, and those that `rebot --merge` writes.

use crate::import::{limits, xml};
use crate::model::head;
use std::borrow::Cow;

/// The message of a test, and those of earlier runs that were merged into it.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Message {
    /// The message of the run that counts, as plain text.
    pub now: String,
    /// Status and message of each earlier run, the latest first.
    pub earlier: Vec<(String, String)>,
}

/// The most earlier runs of a test that are kept.
const RUNS: usize = 1000;

impl Message {
    pub fn read(message: &str) -> Message {
        let mut read = Message::default();
        let html = message.strip_prefix("*HTML*").unwrap_or("").trim_start();
        if html.starts_with("Test added from merged") || html.starts_with("Task added from merged") {
            read.now = from_html(html.split_once("<hr>").map_or("", |(_, own)| own));
            return read;
        }
        if !html.starts_with("<span class=\"merge\">") {
            read.now = plain(message).into_owned();
            return read;
        }
        let mut is_now = true;
        for part in html.split("<hr>").skip(1) {
            let text = from_html(part);
            if let Some(now) = text.strip_prefix("New status:") {
                let (_, message) = now.split_once('\n').unwrap_or((now, ""));
                message.trim().strip_prefix("New message:").unwrap_or("").trim().clone_into(&mut read.now);
            } else if let Some(old) = text.strip_prefix("Old status:") {
                is_now = false;
                let (status, message) = old.split_once('\n').unwrap_or((old, ""));
                let message = message.trim().strip_prefix("Old message:").unwrap_or("").trim();
                if read.earlier.len() < RUNS {
                    read.earlier.push((status.trim().to_owned(), message.to_owned()));
                }
            } else {
                // A horizontal rule in the message itself.
                let into = if is_now { Some(&mut read.now) } else { read.earlier.last_mut().map(|(_, m)| m) };
                if let Some(into) = into {
                    into.push('\n');
                    into.push_str(&text);
                }
            }
        }
        read
    }
}

/// Returns a message as plain text.
pub fn plain(message: &str) -> Cow<'_, str> {
    match message.strip_prefix("*HTML*") {
        Some(html) => Cow::Owned(from_html(html)),
        None => Cow::Borrowed(message),
    }
}

/// Returns the text of HTML, without tags.
pub fn from_html(html: &str) -> String {
    let mut text = String::with_capacity(html.len());
    let mut rest = html;
    while let Some((before, behind)) = rest.split_once('<') {
        let Some((tag, behind)) = behind.split_once('>') else {
            break;
        };
        text.push_str(before);
        let name = tag.trim_start_matches('/').split([' ', '/']).next().unwrap_or("");
        if matches!(name, "br" | "hr" | "p" | "div" | "tr" | "li" | "pre") {
            text.push('\n');
        }
        rest = behind;
    }
    text.push_str(rest);
    xml::unescape(&text).trim().to_owned()
}

/// Returns the most useful line: after `Setup failed:` and the like, that is the next one.
pub fn headline(message: &str) -> String {
    let mut lines = message.lines().map(str::trim).filter(|line| !line.is_empty());
    let mut line = lines.next().unwrap_or("").to_owned();
    if line.ends_with(':')
        && let Some(next) = lines.next()
    {
        line.push(' ');
        line.push_str(next);
    }
    head(&line, limits::MESSAGE_BYTES).trim_end().to_owned()
}

/// Returns whether the test did not fail by its own steps, but in a setup or teardown, by a
/// timeout, or since the run was stopped before it.
pub fn is_error(message: &str) -> bool {
    const BEGINNINGS: [&str; 8] = [
        "Setup failed:\n",
        "Teardown failed:\n",
        "Parent suite setup failed:\n",
        "Parent suite teardown failed:\n",
        "Test execution stopped due to a fatal error.",
        "Task execution stopped due to a fatal error.",
        "Failure occurred and exit-on-failure mode is in use.",
        "Error occurred and exit-on-error mode is in use.",
    ];
    let is_timeout = |line: &str| {
        (line.starts_with("Test timeout ") || line.starts_with("Task timeout "))
            && line.ends_with(" exceeded.")
    };
    BEGINNINGS.iter().any(|beginning| message.starts_with(beginning))
        || message.contains("\n\nAlso teardown failed:\n")
        || message.contains("\n\nAlso parent suite teardown failed:\n")
        || message.lines().next().is_some_and(is_timeout)
}

/// Returns whether an error message is about the run: Robot could not parse a file or import
/// something. Other messages of the level ERROR are logged by libraries and tests, also by tests
/// that pass.
pub fn is_run_error(message: &str) -> bool {
    const BEGINNINGS: [&str; 5] = [
        "Error in file '",
        "Error in library '",
        "Error in resource file '",
        "Error in suite '",
        "Second signal will force exit",
    ];
    BEGINNINGS.iter().any(|beginning| message.starts_with(beginning))
        || (message.starts_with("Importing ") || message.starts_with("Parsing '"))
            && message.contains("' failed: ")
}

#[cfg(test)]
mod tests {
    use super::*;

    const MERGED: &str = "*HTML* <span class=\"merge\">Test has been re-executed and results merged.</span><hr><span class=\"new-status\">New status:</span> <span class=\"pass\">PASS</span><br><hr><span class=\"old-status\">Old status:</span> <span class=\"fail\">FAIL</span><br><span class=\"old-message\">Old message:</span> attempt 2 of &lt;three&gt;<br><hr><span class=\"old-status\">Old status:</span> <span class=\"fail\">FAIL</span><br><span class=\"old-message\">Old message:</span> a<hr>b<br>";

    #[test]
    fn merged_messages_are_split() {
        let message = Message::read(MERGED);
        assert_eq!(message.now, "");
        let earlier = [("FAIL", "attempt 2 of <three>"), ("FAIL", "a\nb")];
        assert_eq!(message.earlier, earlier.map(|(status, text)| (status.to_owned(), text.to_owned())));
        assert_eq!(Message::read("*HTML* Test added from merged output.<hr>a &lt; b").now, "a < b");
        assert_eq!(Message::read("*HTML* Test added from merged output.").now, "");
        assert_eq!(Message::read("*HTML* <b>loud</b> &amp; clear<br>two").now, "loud & clear\ntwo");
        assert_eq!(Message::read("a < b > c").now, "a < b > c");
        for end in (0..MERGED.len()).filter(|&end| MERGED.is_char_boundary(end)) {
            let _ = Message::read(&MERGED[..end]);
        }
    }

    #[test]
    fn only_errors_of_robot_are_about_the_run() {
        assert!(is_run_error(
            "Error in file '/t/a.robot' on line 2: Importing library 'Rig' failed: no module"
        ));
        assert!(is_run_error("Parsing '/t/b.robot' failed: invalid encoding"));
        assert!(!is_run_error("Error in the pump: 3 retries"));
        assert!(!is_run_error("no signal"));
    }

    #[test]
    fn errors_are_recognized_by_beginning() {
        for error in [
            "Setup failed:\nx",
            "bad\n\nAlso teardown failed:\nx",
            "Test timeout 100 milliseconds exceeded.",
            "Failure occurred and exit-on-failure mode is in use.",
        ] {
            assert!(is_error(error), "{error}");
        }
        for failure in ["Setup failed: x", "", "a != b", "Test timeout"] {
            assert!(!is_error(failure), "{failure}");
        }
        assert_eq!(headline("Setup failed:\n\n no signal\nmore"), "Setup failed: no signal");
        assert_eq!(headline("\n a \n b"), "a");
    }
}
