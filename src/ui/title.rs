//! The title of the document: what the browser's tabs and history show.

use crate::query::{Detail, View};

/// The page's name.
pub const NAME: &str = "Passgrid";

/// The title of a view: its name and the verdict, or the open details.
pub fn title(view: &View, verdict: &str) -> String {
    let (first, second) = match (details(view), verdict) {
        (Some(details), _) => (details, view.route.title()),
        (None, "") => return format!("{} – {NAME}", view.route.title()),
        (None, verdict) => (view.route.title().to_owned(), verdict),
    };
    format!("{first} – {second} – {NAME}")
}

/// The name of what the open details are about.
fn details(view: &View) -> Option<String> {
    Some(match view.detail()? {
        Detail::Result => {
            let selection = view.selection.as_ref()?;
            format!("{} on {}", selection.name, selection.dut)
        }
        Detail::Session => {
            let key = view.session.as_ref()?;
            format!("{} · {}", key.dut, key.session)
        }
        Detail::File => {
            let path = view.file.as_ref()?;
            path.rsplit('/').next().unwrap_or(path).to_owned()
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_names_view_and_verdict_or_the_details() {
        let check = |query: &str, verdict: &str, expected: &str| {
            assert_eq!(title(&View::from_query(query), verdict), expected);
        };
        check("?view=grid", "3 of 5 DUTs fail", "Grid – 3 of 5 DUTs fail – Passgrid");
        check("", "All 5 DUTs pass", "Overview – All 5 DUTs pass – Passgrid");
        check("?view=tests", "", "Tests – Passgrid");
        let test = "?view=grid&test=test_roams%5B5GHz%5D&dut=one-b2";
        check(test, "3 of 5 DUTs fail", "test_roams[5GHz] on one-b2 – Grid – Passgrid");
        let session = "?view=sessions&of=max-b1&run=2.4.1";
        check(session, "", "max-b1 · 2.4.1 – Sessions – Passgrid");
        check("?view=files&file=a/b.xml", "", "b.xml – Files – Passgrid");
    }
}
