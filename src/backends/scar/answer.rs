//! What an answer of SCAR, or of something in front of it, is taken for.

use chrono::{DateTime, Utc};
use reqwest::{Response, StatusCode, header};

use super::circuit::Away;

/// What SCAR calls its answers.
const JSON: &str = "application/json";

/// Characters repeated of an answer that was not understood.
const SHOWN_CHARS: usize = 200;

/// Whether SCAR itself does not take a message: it says so in JSON, or with a status for a message it cannot read or
/// that is too long. Whatever else a 4xx is, it comes from something in between, and may pass.
pub(super) fn is_refusal(response: &Response) -> bool {
    let status = response.status();
    let is_scars = matches!(
        status,
        StatusCode::BAD_REQUEST | StatusCode::PAYLOAD_TOO_LARGE
    );
    status.is_client_error() && (is_scars || content_type(response).starts_with(JSON))
}

pub(super) fn expect_ok(response: Response) -> Result<Response, Away> {
    match response.status() {
        status if status.is_success() => Ok(response),
        status => Err(Away(format!("it answered {status}"))),
    }
}

pub(super) fn expect_json(response: Response) -> Result<Response, Away> {
    let kind = content_type(&response);
    if kind.starts_with(JSON) {
        return Ok(response);
    }
    let kind = if kind.is_empty() { "no type" } else { kind };
    Err(Away(format!(
        "it answered with {kind} where SCAR answers with JSON; is this SCAR's address?"
    )))
}

fn content_type(response: &Response) -> &str {
    let kind = response.headers().get(header::CONTENT_TYPE);
    kind.and_then(|kind| kind.to_str().ok()).unwrap_or_default()
}

/// What time it is where an answer was made.
pub(super) fn time_of(response: &Response) -> Option<DateTime<Utc>> {
    let date = response.headers().get(header::DATE)?.to_str().ok()?;
    let date = DateTime::parse_from_rfc2822(date).ok()?;
    Some(date.to_utc())
}

pub(super) fn shown(text: &str) -> String {
    let text = text.trim();
    match text.char_indices().nth(SHOWN_CHARS) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// What went wrong, from the outside in: reqwest's own words say only at which stage.
pub(super) fn in_words(error: &reqwest::Error) -> String {
    let mut innermost: &dyn std::error::Error = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    // "Connection refused (os error 111)": the number says nothing more, and to a person nothing at all.
    let innermost = innermost.to_string();
    let innermost = innermost
        .split_once(" (os error")
        .map_or(innermost.as_str(), |(words, _)| words);
    if error.is_connect() {
        format!("no connection ({innermost})")
    } else {
        format!("the connection broke ({innermost})")
    }
}
