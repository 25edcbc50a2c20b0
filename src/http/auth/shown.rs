//! What a request shows of who sends it: a token in a header, or a cookie.

use actix_web::{
    dev::ServiceRequest,
    http::header::{self, HeaderMap},
};

use crate::{auth::Credential, http::same_site::host};

/// The name of the cookie of a sign-in. The port is part of it: browsers keep cookies by host alone, and two servers on one
/// machine would throw each other's out.
const COOKIE: &str = "pm_session";

/// The same over TLS. A browser takes a cookie of such a name only from the very host it is for, and only encrypted.
const COOKIE_OVER_TLS: &str = "__Host-pm_session";

/// What a request shows; none where it shows nothing that can be looked at. A token is meant more than a cookie that is sent by
/// itself.
pub(super) fn credential(request: &ServiceRequest, is_https: bool) -> Option<Credential> {
    let header = request.headers().get(header::AUTHORIZATION);
    let token = header.and_then(|header| {
        let (scheme, token) = header.to_str().ok()?.split_once(' ')?;
        // Others may be meant for a proxy on the way.
        let is_ours = scheme.eq_ignore_ascii_case("Bearer");
        is_ours.then(|| Credential::token(token.trim())).flatten()
    });
    token.or_else(|| Credential::cookie(value(request.headers(), &name(host(request), is_https))?))
}

/// What the cookie is called that a browser keeps for this host.
pub(super) fn name(host: &str, is_https: bool) -> String {
    if is_https {
        return COOKIE_OVER_TLS.to_owned();
    }
    let port = host.rsplit_once(':').map(|(_, port)| port);
    match port.filter(|port| port.bytes().all(|byte| byte.is_ascii_digit())) {
        Some(port) => format!("{COOKIE}_{port}"),
        None => COOKIE.to_owned(),
    }
}

/// The value of a cookie. A browser has one of a name; where somebody sends more, the first counts.
fn value<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let lines = headers.get_all(header::COOKIE);
    let mut cookies = lines
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(';'));
    cookies.find_map(|cookie| {
        let (its, value) = cookie.trim().split_once('=')?;
        (its == name).then_some(value)
    })
}

/// `Set-Cookie` for a sign-in that lasts so many seconds; with none left a browser forgets it. No script can read it, and no
/// page of another site has it sent along.
pub(super) fn cookie(host: &str, is_https: bool, value: &str, seconds: i64) -> String {
    let name = name(host, is_https);
    let seconds = seconds.max(0);
    let secure = if is_https { "; Secure" } else { "" };
    format!("{name}={value}; Path=/; HttpOnly; SameSite=Strict; Max-Age={seconds}{secure}")
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::{self, HeaderMap, HeaderValue};

    use super::{cookie, name, value};

    #[test]
    fn a_cookie_is_named_for_the_port_and_over_tls_for_the_host_alone() {
        assert_eq!(name("localhost:8001", false), "pm_session_8001");
        assert_eq!(name("localhost", false), "pm_session");
        assert_eq!(name("[::1]", false), "pm_session");
        assert_eq!(name("[::1]:8001", false), "pm_session_8001");
        assert_eq!(name("pm.example.com", true), "__Host-pm_session");
        let plain = cookie("localhost:8001", false, "x", 60);
        assert_eq!(
            plain,
            "pm_session_8001=x; Path=/; HttpOnly; SameSite=Strict; Max-Age=60"
        );
        let over_tls = cookie("pm.example.com", true, "", -1);
        assert_eq!(
            over_tls,
            "__Host-pm_session=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0; Secure"
        );
    }

    #[test]
    fn a_cookie_is_found_among_others() {
        let mut headers = HeaderMap::new();
        for line in ["other=1; pm_session_8001=a", "pm_session=b"] {
            headers.append(header::COOKIE, HeaderValue::from_static(line));
        }
        assert_eq!(value(&headers, "pm_session_8001"), Some("a"));
        assert_eq!(value(&headers, "pm_session"), Some("b"));
        assert_eq!(value(&headers, "pm"), None);
    }
}
