//! The door: everything that is asked passes it, and what it is not sure of it refuses.
//!
//! In this order: is it meant for this server and from one of its pages (`same_site.rs`), is it of a size that is meant, who
//! asks, how often, and may they (`rules.rs`). Whoever was let in is in the request's extensions, as [`Who`], which
//! handlers can ask for; what they have open ends when they are not let in any more (`place.rs`).

mod place;
mod rules;
pub(super) mod session;
mod shown;
mod signed;

use std::{
    future::{Ready, ready},
    net::IpAddr,
};

use actix_web::{
    Error, FromRequest, HttpMessage as _, HttpRequest, HttpResponse, ResponseError as _,
    body::{BoxBody, MessageBody},
    dev::{Payload, ServiceRequest, ServiceResponse},
    http::{Method, StatusCode, header},
    middleware::Next,
    web::Data,
};
use tokio_util::sync::CancellationToken;

pub use self::rules::{Needs, RULES};
pub(super) use self::{
    place::Place,
    rules::{beyond, ensure_reach, ensure_there},
    signed::Signed,
};
use super::{
    error::ApiError,
    headers,
    limits::{self, Client, Limited, Limits},
    same_site::{self, Site},
};
pub use crate::auth::Who;
use crate::auth::{Credential, Doorkeeper, Refused};

/// What the door works with. One for all threads, so that limits hold for all of them together.
pub struct Door {
    doorkeeper: Doorkeeper,
    site: Site,
    limits: Limits,
    /// Fires when the server stops.
    stopping: CancellationToken,
}

/// How a request came in, for handlers.
#[derive(Clone)]
pub(super) struct Entered {
    /// Where from.
    address: IpAddr,
    /// The name it asked for.
    host: String,
    /// Whether that is the public name, asked for over TLS.
    is_https: bool,
}

impl Entered {
    /// Where the request came from, as far as that is known.
    pub(super) fn address(&self) -> IpAddr {
        self.address
    }
}

impl Door {
    /// A door with this doorkeeper, for a server that is there.
    pub fn new(
        doorkeeper: Doorkeeper,
        site: Site,
        limited: Limited,
        stopping: CancellationToken,
    ) -> Self {
        Self {
            doorkeeper,
            site,
            limits: Limits::new(limited),
            stopping,
        }
    }

    /// Lets a request in, or says why not.
    async fn judge(&self, request: &ServiceRequest) -> Result<(), ApiError> {
        self.site.ensure_from_here(request)?;
        limits::ensure_size(request)?;
        let host = same_site::host(request).to_owned();
        let entered = Entered {
            address: self.limits.address(request),
            is_https: self.site.is_https(&host),
            host,
        };
        let (address, is_https) = (entered.address, entered.is_https);
        request.extensions_mut().insert(entered);
        if rules::is_for_strangers(request) {
            return self
                .limits
                .request(Client::at(address), !self.doorkeeper.is_on());
        }
        let credential = shown::credential(request, is_https);
        let who = self.identify(credential.as_ref(), address).await?;
        let scope = who.scope;
        request.extensions_mut().insert(who);
        match rules::least(request) {
            least if scope < least => Err(beyond(least)),
            _ => Ok(()),
        }
    }

    /// Who shows this. Strangers pay for the look by their address, and for a token that is none once more.
    async fn identify(
        &self,
        credential: Option<&Credential>,
        address: IpAddr,
    ) -> Result<Who, ApiError> {
        let (keeper, limits) = (&self.doorkeeper, &self.limits);
        if !keeper.is_on() {
            limits.request(Client::at(address), true)?;
            return Ok(keeper.who(credential).await?);
        }
        let is_known = credential.is_some_and(|credential| keeper.knows(credential));
        if is_known {
            let who = keeper.who(credential).await?;
            limits.request(Client::LetIn(who.client()), false)?;
            return Ok(who);
        }
        limits.request(Client::at(address), false)?;
        let is_try = matches!(credential, Some(Credential::Token(_)));
        if is_try {
            limits.try_token(address)?;
        }
        let who = keeper.who(credential).await;
        // Only what is wrong counts: not what could not be looked at.
        if is_try && !matches!(who, Err(Refused::NotGood)) {
            limits.was_right(address);
        }
        Ok(who?)
    }
}

impl From<Refused> for ApiError {
    fn from(refused: Refused) -> Self {
        let unauthorized = |title, detail| Self::new(StatusCode::UNAUTHORIZED, title, detail);
        match refused {
            Refused::Nothing => unauthorized(
                "Who are you?",
                "This server asks who you are. Sign in at /login, or send a token: Authorization: Bearer pm_…",
            ),
            Refused::NotGood => unauthorized(
                "Not let in",
                "This token or sign-in is not good: it may be mistyped, expired or revoked. Sign in again at /login, or ask \
                 whoever runs the server for another token (pm token create NAME).",
            ),
            Refused::Busy => Self::unavailable(
                "Too many tokens are being looked at just now. Try again in a moment.",
            ),
            Refused::Unread(error) => error.into(),
            Refused::Failed(error) => {
                let error: &dyn std::error::Error = error.as_ref();
                tracing::error!(error, "a token could not be looked at");
                Self::internal()
            }
        }
    }
}

/// Middleware around everything: what is not let in is answered here, and every answer says how it is to be treated.
///
/// # Errors
/// Those of the handlers.
pub async fn let_in(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let door = request.app_data::<Data<Door>>().cloned();
    let door = door.ok_or_else(ApiError::internal)?;
    let is_https = door.site.is_https(same_site::host(&request));
    let mut answer = match door.judge(&request).await {
        Ok(()) => next.call(request).await?.map_into_boxed_body(),
        Err(refused) => {
            let answer = match way_to_login(&request, &refused) {
                Some(login) => login,
                None => refused.error_response(),
            };
            request.into_response(answer)
        }
    };
    headers::add_to(&mut answer, is_https);
    tell_of_change(&answer);
    Ok(answer)
}

/// The trail of what was asked for and by whom, for whoever runs the server: also of what was refused.
fn tell_of_change(answer: &ServiceResponse<impl MessageBody>) {
    let request = answer.request();
    if request.method().is_safe() {
        return;
    }
    let extensions = request.extensions();
    let who = extensions.get::<Who>();
    let address = extensions.get::<Entered>().map(|entered| entered.address);
    tracing::info!(
        who = who.map_or("nobody", |who| &who.name),
        address = address.map(tracing::field::display),
        method = %request.method(),
        path = request.path(),
        status = answer.status().as_u16(),
        "a change was asked for"
    );
}

/// A person who opens a page is not shown an error but where to sign in, and comes back from there.
fn way_to_login(request: &ServiceRequest, refused: &ApiError) -> Option<HttpResponse> {
    let path = request.path();
    let is_page = !["/api/", "/health"]
        .iter()
        .any(|other| path.starts_with(other));
    let accepts = request.headers().get(header::ACCEPT)?.to_str().ok()?;
    if refused.status_code() != StatusCode::UNAUTHORIZED
        || request.method() != Method::GET
        || !is_page
        || !accepts.contains("text/html")
    {
        return None;
    }
    let back: String =
        form_urlencoded::byte_serialize(request.uri().to_string().as_bytes()).collect();
    let login = match path {
        "/" if request.query_string().is_empty() => "/login".to_owned(),
        _ => format!("/login?next={back}"),
    };
    Some(
        HttpResponse::SeeOther()
            .insert_header((header::LOCATION, login))
            .finish(),
    )
}

impl FromRequest for Who {
    type Error = Error;
    type Future = Ready<Result<Self, Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(found(request).map_err(Error::from))
    }
}

impl FromRequest for Entered {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(found(request))
    }
}

/// What the door left for the handlers. What it has not seen does not get that far.
fn found<T: Clone + 'static>(request: &HttpRequest) -> Result<T, ApiError> {
    let extensions = request.extensions();
    extensions
        .get::<T>()
        .cloned()
        .ok_or_else(ApiError::internal)
}
