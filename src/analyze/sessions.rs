//! The table of sessions, and the page of one session.

use super::links::{SessionLinks, session_links};
use super::natural;
use crate::import::about;
use crate::model::{
    Counts, Dataset, FileId, FileStatus, Identity, Outcome, PROPERTIES, PartId, Session, SessionId,
    SessionOrder, Timestamp, rounded,
};
use crate::query::{Filter, SessionKey, Sort, SortKey};
use serde::{Deserialize, Serialize};

/// A session in the table.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SessionRow {
    /// The DUT.
    pub dut: String,
    /// The unit (specimen).
    pub unit: Option<String>,
    /// The build under test.
    pub build: Option<String>,
    /// Unique among the sessions of the DUT.
    pub id: String,
    /// Its label, if a file gives one.
    pub label: Option<String>,
    /// Start, as ISO 8601.
    pub started: Option<String>,
    /// Time from start to end, in seconds.
    pub duration_s: Option<f64>,
    /// Its counts.
    pub counts: Counts,
    /// Names of the formats of its files.
    pub formats: Vec<String>,
    /// The first of its files, by path.
    pub files: Vec<String>,
    /// How many files it has.
    pub files_total: u32,
    /// Why it is incomplete.
    pub incomplete: Option<String>,
    /// None of its files is readable.
    pub is_unreadable: bool,
    /// What makes it the latest session of its DUT; `None` if it is not.
    pub latest_by: Option<SessionOrder>,
}

/// The visible rows of the table.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SessionWindow {
    /// How many sessions there are without the filter.
    pub sessions: u32,
    /// Columns in which no session has anything to say, whatever the filter.
    pub empty_columns: Vec<SortKey>,
    /// How many rows match the filter.
    pub total: u32,
    /// Index of the first row in `rows`.
    pub from: u32,
    /// The requested rows.
    pub rows: Vec<SessionRow>,
}

/// A file of a session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionFile {
    /// The file.
    pub file: FileId,
    /// The session's part of it, for renaming it.
    pub part: PartId,
    /// Path below the dropped folder.
    pub path: String,
    /// The format's name.
    pub format: String,
    /// What was read of it.
    pub status: FileStatus,
    /// How many results of the session it has.
    pub results: u32,
}

/// Everything known about one session.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SessionPage {
    /// Its row in the table.
    pub row: SessionRow,
    /// DUT, unit, build and session of its first file, with evidence.
    pub identity: Identity,
    /// The machine that ran the tests.
    pub hostname: Option<String>,
    /// Attributes of the DUT from its files.
    pub attributes: Vec<(String, String)>,
    /// Properties of the run and its environment from its files.
    pub properties: Vec<(String, String)>,
    /// Terminal output of the whole session: titles and texts with ANSI colors.
    pub texts: Vec<(String, String)>,
    /// Where its tests and its commit are.
    pub links: SessionLinks,
    /// Its files, by path.
    pub files: Vec<SessionFile>,
    /// Id of the DUT's previous session.
    pub previous: Option<String>,
    /// Id of the DUT's next session.
    pub next: Option<String>,
}

/// How many files a row names at most.
const FILES: usize = 20;

/// The sessions of the filter's DUT whose DUT, unit, build, id, label, format or
/// files contain its words; attributes of the DUT are searched as `mcu=esp32`. Without a sort key the newest come first; ties are
/// sorted by DUT and time.
pub fn session_order(data: &Dataset, filter: &Filter, sort: Option<Sort>) -> Vec<SessionId> {
    let matcher = filter.matcher();
    let every = (0..data.history.sessions.len()).map(SessionId::from);
    let is_of_dut = |session: &SessionId| {
        let dut = data.history.session(*session).dut;
        filter.dut.as_ref().is_none_or(|name| data.history.dut(dut).name == *name)
    };
    let sessions: Vec<SessionId> = every
        .filter(is_of_dut)
        .filter(|&session| matcher.is_empty() || matcher.matches("", &searched(data, session)))
        .collect();
    let sort = sort.unwrap_or(Sort { by: SortKey::Started, descending: true });
    let keys: Vec<f64> = match number_of(sort.by) {
        Some(number) => sessions.iter().map(|&session| number(data, session)).collect(),
        None => {
            let texts: Vec<String> =
                sessions.iter().map(|&session| text_of(data, session, sort.by)).collect();
            natural::ranks(&texts.iter().map(String::as_str).collect::<Vec<_>>())
        }
    };
    let order = natural::by_number(&keys, sort.descending);
    order.into_iter().map(|at| sessions[at as usize]).collect()
}

/// The rows from `from` on, at most `count`.
pub fn session_window(
    data: &Dataset,
    filter: &Filter,
    sort: Option<Sort>,
    from: u32,
    count: u32,
) -> SessionWindow {
    let order = session_order(data, filter, sort);
    let start = (from as usize).min(order.len());
    let end = start.saturating_add(count as usize).min(order.len());
    SessionWindow {
        sessions: data.history.sessions.len() as u32,
        empty_columns: empty_columns(data),
        total: order.len() as u32,
        from: start as u32,
        rows: order[start..end].iter().map(|&session| row(data, session)).collect(),
    }
}

/// The columns in which no session has anything to say: without a value, with no
/// result, or of one format.
fn empty_columns(data: &Dataset) -> Vec<SortKey> {
    let sessions = &data.history.sessions;
    let any = |says: &dyn Fn(&Session) -> bool| sessions.iter().any(says);
    let mut by_format = (0..sessions.len()).map(|id| formats(data, SessionId::from(id)));
    let first_format = by_format.next();
    let columns = [
        (SortKey::Unit, any(&|session| session.identity.unit.is_some())),
        (SortKey::Build, any(&|session| session.build().is_some())),
        (SortKey::Started, any(&|session| session.started.is_some())),
        (SortKey::Duration, any(&|session| session.duration_s.is_some())),
        (SortKey::Time, any(&|session| session.counts.duration_s.is_some())),
        (SortKey::Rate, any(&|session| session.counts.pass_rate().is_some())),
        (SortKey::Errors, any(&|session| session.counts.of(Outcome::Error) > 0)),
        (SortKey::Skipped, any(&|session| session.counts.of(Outcome::Skipped) > 0)),
        (SortKey::Flaky, any(&|session| session.counts.flaky > 0)),
        (SortKey::Format, by_format.any(|format| Some(format) != first_format)),
    ];
    columns.into_iter().filter(|(_, says)| !says).map(|(column, _)| column).collect()
}

/// The text of a session that a filter searches.
fn searched(data: &Dataset, id: SessionId) -> String {
    let mut text = String::new();
    for by in [SortKey::Dut, SortKey::Unit, SortKey::Build, SortKey::Session, SortKey::Label, SortKey::Format]
    {
        text.push_str(&text_of(data, id, by));
        text.push('\n');
    }
    for (name, value) in &data.history.dut(data.history.session(id).dut).attributes {
        text.push_str(&format!("{name}={value}\n"));
    }
    for &part in &data.history.session(id).parts {
        text.push_str(&data.file(data.part(part).file).path);
        text.push('\n');
    }
    text
}

/// The numbers of a column (NaN where a session has none); `None` for columns of
/// text.
fn number_of(by: SortKey) -> Option<fn(&Dataset, SessionId) -> f64> {
    Some(match by {
        SortKey::Started => {
            |data, id| data.history.session(id).started.map_or(f64::NAN, |started| started.unix_ms as f64)
        }
        SortKey::Duration => |data, id| data.history.session(id).duration_s.unwrap_or(f64::NAN),
        SortKey::Time => |data, id| data.history.session(id).counts.duration_s.unwrap_or(f64::NAN),
        SortKey::Results => |data, id| f64::from(data.history.session(id).counts.results()),
        SortKey::Passed => |data, id| f64::from(data.history.session(id).counts.of(Outcome::Passed)),
        SortKey::Failing => |data, id| f64::from(data.history.session(id).counts.failing()),
        SortKey::Errors => |data, id| f64::from(data.history.session(id).counts.of(Outcome::Error)),
        SortKey::Skipped => |data, id| f64::from(data.history.session(id).counts.of(Outcome::Skipped)),
        SortKey::Flaky => |data, id| f64::from(data.history.session(id).counts.flaky),
        SortKey::Rate => |data, id| data.history.session(id).counts.pass_rate().unwrap_or(f64::NAN),
        _ => return None,
    })
}

/// The text of a session in a column; empty if the table of sessions lacks the
/// column.
fn text_of(data: &Dataset, id: SessionId, by: SortKey) -> String {
    let session = data.history.session(id);
    let text = match by {
        SortKey::Dut => Some(data.history.dut(session.dut).name.as_str()),
        SortKey::Unit => session.identity.unit.as_ref().map(|unit| unit.value.as_str()),
        SortKey::Build => session.build(),
        SortKey::Session => Some(session.id.as_str()),
        SortKey::Label => data.label(id),
        SortKey::File => session.parts.first().map(|&part| data.file(data.part(part).file).path.as_str()),
        SortKey::Format => return formats(data, id).join(", "),
        _ => None,
    };
    text.unwrap_or_default().to_owned()
}

/// The names of a session's formats. A session from a summary has its original
/// formats.
fn formats(data: &Dataset, id: SessionId) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for &part in &data.history.session(id).parts {
        let part = data.part(part);
        let key = part.draft.origin.as_ref().map_or(data.file(part.file).format, |(key, _)| key);
        let name = about(key).map_or(key, |about| about.name);
        if !name.is_empty() && !names.iter().any(|have| have == name) {
            names.push(name.to_owned());
        }
    }
    names
}

fn row(data: &Dataset, id: SessionId) -> SessionRow {
    let session = data.history.session(id);
    let dut = data.history.dut(session.dut);
    let files = data.told_of(id).map(|part| data.file(data.part(part).file).path.clone());
    SessionRow {
        dut: dut.name.clone(),
        unit: session.identity.unit.as_ref().map(|unit| unit.value.clone()),
        build: session.build().map(str::to_owned),
        id: session.id.clone(),
        label: data.label(id).map(str::to_owned),
        started: session.started.map(Timestamp::iso),
        duration_s: session.duration_s.map(rounded),
        counts: session.counts,
        formats: formats(data, id),
        files: files.take(FILES).collect(),
        files_total: data.told_of(id).count() as u32,
        incomplete: session.incomplete.clone(),
        is_unreadable: session.is_unreadable,
        latest_by: (dut.latest() == Some(id)).then_some(dut.order),
    }
}

/// The page of a session; `None` for an unknown key.
pub fn session_page(data: &Dataset, key: &SessionKey) -> Option<SessionPage> {
    let id = data.find_session(&key.dut, Some(&key.session))?;
    let session = data.history.session(id);
    let dut = data.history.dut(session.dut);
    let at = dut.sessions.iter().position(|&have| have == id)?;
    let id_at = |at: Option<usize>| {
        let session = *dut.sessions.get(at?)?;
        Some(data.history.session(session).id.clone())
    };
    let mut page = SessionPage {
        row: row(data, id),
        identity: session.identity.clone(),
        hostname: None,
        attributes: dut.attributes.clone(),
        properties: Vec::new(),
        texts: Vec::new(),
        links: session_links(data, id),
        files: Vec::new(),
        previous: id_at(at.checked_sub(1)),
        next: id_at(at.checked_add(1)),
    };
    for part_id in data.told_of(id) {
        let part = data.part(part_id);
        let file = data.file(part.file);
        page.hostname = page.hostname.or_else(|| part.draft.hostname.clone());
        add(&mut page.attributes, &part.draft.attributes);
        add(&mut page.properties, &part.draft.properties);
        add(&mut page.texts, &part.draft.texts);
        page.files.push(SessionFile {
            file: part.file,
            part: part_id,
            path: file.path.clone(),
            format: about(file.format).map_or("", |about| about.name).to_owned(),
            status: file.status,
            results: part.counts.results(),
        });
    }
    Some(page)
}

/// Adds the pairs that `into` lacks: files of one session often repeat each other.
fn add(into: &mut Vec<(String, String)>, pairs: &[(String, String)]) {
    if into.is_empty() {
        into.extend_from_slice(pairs);
        return;
    }
    for pair in pairs {
        // A hundred files may have thousands of properties: limit them.
        if into.len() < PROPERTIES && !into.contains(pair) {
            into.push(pair.clone());
        }
    }
}
