//! The page on which the document is read and tried out.

use actix_web::{HttpRequest, HttpResponse};

use crate::http::{assets, error::ApiError};

/// `GET /docs`
#[utoipa::path(
    get, path = "/docs", operation_id = "show_docs", tag = "server",
    summary = "This document, to read and to try out",
    responses((status = 200, description = "A page.", body = String, content_type = "text/html", example = "<!doctype html>\n")),
)]
pub(in crate::http) async fn show(request: HttpRequest) -> Result<HttpResponse, ApiError> {
    assets::send(&request, "docs.html")
}
