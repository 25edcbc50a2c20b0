//! The address of a project's repository on the web. Coding agents fetch from it, with the rights of the machine they are on:
//! so it does not lead into that machine or its network, unless the settings say that it may.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use serde::Deserialize;
use url::{Host, Url};

use super::{Invalid, LOCATION_CHARS_MAX, optional};

/// Which repositories a project may name.
#[derive(
    Debug,
    Clone,
    Copy,
    Default,
    PartialEq,
    Eq,
    Deserialize,
    strum::IntoStaticStr,
    strum::VariantNames,
)]
#[serde(rename_all = "lowercase")]
#[strum(serialize_all = "lowercase")]
pub enum Reach {
    /// Those that are on the internet.
    #[default]
    Public,
    /// Those in this network, and on this machine, as well.
    Any,
}

/// Ends of names that are never on the internet: RFC 6761, RFC 6762, RFC 8375 and ICANN's `internal`.
const INTERNAL: [&str; 10] = [
    ".localdomain",
    ".svc",
    ".home",
    ".corp",
    ".localhost",
    ".local",
    ".internal",
    ".home.arpa",
    ".lan",
    ".intranet",
];

/// Accepts the URL of a repository on the web; an empty or blank one counts as none. Where a name leads to is not looked up:
/// nothing here fetches it, and who does may be told something else by then.
///
/// # Errors
/// [`Invalid`] when it is too long, is not an `https://` (or `http://`) address, has a user name or a password in it, or leads
/// where it may not.
pub fn parse_repository_url(text: &str, reach: Reach) -> Result<Option<String>, Invalid> {
    let Some(text) = optional("a repository URL", text, LOCATION_CHARS_MAX)? else {
        return Ok(None);
    };
    // Programs that fetch read a backslash, a space, or an address without slashes in other ways than browsers do.
    let is_plain = !text.contains(|c: char| c == '\\' || c.is_whitespace() || c.is_control());
    let lower = text.to_ascii_lowercase();
    let is_web = lower.starts_with("https://") || lower.starts_with("http://");
    let url = Url::parse(&text).ok().filter(|_| is_plain && is_web);
    let Some(url) = url else {
        return Err(Invalid(format!(
            "a repository URL starts with https://, for example https://github.com/you/your-project; got {text:?}"
        )));
    };
    if !url.username().is_empty() || url.password().is_some() {
        // Everybody who looks sees it.
        return Err(Invalid(
            "a repository URL has no user name and no password in it: leave out what stands before the @, and give what runs \
             commands its own access"
                .to_owned(),
        ));
    }
    match url.host() {
        Some(host) if reach == Reach::Public && is_internal(&host) => Err(Invalid(format!(
            "{host} is this machine or a place in its own network, where a project's repository may not be; whoever runs the \
             server can allow it with PM__PROJECTS__REPOSITORIES=any"
        ))),
        _ => Ok(Some(text)),
    }
}

fn is_internal(host: &Host<&str>) -> bool {
    match host {
        Host::Domain(name) => {
            let name = name.trim_end_matches('.').to_ascii_lowercase();
            !name.contains('.') || INTERNAL.iter().any(|end| name.ends_with(end))
        }
        Host::Ipv4(address) => is_internal_address(IpAddr::V4(*address)),
        Host::Ipv6(address) => is_internal_address(IpAddr::V6(*address)),
    }
}

/// Whether an address is not one of the internet's: by IANA's registries of special-purpose addresses.
fn is_internal_address(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => is_internal_v4(v4),
        IpAddr::V6(v6) => is_internal_v6(v6),
    }
}

fn is_internal_v4(v4: Ipv4Addr) -> bool {
    let [a, b, ..] = v4.octets();
    let is_shared = a == 100 && (64..128).contains(&b);
    let is_for_protocols = a == 0 || (a == 192 && b == 0) || (a == 198 && (18..20).contains(&b));
    v4.is_loopback()
        || v4.is_private()
        || v4.is_link_local()
        || v4.is_multicast()
        || is_shared
        || is_for_protocols
        || a >= 240
}

fn is_internal_v6(v6: Ipv6Addr) -> bool {
    // An address of the older kind in one of its two forms, and its translation (64:ff9b::).
    let [first, second, .., high, low] = v6.segments();
    let [a, b] = high.to_be_bytes();
    let [c, d] = low.to_be_bytes();
    let is_translated = v6.to_ipv4().is_some() || (first, second) == (0x64, 0xff9b);
    let is_reserved = v6.is_loopback() || v6.is_unspecified() || v6.is_multicast();
    is_reserved
        || v6.is_unique_local()
        || v6.is_unicast_link_local()
        || (is_translated && is_internal_v4(Ipv4Addr::new(a, b, c, d)))
}

#[cfg(test)]
mod tests {
    use super::{Reach, parse_repository_url};

    #[test]
    fn an_address_of_this_machine_or_its_network_is_refused_however_it_is_written() {
        for host in [
            "localhost",
            "LOCALHOST.",
            "a.localhost",
            "127.0.0.1",
            "127.1",
            "2130706433",
            "0x7f.1",
            "0177.0.0.1",
            "0.0.0.0",
            "10.0.0.1",
            "172.16.9.9",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "[::1]",
            "[::]",
            "[::ffff:127.0.0.1]",
            "[fd00::1]",
            "[fe80::1]",
            "[64:ff9b::10.0.0.1]",
            "gitlab",
            "git.local",
            "db.internal",
            "printer.home.arpa",
            "router.lan",
            "localhost.localdomain",
            "git.default.svc",
            "224.0.0.1",
            "255.255.255.255",
            "１２７.０.０.１",
        ] {
            let url = format!("http://{host}/a/b");
            let refused = parse_repository_url(&url, Reach::Public).expect_err(&url);
            assert!(
                refused.0.contains("PM__PROJECTS__REPOSITORIES=any"),
                "{refused}"
            );
            assert_eq!(
                parse_repository_url(&url, Reach::Any),
                Ok(Some(url.clone()))
            );
        }
    }

    #[test]
    fn an_address_on_the_internet_is_kept_as_it_was_given() {
        for url in [
            "https://github.com/you/your-project",
            "http://git.example.org:8080/a.git",
            "https://[2606:4700::1]/a",
            "https://1.1.1.1/a",
            "https://xn--bcher-kva.example/a",
        ] {
            for reach in [Reach::Public, Reach::Any] {
                let kept = parse_repository_url(&format!(" {url} "), reach);
                assert_eq!(kept, Ok(Some(url.to_owned())));
            }
        }
    }

    #[test]
    fn what_is_no_web_address_or_has_a_password_is_refused_wherever_it_may_lead() {
        for url in [
            "file:///etc/passwd",
            "FILE:///etc",
            "git@github.com:you/it",
            "ssh://git@github.com/you/it",
            "/etc/passwd",
            "x",
            "ext::sh -c id",
            "https://",
            "javascript:alert(1)",
            "--upload-pack=id",
            "https://you:secret@github.com/a",
            "https://token@github.com/a",
            "gopher://a.example/",
            "https://github.com\\@10.0.0.1/x",
            "https:github.com/x",
            "https://git hub.com/x",
        ] {
            for reach in [Reach::Public, Reach::Any] {
                let refused = parse_repository_url(url, reach).expect_err(url);
                assert!(!refused.0.contains("secret"), "{refused}");
            }
        }
    }
}
