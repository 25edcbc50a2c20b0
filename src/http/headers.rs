//! What every answer tells a browser about how to treat it.

use actix_web::{
    body::MessageBody,
    dev::ServiceResponse,
    http::header::{self, HeaderMap, HeaderName, HeaderValue},
};

/// No script, no frame, nothing loaded: for all that is no page. Pages say it themselves (`assets.rs`).
const NOTHING: &str = "default-src 'none'; frame-ancestors 'none'";

/// A year, as the lists of browsers ask for.
const HTTPS_ONLY: &str = "max-age=31536000";

const ALWAYS: [(HeaderName, &str); 5] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::CROSS_ORIGIN_OPENER_POLICY, "same-origin"),
    (header::CROSS_ORIGIN_RESOURCE_POLICY, "same-origin"),
];

/// What an answer has unless it says otherwise: nobody keeps what is somebody's.
const UNLESS_SAID: [(HeaderName, &str); 2] = [
    (header::CACHE_CONTROL, "no-store"),
    (header::CONTENT_SECURITY_POLICY, NOTHING),
];

/// Adds them.
pub(super) fn add(headers: &mut HeaderMap) {
    for (name, value) in ALWAYS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    for (name, value) in UNLESS_SAID {
        if !headers.contains_key(&name) {
            headers.insert(name, HeaderValue::from_static(value));
        }
    }
}

/// Adds them to an answer; with `is_https` also that this name is to be asked over TLS alone.
pub(super) fn add_to(answer: &mut ServiceResponse<impl MessageBody>, is_https: bool) {
    add(answer.headers_mut());
    if is_https {
        let value = HeaderValue::from_static(HTTPS_ONLY);
        let name = header::STRICT_TRANSPORT_SECURITY;
        answer.headers_mut().insert(name, value);
    }
}
