//! Requests that must be turned away.

use reqwest::{RequestBuilder, StatusCode};
use serde_json::Value;

use super::patiently;

/// Sends a request that must be answered with this status and a problem in the shape of the contract; the problem.
pub async fn refused(request: RequestBuilder, status: StatusCode) -> Value {
    let answer = patiently("an answer", request.send())
        .await
        .expect("the server answers");
    let (got, url, headers) = (
        answer.status(),
        answer.url().clone(),
        answer.headers().clone(),
    );
    let body = answer.text().await.expect("the answer is text");
    assert_eq!(got, status, "{url}: {body}");
    assert_eq!(headers["content-type"], "application/problem+json", "{url}");
    let problem: Value = serde_json::from_str(&body)
        .unwrap_or_else(|error| panic!("{url} is no JSON ({error}): {body}"));
    for key in ["type", "title", "detail"] {
        let words = problem[key].as_str().unwrap_or_default();
        assert!(!words.is_empty(), "{url} has no {key}: {problem}");
    }
    assert_eq!(problem["status"], status.as_u16(), "{url}: {problem}");
    problem
}

/// Sends a request that must be answered with a 422 about one field; what it says about it.
pub async fn refused_field(request: RequestBuilder, field: &str) -> String {
    let problem = refused(request, StatusCode::UNPROCESSABLE_ENTITY).await;
    let errors = problem["errors"].as_array().expect("a list of errors");
    let fields: Vec<&Value> = errors.iter().map(|error| &error["field"]).collect();
    assert_eq!(fields, [field], "the field that is wrong: {problem}");
    let words = errors[0]["message"].as_str().expect("words").to_owned();
    assert!(!words.is_empty(), "something is said about {field}");
    words
}
