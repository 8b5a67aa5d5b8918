//! `*-container.json`: setups and teardowns, and the ids of their tests.
//!
//! Adapters also write a broken setup or teardown into the results of its tests, or as a separate
//! result. So it becomes a text of the session here, and not a result.

use super::report;
use crate::import::batch::{Batch, first_line};
use crate::import::json::Object;
use crate::model::{ReportRole, Severity, counted};

/// Reads a container.
pub fn read(container: &Object, batch: &mut Batch) {
    let tests = container.list("children").len();
    let mut broken = Vec::new();
    let mut total = 0;
    batch.session(0).report = report(ReportRole::Aside);
    for (key, what) in [("befores", "setup"), ("afters", "teardown")] {
        for fixture in container.objects(key) {
            total += 1;
            let status = fixture.text("status");
            if !matches!(&*status, "failed" | "broken") {
                continue;
            }
            let name = fixture.text("name");
            let reason = fixture.object("statusDetails");
            let (message, trace) = (reason.text("message"), reason.text("trace"));
            let title = format!("{what} `{name}`, {status}, for {}", counted(tests as u64, "test"));
            let text = format!("{}\n{}", message.trim_end(), trace.trim_end());
            batch.session(0).text(&title, &text);
            broken.push(format!("the {what} `{name}` is {status}: {}", first_line(&message)));
        }
    }
    for text in &broken {
        batch.note(Severity::Info, None, text.as_str());
    }
    if broken.is_empty() {
        let text =
            format!("{} for {}; all succeeded", counted(total, "fixture"), counted(tests as u64, "test"));
        batch.note(Severity::Info, None, text);
    }
}
