//! Links to tests and commits, by what sessions and manifests say.

use crate::Dropped;
use passgrid::engine::GetSession;
use passgrid::query::SessionKey;
use serde_json::json;

/// The templates, commit and root of the only session.
fn links(dropped: &mut Dropped) -> [String; 4] {
    let data = dropped.data();
    assert_eq!(data.history.sessions.len(), 1);
    let session = &data.history.sessions[0];
    let key = SessionKey { dut: data.history.dut(session.dut).name.clone(), session: session.id.clone() };
    let links = dropped.engine.ask(GetSession(key)).unwrap().links;
    [links.templates.test, links.templates.commit, links.commit, links.root]
}

fn report(properties: &[(&str, &str)]) -> String {
    let properties: String =
        properties.iter().map(|(name, value)| format!("<property name='{name}' value='{value}'/>")).collect();
    format!(
        "<testsuite name='s'><properties>{properties}</properties><testcase classname='s' name='a'/></testsuite>"
    )
}

#[test]
fn jobs_of_github_and_gitlab_say_where_their_sources_are() {
    let github = [
        ("GITHUB_REPOSITORY", "acme/audio"),
        ("GITHUB_SHA", "4f1c2d9"),
        ("GITHUB_WORKSPACE", "/home/runner/work/audio"),
    ];
    let mut dropped = Dropped::new([("board_a.xml", report(&github).as_bytes())]);
    assert_eq!(
        links(&mut dropped),
        [
            "https://github.com/acme/audio/blob/{commit}/{path}#L{line}",
            "https://github.com/acme/audio/commit/{commit}",
            "4f1c2d9",
            "/home/runner/work/audio"
        ]
    );
    let gitlab = [("CI_PROJECT_URL", "https://git.acme.example/lab/audio"), ("CI_COMMIT_SHA", "4f1c2d9")];
    let mut dropped = Dropped::new([("board_a.xml", report(&gitlab).as_bytes())]);
    assert_eq!(
        links(&mut dropped)[..3],
        [
            "https://git.acme.example/lab/audio/-/blob/{commit}/{path}#L{line}",
            "https://git.acme.example/lab/audio/-/commit/{commit}",
            "4f1c2d9"
        ]
    );
}

#[test]
fn properties_come_before_manifests_and_these_before_what_is_built_in() {
    let manifest = json!({
        "schema": "passgrid/manifest/1",
        "sessions": [{"files": "a.xml", "dut": "b1", "build": "abc1234", "properties": {"GITHUB_REPOSITORY": "acme/audio"}}],
        "links": {"test": "https://manifest/{path}"},
    })
    .to_string();
    let mut dropped =
        Dropped::new([("a.xml", report(&[]).as_bytes()), ("passgrid.json", manifest.as_bytes())]);
    let found = links(&mut dropped);
    assert_eq!(
        found[..3],
        ["https://manifest/{path}", "https://github.com/acme/audio/commit/{commit}", "abc1234"]
    );
    let own = report(&[("passgrid.link.test", "https://own/{path}")]);
    let mut dropped = Dropped::new([("a.xml", own.as_bytes()), ("passgrid.json", manifest.as_bytes())]);
    assert_eq!(links(&mut dropped)[0], "https://own/{path}");
}

#[test]
fn nothing_is_made_up() {
    let mut dropped = Dropped::new([("1.5.0/board_a.xml", report(&[]).as_bytes())]);
    assert_eq!(links(&mut dropped), [""; 4]);
}
