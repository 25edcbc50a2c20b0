//! A panic in a handler becomes a 500, instead of a connection that breaks off.

use std::panic::AssertUnwindSafe;

use actix_web::{
    Error,
    body::MessageBody,
    dev::{ServiceRequest, ServiceResponse},
    middleware::Next,
};
use futures_util::FutureExt as _;

use super::error::ApiError;

/// Middleware. The panic itself was logged by the panic hook; the request's state dies with its future.
///
/// # Errors
/// Those of the handlers, and a 500 for a panic.
pub async fn panic_is_500(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    match AssertUnwindSafe(next.call(request)).catch_unwind().await {
        Ok(answer) => answer,
        Err(_) => Err(ApiError::internal().into()),
    }
}
