//! Why a file could not be fetched, in words, with a way on.
//!
//! Browsers do not say why a fetch failed, so that pages cannot explore networks. The addresses, and whether the server
//! answers a request whose answer the page may not read, tell most of it.

/// Who asked for what.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// The address of the page.
    pub page: &'a str,
    /// The address of the file.
    pub url: &'a str,
    /// The browser believes that there is a network.
    pub is_online: bool,
}

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Failure<'a> {
    /// There was no answer that the page may read. Whether the server answers at all; `None` if it was not asked.
    NoAnswer(Option<bool>),
    /// An answer with this status and the server's words for it.
    Status(u16, &'a str),
    /// A page with a form to log in came in place of the file.
    Login,
    /// The connection broke off repeatedly.
    Interrupted,
    /// The address has a scheme that is not fetched, such as `file`.
    Scheme(&'a str),
    /// A person cancelled it.
    Cancelled,
}

/// What a person can do about any file that the browser may not fetch.
const WAY_ON: &str = "Or download the file and drop it here.";

/// Returns the reason.
pub fn reason(asked: Asked, failure: Failure) -> String {
    let Asked { page, url, .. } = asked;
    let words = match failure {
        Failure::NoAnswer(answers) => no_answer(asked, answers),
        Failure::Status(status, text) => of_status(url, status, text),
        Failure::Login => {
            format!("a login page came in place of the file. Log in there, download the file and drop it here; {}",
                "links work only for files that everyone may read")
        }
        Failure::Interrupted => "the download was interrupted, and so were three more tries. Try again later".to_owned(),
        Failure::Cancelled => "the download was cancelled".to_owned(),
        Failure::Scheme("file") if scheme(page) == "file" => {
            "this page was opened from a file, and browsers let no such page read other files. Drop the file here, or \
             serve the page from a web server"
                .to_owned()
        }
        Failure::Scheme(scheme) => {
            return format!("`{scheme}:` URLs cannot be fetched; use http or https");
        }
    };
    format!("{url}: {words}")
}

fn no_answer(asked: Asked, answers: Option<bool>) -> String {
    let Asked { page, url, is_online } = asked;
    let (host, own_host) = (host(url), host(page));
    if !is_online && !is_private(host) {
        return "could not be fetched: this computer is offline. Try again when there is a network"
            .to_owned();
    }
    if scheme(page) == "https" && scheme(url) == "http" && !is_own_computer(host) {
        return format!("an https page cannot load http URLs. Publish the file with https. {WAY_ON}");
    }
    if is_private(host) && !is_private(own_host) && scheme(page) == "https" && answers != Some(true) {
        return format!(
            "could not be fetched: {host} is in a private network, which browsers keep public pages out of unless you \
             allow it. Open Passgrid from a server in that network. {WAY_ON}"
        );
    }
    if origin(url) == origin(page) {
        return "could not be fetched; the server could not be reached. Check the network".to_owned();
    }
    match answers {
        Some(false) => format!(
            "could not be fetched: {host} could not be reached. Check the address, and whether it needs a VPN. {WAY_ON}"
        ),
        _ => format!(
            "{host} does not allow other websites to read its files (it must send Access-Control-Allow-Origin). {} \
             {WAY_ON}",
            how_to_allow(url, &origin(page))
        ),
    }
}

/// What lets the pages of an origin read the files of a host.
fn how_to_allow(url: &str, origin: &str) -> String {
    let (host, path) = (host(url), path(url));
    let is_at =
        |domain: &str| host == domain || host.strip_suffix(domain).is_some_and(|rest| rest.ends_with('.'));
    if is_at("github.io") {
        "GitHub Pages sends it for public sites, so this site may be private, or lead to another host."
            .to_owned()
    } else if is_at("github.com") {
        "GitHub keeps other websites from reading releases and artifacts: publish the files with GitHub Pages, or \
         commit them and link to their page."
            .to_owned()
    } else if is_at("gitlab.io") || is_at("gitlab.com") || path.contains("/-/") {
        "GitLab Pages sends it for public sites only: in Settings, General, Visibility, let everyone see Pages, or \
         link to the file in the repository."
            .to_owned()
    } else if is_at("amazonaws.com") || is_at("r2.cloudflarestorage.com") || is_at("digitaloceanspaces.com") {
        format!(
            "Give the bucket a CORS rule: {{\"AllowedOrigins\": [\"{origin}\"], \"AllowedMethods\": [\"GET\", \
             \"HEAD\"], \"ExposeHeaders\": [\"ETag\"]}}."
        )
    } else if is_at("storage.googleapis.com") {
        format!(
            "Set it for the bucket (gcloud storage buckets update --cors-file), with the origin {origin}."
        )
    } else if path.starts_with("/artifactory/") || is_at("jfrog.io") {
        format!(
            "Artifactory does not send it: let the proxy before it add the header, with the value {origin}."
        )
    } else if path.contains("/job/") || host.contains("jenkins") {
        format!("Jenkins does not send it: let the proxy before it add the header, with the value {origin}.")
    } else {
        format!("On nginx: add_header Access-Control-Allow-Origin \"{origin}\" always;")
    }
}

fn of_status(url: &str, status: u16, text: &str) -> String {
    let query = url.split_once('?').map_or("", |(_, query)| query).to_ascii_lowercase();
    let is_signed =
        ["signature=", "sig=", "x-amz-", "expires=", "token="].iter().any(|mark| query.contains(mark));
    let hint = match status {
        401 | 403 if is_signed => "; the signed link may have expired: make a new one",
        401 | 403 => {
            "; login required, or the link has expired. Passgrid sends no passwords: publish the file for everyone, or \
             download it and drop it here"
        }
        404 | 410 => "; check the URL. The file may be deleted, or only be visible after a login",
        408 | 429 => "; it gets too many requests. Try again later",
        500.. => "; it may work later",
        _ => "",
    };
    let status = format!("{status} {text}");
    format!("the server responded with {}{hint}", status.trim())
}

/// Whether the beginning of a file is a page with a form to log in.
pub fn is_login_page(head: &str) -> bool {
    let head = head.trim_start_matches('\u{FEFF}').trim_start();
    let begins = |mark: &str| head.get(..mark.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(mark));
    if !begins("<!doctype html") && !begins("<html") {
        return false;
    }
    let text = head.to_ascii_lowercase();
    let asks = ["type=\"password\"", "type=password", "type='password'", "sign in", "log in", "login", "sso"];
    text.contains("<form") && asks.iter().any(|word| text.contains(word))
}

fn scheme(url: &str) -> &str {
    url.split_once(':').map_or("", |(scheme, _)| scheme)
}

/// The host without its port; of IPv6 with brackets.
fn host(url: &str) -> &str {
    let rest = url.split_once("://").map_or("", |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = authority.rsplit('@').next().unwrap_or_default();
    match host.find(']') {
        Some(end) => host.get(..=end).unwrap_or(host),
        None => host.split(':').next().unwrap_or_default(),
    }
}

fn path(url: &str) -> &str {
    let rest = url.split_once("://").map_or("", |(_, rest)| rest);
    let path = rest.find('/').and_then(|at| rest.get(at..)).unwrap_or_default();
    path.split(['?', '#']).next().unwrap_or_default()
}

fn origin(url: &str) -> String {
    let rest = url.split_once("://").map_or("", |(_, rest)| rest);
    format!("{}://{}", scheme(url), rest.split(['/', '?', '#']).next().unwrap_or_default())
}

/// Whether a host is this computer, which browsers trust without https.
fn is_own_computer(host: &str) -> bool {
    host == "localhost" || host.ends_with(".localhost") || host.starts_with("127.") || host == "[::1]"
}

/// Whether a host is in a private network, by RFC 1918, 4193 and 6762, or by a name without a domain.
fn is_private(host: &str) -> bool {
    let mut bytes = host.split('.').map(str::parse::<u8>);
    let private_ip = match (bytes.next(), bytes.next()) {
        (Some(Ok(10)), Some(Ok(_))) => true,
        (Some(Ok(172)), Some(Ok(second))) => (16..32).contains(&second),
        (Some(Ok(192)), Some(Ok(168))) | (Some(Ok(169)), Some(Ok(254))) => true,
        _ => false,
    };
    let is_name =
        [".local", ".lan", ".internal", ".intranet", ".home.arpa"].iter().any(|end| host.ends_with(end));
    let has_no_domain = !host.is_empty() && !host.contains(['.', ':']);
    let is_ipv6 = host.starts_with("[fc") || host.starts_with("[fd") || host.starts_with("[fe80");
    private_ip || is_name || has_no_domain || is_ipv6 || is_own_computer(host)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "https://tests.example/passgrid/?src=x";

    fn of(url: &str, failure: Failure) -> String {
        reason(Asked { page: PAGE, url, is_online: true }, failure)
    }

    #[test]
    fn a_host_that_allows_nothing_gets_the_setting_that_does() {
        for (url, expected) in [
            (
                "https://lab.example/a.xml",
                "add_header Access-Control-Allow-Origin \"https://tests.example\" always;",
            ),
            ("https://b.s3.eu-west-1.amazonaws.com/a.xml", "\"AllowedOrigins\": [\"https://tests.example\"]"),
            ("https://acme.github.io/a.xml", "GitHub Pages sends it for public sites"),
            ("https://github.com/acme/audio/releases/download/v1/a.zip", "releases and artifacts"),
            ("https://acme.gitlab.io/a.xml", "GitLab Pages sends it for public sites only"),
            ("https://git.acme.example/audio/-/jobs/1/artifacts/raw/a.xml", "GitLab Pages"),
            ("https://acme.example/artifactory/lab/a.xml", "Artifactory does not send it"),
            ("https://ci.example/job/audio/7/artifact/a.xml", "Jenkins does not send it"),
            ("https://storage.googleapis.com/b/a.xml", "--cors-file"),
        ] {
            for answers in [Some(true), None] {
                let reason = of(url, Failure::NoAnswer(answers));
                assert!(reason.contains(expected), "{reason}");
                assert!(reason.starts_with(url) && reason.ends_with(WAY_ON), "{reason}");
                assert!(reason.contains("must send Access-Control-Allow-Origin"), "{reason}");
            }
        }
        // A name that only ends alike is another host.
        assert!(of("https://notgithub.io/a.xml", Failure::NoAnswer(Some(true))).contains("nginx"));
    }

    #[test]
    fn networks_are_told_apart() {
        fn unreachable(url: &str) -> String {
            of(url, Failure::NoAnswer(Some(false)))
        }
        assert!(unreachable("https://lab.example/a.xml").contains("lab.example could not be reached"));
        assert!(unreachable("https://tests.example/a.xml").contains("the server could not be reached"));
        assert!(unreachable("http://lab.example/a.xml").contains("an https page cannot load http URLs"));
        for host in
            ["10.0.0.7", "172.20.1.1:8080", "192.168.1.2", "[fd00::1]", "farm.local", "farm", "localhost:80"]
        {
            let url = format!("https://{host}/a.xml");
            assert!(unreachable(&url).contains("private network"), "{host}: {}", unreachable(&url));
        }
        for host in ["172.32.1.1", "11.0.0.1", "1.2.3.4", "farm.example"] {
            assert!(!unreachable(&format!("https://{host}/a.xml")).contains("private network"), "{host}");
        }
        let offline =
            |url| reason(Asked { page: PAGE, url, is_online: false }, Failure::NoAnswer(Some(false)));
        assert!(offline("https://lab.example/a.xml").contains("this computer is offline"));
        assert!(!offline("https://192.168.1.2/a.xml").contains("this computer is offline"));
        let page = "file:///home/me/passgrid/index.html";
        let local =
            reason(Asked { page, url: "file:///home/me/a.xml", is_online: true }, Failure::Scheme("file"));
        assert!(local.contains("opened from a file") && local.contains("Drop the file here"), "{local}");
        let script = of("javascript:alert(1)", Failure::Scheme("javascript"));
        assert_eq!(script, "`javascript:` URLs cannot be fetched; use http or https");
    }

    #[test]
    fn answers_of_servers_are_explained() {
        let url = "https://lab.example/a.xml";
        let said = |url, status| of(url, Failure::Status(status, ""));
        assert!(said(url, 404).contains("responded with 404; check the URL"));
        assert!(said(url, 403).contains("Passgrid sends no passwords"));
        assert!(said("https://b.s3.amazonaws.com/a.xml?X-Amz-Signature=0", 403).contains("may have expired"));
        assert!(said(url, 429).contains("too many requests"));
        assert!(said(url, 502).contains("502; it may work later"));
        assert_eq!(
            of(url, Failure::Status(418, "teapot")),
            format!("{url}: the server responded with 418 teapot")
        );
        assert!(of(url, Failure::Interrupted).contains("interrupted"));
        assert!(of(url, Failure::Login).contains("login page"));
    }

    #[test]
    fn a_page_to_log_in_is_no_report() {
        let page = |body: &str| is_login_page(&format!("\n<!DOCTYPE html><html><body>{body}</body></html>"));
        assert!(page("<form><input type=\"password\"></form>"));
        assert!(page("<FORM>Please sign in</FORM>"));
        assert!(!page("<table><tr><td>test_login passed"));
        assert!(!page("<form><input type=search></form>"));
        assert!(!is_login_page("<testsuite><testcase name='<form> login'/>"));
        assert!(!is_login_page(""));
    }
}
