//! The answers that are no success. Each is described once, with the words the server really answers with.

use std::collections::BTreeMap;

use actix_web::http::StatusCode;
use chrono::{DateTime, Utc};
use utoipa::{
    IntoResponses,
    openapi::{
        ContentBuilder, HeaderBuilder, ObjectBuilder, Ref, RefOr, Response, ResponseBuilder, Type,
        example::ExampleBuilder,
    },
};
use uuid::Uuid;

use crate::{
    actors::{
        executor::QueueError,
        session::{PostError, WorkflowError},
        writer::AppendError,
    },
    auth::Refused,
    domain::{access::Scope, id::ProjectId, workflow::NotNow as WorkflowNotNow},
    github::Trouble,
    http::error::ApiError,
};

/// The id in examples.
pub(super) const EXAMPLE_ID: Uuid = Uuid::from_u128(0x0197_f2b5_5e00_7000_8000_0000_0000_0001);

/// The time in examples.
fn example_time() -> DateTime<Utc> {
    DateTime::from_timestamp(1_769_851_800, 0).expect("a time")
}

/// A group of errors with one status: a name for annotations, and an answer that is described once for all of them.
macro_rules! problems {
    ($($name:ident $status:literal $when:literal [$($error:expr),+ $(,)?])*) => {
        $(
            #[doc = $when]
            pub(in crate::http) struct $name;

            impl IntoResponses for $name {
                fn responses() -> BTreeMap<String, RefOr<Response>> {
                    let response = Ref::from_response_name(stringify!($name));
                    [($status.to_owned(), RefOr::Ref(response))].into()
                }
            }
        )*

        /// All of them, by name.
        pub(super) fn all() -> Vec<(&'static str, Response)> {
            vec![$((stringify!($name), problem($when, vec![$($error),+]))),*]
        }
    };
}

problems! {
    NoProject "404" "There is no such project." [
        ApiError::no_project(ProjectId(EXAMPLE_ID)),
    ]
    NotOnGitHub "404" "There is no such project, or GitHub does not know its repository." [
        ApiError::no_project(ProjectId(EXAMPLE_ID)),
        Trouble::NotThere("repository you/shop".to_owned()).into(),
        crate::http::github::elsewhere("https://github.com"),
    ]
    GitHubAway "502" "GitHub does not answer, or does not do what it was asked." [
        Trouble::TokenRefused.into(),
        Trouble::Away("Connection refused".to_owned()).into(),
    ]
    NoneAnswers "503" "GitHub takes no more requests for now, or the database does not answer. Ask again after `Retry-After` seconds." [
        Trouble::Limited { until: example_time(), has_token: false }.into(),
        ApiError::unavailable(
            "The database is not answering. What is stored is safe; try again in a moment.",
        ),
    ]
    Importing "409" "Something else is being imported." [
        crate::http::import::busy(&crate::domain::import::Progress::default()),
    ]
    NoExecution "404" "There is no such execution." [
        ApiError::no_execution(crate::domain::id::ExecutionId(EXAMPLE_ID)),
    ]
    NoMessage "404" "There is no such message." [
        ApiError::no_message(crate::domain::id::MessageId(EXAMPLE_ID)),
    ]
    NoGate "404" "There is no such gate." [
        ApiError::no_gate(crate::domain::id::GateId(EXAMPLE_ID)),
    ]
    NoDocument "404" "There is no such project, or it has no such document." [
        ApiError::no_project(ProjectId(EXAMPLE_ID)),
        ApiError::new(StatusCode::NOT_FOUND, "No such document", "There is no such plan in this project."),
    ]
    NoCopy "404" "There is no such project, or it has no such copy." [
        ApiError::no_project(ProjectId(EXAMPLE_ID)),
        crate::http::worktrees::no_copy(),
    ]
    NobodyNotified "404" "There is no address for notifications." [
        crate::http::diagnostics::notifications::nobody(),
    ]
    NoBranch "404" "There is no such project, or it has no such branch." [
        ApiError::no_project(ProjectId(EXAMPLE_ID)),
        crate::http::worktrees::no_branch(),
    ]
    DoneAlready "409" "The same was done at the same moment." [
        AppendError::Duplicate.into(),
    ]
    ProjectBusy "409" "Something is queued or runs in the project. Stop it first, or wait for its end." [
        AppendError::ProjectBusy.into(),
    ]
    NotPosted "409" "It cannot be said: too many messages wait, or one with this key was taken back." [
        PostError::QueueFull.into(),
        crate::http::messages::withdrawn(),
    ]
    NotQueued "409" "The message does not wait any more: it had its turn." [
        AppendError::MessagePast.into(),
    ]
    QueueFull "409" "Too many commands wait in this project." [
        QueueError::Full.into(),
    ]
    NotRetried "409" "There is nothing to retry, or it cannot be retried now." [
        crate::http::executions::nothing_to_retry(format!(
            "Execution {EXAMPLE_ID} has not ended. Cancel it first, or wait for its end."
        )),
        QueueError::Full.into(),
        WorkflowError::NotNow(WorkflowNotNow::AtWork).into(),
    ]
    NotNow "409" "The workflow does not stand where that can be done." [
        WorkflowError::NotNow(WorkflowNotNow::AtWork).into(),
        AppendError::PhasePast.into(),
    ]
    Decided "409" "The gate was decided before; `gate` says how." [
        ApiError::decided(&super::examples::decided_gate()),
    ]
    NotPossible "409" "The project's folder or the copy is not in a state in which that can be done." [
        crate::http::worktrees::conflict(
            "The project's folder is not there any more: /home/you/shop. Put it back, or choose another one in the \
             project's settings.".to_owned(),
        ),
    ]
    NotOfGitHub "400" "The body is none of GitHub's, or a header is missing that GitHub sends." [
        crate::http::webhooks::malformed("The body is not what GitHub sends for issues: EOF while parsing.".to_owned()),
    ]
    NotSigned "401" "It is not signed with the secret that this server shares with GitHub." [
        crate::http::webhooks::not_signed(),
    ]
    NotFromThere "403" "It does not come from where webhooks are taken from, or names another host than the server's." [
        crate::http::webhooks::not_from_there(std::net::Ipv4Addr::new(203, 0, 113, 9).into()),
    ]
    TooSlow "408" "The body does not come, or not soon enough." [
        crate::http::webhooks::too_slow(std::time::Duration::from_secs(10)),
    ]
    OtherType "415" "The body is of another type than GitHub sends." [
        crate::http::webhooks::other_type(),
    ]
    NoWebhooks "503" "No webhooks are taken, for there is no secret; or the database does not answer." [
        crate::http::webhooks::no_secret(),
        AppendError::Overloaded.into(),
    ]
    NotUpgraded "400" "The request does not ask for a WebSocket." [
        ApiError::new(StatusCode::BAD_REQUEST, "Not a WebSocket", "WebSocket upgrade is expected"),
    ]
    Away "503" "The database does not answer, or too much is to be done. Ask again after `Retry-After` seconds." [
        ApiError::unavailable(
            "The database is not answering. What is stored is safe; try again in a moment.",
        ),
        AppendError::Overloaded.into(),
    ]
    NotLetIn "401" "The server asks who you are, and the token or the cookie does not say it, or nothing does. `/login` is where a person signs in." [
        Refused::Nothing.into(),
        Refused::NotGood.into(),
    ]
    Forbidden "403" "The request names another host than the server's, or comes from a page of another site; or the token does not reach so far." [
        crate::http::same_site::refused(
            "A page of another site (\"https://example.com\") may not use this server.".to_owned(),
        ),
        crate::http::auth::beyond(Scope::Write),
    ]
    UrlTooLong "414" "The address is longer than anything here." [
        crate::http::limits::url_too_long(20_000),
    ]
    TooMany "429" "Too much is asked, or too many streams are open. Ask again after `Retry-After` seconds." [
        ApiError::too_many(
            std::time::Duration::from_secs(1),
            "You ask more often than this server lets one client. Try again in a moment.",
        ),
    ]
    HeaderTooLarge "431" "The request's header is larger than the server takes." [
        crate::http::limits::header_too_large(50_000),
    ]
    Invalid "422" "Something in the path, the query, the headers or the body is not valid; `errors` names it." [
        ApiError::invalid("name", "a project needs a name"),
    ]
    Unreadable "400" "The request is not readable HTTP." [
        ApiError::new(
            StatusCode::BAD_REQUEST,
            "Not readable",
            "The request could not be read: the connection ended in the middle of its body.",
        ),
    ]
    TooLarge "413" "The body is larger than the server accepts (setting `api.max_body_bytes`)." [
        crate::http::extract::too_large(),
    ]
    Failed "500" "Something went wrong inside the server. Its log says what." [
        ApiError::internal(),
    ]
}

fn problem(when: &str, errors: Vec<ApiError>) -> Response {
    let mut content = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem")));
    let says_when = errors.iter().any(ApiError::says_when);
    for error in errors {
        let value = serde_json::to_value(&error).expect("an error has only string keys");
        // Named by its first words: examples have names and no order.
        let name = error.title().to_lowercase().replace(' ', "_");
        content = content.example_entry(name, error.title(), value);
    }
    let mut response = ResponseBuilder::new()
        .description(when)
        .content("application/problem+json", content.build());
    if says_when {
        let seconds = ObjectBuilder::new()
            .schema_type(Type::Integer)
            .minimum(Some(0));
        let header = HeaderBuilder::new()
            .schema(Some(seconds))
            .description(Some("Seconds after which asking again makes sense."));
        response = response.header("Retry-After", header.build());
    }
    response.build()
}

trait ExampleEntry {
    fn example_entry(self, name: String, summary: &str, value: serde_json::Value) -> Self;
}

impl ExampleEntry for ContentBuilder {
    fn example_entry(self, name: String, summary: &str, value: serde_json::Value) -> Self {
        let example = ExampleBuilder::new().summary(summary).value(Some(value));
        self.examples_from_iter([(name, example.build())])
    }
}
