//! The strip: DUTs × builds, with the worst outcome of each.

use super::use_late_overview;
use crate::analyze::{BuildStrip, StripCell, StripRow};
use crate::model::TRUNCATED;
use crate::query::{Route, SessionKey, View};
use crate::ui::format;
use crate::ui::parts::{ViewLink, build_heads, class_of};
use leptos::either::Either;
use leptos::prelude::*;

/// A panel with a mark per DUT and build; nothing with fewer than two builds. A
/// mark opens the DUT's last session with the build. The Tab key skips the marks,
/// of which there may be many: the DUT's name in the table leads to its sessions.
#[component]
pub fn Strip() -> impl IntoView {
    let late = use_late_overview();
    let strip = Memo::new(move |_| {
        late.with(|overview| overview.as_ref().map(|overview| overview.strip.clone()).unwrap_or_default())
    });
    let panel = move || {
        let strip = strip.get();
        (!strip.rows.is_empty()).then(|| {
            view! {
                <section class="panel strip" aria-labelledby="strip-title">
                    <h2 id="strip-title">"Worst outcome by build"</h2>
                    <StripTable strip=strip />
                </section>
            }
        })
    };
    view! { {panel} }
}

#[component]
fn StripTable(strip: BuildStrip) -> impl IntoView {
    let note = note(&strip);
    let heads = build_heads(&strip.builds);
    let rows = strip.rows.iter().map(|row| view! { <Row row=row.clone() builds=strip.builds.clone() /> });
    view! {
        <div class="strip-body">
            <table class="strip-table">
                <thead>
                    <tr>
                        <td></td>
                        {heads}
                    </tr>
                </thead>
                <tbody>{rows.collect_view()}</tbody>
            </table>
        </div>
        {note.map(|note| view! { <p class="hint">{note}</p> })}
    }
}

#[component]
fn Row(row: StripRow, builds: Vec<String>) -> impl IntoView {
    let dut = row.dut.clone();
    let cells = row.cells.into_iter().zip(builds).map(move |(cell, build)| match cell {
        None => Either::Left(view! {
            <td>
                <span
                    class="dut-mark o-missing"
                    role="img"
                    aria-label=format!("{dut}, {build}: no session")
                    title=format!("{dut}, {build}: no session")
                ></span>
            </td>
        }),
        Some(cell) => Either::Right(view! { <td>{mark(&dut, &build, cell)}</td> }),
    });
    let cells = cells.collect_view();
    view! {
        <tr>
            <th scope="row" title=row.dut.clone()>
                <span class="strip-dut">{row.dut.clone()}</span>
            </th>
            {cells}
        </tr>
    }
}

fn mark(dut: &str, build: &str, cell: StripCell) -> impl IntoView + use<> {
    let words = words(dut, build, &cell);
    // An incomplete session is never green: the lost part may fail.
    let class = match cell.worst {
        Some(outcome) if outcome.is_failing() && cell.incomplete.is_some() => {
            format!("{} is-partial", class_of(outcome))
        }
        _ if cell.incomplete.is_some() => "o-brokenoff is-partial".to_owned(),
        Some(outcome) => class_of(outcome).to_owned(),
        None => "o-missing".to_owned(),
    };
    let key = SessionKey { dut: dut.to_owned(), session: cell.session };
    let to = move |view: &mut View| {
        view.go(Route::Sessions);
        view.session = Some(key.clone());
    };
    view! { <ViewLink to=to attr:class=format!("dut-mark {class}") attr:tabindex="-1" attr:aria-label=words.clone() attr:title=words /> }
}

/// What a mark stands for: "max-b1, 2.4.0: 10 failed, 182 passed".
fn words(dut: &str, build: &str, cell: &StripCell) -> String {
    let outcomes =
        if cell.worst.is_none() { "no results".to_owned() } else { format::outcomes(&cell.counts) };
    let incomplete = match cell.incomplete.as_deref() {
        None => String::new(),
        Some(TRUNCATED) => ", truncated".to_owned(),
        Some(reason) => format!(", incomplete: {reason}"),
    };
    format!("{dut}, {build}: {outcomes}{incomplete}")
}

/// What the strip leaves out.
fn note(strip: &BuildStrip) -> Option<String> {
    let builds = (strip.builds_left_out > 0).then(|| {
        let shown = strip.builds.len() as u32;
        format!(
            "the last {} of {}",
            format::count(shown),
            format::plural(shown + strip.builds_left_out, "build")
        )
    });
    let duts = (strip.duts_left_out > 0).then(|| {
        let shown = strip.rows.len() as u32;
        format!(
            "the first {} of {}",
            format::count(shown),
            format::plural(shown + strip.duts_left_out, "DUT")
        )
    });
    let parts: Vec<String> = [builds, duts].into_iter().flatten().collect();
    (!parts.is_empty()).then(|| format!("Shows {}.", parts.join(" and ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_note_says_what_is_left_out() {
        let row = StripRow { dut: "a".to_owned(), cells: Vec::new() };
        let strip = |builds_left_out, duts_left_out| BuildStrip {
            builds: vec!["1".to_owned(), "2".to_owned()],
            builds_left_out,
            rows: vec![row.clone()],
            duts_left_out,
        };
        assert_eq!(note(&strip(0, 0)), None);
        assert_eq!(note(&strip(7, 0)).as_deref(), Some("Shows the last 2 of 9 builds."));
        assert_eq!(
            note(&strip(7, 3)).as_deref(),
            Some("Shows the last 2 of 9 builds and the first 1 of 4 DUTs.")
        );
    }
}
