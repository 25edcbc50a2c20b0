//! Making projects for repositories people have already.

use std::path::PathBuf;

use actix_web::{HttpResponse, http::StatusCode, web::Data};
use serde::Deserialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::{error::ApiError, extract::Json, openapi::problems::Importing};
use crate::{
    actors::importer::ImporterHandle,
    domain::import::{Progress, Wanted, split},
};

/// Bytes of a file of projects at most: ten thousand of them have some.
const FILE_BYTES_MAX: u64 = 4 << 20;

/// Repositories one request may name.
const REPOSITORIES_MAX: usize = 1_000;

/// What the settings say is to be imported.
#[derive(Debug, Clone)]
pub struct Importable {
    /// A file of projects; may be empty.
    pub file: PathBuf,
    /// The rest.
    pub wanted: Wanted,
}

impl Importable {
    /// It, with what the file says now. One that is not there says nothing; one that cannot be read is told by the import.
    pub async fn now(&self) -> Wanted {
        let mut wanted = self.wanted.clone();
        if self.file.as_os_str().is_empty() {
            return wanted;
        }
        let name = self.file.display().to_string();
        wanted.file = match read(&self.file).await {
            Ok(text) => Some((name, text)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
            // No JSON: it is told as what cannot be imported, with these words.
            Err(error) => Some((name, format!("({error})"))),
        };
        wanted
    }
}

async fn read(file: &std::path::Path) -> std::io::Result<String> {
    let length = tokio::fs::metadata(file).await?.len();
    match length > FILE_BYTES_MAX {
        true => Err(std::io::Error::other(format!(
            "it is larger than {FILE_BYTES_MAX} bytes"
        ))),
        false => tokio::fs::read_to_string(file).await,
    }
}

/// The body of `POST /api/import`: what is to be imported; nothing at all for what the settings say.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = NewImport)]
#[serde(deny_unknown_fields)]
pub(super) struct Create {
    /// What a file of projects says, as SCAR has it.
    #[schema(value_type = Option<Object>)]
    file: Option<Map<String, Value>>,
    /// Repositories: `owner/name`, or their addresses.
    #[serde(default)]
    #[schema(example = json!(["you/shop"]))]
    repositories: Vec<String>,
    /// A user, all of whose repositories are meant.
    #[serde(default)]
    #[schema(max_length = 100, pattern = r"^[A-Za-z0-9_-]*$")]
    user: String,
    /// An organisation, likewise.
    #[serde(default)]
    #[schema(max_length = 100, pattern = r"^[A-Za-z0-9_-]*$")]
    organisation: String,
}

/// `POST /api/import`
#[utoipa::path(
    post, path = "/api/import", operation_id = "start_import", tag = "github",
    summary = "Make projects for repositories that are there already",
    description = "It goes on in the server. A project whose repository another one has is left as it is.",
    request_body = Create,
    responses((status = 202, description = "How far it is.", body = Progress), Importing),
)]
pub(super) async fn create(
    Json(body): Json<Create>,
    importable: Data<Importable>,
    importer: Data<ImporterHandle>,
) -> Result<HttpResponse, ApiError> {
    let wanted = wanted(body)?;
    let wanted = match wanted.is_nothing() {
        true => importable.now().await,
        false => wanted,
    };
    match importer.import(wanted) {
        Ok(progress) => Ok(HttpResponse::Accepted().json(progress)),
        Err(other) => Err(busy(&other)),
    }
}

/// 409: one thing is imported at a time.
pub(super) fn busy(other: &Progress) -> ApiError {
    let Progress { done, total, .. } = other;
    ApiError::new(
        StatusCode::CONFLICT,
        "Importing already",
        format!(
            "Something else is being imported ({done} of {total}). Ask again when that has ended."
        ),
    )
}

/// `GET /api/import`
#[utoipa::path(
    get, path = "/api/import", operation_id = "show_import", tag = "github",
    summary = "How far the import is, or how the last one ended",
    responses((status = 200, description = "How far it is.", body = Progress)),
)]
pub(super) async fn show(importer: Data<ImporterHandle>) -> HttpResponse {
    HttpResponse::Ok().json(importer.progress())
}

fn wanted(body: Create) -> Result<Wanted, ApiError> {
    let repositories = split(&body.repositories);
    if repositories.len() > REPOSITORIES_MAX {
        let words = format!(
            "{REPOSITORIES_MAX} repositories at most are accepted; got {}",
            repositories.len()
        );
        return Err(ApiError::invalid("repositories", words));
    }
    Ok(Wanted {
        file: body
            .file
            .map(|file| ("the file".to_owned(), Value::Object(file).to_string())),
        repositories,
        user: login("user", &body.user)?,
        organisation: login("organisation", &body.organisation)?,
    })
}

fn login(field: &str, text: &str) -> Result<String, ApiError> {
    let text = text.trim();
    let is_sign = |c: char| c.is_ascii_alphanumeric() || "-_".contains(c);
    match text.len() <= 100 && text.chars().all(is_sign) {
        true => Ok(text.to_owned()),
        false => Err(ApiError::invalid(
            field,
            "a login of GitHub has letters, digits, - and _ in it, and nothing else",
        )),
    }
}
