//! Signing in and out, for browsers: `/api/session`.

use actix_web::{HttpResponse, http::header, web::Data};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Door, Entered, shown};
use crate::{
    auth::{Credential, Who},
    clock,
    domain::{access::Scope, activity::millis_opt},
    http::{error::ApiError, extract::Json, openapi::problems::Away},
};

/// Who somebody is.
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct Session {
    /// Whether anybody is asked who they are. While nobody is, nobody can sign out either.
    asked: bool,
    /// The name of the token they showed.
    #[schema(example = "anna")]
    name: String,
    /// How far it reaches.
    scope: Scope,
    /// When they have to sign in again; null where that is not foreseen.
    #[serde(serialize_with = "millis_opt")]
    #[schema(required)]
    expires_at: Option<DateTime<Utc>>,
}

fn shown_of(who: &Who) -> Session {
    Session {
        asked: !who.is_anyone(),
        name: who.name.to_string(),
        scope: who.scope,
        expires_at: who.expires_at,
    }
}

/// `GET /api/session`
#[utoipa::path(
    get, path = "/api/session", operation_id = "show_session", tag = "session",
    summary = "Who one is",
    responses((status = 200, description = "Who the token or the cookie says.", body = Session), Away),
)]
pub(in crate::http) async fn show(who: Who) -> HttpResponse {
    HttpResponse::Ok().json(shown_of(&who))
}

/// The body of `POST /api/session`.
#[derive(Deserialize, ToSchema)]
pub(in crate::http) struct SignIn {
    /// As `pm token create` printed it, or the setting `auth.token`.
    #[schema(example = "pm_…", min_length = 1, pattern = r"\S")]
    token: String,
}

/// `POST /api/session`: a token for a cookie.
#[utoipa::path(
    post, path = "/api/session", operation_id = "sign_in", tag = "session",
    summary = "Sign in",
    description = "A token for a cookie, which a browser sends by itself, with streams and WebSockets as well.",
    request_body = SignIn,
    responses(
        (status = 200, description = "Nobody is asked who they are; there is no cookie.", body = Session),
        (status = 201, description = "Signed in.", body = Session, headers(("Set-Cookie" = String, description = "The cookie."))),
        Away,
    ),
    security(()),
)]
pub(in crate::http) async fn sign_in(
    Json(body): Json<SignIn>,
    entered: Entered,
    door: Data<Door>,
) -> Result<HttpResponse, ApiError> {
    let credential = Credential::token(body.token.trim())
        .ok_or_else(|| ApiError::invalid("token", "a token is needed to sign in"))?;
    let mut who = door.identify(Some(&credential), entered.address).await?;
    if who.is_anyone() {
        return Ok(HttpResponse::Ok().json(shown_of(&who)));
    }
    // Each is kept for long, so that there are not to be too many of them either.
    door.limits.try_token(entered.address)?;
    door.doorkeeper.ensure_good(&who).await?;
    let signed_in = door.doorkeeper.sign_in(&who).await?;
    let seconds = (signed_in.expires_at - clock::now()).num_seconds();
    let cookie = &signed_in.cookie;
    let cookie = shown::cookie(&entered.host, entered.is_https, cookie, seconds);
    who.expires_at = Some(signed_in.expires_at);
    Ok(HttpResponse::Created()
        .insert_header((header::SET_COOKIE, cookie))
        .json(shown_of(&who)))
}

/// `DELETE /api/session`
#[utoipa::path(
    delete, path = "/api/session", operation_id = "sign_out", tag = "session",
    summary = "Sign out",
    responses((status = 204, description = "Signed out; the cookie is worth nothing any more."), Away),
)]
pub(in crate::http) async fn sign_out(
    who: Who,
    entered: Entered,
    door: Data<Door>,
) -> Result<HttpResponse, ApiError> {
    door.doorkeeper.sign_out(&who).await?;
    let cookie = shown::cookie(&entered.host, entered.is_https, "", 0);
    Ok(HttpResponse::NoContent()
        .insert_header((header::SET_COOKIE, cookie))
        .finish())
}
