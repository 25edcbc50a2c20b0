//! HTTP: reads through `db`, writes through the actors.

mod activity;
mod assets;
pub mod auth;
mod chat_ws;
mod diagnostics;
mod documents;
mod error;
mod executions;
mod extract;
mod gates;
mod github;
mod headers;
mod health;
mod import;
mod limits;
mod messages;
mod metrics;
mod openapi;
mod panic;
mod projects;
mod pulls;
mod same_site;
mod setup;
mod sse;
mod webhooks;
mod workflow;
mod worktrees;

pub use self::{
    chat_ws::ChatWindows,
    health::About,
    import::Importable,
    limits::Limited,
    metrics::count,
    openapi::text as openapi,
    panic::panic_is_500,
    same_site::Site,
    setup::{BackendInUse, BackendThere, Setup, Suggested},
    webhooks::{Hooks, Webhooks},
};

use actix_web::{
    Error, HttpResponse, Resource,
    dev::{ServiceFactory, ServiceRequest, ServiceResponse},
    middleware::from_fn,
    web::{self, ServiceConfig, delete, get, patch, post, resource},
};

use self::error::ApiError;

/// The whole URL table. Each line is in the API's document too, in `openapi.rs`: a test reads this file.
pub fn routes(config: &mut ServiceConfig) {
    config
        .service(at("/login", "GET").route(get().to(assets::login)))
        .service(
            at("/api/session", "GET, POST, DELETE")
                .route(get().to(auth::session::show))
                .route(post().to(auth::session::sign_in))
                .route(delete().to(auth::session::sign_out)),
        )
        .service(at("/api/setup", "GET").route(get().to(setup::show)))
        .service(
            at("/api/projects", "GET, POST")
                .route(get().to(projects::list))
                .route(post().to(projects::create)),
        )
        .service(
            at("/api/projects/{project_id}", "GET, PATCH, DELETE")
                .route(get().to(projects::show))
                .route(patch().to(projects::edit))
                .route(delete().to(projects::delete)),
        )
        .service(
            at("/api/projects/{project_id}/messages", "GET, POST")
                .route(get().to(messages::list))
                .route(post().to(messages::create)),
        )
        .service(
            at("/api/messages/{message_id}", "PATCH, DELETE")
                .route(patch().to(messages::edit))
                .route(delete().to(messages::withdraw)),
        )
        .service(at("/api/projects/{project_id}/reset", "POST").route(post().to(messages::reset)))
        .service(at("/api/projects/{project_id}/activity", "GET").route(get().to(activity::list)))
        .service(
            at("/api/projects/{project_id}/activity/export", "GET")
                .route(get().to(activity::export)),
        )
        .service(
            at("/api/projects/{project_id}/executions", "GET, POST")
                .route(get().to(executions::list))
                .route(post().to(executions::create)),
        )
        .service(at("/api/projects/{project_id}/pull-requests", "GET").route(get().to(pulls::list)))
        .service(at("/api/executions/{execution_id}", "GET").route(get().to(executions::show)))
        .service(
            at("/api/executions/{execution_id}/cancel", "POST")
                .route(post().to(executions::cancel)),
        )
        .service(
            at("/api/executions/{execution_id}/retry", "POST").route(post().to(executions::retry)),
        )
        .configure(workflow_routes)
        .configure(worktree_routes)
        .configure(github_routes)
        .service(at("/api/sse/scar/{project_id}", "GET").route(get().to(sse::open)))
        .service(at("/api/ws/chat/{project_id}", "GET").route(get().to(chat_ws::open)))
        .configure(diagnostics_routes)
        .configure(webhook_routes)
        .service(at("/metrics", "GET").route(get().to(metrics::show)))
        .service(at("/health", "GET").route(get().to(health::health)))
        .service(at("/health/live", "GET").route(get().to(health::live)))
        .service(at("/health/db", "GET").route(get().to(health::database)))
        .service(at("/health/scar", "GET").route(get().to(health::scar)))
        .service(at("/health/ai", "GET").route(get().to(health::ai)))
        .service(at("/health/ready", "GET").route(get().to(health::ready)))
        .service(at("/openapi.json", "GET").route(get().to(openapi::show)))
        .service(at("/docs", "GET").route(get().to(openapi::page::show)))
        .default_service(web::to(assets::serve));
}

fn diagnostics_routes(config: &mut ServiceConfig) {
    config
        .service(at("/api/diagnostics", "GET").route(get().to(diagnostics::whole)))
        .service(at("/api/diagnostics/actors", "GET").route(get().to(diagnostics::actors)))
        .service(at("/api/diagnostics/sse/{project_id}", "GET").route(get().to(diagnostics::feed)))
        .service(
            at("/api/diagnostics/executions/{project_id}", "GET")
                .route(get().to(diagnostics::executions)),
        )
        .service(
            at("/api/diagnostics/notifications/test", "POST")
                .route(post().to(diagnostics::notifications::test)),
        );
}

fn webhook_routes(config: &mut ServiceConfig) {
    config
        .service(at("/webhooks/github/", "POST").route(post().to(webhooks::receive)))
        // Also as people write it who leave off what seems to be of no use.
        .service(at("/webhooks/github", "POST").route(post().to(webhooks::receive_bare)))
        .service(at("/webhooks/github/health", "GET").route(get().to(webhooks::health)));
}

fn workflow_routes(config: &mut ServiceConfig) {
    config
        .service(at("/api/projects/{project_id}/workflow", "GET").route(get().to(workflow::show)))
        .service(
            at("/api/projects/{project_id}/workflow/advance", "POST")
                .route(post().to(workflow::advance)),
        )
        .service(
            at("/api/projects/{project_id}/workflow/reset", "POST")
                .route(post().to(workflow::reset)),
        )
        .service(at("/api/projects/{project_id}/gates", "GET").route(get().to(gates::list)))
        .service(at("/api/gates/{gate_id}/approve", "POST").route(post().to(gates::approve)))
        .service(at("/api/gates/{gate_id}/reject", "POST").route(post().to(gates::reject)))
        .service(at("/api/documents/list/{project_id}", "GET").route(get().to(documents::list)))
        .service(at("/api/documents/vision/{project_id}", "GET").route(get().to(documents::vision)))
        .service(at("/api/documents/plans/{project_id}", "GET").route(get().to(documents::plan)));
}

fn github_routes(config: &mut ServiceConfig) {
    config
        .service(at("/api/projects/{project_id}/issues", "GET").route(get().to(github::issues)))
        .service(
            at("/api/projects/{project_id}/issue-counts", "GET")
                .route(get().to(github::issue_counts)),
        )
        .service(at("/api/github/repositories", "GET").route(get().to(github::repositories)))
        .service(
            at("/api/import", "GET, POST")
                .route(get().to(import::show))
                .route(post().to(import::create)),
        );
}

fn worktree_routes(config: &mut ServiceConfig) {
    config
        .service(at("/api/projects/{project_id}/worktrees", "GET").route(get().to(worktrees::list)))
        .service(
            at("/api/projects/{project_id}/worktrees/{name}", "DELETE")
                .route(delete().to(worktrees::remove)),
        )
        .service(
            at("/api/projects/{project_id}/worktrees/{name}/diff", "GET")
                .route(get().to(worktrees::diff)),
        )
        .service(
            at("/api/projects/{project_id}/branches", "GET").route(get().to(worktrees::branches)),
        )
        .service(
            at("/api/projects/{project_id}/branches/diff", "GET")
                .route(get().to(worktrees::branch_diff)),
        );
}

/// A path, and what it answers when it is used in another way than these. What each needs is in `auth/rules.rs`; without
/// a line there it does not start.
fn at(
    path: &'static str,
    allowed: &'static str,
) -> Resource<
    impl ServiceFactory<
        ServiceRequest,
        Config = (),
        Response = ServiceResponse,
        Error = Error,
        InitError = (),
    >,
> {
    auth::ensure_there(path, allowed);
    resource(path)
        .default_service(web::to(move || async move {
            Err::<HttpResponse, _>(ApiError::not_allowed(allowed))
        }))
        .wrap(from_fn(move |request, next| {
            auth::ensure_reach(path, request, next)
        }))
}
