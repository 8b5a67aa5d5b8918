//! A copy of the data set with other texts, in which everything else is the same.

use super::{Dataset, FileRecord, Identified, Identity, IdentityField, KnownIssue, SessionDraft};

impl Dataset {
    /// A copy in which each text is what `text` makes of it, or itself.
    ///
    /// Ids, outcomes, numbers and the order of sessions and DUTs stay the same. The copy is for reading: files that
    /// are added to it are not compared with those that it has.
    pub fn rewritten(&self, text: impl Fn(&str) -> Option<String>) -> Dataset {
        let mut copy = self.clone();
        copy.strings = self.strings.rewritten(&text);
        copy.tests = self.tests.rewritten(&text);
        let change = |value: &mut String| {
            if let Some(changed) = text(value) {
                *value = changed;
            }
        };
        copy.files.iter_mut().for_each(|record| file(record, &change));
        for part in &mut copy.parts {
            draft(&mut part.draft, &change);
            for axis in
                [IdentityField::Dut, IdentityField::Unit, IdentityField::Build, IdentityField::Session]
            {
                if let Some(mut answer) = part.overrides.get(axis).cloned() {
                    change(&mut answer);
                    part.overrides.set(axis, Some(answer));
                }
            }
        }
        for dut in &mut copy.history.duts {
            change(&mut dut.name);
            dut.unit.iter_mut().for_each(&change);
            pairs(&mut dut.attributes, &change);
        }
        for session in &mut copy.history.sessions {
            change(&mut session.id);
            identity(&mut session.identity, &change);
            session.incomplete.iter_mut().for_each(&change);
        }
        copy.history.identities.iter_mut().for_each(|of_part| identity(of_part, &change));
        copy
    }
}

fn file(file: &mut FileRecord, change: &impl Fn(&mut String)) {
    change(&mut file.path);
    change(&mut file.why);
    change(&mut file.producer);
    file.notes.iter_mut().for_each(|note| change(&mut note.text));
    file.known_issues.iter_mut().for_each(|issue| known_issue(issue, change));
    for dut in &mut file.dut_attributes {
        change(&mut dut.dut);
        pairs(&mut dut.attributes, change);
    }
    if let Some(as_read) = &mut file.as_read {
        as_read.notes.iter_mut().for_each(|note| change(&mut note.text));
    }
}

fn known_issue(issue: &mut KnownIssue, change: &impl Fn(&mut String)) {
    [&mut issue.test, &mut issue.message, &mut issue.reason, &mut issue.link].into_iter().for_each(change);
    issue.duts.iter_mut().for_each(change);
    pairs(&mut issue.attributes, change);
}

fn draft(draft: &mut SessionDraft, change: &impl Fn(&mut String)) {
    draft.claims.iter_mut().for_each(|claim| change(&mut claim.value));
    [&mut draft.label, &mut draft.hostname, &mut draft.incomplete].into_iter().flatten().for_each(change);
    pairs(&mut draft.properties, change);
    pairs(&mut draft.attributes, change);
    pairs(&mut draft.texts, change);
    if let Some((format, files)) = &mut draft.origin {
        change(format);
        files.iter_mut().for_each(change);
    }
}

fn identity(identity: &mut Identity, change: &impl Fn(&mut String)) {
    let field = |field: &mut Identified| {
        change(&mut field.value);
        change(&mut field.evidence.name);
    };
    field(&mut identity.dut);
    field(&mut identity.session);
    [&mut identity.unit, &mut identity.build].into_iter().flatten().for_each(field);
}

fn pairs(pairs: &mut [(String, String)], change: &impl Fn(&mut String)) {
    for (name, value) in pairs {
        change(name);
        change(value);
    }
}
