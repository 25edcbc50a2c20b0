//! Who may ask: pages of this server, and programs of this machine.
//!
//! A command here runs a repository's code, and a browser sends requests to this machine from any page a person has
//! open. So a request must name this machine as its host (a name that a foreign page made point here is refused: DNS
//! rebinding), and one that carries an `Origin`, as every cross-site POST, WebSocket and event stream does, must carry
//! this server's own.

use std::net::IpAddr;

use actix_web::{
    Error,
    body::MessageBody,
    dev::{ServiceRequest, ServiceResponse},
    http::{StatusCode, header},
    middleware::Next,
};

use super::error::ApiError;

/// Middleware: 403 for requests from elsewhere.
///
/// # Errors
/// Those of the handlers, and a 403.
pub async fn reject_foreign(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    check(&request)?;
    next.call(request).await
}

fn check(request: &ServiceRequest) -> Result<(), ApiError> {
    let host = request
        .headers()
        .get(header::HOST)
        .and_then(|host| host.to_str().ok());
    let host = host
        .or_else(|| {
            request
                .uri()
                .authority()
                .map(|authority| authority.as_str())
        })
        .unwrap_or_default();
    if !is_this_machine(host) {
        return Err(refused(format!(
            "This server answers only under localhost or 127.0.0.1; it was asked for as {host:?}."
        )));
    }
    let Some(origin) = request.headers().get(header::ORIGIN) else {
        return Ok(());
    };
    let own = origin
        .to_str()
        .ok()
        .and_then(|origin| origin.split_once("://"))
        .is_some_and(|(_, from)| from == host);
    if own {
        return Ok(());
    }
    Err(refused(format!(
        "A page of another site ({origin:?}) may not use this server."
    )))
}

fn is_this_machine(host: &str) -> bool {
    // `[::1]:8001`, `127.0.0.1:8001`, `localhost`.
    let name = match host.strip_prefix('[').map(|rest| rest.split_once(']')) {
        Some(Some((name, after))) if after.is_empty() || after.starts_with(':') => name,
        Some(_) => return false,
        None => host.split(':').next().unwrap_or_default(),
    };
    name.eq_ignore_ascii_case("localhost")
        || name
            .parse::<IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

/// 403: who asks is not of this machine.
pub(super) fn refused(detail: String) -> ApiError {
    ApiError::new(StatusCode::FORBIDDEN, "Not from here", detail)
}
