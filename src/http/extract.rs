//! Taking requests apart: ids, queries and bodies, each with an error that names the field.

use std::{
    future::{Ready, ready},
    str::FromStr,
};

use actix_web::{FromRequest, HttpRequest, dev::Payload, http::StatusCode, web};
use futures_util::future::{FutureExt as _, LocalBoxFuture};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use utoipa::{
    IntoParams,
    openapi::{
        ObjectBuilder, Required, Type,
        path::{Parameter, ParameterBuilder, ParameterIn},
    },
};

use super::error::ApiError;

/// Characters in an `Idempotency-Key` at most: a UUID with room to spare.
const KEY_CHARS_MAX: usize = crate::domain::message::CLIENT_ID_CHARS_MAX;

/// The one id in the path.
pub(super) struct Id<T>(pub(super) T);

impl<T: FromStr<Err = uuid::Error> + 'static> FromRequest for Id<T> {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let (field, text) = request.match_info().iter().next().unwrap_or(("id", ""));
        let id = text.parse().map(Self);
        ready(
            id.map_err(|error| {
                ApiError::invalid(field, format!("{text:?} is not a UUID: {error}"))
            }),
        )
    }
}

/// The query, as `T`.
pub(super) struct Query<T>(pub(super) T);

impl<T: DeserializeOwned + 'static> FromRequest for Query<T> {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let pairs = form_pairs(request.query_string());
        ready(
            serde_path_to_error::deserialize(pairs)
                .map(Self)
                .map_err(|error| named(&error, "query")),
        )
    }
}

fn form_pairs(query: &str) -> serde_urlencoded::Deserializer<'_> {
    serde_urlencoded::Deserializer::new(form_urlencoded::parse(query.as_bytes()))
}

/// The body, as JSON. Whatever content type it claims: clients of the earlier server do not always say.
pub(super) struct Json<T>(pub(super) T);

impl<T: DeserializeOwned + 'static> FromRequest for Json<T> {
    type Error = ApiError;
    type Future = LocalBoxFuture<'static, Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let bytes = web::Bytes::from_request(request, payload);
        async move {
            let bytes = bytes.await.map_err(|error| unreadable(&error))?;
            // An object first: half a body has no fields to name yet, and a list would be taken for the fields in order.
            let object: Map<String, Value> = serde_json::from_slice(&bytes).map_err(|error| {
                ApiError::invalid("body", format!("it is not a JSON object: {error}"))
            })?;
            serde_path_to_error::deserialize(Value::Object(object))
                .map(Self)
                .map_err(|error| named(&error, "body"))
        }
        .boxed_local()
    }
}

fn unreadable(error: &actix_web::Error) -> ApiError {
    let status = error.as_response_error().status_code();
    if status == StatusCode::PAYLOAD_TOO_LARGE {
        return too_large();
    }
    ApiError::new(
        StatusCode::BAD_REQUEST,
        "Not readable",
        format!("The request could not be read: {error}"),
    )
}

/// 413: more than fits.
pub(super) fn too_large() -> ApiError {
    ApiError::new(
        StatusCode::PAYLOAD_TOO_LARGE,
        "Too large",
        "The request is larger than this server accepts (setting api.max_body_bytes).",
    )
}

fn named<E: std::fmt::Display>(error: &serde_path_to_error::Error<E>, whole: &str) -> ApiError {
    let path = error.path().to_string();
    let field = if path == "." { whole.to_owned() } else { path };
    ApiError::invalid(field, error.inner().to_string())
}

/// The `Idempotency-Key` header, if there is one.
pub(super) struct Key(pub(super) Option<String>);

impl IntoParams for Key {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let key = ObjectBuilder::new()
            .schema_type(Type::String)
            .min_length(Some(1))
            .max_length(Some(KEY_CHARS_MAX))
            // Visible ASCII and blanks between it; blanks after it are no part of a header's value.
            .pattern(Some(r"^[!-~]([ -~]*[!-~])?[ \t]*$"));
        let parameter = ParameterBuilder::new()
            .name("Idempotency-Key")
            .parameter_in(ParameterIn::Header)
            .description(Some(
                "Names this request, with a new UUID for example: sent again with the same key, it is done once.",
            ))
            .required(Required::False)
            .schema(Some(key));
        vec![parameter.build()]
    }
}

impl FromRequest for Key {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let Some(value) = request.headers().get("Idempotency-Key") else {
            return ready(Ok(Self(None)));
        };
        ready(match value.to_str() {
            Ok(key) if is_key(key) => Ok(Self(Some(key.trim().to_owned()))),
            _ => Err(ApiError::invalid(
                "Idempotency-Key",
                format!("1 to {KEY_CHARS_MAX} visible ASCII characters are accepted"),
            )),
        })
    }
}

fn is_key(key: &str) -> bool {
    let is_plain = key.bytes().all(|one| matches!(one, b' '..=b'~'));
    is_plain && !key.trim().is_empty() && key.len() <= KEY_CHARS_MAX
}

/// How many items a list may have: what was asked for, within 1 and `most`.
pub(super) fn limit(asked: Option<i64>, default: u64, most: u64) -> Result<u64, ApiError> {
    match asked {
        None => Ok(default),
        Some(asked) => match u64::try_from(asked) {
            Ok(asked) if asked > 0 => Ok(asked.min(most)),
            _ => Err(ApiError::invalid(
                "limit",
                format!("a number from 1 to {most} is accepted; got {asked}"),
            )),
        },
    }
}

/// A place in the log a client asks about: the `seq` of an activity, or 0 for the place before the first.
pub(super) fn place(field: &str, asked: Option<i64>) -> Result<Option<i64>, ApiError> {
    match asked {
        Some(seq) if seq < 0 => Err(ApiError::invalid(
            field,
            format!("the seq of an activity, 0 or more, is accepted; got {seq}"),
        )),
        _ => Ok(asked),
    }
}
