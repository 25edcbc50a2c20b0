//! Who asks, as far as limits go: somebody who was let in, else an address.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use actix_web::{dev::ServiceRequest, http::header::HeaderMap};

use crate::{auth::Shown, domain::network::Network};

/// Who pays for what is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(in crate::http) enum Client {
    /// A token, or a browser that signed in.
    LetIn(Shown),
    /// Somebody at this address.
    At(IpAddr),
}

/// Bits of an address of version 6 that a person has for themselves as a rule: whoever has one has all that begin so.
const OF_ONE: u128 = !0 << 64;

impl Client {
    /// Whoever is at this address, or at another one that is theirs.
    pub(in crate::http) fn at(address: IpAddr) -> Self {
        Self::At(match address.to_canonical() {
            IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() & OF_ONE).into(),
            IpAddr::V4(address) => address.into(),
        })
    }
}

/// The address a request came from. Where that is a proxy that is trusted, the one that it says; and so on.
pub(super) fn address(request: &ServiceRequest, trusted: &[Network]) -> IpAddr {
    let peer = request.peer_addr().map(|peer| peer.ip());
    let peer = peer.unwrap_or(Ipv4Addr::UNSPECIFIED.into());
    behind(peer, request.headers(), trusted)
}

/// The last address that nobody who is trusted stands for. What stands before it may be made up.
fn behind(peer: IpAddr, headers: &HeaderMap, trusted: &[Network]) -> IpAddr {
    let is_trusted = |address: IpAddr| trusted.iter().any(|network| network.has(address));
    // A proxy adds to what a client sends, which may be no text.
    let lines: Vec<_> = headers
        .get_all("X-Forwarded-For")
        .map(|line| String::from_utf8_lossy(line.as_bytes()))
        .collect();
    let mut said = lines.iter().flat_map(|line| line.split(',')).rev();
    let mut address = peer;
    while is_trusted(address) {
        let Some(before) = said.next().and_then(|said| said.trim().parse().ok()) else {
            break;
        };
        address = before;
    }
    address
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};

    use super::{Client, behind};

    #[test]
    fn an_address_is_believed_as_far_as_those_who_say_it_are_trusted() {
        for (peer, trusted, said, expected) in [
            ("192.0.2.1", "", vec!["203.0.113.9"], "192.0.2.1"),
            ("192.0.2.1", "192.0.2.1", vec!["203.0.113.9"], "203.0.113.9"),
            (
                "192.0.2.1",
                "192.0.2.1",
                vec!["198.51.100.1, 203.0.113.9"],
                "203.0.113.9",
            ),
            (
                "192.0.2.1",
                "192.0.2.0/24",
                vec!["203.0.113.9, 192.0.2.2"],
                "203.0.113.9",
            ),
            (
                "192.0.2.1",
                "192.0.2.0/24",
                vec!["198.51.100.1", "203.0.113.9,192.0.2.2"],
                "203.0.113.9",
            ),
            (
                "192.0.2.1",
                "192.0.2.1",
                vec!["203.0.113.9, nonsense"],
                "192.0.2.1",
            ),
            ("192.0.2.1", "192.0.2.1", vec![], "192.0.2.1"),
            ("192.0.2.1", "0.0.0.0/0", vec!["203.0.113.9"], "203.0.113.9"),
        ] {
            let mut headers = HeaderMap::new();
            for line in &said {
                let name = HeaderName::from_static("x-forwarded-for");
                headers.append(name, HeaderValue::from_static(line));
            }
            let trusted: Vec<_> = trusted
                .split(' ')
                .filter_map(|one| one.parse().ok())
                .collect();
            let found = behind(peer.parse().expect("an address"), &headers, &trusted);
            assert_eq!(found.to_string(), expected, "{peer} {trusted:?} {said:?}");
        }
    }

    #[test]
    fn addresses_of_version_six_that_one_person_has_are_one_client() {
        let client = |text: &str| Client::at(text.parse().expect("an address"));
        assert_eq!(client("2001:db8::1"), client("2001:db8::ffff:1"));
        assert_ne!(client("2001:db8::1"), client("2001:db8:0:1::1"));
        assert_eq!(client("::ffff:192.0.2.1"), client("192.0.2.1"));
        assert_ne!(client("192.0.2.1"), client("192.0.2.2"));
    }
}
