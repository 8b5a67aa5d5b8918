//! The sessions of a file, and the properties of each.

use super::Data;
use crate::import::batch::Batch;
use crate::import::formats::{avocado, twister};
use crate::import::identify;
use crate::model::{IdentityField, RepeatRule, SessionDraft, Severity, Source, Timestamp, head};
use rustc_hash::FxHashMap;

/// What distinguishes the sessions of a file.
#[derive(Debug, PartialEq, Eq)]
struct Key {
    /// The DUT that suites or tests name.
    dut: Option<String>,
    /// The host, if nothing else names a DUT.
    host: Option<String>,
    /// The run of pytest, if there are several.
    run: usize,
}

impl Data {
    /// Returns the DUT that a suite or one around it names.
    fn dut_of(&self, suite: usize) -> Option<&str> {
        self.devices.of(suite).or_else(|| self.named_dut_of(suite))
    }

    /// Returns the DUT that an attribute or a property of a suite or one around it names.
    fn named_dut_of(&self, suite: usize) -> Option<&str> {
        let mut at = Some(suite);
        while let Some(index) = at {
            let suite = self.suites.get(index)?;
            let attribute = suite.device.as_ref().map(|(_, device)| device.as_str());
            if let Some(dut) = attribute.or_else(|| named_dut(&suite.properties)) {
                return Some(dut);
            }
            at = suite.parent.map(|parent| parent as usize);
        }
        named_dut(&self.root_properties)
    }

    /// Assigns rows to sessions. Usually a file is one session. Suites and tests that name
    /// different DUTs are separate sessions, and so are several runs of pytest.
    pub(super) fn assign_sessions(&mut self, batch: &mut Batch) {
        self.name_duts_by_platforms(batch);
        self.devices = self.find_devices(batch);
        batch.are_suites_duts = self.devices.are_several();
        let pytest_runs = self.suites.iter().filter(|suite| suite.is_pytest && suite.entries > 0);
        let split_pytest = pytest_runs.count() > 1;
        let split_hosts = self.hosts_distinguish_suites();
        let by_test = self.take_tests_with_own_dut(batch);
        let mut keys: Vec<Key> = Vec::new();
        let mut session = |key: Key| {
            let known = keys.iter().position(|have| *have == key);
            known.unwrap_or_else(|| {
                keys.push(key);
                keys.len() - 1
            })
        };
        // The sessions of a suite's entries: its own, and those of tests in it that name a DUT.
        let mut sessions_of: Vec<Vec<usize>> = Vec::with_capacity(self.suites.len());
        let run = |index: usize| match self.suites.get(index) {
            Some(suite) if split_pytest && suite.is_pytest => index + 1,
            _ => 0,
        };
        for (index, suite) in self.suites.iter().enumerate() {
            // A suite that only contains other suites has no session.
            sessions_of.push(if suite.entries == 0 && !suite.is_broken() {
                Vec::new()
            } else {
                let dut = self.dut_of(index).map(str::to_owned);
                let host = suite.hostname.clone().filter(|_| split_hosts && dut.is_none());
                vec![session(Key { dut, host, run: run(index) })]
            });
        }
        let own = sessions_of.clone();
        let mut session_of_row: Vec<(usize, u32)> = Vec::new();
        for (rows, dut) in &by_test {
            let Some(suite) = batch.rows.get(rows.start).map(|row| row.session) else {
                continue;
            };
            let dut = self.case_duts.get(*dut as usize).map(|(_, dut)| dut.clone());
            let session = session(Key { dut, host: None, run: run(suite as usize) });
            if let Some(sessions) = sessions_of.get_mut(suite as usize)
                && !sessions.contains(&session)
            {
                sessions.push(session);
            }
            session_of_row.extend(rows.clone().map(|row| (row, session as u32)));
        }
        for row in batch.rows.iter_mut() {
            let assigned = own.get(row.session as usize).and_then(|sessions| sessions.first());
            row.session = assigned.copied().unwrap_or(0) as u32;
        }
        for (row, assigned) in session_of_row {
            if let Some(row) = batch.rows.get_mut(row) {
                row.session = assigned;
            }
        }
        let repeats = if self.producer.is_go() {
            RepeatRule::GoJunit
        } else if self.suites.iter().any(|suite| suite.is_pytest) {
            RepeatRule::PytestJunit
        } else {
            RepeatRule::Separate
        };
        for index in 0..keys.len().max(1) {
            batch.session(index).repeats = repeats;
        }
        // In a session of several runners only pytest's suites repeat node ids.
        for (_, sessions) in self.suites.iter().zip(&own).filter(|(suite, _)| !suite.is_pytest) {
            for &index in sessions {
                let draft = batch.session(index);
                if draft.repeats == RepeatRule::PytestJunit {
                    draft.repeats = RepeatRule::Separate;
                }
            }
        }
        for (index, key) in keys.iter().enumerate() {
            if let Some(host) = &key.host {
                batch.session(index).claim(IdentityField::Dut, Source::Hostname, "hostname", host);
            }
        }
        for (index, sessions) in own.iter().enumerate() {
            let Some(&session) = sessions.first() else {
                continue;
            };
            let draft = batch.session(session);
            if let Some(device) = self.devices.of(index) {
                let (source, name) = match self.devices.property {
                    Some(property) => (Source::Property, property),
                    None if self.devices.is_guess => (Source::SuiteName, "testsuite"),
                    None => (Source::Field, "testsuite"),
                };
                draft.claim(IdentityField::Dut, source, name, device);
            } else if let Some((attribute, device)) = self.device_around(index) {
                draft.claim(IdentityField::Dut, Source::Field, attribute, device);
            }
        }
        let duts: Vec<Option<String>> = keys.into_iter().map(|key| key.dut).collect();
        self.draft_sessions(&sessions_of, &duts, batch);
        self.assign_reports(&sessions_of, batch);
        self.settle_broken_suites(&sessions_of, batch);
    }

    /// Returns the attribute that names the device of a suite, and the device.
    fn device_around(&self, suite: usize) -> Option<&(String, String)> {
        let mut at = Some(suite);
        while let Some(suite) = at.and_then(|index| self.suites.get(index)) {
            if suite.device.is_some() {
                return suite.device.as_ref();
            }
            at = suite.parent.map(|parent| parent as usize);
        }
        None
    }

    /// Links sessions to reports of several files: those of twister and Avocado, which write the
    /// same results in formats of their own.
    fn assign_reports(&self, sessions_of: &[Vec<usize>], batch: &mut Batch) {
        let is_avocado = self.producer.is_avocado();
        if !is_avocado && !self.producer.is_twister() {
            return;
        }
        // twister.xml has a case per configuration, and its class begins with the board.
        let is_digest = self.are_suites_boards()
            && self.scopes.iter().any(|&(suite, class)| {
                let board = self.suites.get(suite as usize).map_or("", |suite| suite.name.as_str());
                batch.get(class).strip_prefix(board).is_some_and(|rest| rest.starts_with(':'))
            });
        for (index, sessions) in sessions_of.iter().enumerate() {
            let report = match self.dut_of(index) {
                _ if is_avocado => avocado::report(),
                Some(platform) => twister::report(platform, is_digest),
                None => continue,
            };
            for &session in sessions {
                batch.session(session).report = report.clone();
            }
        }
    }

    /// Returns whether suites with one name ran on different hosts, which are the DUTs then.
    /// Playwright writes the project there, a device or a browser. pytest's host is the runner.
    pub(super) fn hosts_distinguish_suites(&self) -> bool {
        let mut first_of: FxHashMap<String, u32> = FxHashMap::default();
        let host = |index: u32| self.suites.get(index as usize).and_then(|suite| suite.hostname.as_deref());
        let suites = (0..).zip(&self.suites);
        let mut suites = suites.filter(|(_, suite)| suite.entries > 0 && !suite.is_pytest);
        suites.any(|(index, suite)| {
            suite.hostname.is_some()
                && host(*first_of.entry(suite.name.clone()).or_insert(index)) != suite.hostname.as_deref()
        })
    }

    /// Returns the rows of tests that name another DUT than their suite or other tests. If all
    /// tests that name a DUT agree, it is the DUT of the whole file.
    fn take_tests_with_own_dut(&mut self, batch: &mut Batch) -> Vec<(std::ops::Range<usize>, u32)> {
        let rows = std::mem::take(&mut self.rows_with_dut);
        let suite_of =
            |rows: &std::ops::Range<usize>| batch.rows.get(rows.start).map_or(0, |row| row.session);
        let differs = self.case_duts.len() > 1
            || rows.iter().any(|(rows, dut)| {
                let suite = self.dut_of(suite_of(rows) as usize);
                let own = self.case_duts.get(*dut as usize).map(|(_, dut)| dut.as_str());
                suite.is_some() && suite != own
            });
        if !differs {
            return Vec::new();
        }
        for (rows, _) in &rows {
            if let Some(suite) = self.suites.get_mut(suite_of(rows) as usize) {
                suite.entries -= 1;
            }
        }
        let names: Vec<&str> = self.case_duts.iter().take(5).map(|(_, dut)| head(dut, 40)).collect();
        let text = format!("tests name different DUTs ({}): one session per DUT", names.join(", "));
        batch.note(Severity::Info, None, text);
        rows
    }

    /// Fills in the sessions. `sessions_of` has the sessions of each suite, `duts` the DUT of each
    /// session.
    fn draft_sessions(&self, sessions_of: &[Vec<usize>], duts: &[Option<String>], batch: &mut Batch) {
        let count = duts.len().max(1);
        let all: Vec<usize> = (0..count).collect();
        let is_of = |session: usize, dut: &str| {
            let of = duts.get(session).and_then(|dut| dut.as_deref());
            of.is_none_or(|of| of == dut.trim())
        };
        for session in 0..count {
            claim_properties(&self.root_properties, batch.session(session), |dut| is_of(session, dut));
        }
        for (suite, sessions) in self.suites.iter().zip(sessions_of) {
            // Properties of a suite around others apply to all sessions inside.
            for &session in if sessions.is_empty() { &all } else { sessions } {
                let draft = batch.session(session);
                claim_properties(&suite.properties, draft, |dut| count == 1 || is_of(session, dut));
                draft.hostname = draft.hostname.take().or_else(|| suite.hostname.clone());
                draft.started = earlier(draft.started, suite.started.or(suite.first_case));
                if suite.parent.is_none()
                    && let Some(seconds) = suite.duration_s
                {
                    *draft.duration_s.get_or_insert(0.0) += seconds;
                }
            }
        }
        for (property, dut) in &self.case_duts {
            let of_all = count == 1 && self.case_duts.len() == 1;
            for session in 0..count {
                let is_named = duts.get(session).is_some_and(|have| have.as_deref() == Some(dut));
                if of_all || is_named {
                    batch.session(session).claim(IdentityField::Dut, Source::Property, property, dut);
                }
            }
        }
        // The root's time is that of the whole file, also of a suite that began late.
        for session in 0..count {
            let draft = batch.session(session);
            draft.started =
                earlier(draft.started, self.root_started.filter(|_| count == 1)).or(self.root_started);
        }
        if count > 1 {
            return;
        }
        let draft = batch.session(0);
        draft.duration_s = self.root_duration_s.or(draft.duration_s);
        self.claims.apply(draft);
    }
}

/// Returns the earlier one of two timestamps, either of which may be unknown.
pub(super) fn earlier(a: Option<Timestamp>, b: Option<Timestamp>) -> Option<Timestamp> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    }
}

/// Returns the DUT that these properties name.
pub(super) fn named_dut(properties: &[(String, String)]) -> Option<&str> {
    let is_dut = |name: &str| field_of(name, properties) == Some(IdentityField::Dut);
    properties.iter().find(|(name, _)| is_dut(name)).map(|(name, value)| answer(name, value))
}

/// Returns the value of a property; for labgrid's path to a description, the file's name.
fn answer<'a>(name: &str, value: &'a str) -> &'a str {
    let value = value.trim();
    if name != "ENV_CONFIG" {
        return value;
    }
    let file = value.rsplit('/').next().unwrap_or(value);
    file.strip_suffix(".yaml").unwrap_or(file)
}

/// Returns the identity field of a property of a suite. Twister's `platform` is a board if there is
/// an `architecture`; elsewhere a platform is an operating system. labgrid names the place of each
/// target, or at least the file that describes them.
fn field_of(name: &str, properties: &[(String, String)]) -> Option<IdentityField> {
    if name == "platform" && properties.iter().any(|(other, _)| other == "architecture") {
        return Some(IdentityField::Dut);
    }
    // An identifier of a device names it if nothing else does.
    let names_dut = |(name, _): &(String, String)| identify::identity_field(name) == Some(IdentityField::Dut);
    if identify::is_device_id(name) {
        return Some(match properties.iter().any(names_dut) {
            true => IdentityField::Unit,
            false => IdentityField::Dut,
        });
    }
    let has = |is_it: fn(&str) -> bool| properties.iter().any(|(name, _)| is_it(name));
    let is_place = |name: &str| name.starts_with("TARGET_") && name.ends_with("_REMOTE");
    if (is_place(name) || name == "ENV_CONFIG" && !has(is_place)) && has(|name| name == "TARGETS") {
        return Some(IdentityField::Dut);
    }
    identify::identity_field(name)
}

/// Adds properties of a suite to a session, with the identity that they name; a DUT only if it
/// `is_wanted`.
fn claim_properties(
    properties: &[(String, String)],
    draft: &mut SessionDraft,
    is_wanted: impl Fn(&str) -> bool,
) {
    let is_of_other = named_dut(properties).is_some_and(|dut| !is_wanted(dut));
    for (name, value) in properties {
        if !draft.properties.iter().any(|(n, v)| n == name && v == value) {
            draft.property(name, value);
        }
        match field_of(name, properties) {
            Some(IdentityField::Dut) if !is_wanted(answer(name, value)) => {}
            Some(IdentityField::Unit) if is_of_other => {}
            Some(identity) => draft.claim(identity, Source::Property, name, answer(name, value)),
            None => {}
        }
    }
}
