//! The figures, for Prometheus, and those of the requests themselves.

use std::time::Instant;

use actix_web::{
    Error, HttpResponse,
    body::MessageBody,
    dev::{ServiceRequest, ServiceResponse},
    http::header,
    middleware::Next,
    web::Data,
};

use super::error::ApiError;
use crate::metrics::{CONTENT_TYPE, HttpFigures, Registry};

/// What stands for the route of a file of the WebUI, and of what is not there.
const OTHER: &str = "other";

/// `GET /metrics`
#[utoipa::path(
    get, path = "/metrics", operation_id = "show_metrics", tag = "server",
    summary = "Figures, for Prometheus",
    description = "docs/observability.md says what each of them is.",
    responses((
        status = 200, description = "Prometheus' text format.", body = String,
        content_type = "application/openmetrics-text; version=1.0.0; charset=utf-8",
        example = "# HELP pm_streams_open Event streams that are open.\n# TYPE pm_streams_open gauge\npm_streams_open 3\n# EOF\n",
    )),
)]
pub(super) async fn show(registry: Data<Registry>) -> Result<HttpResponse, ApiError> {
    let text = registry.text().map_err(|_| ApiError::internal())?;
    Ok(HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, CONTENT_TYPE))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .body(text))
}

/// Middleware: counts requests and how long it takes until their answers begin.
///
/// # Errors
/// Those of what it is wrapped around.
pub async fn count(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let Some(figures) = request.app_data::<Data<HttpFigures>>().cloned() else {
        return next.call(request).await;
    };
    let (begun, method) = (Instant::now(), request.method().clone());
    let path = request.match_pattern();
    let _in_flight = figures.asked();
    let answer = next.call(request).await;
    let status = match &answer {
        Ok(answer) => answer.status(),
        Err(error) => error.as_response_error().status_code(),
    };
    let route = path.as_deref().unwrap_or(OTHER);
    figures.answered(method.as_str(), route, status.as_u16(), begun.elapsed());
    answer
}
