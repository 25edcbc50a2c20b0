//! What each route needs: the whole table. A route that is not in it does not start (`ensure_there`), and is refused.

use actix_web::{
    Error, HttpMessage as _, ResponseError as _,
    body::{BoxBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::{Method, StatusCode},
    middleware::Next,
};

use crate::{auth::Who, domain::access::Scope, http::error::ApiError};

/// What a route needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Needs {
    /// Nothing: it tells nothing of what is stored, or lets somebody in.
    Nothing,
    /// That somebody was let in, and may do so much.
    Reach(Scope),
}

const NOTHING: Needs = Needs::Nothing;
const READ: Needs = Needs::Reach(Scope::Read);
const WRITE: Needs = Needs::Reach(Scope::Write);
const ADMIN: Needs = Needs::Reach(Scope::Admin);

/// Every route: its method, its path, and what it needs.
pub const RULES: &[(&str, &str, Needs)] = &[
    ("GET", "/login", NOTHING),
    ("GET", "/api/session", READ),
    ("POST", "/api/session", NOTHING),
    // Whoever was let in may go.
    ("DELETE", "/api/session", READ),
    ("GET", "/api/setup", READ),
    ("GET", "/api/projects", READ),
    ("POST", "/api/projects", WRITE),
    ("GET", "/api/projects/{project_id}", READ),
    ("PATCH", "/api/projects/{project_id}", WRITE),
    // Nothing brings it back.
    ("DELETE", "/api/projects/{project_id}", ADMIN),
    ("GET", "/api/projects/{project_id}/messages", READ),
    ("POST", "/api/projects/{project_id}/messages", WRITE),
    ("PATCH", "/api/messages/{message_id}", WRITE),
    ("DELETE", "/api/messages/{message_id}", WRITE),
    ("POST", "/api/projects/{project_id}/reset", WRITE),
    ("GET", "/api/projects/{project_id}/activity", READ),
    ("GET", "/api/projects/{project_id}/activity/export", READ),
    ("GET", "/api/projects/{project_id}/executions", READ),
    ("POST", "/api/projects/{project_id}/executions", WRITE),
    ("GET", "/api/projects/{project_id}/pull-requests", READ),
    ("GET", "/api/executions/{execution_id}", READ),
    ("POST", "/api/executions/{execution_id}/cancel", WRITE),
    ("POST", "/api/executions/{execution_id}/retry", WRITE),
    ("GET", "/api/projects/{project_id}/workflow", READ),
    ("POST", "/api/projects/{project_id}/workflow/advance", WRITE),
    ("POST", "/api/projects/{project_id}/workflow/reset", WRITE),
    ("GET", "/api/projects/{project_id}/gates", READ),
    ("POST", "/api/gates/{gate_id}/approve", WRITE),
    ("POST", "/api/gates/{gate_id}/reject", WRITE),
    ("GET", "/api/documents/list/{project_id}", READ),
    ("GET", "/api/documents/vision/{project_id}", READ),
    ("GET", "/api/documents/plans/{project_id}", READ),
    ("GET", "/api/projects/{project_id}/issues", READ),
    ("GET", "/api/projects/{project_id}/issue-counts", READ),
    // Private ones are among them; who may make a project for one may see them.
    ("GET", "/api/github/repositories", WRITE),
    ("GET", "/api/import", READ),
    ("POST", "/api/import", WRITE),
    ("GET", "/api/projects/{project_id}/worktrees", READ),
    (
        "DELETE",
        "/api/projects/{project_id}/worktrees/{name}",
        WRITE,
    ),
    (
        "GET",
        "/api/projects/{project_id}/worktrees/{name}/diff",
        READ,
    ),
    ("GET", "/api/projects/{project_id}/branches", READ),
    ("GET", "/api/projects/{project_id}/branches/diff", READ),
    ("GET", "/api/sse/scar/{project_id}", READ),
    // To watch; what is said in it needs more, and is refused in it.
    ("GET", "/api/ws/chat/{project_id}", READ),
    // The page that says why a pane is empty asks for these, and it is for everybody who sees the pane.
    ("GET", "/api/diagnostics", READ),
    ("GET", "/api/diagnostics/actors", READ),
    ("GET", "/api/diagnostics/sse/{project_id}", READ),
    ("GET", "/api/diagnostics/executions/{project_id}", READ),
    // It has the server send something out.
    ("POST", "/api/diagnostics/notifications/test", ADMIN),
    // GitHub has no token of this server: what it sends is signed.
    ("POST", "/webhooks/github/", NOTHING),
    ("POST", "/webhooks/github", NOTHING),
    ("GET", "/webhooks/github/health", READ),
    ("GET", "/metrics", READ),
    ("GET", "/openapi.json", READ),
    ("GET", "/docs", READ),
    // For what watches over the server: a name, a version, and whether it is well.
    ("GET", "/health", NOTHING),
    ("GET", "/health/live", NOTHING),
    ("GET", "/health/ready", NOTHING),
    ("GET", "/health/db", READ),
    ("GET", "/health/scar", READ),
    ("GET", "/health/ai", READ),
];

/// What the page on which somebody signs in is made of: nothing else of the WebUI is sent to strangers.
const OPEN_FILES: [&str; 5] = [
    "/login.js",
    "/theme.js",
    "/favicon.svg",
    "/styles/base.css",
    "/login.css",
];

fn rule(method: &str, path: &str) -> Option<Needs> {
    let mut rules = RULES.iter();
    rules
        .find(|(its, at, _)| *its == method && *at == path)
        .map(|(_, _, needs)| *needs)
}

/// Stops the start over a route that has no rule: somebody has to say what it needs.
pub(in crate::http) fn ensure_there(path: &str, allowed: &str) {
    for method in allowed.split(", ") {
        assert!(
            rule(method, path).is_some(),
            "the route {method} {path} has no line in RULES, in src/http/auth/rules.rs; say there what it needs"
        );
    }
}

/// Whether this may be asked by a stranger. By the path as it was sent, letter by letter: one that is only spelled like it
/// is not meant.
pub(super) fn is_for_strangers(request: &ServiceRequest) -> bool {
    let (method, path) = (request.method().as_str(), request.path());
    let is_file = OPEN_FILES.contains(&path) && is_reading(request.method());
    is_file || rule(method, path) == Some(Needs::Nothing)
}

fn is_reading(method: &Method) -> bool {
    [Method::GET, Method::HEAD].contains(method)
}

/// What anything that is asked needs at least, whether it has a rule or not.
pub(super) fn least(request: &ServiceRequest) -> Scope {
    // Whoever was let in may go.
    match is_reading(request.method()) || request.path() == "/api/session" {
        true => Scope::Read,
        false => Scope::Write,
    }
}

/// Middleware of a route: 403 for who may not do so much.
pub(in crate::http) async fn ensure_reach(
    path: &'static str,
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    // What no rule allows there is no method for, and that is answered behind this.
    if let Some(Needs::Reach(needed)) = rule(request.method().as_str(), path) {
        let scope = request.extensions().get::<Who>().map(|who| who.scope);
        if scope.is_none_or(|scope| scope < needed) {
            return Ok(request.into_response(beyond(needed).error_response()));
        }
    }
    Ok(next.call(request).await?.map_into_boxed_body())
}

/// 403: what was shown does not reach so far.
pub(in crate::http) fn beyond(needed: Scope) -> ApiError {
    ApiError::new(
        StatusCode::FORBIDDEN,
        "Not allowed",
        format!(
            "The token you showed may not do this: it needs the scope {needed}. Ask whoever runs the server for one that has \
             it (pm token create NAME --scope {needed})."
        ),
    )
}
