//! Signing in and out, for browsers: `/api/session`.

use actix_web::{HttpResponse, http::header, web::Data};
use chrono::SecondsFormat;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Door, Entered, shown};
use crate::{
    auth::{Credential, Who},
    clock,
    http::{error::ApiError, extract::Json},
};

/// Who somebody is, for the WebUI.
fn shown_of(who: &Who) -> Value {
    let end = who.expires_at;
    json!({
        // While nobody is asked who they are, nobody can sign out either.
        "asked": !who.is_anyone(),
        "name": who.name.as_ref(),
        "scope": who.scope,
        "expires_at": end.map(|end| end.to_rfc3339_opts(SecondsFormat::Millis, true)),
    })
}

/// `GET /api/session`
pub(in crate::http) async fn show(who: Who) -> HttpResponse {
    HttpResponse::Ok().json(shown_of(&who))
}

/// The body of `POST /api/session`.
#[derive(Deserialize)]
pub(in crate::http) struct SignIn {
    token: String,
}

/// `POST /api/session`: a token for a cookie.
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
