//! Addresses of pages that show a file, and where the file itself is.
//!
//! People copy the address of the page that they see. Hosts that serve files to other websites have them at
//! another address: GitHub and Gist on hosts of their own, GitLab in its API (`Access-Control-Allow-Origin: *`).

/// Returns the address of the file that a page of GitHub, Gist, GitLab, S3 or octoprobe's reports shows; `None` for all other
/// addresses. The address has no fragment.
pub fn raw_address(address: &str) -> Option<String> {
    if let Some(rest) = address.strip_prefix("s3://") {
        let (bucket, key) =
            rest.split_once('/').filter(|(bucket, key)| !bucket.is_empty() && !key.is_empty())?;
        return Some(format!("https://{bucket}.s3.amazonaws.com/{key}"));
    }
    let rest = address.strip_prefix("https://")?;
    let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
    let (host, path) = rest.split_once('/')?;
    match host {
        "github.com" | "www.github.com" => of_github(path),
        "gist.github.com" => of_gist(path),
        "reports.octoprobe.org" => of_octoprobe(path),
        _ if host.ends_with("console.aws.amazon.com") => of_s3_console(path, query),
        _ => of_gitlab(host, path, query),
    }
}

/// `OWNER/REPO/blob/REF/PATH`, also with `raw`.
fn of_github(path: &str) -> Option<String> {
    let mut parts = path.splitn(4, '/');
    let (owner, repository, kind, file) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let is_file =
        matches!(kind, "blob" | "raw") && file.split_once('/').is_some_and(|(_, path)| !path.is_empty());
    is_file.then(|| format!("https://raw.githubusercontent.com/{owner}/{repository}/{file}"))
}

/// `LABEL`, and pages of the report below it: octoprobe's server keeps what was uploaded as `LABEL/LABEL.tgz`.
/// Addresses of result files stay.
fn of_octoprobe(path: &str) -> Option<String> {
    let (label, page) = path.split_once('/').unwrap_or((path, ""));
    let (_, time) = label.rsplit_once(['-', '_'])?;
    let is_label = time.bytes().all(|byte| byte.is_ascii_digit()) && !time.is_empty();
    let is_page = ["", "octoprobe_summary_report.html", "octoprobe_summary_report.md"].contains(&page)
        || ["octoprobe_pr_report.html", "octoprobe_pr_report.md"].contains(&page);
    (is_label && is_page).then(|| format!("https://reports.octoprobe.org/{label}/{label}.tgz"))
}

/// `USER/ID`: the first file of the gist.
fn of_gist(path: &str) -> Option<String> {
    let (user, id) = path.trim_end_matches('/').split_once('/')?;
    let is_id = !id.is_empty() && id.chars().all(|c| c.is_ascii_hexdigit());
    is_id.then(|| format!("https://gist.githubusercontent.com/{user}/{id}/raw"))
}

/// `GROUP/PROJECT/-/blob/REF/PATH`, and files in the artifacts of a job. GitLab runs on any host; `/-/` is its sign.
fn of_gitlab(host: &str, path: &str, query: &str) -> Option<String> {
    let (project, rest) = path.split_once("/-/")?;
    let project = project.replace('/', "%2F");
    let api = format!("https://{host}/api/v4/projects/{project}");
    if let Some(rest) = rest.strip_prefix("jobs/") {
        let (job, file) = rest.split_once("/artifacts/")?;
        let file =
            ["file/", "raw/", "external_file/"].into_iter().find_map(|kind| file.strip_prefix(kind))?;
        return Some(format!("{api}/jobs/{job}/artifacts/{file}"));
    }
    let file = rest.strip_prefix("blob/").or_else(|| rest.strip_prefix("raw/"))?;
    // The branch is the first part, since nothing tells where a branch with a slash ends.
    let (reference, file) = file.split_once('/').filter(|(_, file)| !file.is_empty())?;
    let file = file.replace('/', "%2F");
    let lfs = if query.split('&').any(|pair| pair == "lfs=true") { "&lfs=true" } else { "" };
    Some(format!("{api}/repository/files/{file}/raw?ref={reference}{lfs}"))
}

/// `s3/object/BUCKET?region=REGION&prefix=KEY`.
fn of_s3_console(path: &str, query: &str) -> Option<String> {
    let bucket = path.strip_prefix("s3/object/").filter(|bucket| !bucket.is_empty())?;
    let value = |name: &str| query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='));
    let key = value("prefix").filter(|key| !key.is_empty())?.replace("%2F", "/");
    let host = match value("region") {
        Some(region) => format!("{bucket}.s3.{region}.amazonaws.com"),
        None => format!("{bucket}.s3.amazonaws.com"),
    };
    Some(format!("https://{host}/{key}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_lead_to_their_files() {
        for (page, file) in [
            (
                "https://github.com/acme/audio/blob/main/results/max-b1.xml",
                "https://raw.githubusercontent.com/acme/audio/main/results/max-b1.xml",
            ),
            (
                "https://github.com/acme/audio/raw/v1/all.zip",
                "https://raw.githubusercontent.com/acme/audio/v1/all.zip",
            ),
            (
                "https://gist.github.com/acme/3f9c1d7a3f9c1d7a",
                "https://gist.githubusercontent.com/acme/3f9c1d7a3f9c1d7a/raw",
            ),
            (
                "https://gitlab.com/acme/lab/audio/-/blob/main/results/a.xml?ref_type=heads",
                "https://gitlab.com/api/v4/projects/acme%2Flab%2Faudio/repository/files/results%2Fa.xml/raw?ref=main",
            ),
            (
                "https://git.acme.example/audio/-/jobs/17/artifacts/file/out/a.xml",
                "https://git.acme.example/api/v4/projects/audio/jobs/17/artifacts/out/a.xml",
            ),
            (
                "https://eu-west-1.console.aws.amazon.com/s3/object/lab?region=eu-west-1&prefix=1.4%2Fa.xml",
                "https://lab.s3.eu-west-1.amazonaws.com/1.4/a.xml",
            ),
            (
                "https://reports.octoprobe.org/ch_hans_1_20260226-205450/octoprobe_summary_report.html",
                "https://reports.octoprobe.org/ch_hans_1_20260226-205450/ch_hans_1_20260226-205450.tgz",
            ),
            (
                "https://reports.octoprobe.org/github_selfhosted_testrun_107?severity=INFO",
                "https://reports.octoprobe.org/github_selfhosted_testrun_107/github_selfhosted_testrun_107.tgz",
            ),
            ("s3://lab/1.4/a.xml", "https://lab.s3.amazonaws.com/1.4/a.xml"),
        ] {
            assert_eq!(raw_address(page).as_deref(), Some(file), "{page}");
            assert_eq!(raw_address(file), None, "{file}");
        }
    }

    #[test]
    fn other_addresses_stay() {
        for address in [
            "",
            "results/a.xml",
            "https://github.com/acme/audio",
            "https://github.com/acme/audio/blob/main",
            "https://github.com/acme/audio/blob/main/",
            "https://github.com/acme/audio/releases/download/v1/a.xml",
            "https://gist.github.com/acme",
            "https://gitlab.com/acme/audio/-/issues/1",
            "https://gitlab.com/acme/audio/-/blob/main",
            "https://lab.example/a.xml?X-Amz-Signature=1",
            "https://s3.console.aws.amazon.com/s3/buckets/lab",
            "https://reports.octoprobe.org/",
            "https://reports.octoprobe.org/jobs/start",
            "https://reports.octoprobe.org/testrun_107/context.json",
            "s3://lab",
            "http://github.com/acme/audio/blob/main/a.xml",
            "https://",
        ] {
            assert_eq!(raw_address(address), None, "{address}");
        }
    }
}
