//! Who may ask: pages of this server, and programs.
//!
//! A command here runs a repository's code, and a browser sends requests to this machine from any page a person has
//! open. So a request must name this server as its host (a name that a foreign page made point here is refused: DNS
//! rebinding), and one that carries an `Origin`, as every cross-site POST, WebSocket and event stream does, must carry
//! this server's own. Where a browser sends none it says by `Sec-Fetch-Site` whose page asks.

use std::net::IpAddr;

use actix_web::{
    dev::ServiceRequest,
    http::{
        Method, StatusCode,
        header::{self, HeaderName},
    },
};

use super::error::ApiError;

/// Where the server is, as those see it who ask.
#[derive(Debug, Clone, Default)]
pub struct Site {
    /// Scheme, host and port under which browsers find it through a proxy, as they write them in `Origin`; may be empty.
    pub public_url: String,
    /// Whether it listens for other machines, too. Then it has addresses that it does not know.
    pub is_open: bool,
}

impl Site {
    /// Whether this is the public name, asked for over TLS.
    pub(super) fn is_https(&self, host: &str) -> bool {
        self.public_url.strip_prefix("https://") == Some(host.to_ascii_lowercase().as_str())
    }

    /// Whether it is a name of this server. A name can be made to point here by anybody, an address cannot: so addresses
    /// are fine where others are let in at all, and there it is asked who they are.
    fn is_named(&self, host: &str) -> bool {
        let public = self.public_url.split_once("://").map(|(_, host)| host);
        if public.is_some_and(|public| public.eq_ignore_ascii_case(host)) {
            return true;
        }
        let Some(name) = without_port(host) else {
            return false;
        };
        let address = name.parse::<IpAddr>();
        name.eq_ignore_ascii_case("localhost")
            || address.is_ok_and(|address| self.is_open || address.is_loopback())
    }

    /// Whether it is what a page of this server says it is of.
    fn is_own(&self, origin: &str, host: &str) -> bool {
        let is_public = !self.public_url.is_empty() && origin == self.public_url;
        is_public || origin.strip_prefix("http://") == Some(host)
    }

    /// Refuses what comes from elsewhere.
    pub(super) fn ensure_from_here(&self, request: &ServiceRequest) -> Result<(), ApiError> {
        let host = host(request);
        if !self.is_named(host) {
            return Err(refused(format!(
                "This server does not answer under the name {host:?}. On its own machine ask for localhost or 127.0.0.1; \
                 under a name of its own it answers when that is set (setting api.public_url)."
            )));
        }
        let Some(origin) = request.headers().get(header::ORIGIN) else {
            return ensure_no_foreign_page(request);
        };
        if origin
            .to_str()
            .is_ok_and(|origin| self.is_own(origin, host))
        {
            return Ok(());
        }
        Err(refused(format!(
            "A page of another site ({origin:?}) may not use this server."
        )))
    }
}

/// The name a request was sent to.
pub(super) fn host(request: &ServiceRequest) -> &str {
    let host = request.headers().get(header::HOST);
    let host = host.and_then(|host| host.to_str().ok());
    let authority = || {
        request
            .uri()
            .authority()
            .map(|authority| authority.as_str())
    };
    host.or_else(authority).unwrap_or_default()
}

/// Refuses what a page of another site asks for without saying whose it is: pictures, scripts and forms. A link that
/// somebody follows is fine, for it changes nothing and is shown to nobody else; to a stream there are no links.
fn ensure_no_foreign_page(request: &ServiceRequest) -> Result<(), ApiError> {
    let said = |name: &'static str| {
        let value = request.headers().get(HeaderName::from_static(name));
        value.and_then(|value| value.to_str().ok())
    };
    let Some(site @ ("cross-site" | "same-site")) = said("sec-fetch-site") else {
        return Ok(());
    };
    let is_reading = [Method::GET, Method::HEAD].contains(request.method());
    let is_link = is_reading && said("sec-fetch-mode") == Some("navigate");
    let is_stream = ["/api/sse/", "/api/ws/"]
        .iter()
        .any(|streams| request.path().starts_with(streams));
    if is_link && !is_stream {
        return Ok(());
    }
    Err(refused(format!(
        "A page of another site ({site}) may not use this server."
    )))
}

/// `[::1]:8001`, `127.0.0.1:8001`, `localhost`: the name in it.
fn without_port(host: &str) -> Option<&str> {
    match host.strip_prefix('[').map(|rest| rest.split_once(']')) {
        Some(Some((name, after))) if after.is_empty() || after.starts_with(':') => Some(name),
        Some(_) => None,
        None => host.split(':').next(),
    }
}

/// 403: who asks is not of this machine.
pub(super) fn refused(detail: String) -> ApiError {
    ApiError::new(StatusCode::FORBIDDEN, "Not from here", detail)
}

#[cfg(test)]
mod tests {
    use super::Site;

    #[test]
    fn addresses_are_names_of_a_server_that_listens_for_other_machines_and_names_are_not() {
        let site = |is_open: bool| Site {
            public_url: String::new(),
            is_open,
        };
        for host in [
            "192.0.2.1:8001",
            "0.0.0.0:8001",
            "[2001:db8::1]:8001",
            "192.0.2.1",
        ] {
            assert!(
                site(true).is_named(host) && !site(false).is_named(host),
                "{host}"
            );
        }
        for host in [
            "evil.example:8001",
            "192.0.2.1.evil.example",
            "[::1].evil",
            "",
        ] {
            assert!(!site(true).is_named(host), "{host}");
        }
        for host in ["localhost:8001", "127.0.0.1", "[::1]:8001"] {
            assert!(
                site(true).is_named(host) && site(false).is_named(host),
                "{host}"
            );
        }
    }
}
