//! The WebUI, carried in the binary.

mod bundle;

use std::{
    collections::BTreeMap,
    hash::{DefaultHasher, Hash as _, Hasher as _},
    sync::LazyLock,
};

use actix_web::{
    HttpRequest, HttpResponse,
    http::{
        Method, StatusCode,
        header::{self, ContentEncoding, ETag, EntityTag, Header as _, IfNoneMatch},
    },
};
use bytes::Bytes;
use rust_embed::{Embed, EmbeddedFile};

use super::error::ApiError;

/// The files of `static/`. A debug build reads them from the source folder, so that a change shows at a reload.
#[derive(Embed)]
#[folder = "static/"]
struct Static;

/// Nothing runs, loads or is sent but from and to this server, and no page may frame this one.
const CONTENT_SECURITY_POLICY: &str = "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; \
                                       form-action 'self'; frame-ancestors 'none'";

/// `GET /login`: the page on which somebody signs in.
#[utoipa::path(
    get, path = "/login", operation_id = "show_login", tag = "session",
    summary = "The page on which a person signs in",
    responses((status = 200, description = "A page.", body = String, content_type = "text/html", example = "<!doctype html>\n")),
    security(()),
)]
pub(super) async fn login(request: HttpRequest) -> Result<HttpResponse, ApiError> {
    send(&request, "login.html")
}

/// Any path that no route has: a file of the WebUI.
pub(super) async fn serve(request: HttpRequest) -> Result<HttpResponse, ApiError> {
    let path = request.path();
    let name = match path.strip_prefix('/').unwrap_or(path) {
        "" => "index.html",
        name => name,
    };
    // A name that begins with a slash would be looked for in the root of the file system.
    let is_file = !["/", "api/", "health"]
        .iter()
        .any(|other| name.starts_with(other));
    if !is_file || (Static::get(name).is_none() && packed(name).is_none()) {
        return Err(nothing_at(path));
    }
    if request.method() != Method::GET && request.method() != Method::HEAD {
        return Err(ApiError::not_allowed("GET, HEAD"));
    }
    send(&request, name)
}

fn nothing_at(path: &str) -> ApiError {
    let words = format!("There is nothing at {path}.");
    ApiError::new(StatusCode::NOT_FOUND, "Not found", words)
}

/// The file of the WebUI with this name.
pub(super) fn send(request: &HttpRequest, name: &str) -> Result<HttpResponse, ApiError> {
    let (file, is_packed) = match Static::get(name) {
        Some(file) => (file, false),
        None => (
            packed(name).ok_or_else(|| nothing_at(request.path()))?,
            true,
        ),
    };
    let (tag, body) = match bundled(name) {
        Some(Ok(all)) => (etag_of(&all), all),
        Some(Err(why)) => {
            tracing::error!("the WebUI cannot be put together: {why}");
            return Err(ApiError::internal());
        }
        None => (etag(&file), Bytes::from_owner(file.data.clone())),
    };
    let is_known = is_known(request, &tag);
    let mut response = HttpResponse::Ok();
    response
        .insert_header(ETag(tag))
        // Asked for again each time, answered with 304: after an update nobody runs half of the old page.
        .insert_header((header::CACHE_CONTROL, "no-cache"))
        .insert_header((header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY));
    if is_packed {
        response.insert_header(ContentEncoding::Gzip);
    }
    if is_known {
        return Ok(response.status(StatusCode::NOT_MODIFIED).finish());
    }
    Ok(response
        .insert_header((header::CONTENT_TYPE, content_type(name, &file)))
        .body(body))
}

/// A file that is carried packed, because it is large, and unpacked by whoever asks: every browser can.
fn packed(name: &str) -> Option<EmbeddedFile> {
    Static::get(&format!("{name}.gz"))
}

/// What a page begins with, with all it imports: put together once, or anew each time where files are read anew.
fn bundled(name: &str) -> Option<Result<Bytes, String>> {
    static BUNDLES: LazyLock<BTreeMap<&str, Result<Bytes, String>>> =
        LazyLock::new(|| bundle::ENTRIES.map(|name| (name, bundle(name))).into());
    match cfg!(debug_assertions) {
        true => bundle::ENTRIES.contains(&name).then(|| bundle(name)),
        false => BUNDLES.get(name).cloned(),
    }
}

fn bundle(name: &str) -> Result<Bytes, String> {
    let read = |name: &str| String::from_utf8(Static::get(name)?.data.into_owned()).ok();
    bundle::of(name, read).map(Bytes::from)
}

/// Whether the client has it as it is.
fn is_known(request: &HttpRequest, tag: &EntityTag) -> bool {
    match IfNoneMatch::parse(request) {
        Ok(IfNoneMatch::Any) => true,
        Ok(IfNoneMatch::Items(tags)) => tags.iter().any(|known| known.weak_eq(tag)),
        Err(_) => false,
    }
}

fn etag(file: &EmbeddedFile) -> EntityTag {
    let hash = file.metadata.sha256_hash();
    let short = hash.iter().take(16).map(|byte| format!("{byte:02x}"));
    EntityTag::new_strong(short.collect())
}

fn etag_of(text: &Bytes) -> EntityTag {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    EntityTag::new_strong(format!("{:016x}", hasher.finish()))
}

/// By the name that was asked for: a packed file is what it is when it is unpacked.
fn content_type(name: &str, file: &EmbeddedFile) -> String {
    let kind = match name.rsplit('.').next() {
        Some("js") => "text/javascript",
        Some("css") => "text/css",
        _ => file.metadata.mimetype(),
    };
    match kind {
        text if text.starts_with("text/") => format!("{text}; charset=utf-8"),
        other => other.to_owned(),
    }
}
