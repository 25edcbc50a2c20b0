//! What the API says of itself: OpenAPI 3.1, made from the annotations beside the handlers and from the types they answer
//! with.
//!
//! What follows from an operation's shape is added in one place and not said by each (`shape.rs`); the answers that are no
//! success are shared (`problems.rs`), with the very words the server answers with; examples are put together from what the
//! fields say (`examples.rs`). A test holds the document against the URL table and against what the server answers.

pub(super) mod chat;
mod examples;
pub(super) mod health;
pub(super) mod page;
pub(super) mod problems;
mod shape;
pub(super) mod stream;

use std::sync::LazyLock;

use actix_web::{
    HttpResponse,
    http::header::{CACHE_CONTROL, ContentType},
};
use bytes::Bytes;
use serde_json::Value;
use utoipa::{
    Modify, OpenApi as _,
    openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme},
};

use super::{
    activity, assets, auth, chat_ws, diagnostics, documents, error, executions, gates, github,
    import, messages, metrics, projects, pulls, setup, sse, webhooks, workflow, worktrees,
};
use crate::domain::execution::RecordedName;

/// Every operation of the URL table in `routes`, and what the document says of all of them.
#[derive(utoipa::OpenApi)]
#[openapi(
    info(
        title = "Project Manager",
        description = include_str!("openapi/introduction.md"),
        license(name = "MIT", identifier = "MIT"),
    ),
    servers((url = "/", description = "This server.")),
    tags(
        (name = "projects", description = "Projects: what a person makes, and everything else belongs to."),
        (name = "conversation", description = "What is said between a person and the project manager."),
        (name = "feed", description = "What happens in a project, live and as it was."),
        (name = "executions", description = "Commands and how they ran."),
        (name = "workflow", description = "The five phases from an idea to checked work, and the gates at which a person decides."),
        (name = "documents", description = "The vision document and the plans, as Markdown."),
        (name = "github", description = "The issues and pull requests of the projects' repositories."),
        (name = "changes", description = "What coding agents of this machine changed, each in a copy of its own."),
        (name = "session", description = "Who one is, where the server asks."),
        (name = "server", description = "How the server fares, and what it has."),
        (name = "health", description = "For whoever watches over the server."),
    ),
    paths(
        projects::list, projects::create, projects::show, projects::edit, projects::delete,
        messages::list, messages::create, messages::edit, messages::withdraw, messages::reset,
        activity::list, activity::export::export,
        executions::list, executions::create, executions::show, executions::cancel, executions::retry,
        pulls::list,
        workflow::show, workflow::advance, workflow::reset,
        gates::list, gates::approve, gates::reject,
        documents::list, documents::vision, documents::plan,
        github::issues, github::issue_counts, github::repositories, import::show, import::create,
        worktrees::list, worktrees::remove, worktrees::diff, worktrees::branches, worktrees::branch_diff,
        sse::open, chat_ws::open,
        diagnostics::whole, diagnostics::actors, diagnostics::feed, diagnostics::executions,
        diagnostics::notifications::test,
        webhooks::receive, webhooks::receive_bare, webhooks::health,
        assets::login, auth::session::show, auth::session::sign_in, auth::session::sign_out,
        setup::show, metrics::show, show, page::show,
        super::health::health, super::health::live, super::health::database, super::health::scar, super::health::ai,
        super::health::ready,
    ),
    // Where the server asks nobody who they are, nothing is needed.
    security((), ("token" = []), ("cookie" = [])),
    modifiers(&Entrances),
    components(schemas(
        error::ApiError, health::Checks, chat_ws::frames::Raw, chat::ServerFrame, RecordedName,
        activity::query::StatusWord, activity::export::Format,
    )),
)]
struct Described;

/// What opens the door.
struct Entrances;

impl Modify for Entrances {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let token = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .description(Some("A token, as `pm token create` prints it."));
        let cookie = ApiKeyValue::with_description(
            "pm_session",
            "What a browser has after signing in at `/login`.",
        );
        let components = document.components.get_or_insert_default();
        components.add_security_scheme("token", SecurityScheme::Http(token.build()));
        components.add_security_scheme("cookie", SecurityScheme::ApiKey(ApiKey::Cookie(cookie)));
    }
}

/// The document.
fn document() -> Value {
    let mut document = serde_json::to_value(Described::openapi()).expect(WRITES);
    shape::complete(&mut document);
    examples::fill(&mut document);
    document
}

/// The document as text, as it is checked in at `docs/openapi.json`.
pub fn text() -> String {
    serde_json::to_string_pretty(&document()).expect(WRITES) + "\n"
}

/// Why it can always be written.
const WRITES: &str = "a document has only string keys and finite numbers";

/// `GET /openapi.json`
#[utoipa::path(
    get, path = "/openapi.json", operation_id = "show_openapi", tag = "server",
    summary = "This document",
    responses((status = 200, description = "OpenAPI 3.1.", body = Object, example = json!({ "openapi": "3.1.0" }))),
)]
pub(super) async fn show() -> HttpResponse {
    static TEXT: LazyLock<Bytes> = LazyLock::new(|| text().into());
    HttpResponse::Ok()
        .content_type(ContentType::json())
        .insert_header((CACHE_CONTROL, "no-cache"))
        .body(TEXT.clone())
}
