//! Whether the server lives and can do its work.

use std::path::PathBuf;

use actix_web::{HttpResponse, web::Data};
use chrono::SecondsFormat;
use sea_orm::DatabaseConnection;
use serde_json::{Value, json};

use super::openapi::health::{Alive, Checked, Healthy};
use crate::{
    actors::{supervisor::Supervisor, writer::WriterHandle},
    agent::llm::{Health, Model},
    backends::Backends,
    db::{Reader, Version, project, reason, version},
    leases::Leases,
};

/// What is said of a check in which nothing is wrong.
const OK: &str = "ok";

/// Nothing that this program knows of the tables was taken away, so it does its work; but not for good.
const NEWER: &str = "ok; but a newer version of this program has changed the tables, so replace this one with it soon: \
                     started again, it would refuse them";

/// Of several servers, one that cannot say that it is there works for no project, however well everything else is.
const LEASE_LOST: &str = "other servers may take over what this one does, and it begins nothing until it can renew its \
                          lease: it has no connection to the database for that, or no answer comes on it; its log says why";

/// What the server says of itself.
#[derive(Debug, Clone)]
pub struct About {
    /// Its name.
    pub app_name: String,
    /// Where it runs: `development`, `production`.
    pub environment: String,
    /// Its version.
    pub version: String,
    /// Where its data is, for how much room there is.
    pub data_folder: PathBuf,
}

/// `GET /health`
#[utoipa::path(
    get, path = "/health", operation_id = "health", tag = "health",
    summary = "What the server is",
    responses((status = 200, description = "It answers.", body = Healthy)),
    security(()),
)]
pub(super) async fn health(about: Data<About>) -> HttpResponse {
    let About {
        app_name,
        environment,
        version,
        ..
    } = about.as_ref();
    HttpResponse::Ok().json(json!({
        "status": "healthy", "app_name": app_name, "environment": environment, "version": version,
    }))
}

/// `GET /health/live`
#[utoipa::path(
    get, path = "/health/live", operation_id = "health_live", tag = "health",
    summary = "Whether the server lives",
    responses((status = 200, description = "It lives.", body = Alive)),
    security(()),
)]
pub(super) async fn live() -> HttpResponse {
    HttpResponse::Ok().json(json!({ "status": "alive" }))
}

/// `GET /health/db`
#[utoipa::path(
    get,
    path = "/health/db",
    operation_id = "health_database",
    tag = "health",
    summary = "Whether the database answers and takes what is written",
    responses(Checked)
)]
pub(super) async fn database(reader: Data<Reader>, writer: Data<WriterHandle>) -> HttpResponse {
    answer(vec![check_database(&reader, &writer).await])
}

/// `GET /health/scar`: asks SCAR, if there is one.
#[utoipa::path(
    get,
    path = "/health/scar",
    operation_id = "health_scar",
    tag = "health",
    summary = "Whether SCAR answers",
    description = "It is asked now, if there is one.",
    responses(Checked)
)]
pub(super) async fn scar(backends: Data<Backends>) -> HttpResponse {
    match backends.named("scar") {
        Some(scar) => answer(vec![("scar", scar.check().await.map(|()| OK))]),
        None => HttpResponse::Ok().json(json!({
            "status": "healthy",
            "checks": { "scar": "not used: SCAR_BASE_URL is not set, so commands run in this program" },
        })),
    }
}

/// `GET /health/ai`: what the last request to the language model told. Nothing is spent on asking it.
#[utoipa::path(
    get,
    path = "/health/ai",
    operation_id = "health_model",
    tag = "health",
    summary = "Whether the language model answers",
    description = "What the last request to it told. Nothing is spent on asking it.",
    responses(Checked)
)]
pub(super) async fn ai(model: Data<Option<Model>>) -> HttpResponse {
    let Some(model) = model.as_ref() else {
        return HttpResponse::Ok().json(json!({
            "status": "healthy",
            "checks": { "ai": "not used: neither ANTHROPIC_API_KEY nor PM__LLM__ENDPOINT is set, so the project manager answers by its own rules" },
        }));
    };
    match model.state().health() {
        Health::There => answer(vec![("ai", Ok(OK))]),
        Health::Unknown => HttpResponse::Ok().json(json!({
            "status": "healthy",
            "checks": { "ai": format!("{} was not asked anything yet", model.name()) },
        })),
        Health::Away { failure, since } => {
            let since = since.to_rfc3339_opts(SecondsFormat::Millis, true);
            let why = format!(
                "{} is away since {since}: {failure}. {}",
                model.name(),
                failure.advice()
            );
            HttpResponse::ServiceUnavailable().json(json!({
                "status": "unhealthy", "checks": { "ai": why }, "reason": failure.to_string(), "since": since,
            }))
        }
    }
}

/// `GET /health/ready`
#[utoipa::path(
    get,
    path = "/health/ready",
    operation_id = "health_ready",
    tag = "health",
    summary = "Whether the server can do its work",
    responses(Checked),
    security(()),
)]
pub(super) async fn ready(
    reader: Data<Reader>,
    writer: Data<WriterHandle>,
    supervisor: Data<Supervisor>,
    leases: Data<Leases>,
) -> HttpResponse {
    let mut checks = vec![
        check_database(&reader, &writer).await,
        check_actors(&supervisor),
    ];
    if !leases.here().is_some_and(|here| here.is_certain()) {
        checks.push(("lease", Err(LEASE_LOST.to_owned())));
    }
    answer(checks)
}

/// One check: its name, and what is to say of it or what is wrong.
type Check = (&'static str, Result<&'static str, String>);

async fn check_database(reader: &Reader, writer: &WriterHandle) -> Check {
    if let Some(degraded) = writer.status().degraded().borrow().as_ref() {
        return (
            "database",
            Err(format!(
                "nothing could be stored since {}: {}",
                degraded.since, degraded.reason
            )),
        );
    }
    let looked = async |db: &DatabaseConnection| {
        project::any(db).await?;
        version(db).await
    };
    let found = match reader.read(looked).await {
        Ok(Version::Same) => Ok(OK),
        Ok(Version::Newer) => Ok(NEWER),
        Ok(Version::Older(missing)) => Err(format!(
            "the tables are of an older version, without {missing}: run `pm migrate up`, or start this server again"
        )),
        Err(error) => Err(reason(&error)),
    };
    ("database", found)
}

fn check_actors(supervisor: &Supervisor) -> Check {
    use crate::actors::supervisor::State;
    let missing: Vec<&str> = ["writer", "executor", "sessions"]
        .into_iter()
        .filter(|name| {
            !supervisor
                .statuses()
                .iter()
                .any(|status| status.name == *name && status.state == State::Running)
        })
        .collect();
    let result = if missing.is_empty() {
        Ok(OK)
    } else {
        Err(format!("not running: {}", missing.join(", ")))
    };
    ("actors", result)
}

fn answer(checks: Vec<Check>) -> HttpResponse {
    let healthy = checks.iter().all(|(_, result)| result.is_ok());
    let shown: serde_json::Map<String, Value> = checks
        .into_iter()
        .map(|(name, result)| {
            (
                name.to_owned(),
                result.map_or_else(Value::from, Value::from),
            )
        })
        .collect();
    let body = json!({ "status": if healthy { "healthy" } else { "unhealthy" }, "checks": shown });
    if healthy {
        HttpResponse::Ok().json(body)
    } else {
        HttpResponse::ServiceUnavailable().json(body)
    }
}
