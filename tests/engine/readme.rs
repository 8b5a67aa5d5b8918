//! The README's table of formats is made from what the formats say of themselves.

use crate::dropped::folder;
use passgrid::import::GUIDES;
use std::fmt::Write;

const BEGIN: &str = "<!-- formats: made by the tests, with UPDATE_README=1 -->\n";
const END: &str = "<!-- end of formats -->\n";

fn table() -> String {
    let mut table = "| format | written by | read, beside outcomes, durations and messages | DUT, unit and build from | limits |\n\
                     |---|---|---|---|---|\n"
        .to_owned();
    for guide in GUIDES {
        let about = guide.about;
        let cells = [about.name, guide.producers, guide.reads, guide.dut, guide.limits];
        let cells = cells.map(|cell| cell.replace('|', "\\|").replace('<', "&lt;"));
        writeln!(table, "| {} |", cells.join(" | ")).unwrap();
    }
    table
}

#[test]
fn the_table_of_formats_is_what_they_say() {
    let path = folder("README.md");
    let readme = std::fs::read_to_string(&path).unwrap();
    let (before, rest) = readme.split_once(BEGIN).expect("the README has a place for the table");
    let (have, after) = rest.split_once(END).expect("the table has an end");
    let want = format!("\n{}\n", table());
    if std::env::var_os("UPDATE_README").is_some() {
        std::fs::write(&path, format!("{before}{BEGIN}{want}{END}{after}")).unwrap();
    } else {
        assert_eq!(have, want, "run the tests with UPDATE_README=1");
    }
}
