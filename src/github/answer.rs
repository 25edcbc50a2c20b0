//! An answer of GitHub, as far as it is read.

use bytes::Bytes;
use http_body_util::{BodyExt as _, LengthLimitError, Limited, combinators::BoxBody};
use reqwest::{
    StatusCode,
    header::{ETAG, HeaderMap, HeaderName, LINK},
};
use serde::Deserialize;

use super::Trouble;

/// Bytes of an answer that are read: a page of a hundred issues, each as long as GitHub lets one be, has seven million.
const BYTES_MAX: usize = 16 << 20;

/// Characters of GitHub's own words that are passed on.
const WORDS_MAX: usize = 200;

/// What octocrab gives back.
pub(super) type Response = http::Response<BoxBody<Bytes, octocrab::Error>>;

/// An answer, read to its end.
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) etag: Option<String>,
    /// Where the next page is.
    pub(super) next: Option<String>,
    pub(super) body: Bytes,
}

/// Why none could be read.
pub(super) type ReadError = Box<dyn std::error::Error + Send + Sync>;

impl Answer {
    /// What GitHub says to it, in its own words.
    pub(super) fn words(&self) -> String {
        #[derive(Deserialize)]
        struct Said {
            message: String,
        }
        let said = serde_json::from_slice::<Said>(&self.body);
        match said {
            Ok(said) if !said.message.trim().is_empty() => {
                said.message.trim().chars().take(WORDS_MAX).collect()
            }
            _ => format!("it answered {}", self.status.as_u16()),
        }
    }
}

/// Reads an answer to its end, as far as it is one of GitHub's.
pub(super) async fn read(response: Response) -> Result<Answer, ReadError> {
    let (head, body) = response.into_parts();
    let body = Limited::new(body, BYTES_MAX).collect().await?.to_bytes();
    let text = |name: HeaderName| Some(head.headers.get(name)?.to_str().ok()?.to_owned());
    Ok(Answer {
        status: head.status,
        etag: text(ETAG),
        next: text(LINK).and_then(|links| next(&links)),
        headers: head.headers,
        body,
    })
}

/// What went wrong when no answer came: its innermost words, as the outer ones say only at which stage it was.
pub(super) fn broken(error: &ReadError) -> Trouble {
    let mut innermost: &dyn std::error::Error = error.as_ref();
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    if innermost.is::<LengthLimitError>() {
        return Trouble::Nonsense(format!("its answer is longer than {BYTES_MAX} bytes"));
    }
    // "Connection refused (os error 111)": the number says nothing more.
    let words = innermost.to_string();
    let words = words
        .split_once(" (os error")
        .map_or(words.as_str(), |(words, _)| words);
    Trouble::Away(words.to_owned())
}

/// The address of the next page in a `Link` header: `<https://…>; rel="next", <https://…>; rel="last"`.
fn next(links: &str) -> Option<String> {
    links.split(',').find_map(|link| {
        let (address, relation) = link.split_once(';')?;
        let is_next = relation
            .split(';')
            .any(|part| part.trim() == "rel=\"next\"");
        let address = address.trim().strip_prefix('<')?.strip_suffix('>')?;
        is_next.then(|| address.to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::next;

    #[test]
    fn the_next_page_is_found_among_the_links() {
        let links = "<https://api.github.com/x?page=1>; rel=\"prev\", <https://api.github.com/x?page=3>; rel=\"next\"";
        assert_eq!(
            next(links).as_deref(),
            Some("https://api.github.com/x?page=3")
        );
        assert_eq!(
            next("<https://api.github.com/x?page=1>; rel=\"last\""),
            None
        );
        assert_eq!(next("nonsense"), None);
    }
}
