//! What follows from the shape of an operation, and is said in one place: which errors it may answer with.

use serde_json::Value;
use utoipa::IntoResponses as _;

use super::{
    WRITES,
    problems::{
        self, Failed, Forbidden, HeaderTooLarge, Invalid, NotLetIn, TooLarge, TooMany, Unreadable,
        UrlTooLong,
    },
};

/// Adds the errors, and what the macros cannot say.
pub(super) fn complete(document: &mut Value) {
    let described = problems::all().into_iter();
    let responses = described.map(|(name, response)| {
        let response = serde_json::to_value(response).expect(WRITES);
        (name.to_owned(), response)
    });
    document["components"]["responses"] = Value::Object(responses.collect());
    for operation in operations(document) {
        // What every operation may answer with.
        let mut errors = vec![
            NotLetIn::responses(),
            Forbidden::responses(),
            UrlTooLong::responses(),
            TooMany::responses(),
            HeaderTooLarge::responses(),
            Failed::responses(),
        ];
        let has_body = operation.get("requestBody").is_some();
        if has_body || operation.get("parameters").is_some() {
            errors.push(Invalid::responses());
        }
        if has_body {
            errors.extend([Unreadable::responses(), TooLarge::responses()]);
        }
        for (status, response) in errors.into_iter().flatten() {
            let response = serde_json::to_value(response).expect(WRITES);
            let responses = operation["responses"].as_object_mut();
            let responses = responses.expect("an operation has responses");
            responses.entry(status).or_insert(response);
        }
        let responses = operation["responses"].as_object_mut();
        responses.expect("an operation has responses").sort_keys();
        let parameters = operation
            .get_mut("parameters")
            .and_then(Value::as_array_mut);
        for parameter in parameters.into_iter().flatten() {
            without_null(&mut parameter["schema"]);
        }
    }
}

/// A value in a query or a header is there or is not: it cannot be null.
fn without_null(schema: &mut Value) {
    let is_null = |kind: &Value| kind == "null";
    if let Some(kinds) = schema.get_mut("type").and_then(Value::as_array_mut) {
        kinds.retain(|kind| !is_null(kind));
        if let [only] = kinds.as_slice() {
            schema["type"] = only.clone();
        }
    }
    if let Some(choices) = schema.get_mut("oneOf").and_then(Value::as_array_mut) {
        choices.retain(|choice| !is_null(&choice["type"]));
        if let [only] = choices.as_slice() {
            *schema = only.clone();
        }
    }
}

/// All operations of the document.
pub(super) fn operations(document: &mut Value) -> impl Iterator<Item = &mut Value> {
    let paths = document["paths"].as_object_mut().into_iter();
    let paths = paths.flat_map(|paths| paths.values_mut());
    paths.flat_map(|path| {
        let operations = path.as_object_mut().expect("a path has operations");
        operations.values_mut()
    })
}
