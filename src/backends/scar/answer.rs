//! What an answer of SCAR, or of something in front of it, is taken for.

use reqwest::{Response, StatusCode, header};

use super::link::Away;

/// Characters repeated of an answer that was not understood.
const SHOWN_CHARS: usize = 200;

/// Whether a refusal is about the moment and not about the request.
pub(super) fn is_temporary(status: StatusCode) -> bool {
    matches!(
        status,
        StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_MANY_REQUESTS | StatusCode::TOO_EARLY
    )
}

pub(super) fn expect_ok(response: Response) -> Result<Response, Away> {
    match response.status() {
        status if status.is_success() => Ok(response),
        status => Err(Away(format!("it answered {status}"))),
    }
}

pub(super) fn expect_json(response: Response) -> Result<Response, Away> {
    let kind = response.headers().get(header::CONTENT_TYPE);
    let kind = kind.and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    if kind.starts_with("application/json") {
        return Ok(response);
    }
    let kind = if kind.is_empty() { "no type" } else { kind };
    Err(Away(format!(
        "it answered with {kind} where SCAR answers with JSON; is this SCAR's address?"
    )))
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
    if error.is_timeout() {
        "it took too long to answer".to_owned()
    } else if error.is_connect() {
        format!("no connection ({innermost})")
    } else {
        format!("the connection broke ({innermost})")
    }
}
