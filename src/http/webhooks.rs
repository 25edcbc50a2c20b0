//! Webhooks of GitHub: taken, kept, answered; and worked on afterwards, by the correspondent.
//!
//! Whoever reaches the server may send something here. So nothing of a body is looked at before its signature, and the signature
//! not before there is a secret to compare it with; and what a stranger can write on GitHub is signed as well, so it is asked
//! there who may say something to the project manager (`actors/correspondent.rs`), and nothing else of it is acted on.

mod counted;
mod taking;

use std::{net::IpAddr, sync::Arc, time::Duration};

use actix_web::{
    HttpRequest, HttpResponse,
    http::{
        StatusCode,
        header::{CONTENT_TYPE, HeaderMap},
    },
    web::{Bytes, Data, Payload},
};
use chrono::{DateTime, Utc};
use serde::Serialize;
use tokio::time::timeout;
use utoipa::ToSchema;

use self::{counted::Counted, taking::Delivery};
use super::{
    auth::Entered,
    error::ApiError,
    extract::too_large,
    openapi::problems::{
        NoWebhooks, NotFromThere, NotOfGitHub, NotSigned, OtherType, TooLarge, TooSlow,
    },
};
use crate::{
    actors::{correspondent::CorrespondentHandle, lookout::LookoutHandle, writer::WriterHandle},
    clock,
    db::Reader,
    domain::{activity::millis_opt, github::WebhookSecret, network::Network},
    github::GitHub,
};

/// How long a body may take to come at most: GitHub gives a delivery up after ten seconds, and strangers are not waited for.
const READ_WITHIN_MAX: Duration = Duration::from_secs(10);

/// Bytes of a body at most. GitHub sends up to 25 million, with thousands of commits; what is read here has an issue and a comment,
/// and each of them 65,536 characters at most.
const BODY_BYTES_MAX: usize = 1 << 20;

/// Characters of GitHub's id of a delivery at most: a UUID with room to spare.
const DELIVERY_CHARS_MAX: usize = 100;

/// Characters of the name of an event at most: GitHub's longest has some forty.
const EVENT_CHARS_MAX: usize = 100;

/// What webhooks are taken with.
pub struct Hooks {
    /// What they are signed with; without it none is taken.
    pub secret: Option<WebhookSecret>,
    /// From where they are taken; from anywhere if there are none.
    pub sources: Vec<Network>,
    /// Bytes any body may have.
    pub body_bytes_max: usize,
    /// How long GitHub is waited for.
    pub timeout: Duration,
    /// Who stores what was heard.
    pub writer: WriterHandle,
    /// Where projects are looked up.
    pub reader: Reader,
    /// Whose webhooks they are.
    pub github: GitHub,
    /// Who works on what people say.
    pub correspondent: CorrespondentHandle,
    /// Who looks at pull requests.
    pub lookout: LookoutHandle,
}

/// What takes webhooks. Clones share what is counted.
#[derive(Clone)]
pub struct Webhooks(Arc<Inner>);

struct Inner {
    hooks: Hooks,
    counted: Counted,
}

impl Webhooks {
    /// One that takes them with these.
    pub fn new(hooks: Hooks) -> Self {
        Self(Arc::new(Inner {
            hooks,
            counted: Counted::default(),
        }))
    }

    /// Whether any are taken: there is a secret for them.
    pub(super) fn are_taken(&self) -> bool {
        self.0.hooks.secret.is_some()
    }
}

/// What came of a delivery.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = WebhookTaken)]
struct Taken {
    /// What, in a word.
    status: TakenAs,
    /// What is done about it, for people: GitHub shows it beside the delivery.
    #[schema(example = "It is asked whether alice may; then it is told to the project manager.")]
    message: String,
}

/// What came of a delivery, in a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = WebhookTakenAs)]
enum TakenAs {
    /// It is stored, and is worked on.
    Taken,
    /// It was taken before.
    HadBefore,
    /// It is heard, and nothing is to be done.
    Ignored,
    /// GitHub wanted to see whether it is heard.
    Pong,
}

impl Taken {
    fn new(status: TakenAs, message: impl Into<String>) -> Self {
        let message = message.into();
        Self { status, message }
    }

    fn answer(&self) -> HttpResponse {
        match self.status {
            TakenAs::Taken => HttpResponse::Accepted().json(self),
            TakenAs::HadBefore | TakenAs::Ignored | TakenAs::Pong => HttpResponse::Ok().json(self),
        }
    }
}

/// `POST /webhooks/github/`
#[utoipa::path(
    post, path = "/webhooks/github/", operation_id = "receive_webhook", tag = "github",
    summary = "For GitHub: tell what happened in a repository",
    description = "Signed by GitHub with the secret that is in this server's settings (`github.webhook_secret`): \
    `X-Hub-Signature-256`. Answered as soon as it is stored; sent again under the same `X-GitHub-Delivery` it is taken once. \
    docs/github.md says how it is set up, and what is done.",
    request_body(content = Object, description = "What GitHub sends.", example = json!({ "zen": "Keep it logically awesome." })),
    responses(
        (status = 202, description = "It is stored, and is worked on.", body = Taken),
        (status = 200, description = "It is heard, and there is nothing more to do.", body = Taken),
        NotOfGitHub, NotSigned, NotFromThere, TooSlow, TooLarge, OtherType, NoWebhooks,
    ),
    security(()),
)]
pub(super) async fn receive(
    request: HttpRequest,
    payload: Payload,
    entered: Entered,
    webhooks: Data<Webhooks>,
) -> Result<HttpResponse, ApiError> {
    let answered = webhooks.take(&request, payload, entered.address()).await;
    webhooks.0.counted.count(answered.is_ok());
    if let Err(refused) = &answered {
        tracing::warn!(address = %entered.address(), why = %refused, "a webhook was not taken");
    }
    answered.map(|taken| taken.answer())
}

/// `POST /webhooks/github`
#[utoipa::path(
    post, path = "/webhooks/github", operation_id = "receive_webhook_bare", tag = "github",
    summary = "The same without the slash at its end",
    request_body(content = Object, description = "What GitHub sends.", example = json!({ "zen": "Keep it logically awesome." })),
    responses(
        (status = 202, description = "It is stored, and is worked on.", body = Taken),
        (status = 200, description = "It is heard, and there is nothing more to do.", body = Taken),
        NotOfGitHub, NotSigned, NotFromThere, TooSlow, TooLarge, OtherType, NoWebhooks,
    ),
    security(()),
)]
pub(super) async fn receive_bare(
    request: HttpRequest,
    payload: Payload,
    entered: Entered,
    webhooks: Data<Webhooks>,
) -> Result<HttpResponse, ApiError> {
    receive(request, payload, entered, webhooks).await
}

/// How webhooks fare, since this server was started.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = WebhookHealth)]
struct Health {
    /// `ok` where they are taken, `off` where there is no secret.
    #[schema(example = "ok")]
    status: &'static str,
    /// Whether there is a secret.
    secret: bool,
    /// Whether there is a token for GitHub, without which nothing that is said is acted on or answered.
    token: bool,
    /// When one last came that was signed, or would have been refused for another reason only.
    #[serde(serialize_with = "millis_opt")]
    #[schema(required)]
    last_delivery_at: Option<DateTime<Utc>>,
    /// How many came.
    deliveries: counted::Deliveries,
}

/// `GET /webhooks/github/health`
#[utoipa::path(
    get, path = "/webhooks/github/health", operation_id = "show_webhook_health", tag = "github",
    summary = "How webhooks of GitHub fare",
    responses((status = 200, description = "What is known of them.", body = Health)),
)]
pub(super) async fn health(webhooks: Data<Webhooks>) -> HttpResponse {
    let Inner { hooks, counted } = webhooks.0.as_ref();
    let secret = hooks.secret.is_some();
    HttpResponse::Ok().json(Health {
        status: if secret { "ok" } else { "off" },
        secret,
        token: hooks.github.has_token(),
        last_delivery_at: counted.last_at(),
        deliveries: counted.deliveries(),
    })
}

impl Webhooks {
    /// Takes a delivery, or says why not. Each check comes before what costs more.
    async fn take(
        &self,
        request: &HttpRequest,
        payload: Payload,
        address: IpAddr,
    ) -> Result<Taken, ApiError> {
        let hooks = &self.0.hooks;
        let sources = &hooks.sources;
        if !sources.is_empty() && !sources.iter().any(|source| source.has(address)) {
            return Err(not_from_there(address));
        }
        let secret = hooks.secret.as_ref().ok_or_else(no_secret)?;
        let most = BODY_BYTES_MAX.min(hooks.body_bytes_max);
        let body = read(payload, most, READ_WITHIN_MAX.min(hooks.timeout)).await?;
        let headers = request.headers();
        let signature = text(headers, "x-hub-signature-256").unwrap_or_default();
        if !secret.has_signed(signature, &body) {
            return Err(not_signed());
        }
        self.0.counted.came(clock::now());
        let delivery = Delivery {
            id: named(headers, "x-github-delivery", DELIVERY_CHARS_MAX)?,
            event: named(headers, "x-github-event", EVENT_CHARS_MAX)?,
            body: json(headers, body)?,
        };
        hooks.take(delivery).await
    }
}

/// The body; the signature is of its very bytes.
async fn read(payload: Payload, most: usize, within: Duration) -> Result<Bytes, ApiError> {
    let body = timeout(within, payload.to_bytes_limited(most)).await;
    match body.map_err(|_| too_slow(within))? {
        Ok(Ok(body)) => Ok(body),
        Ok(Err(error)) => Err(malformed(format!(
            "The request could not be read: {error}."
        ))),
        Err(_) => Err(too_large()),
    }
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

/// A header that GitHub always sends: some visible characters.
fn named(headers: &HeaderMap, name: &str, most: usize) -> Result<String, ApiError> {
    let value = text(headers, name).map(str::trim).filter(|value| {
        !value.is_empty() && value.len() <= most && value.bytes().all(|one| one.is_ascii_graphic())
    });
    value.map(str::to_owned).ok_or_else(|| {
        malformed(format!(
            "The header {name} is missing, or is none that GitHub sends."
        ))
    })
}

/// The JSON in a body, in either of the two ways in which GitHub is told to send it.
fn json(headers: &HeaderMap, body: Bytes) -> Result<Bytes, ApiError> {
    let kind = headers
        .get(CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok());
    let kind = kind
        .unwrap_or_default()
        .split(';')
        .next()
        .unwrap_or_default();
    match kind.trim().to_ascii_lowercase().as_str() {
        "application/json" => Ok(body),
        "application/x-www-form-urlencoded" => {
            let mut fields = form_urlencoded::parse(&body);
            let payload = fields.find(|(name, _)| name == "payload");
            let payload = payload.map(|(_, payload)| payload.into_owned().into());
            payload.ok_or_else(|| malformed("The form has no field payload.".to_owned()))
        }
        _ => Err(other_type()),
    }
}

/// 400: GitHub sends something else.
pub(super) fn malformed(detail: String) -> ApiError {
    ApiError::new(StatusCode::BAD_REQUEST, "Not of GitHub", detail)
}

/// 401: nobody knows whom it comes from.
pub(super) fn not_signed() -> ApiError {
    ApiError::new(
        StatusCode::UNAUTHORIZED,
        "Not signed",
        "The signature (X-Hub-Signature-256) is missing, or is not that of this body with this server's secret. Put the same \
         secret into the webhook on GitHub and into GITHUB_WEBHOOK_SECRET.",
    )
}

/// 403: it comes from somewhere else.
pub(super) fn not_from_there(address: IpAddr) -> ApiError {
    ApiError::new(
        StatusCode::FORBIDDEN,
        "Not from there",
        format!(
            "Webhooks are not taken from {address}: it is not in the setting github.webhook_sources. Behind a proxy, \
             api.trusted_proxies has to name that."
        ),
    )
}

/// 408: somebody began to send something, and it does not come.
pub(super) fn too_slow(within: Duration) -> ApiError {
    ApiError::new(
        StatusCode::REQUEST_TIMEOUT,
        "Too slow",
        format!("The body did not come within {within:?}. Have GitHub send it again."),
    )
}

/// 415: neither of the two types GitHub sends.
pub(super) fn other_type() -> ApiError {
    ApiError::new(
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        "Another type",
        "A webhook has the content type application/json, or application/x-www-form-urlencoded with a field payload.",
    )
}

/// 503: nothing could be told from what a stranger sends.
pub(super) fn no_secret() -> ApiError {
    ApiError::unavailable(
        "This server takes no webhooks, for it has no secret to tell by that they come from GitHub. Set GITHUB_WEBHOOK_SECRET, \
         and the same secret in the webhook on GitHub.",
    )
}
