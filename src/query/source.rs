//! A published source: what `src=` in a link and a manifest name.

use super::raw_address;
use percent_encoding::percent_decode_str;

/// The manifest that a folder stands for.
pub const MANIFEST: &str = "passgrid.json";

/// A published file, archive, manifest or folder.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Source {
    /// The name of its DUT.
    pub dut: Option<String>,
    /// What the link names, absolute or relative to the page, without its fragment; of a folder its manifest.
    pub address: String,
    /// Where the file itself is, if the address is that of a page that shows it.
    pub raw: Option<String>,
    /// The member of an archive, a folder in it or a pattern; "" for all of it.
    pub members: String,
    /// The SHA-256 of the content, in 64 hexadecimal digits of lower case.
    pub sha256: Option<String>,
}

impl Source {
    /// Reads `NAME::ADDRESS#MEMBERS&sha256=HASH`, of which only the address is required. Any text is a source; the
    /// browser says whether its address is valid.
    pub fn parse(text: &str) -> Source {
        let text = text.trim();
        let (dut, address) = split_name(text);
        let (address, fragment) = address.split_once('#').unwrap_or((address, ""));
        let raw = raw_address(address);
        let mut members = Vec::new();
        let mut sha256 = None;
        for part in fragment.split('&').filter(|part| !part.is_empty()) {
            match part.strip_prefix("sha256=").and_then(hash) {
                Some(hash) => sha256 = Some(hash),
                None => members.push(part),
            }
        }
        let members = percent_decode_str(&members.join("&")).decode_utf8_lossy().into_owned();
        // The page of a file marks lines so.
        let members = if raw.is_some() && is_line(&members) { String::new() } else { members };
        Source { dut: dut.map(str::to_owned), address: of_folder(address), raw, members, sha256 }
    }

    /// Where the file is: absolute, or relative to the page.
    pub fn file(&self) -> &str {
        self.raw.as_deref().unwrap_or(&self.address)
    }

    /// Whether the address is that of a manifest.
    pub fn is_manifest(&self) -> bool {
        let path = self.address.split('?').next().unwrap_or_default();
        path.rsplit('/').next() == Some(MANIFEST)
    }

    /// Writes the text that [`Source::parse`] reads.
    pub fn text(&self) -> String {
        let name = self.dut.as_ref().map_or(String::new(), |dut| format!("{dut}::"));
        let members = self.members.replace('%', "%25").replace('&', "%26").replace('#', "%23");
        let parts = [Some(members), self.sha256.as_ref().map(|hash| format!("sha256={hash}"))];
        let parts: Vec<String> = parts.into_iter().flatten().filter(|part| !part.is_empty()).collect();
        let mark = if parts.is_empty() { "" } else { "#" };
        format!("{name}{}{mark}{}", self.address, parts.join("&"))
    }
}

/// The name before `::`, if there is one. The addresses of IPv6 hosts and of data have colons, too.
fn split_name(text: &str) -> (Option<&str>, &str) {
    let split = text.split_once("::").filter(|(name, address)| {
        let is_data = name.starts_with("data:") || name.starts_with("blob:");
        !name.trim().is_empty() && !address.is_empty() && !name.contains(['/', '?', '#']) && !is_data
    });
    split.map_or((None, text), |(name, address)| (Some(name.trim()), address))
}

/// The manifest of an address that ends with `/`; other addresses as they are.
fn of_folder(address: &str) -> String {
    let (path, query) = address.split_once('?').unwrap_or((address, ""));
    let rest = path.split_once("://").map_or(path, |(_, rest)| rest);
    let is_host = path.len() > rest.len() && !rest.is_empty() && !rest.contains('/');
    let last = rest.rsplit('/').next().unwrap_or_default();
    let slash = match last {
        _ if is_host => "/",
        "." | ".." => "/",
        "" if !rest.is_empty() => "",
        _ => return address.to_owned(),
    };
    let query = if query.is_empty() { String::new() } else { format!("?{query}") };
    format!("{path}{slash}{MANIFEST}{query}")
}

fn hash(text: &str) -> Option<String> {
    let is_hash = text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_hash.then(|| text.to_ascii_lowercase())
}

/// Whether a fragment names lines of a page: `L12`, `L12-L20`.
fn is_line(fragment: &str) -> bool {
    let is_number = |part: &str| {
        let digits = part.strip_prefix('L').unwrap_or(part);
        !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
    };
    fragment.starts_with('L') && fragment.split('-').all(is_number)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn parts(text: &str) -> (String, String, String) {
        let Source { dut, address, members, .. } = Source::parse(text);
        (dut.unwrap_or_default(), address, members)
    }

    #[test]
    fn a_source_has_a_name_an_address_and_members() {
        for (text, dut, address, members) in [
            ("a.xml", "", "a.xml", ""),
            ("max b1::results/a.xml", "max b1", "results/a.xml", ""),
            ("https://lab.example/all.zip#b/*.xml", "", "https://lab.example/all.zip", "b/*.xml"),
            ("b1::https://lab.example/all.zip#a%20b.xml", "b1", "https://lab.example/all.zip", "a b.xml"),
            ("http://[::1]:80/a.xml", "", "http://[::1]:80/a.xml", ""),
            ("data:,a::b", "", "data:,a::b", ""),
            ("::a.xml", "", "::a.xml", ""),
            ("results/", "", "results/passgrid.json", ""),
            ("results/?v=1&w=%2F", "", "results/passgrid.json?v=1&w=%2F", ""),
            ("https://lab.example", "", "https://lab.example/passgrid.json", ""),
            ("https://lab.example/", "", "https://lab.example/passgrid.json", ""),
            (".", "", "./passgrid.json", ""),
            ("../..", "", "../../passgrid.json", ""),
            ("/", "", "/passgrid.json", ""),
            ("", "", "", ""),
            // What is signed stays as it is, to the byte.
            (
                "https://b.s3.amazonaws.com/a.xml?X-Amz-Signature=0%2f+a&x=%20'~",
                "",
                "https://b.s3.amazonaws.com/a.xml?X-Amz-Signature=0%2f+a&x=%20'~",
                "",
            ),
        ] {
            let expected = (dut.to_owned(), address.to_owned(), members.to_owned());
            assert_eq!(parts(text), expected, "{text}");
        }
        assert!(Source::parse("r/").is_manifest() && Source::parse("r/passgrid.json?x=/").is_manifest());
        assert!(!Source::parse("r/my-passgrid.json").is_manifest());
    }

    #[test]
    fn a_source_may_have_the_hash_of_its_content() {
        let hash = "0123456789ABCDEF".repeat(4);
        let source = Source::parse(&format!("all.zip#b/a.xml&sha256={hash}"));
        assert_eq!(source.sha256, Some(hash.to_lowercase()));
        assert_eq!(source.members, "b/a.xml");
        assert_eq!(Source::parse(&format!("a.xml#sha256={hash}")).members, "");
        // Another text is the name of a member.
        assert_eq!(Source::parse("a.zip#sha256=12").members, "sha256=12");
    }

    #[test]
    fn a_page_of_a_host_leads_to_its_file() {
        let page = "https://github.com/acme/audio/blob/main/all.zip";
        let source = Source::parse(&format!("b1::{page}#one.xml"));
        assert_eq!(source.file(), "https://raw.githubusercontent.com/acme/audio/main/all.zip");
        assert_eq!((source.address.as_str(), source.members.as_str()), (page, "one.xml"));
        assert_eq!(Source::parse(&format!("{page}#L12-L20")).members, "");
        assert_eq!(Source::parse("all.zip#L12").members, "L12");
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(
            dut in proptest::option::of("[a-z0-9 .-]{0,6}[a-z]"),
            address in "[a-z0-9./_-]{1,12}[a-z]",
            members in "[a-z0-9 *#&%ü/]{0,9}",
            has_hash in any::<bool>(),
        ) {
            let dut = dut.map(|dut| dut.trim().to_owned());
            let sha256 = has_hash.then(|| "ab".repeat(32));
            let source = Source { dut, address, raw: None, members: members.trim_end().to_owned(), sha256 };
            prop_assert_eq!(Source::parse(&source.text()), source);
        }

        #[test]
        fn any_text_is_a_source(text in ".{0,40}") {
            Source::parse(&text);
        }
    }
}
