//! Where the tests and the commit of a session are: templates of addresses, by what its files and manifests say.

use crate::model::{Dataset, LinkTemplates, SessionId};
use serde::{Deserialize, Serialize};

/// What is known about where a session's sources are.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionLinks {
    /// The templates, "" for unknown.
    pub templates: LinkTemplates,
    /// The commit that was tested, "" if it is unknown.
    pub commit: String,
    /// The folder that the repository was in, "" if it is unknown. Locations of tests may begin with it.
    pub root: String,
}

/// The names of properties that have the commit.
const COMMITS: [&str; 8] = [
    "CI_COMMIT_SHA",
    "GITHUB_SHA",
    "GIT_COMMIT",
    "BUILD_SOURCEVERSION",
    "commit",
    "commit_hash",
    "git_commit",
    "revision",
];

/// Returns the links of a session: templates in its properties (`passgrid.link.test`, `passgrid.link.commit`) come
/// first, then those of its manifests, then GitHub's and GitLab's by the variables that these set in their jobs.
pub fn session_links(data: &Dataset, session: SessionId) -> SessionLinks {
    let parts: Vec<_> = data.told_of(session).collect();
    let drafts = || parts.iter().map(|&part| &data.part(part).draft);
    let property = |wanted: &str| {
        let found = drafts().flat_map(|draft| &draft.properties).find(|(name, value)| {
            let is_it = name == wanted || name.rsplit('.').next() == Some(wanted);
            is_it && !value.is_empty()
        });
        found.map(|(_, value)| value.as_str())
    };
    let commit = COMMITS.iter().find_map(|name| property(name));
    let commit = commit.or_else(|| data.history.session(session).build().filter(|build| is_commit(build)));
    let exact = |wanted: &str| {
        let found = drafts().flat_map(|draft| &draft.properties).find(|(name, _)| name == wanted);
        found.map_or(String::new(), |(_, value)| value.clone())
    };
    let mut templates =
        LinkTemplates { test: exact("passgrid.link.test"), commit: exact("passgrid.link.commit") };
    for &part in &parts {
        if let Some(manifest) = &data.file(data.part(part).file).manifest {
            templates = templates.or(&manifest.links);
        }
    }
    if let Some(repository) = property("GITHUB_REPOSITORY") {
        let server = property("GITHUB_SERVER_URL").unwrap_or("https://github.com").trim_end_matches('/');
        templates = templates.or(&LinkTemplates {
            test: format!("{server}/{repository}/blob/{{commit}}/{{path}}#L{{line}}"),
            commit: format!("{server}/{repository}/commit/{{commit}}"),
        });
    }
    if let Some(project) = property("CI_PROJECT_URL") {
        let project = project.trim_end_matches('/');
        templates = templates.or(&LinkTemplates {
            test: format!("{project}/-/blob/{{commit}}/{{path}}#L{{line}}"),
            commit: format!("{project}/-/commit/{{commit}}"),
        });
    }
    let root = property("CI_PROJECT_DIR").or_else(|| property("GITHUB_WORKSPACE"));
    SessionLinks {
        templates,
        commit: commit.unwrap_or_default().to_owned(),
        root: root.unwrap_or_default().to_owned(),
    }
}

/// Whether a build is a commit: seven or more hexadecimal digits, of which some are letters.
fn is_commit(build: &str) -> bool {
    let is_hex = build.bytes().all(|byte| byte.is_ascii_hexdigit());
    (7..=40).contains(&build.len()) && is_hex && build.bytes().any(|byte| byte.is_ascii_alphabetic())
}
