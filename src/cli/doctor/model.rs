//! Whether the language model answers, where there is one. Away it costs words and not work, so nothing here is broken that
//! the server itself does not refuse.

use std::time::Duration;

use super::report::{Check, Fix};
use crate::{agent::llm::Failure, app, config::Settings, db};

const NAME: &str = "model";

/// How long its service may take: a word comes within seconds.
const ANSWER_WITHIN: Duration = Duration::from_secs(7);

pub(super) async fn check(settings: &Settings) -> Option<Check> {
    let mut settings = settings.clone();
    settings.llm.timeout = settings.llm.timeout.min(ANSWER_WITHIN);
    let model = match app::model(&settings) {
        Ok(model) => model?,
        Err(error) => {
            return Some(
                Check::broken(NAME, db::reason(error.as_ref()))
                    .because("no service is known for a model of this name")
                    .fix(Fix::to("take the usual one").set("PM__LLM__MODEL", ""))
                    .fix(Fix::to("say which service it is").set(
                        "PM__LLM__MODEL",
                        format!("anthropic::{}", settings.llm.model),
                    )),
            );
        }
    };
    let endpoint = settings.llm.endpoint.as_str();
    let place = match endpoint {
        "" => String::new(),
        place => format!(" at {place}"),
    };
    let failure = match model.try_out().await {
        Ok(()) => {
            let found = format!("{}{place} answers", model.name());
            return Some(Check::ok(NAME, found));
        }
        Err(failure) => failure,
    };
    let found = format!(
        "{}{place} does not answer: {failure}; the rules answer in its place",
        model.name()
    );
    Some(mended(Check::warning(NAME, found), failure, endpoint))
}

fn mended(check: Check, failure: Failure, endpoint: &str) -> Check {
    let rules = Fix::to("have the project manager answer by its own rules, without a model");
    let names = ["PM__LLM__API_KEY", "PM__LLM__ENDPOINT", "PM__LLM__MODEL"];
    let rules = names.into_iter().fold(rules, |fix, name| fix.set(name, ""));
    let again = Fix::to("wait a little, and look again").run("pm doctor");
    let asked = match endpoint {
        "" => "https://api.anthropic.com/v1/models".to_owned(),
        place => format!("{}/models", place.trim_end_matches('/')),
    };
    let look = |say: &str| Fix::to(say).run(format!("curl -sS {}", shell_words::quote(&asked)));
    match failure {
        Failure::KeyRefused => check
            .because("the key is mistyped, was revoked, or is one of another service")
            .fix(rules)
            .fix(Fix::to("give it a valid key").set("PM__LLM__API_KEY", "the-valid-key")),
        Failure::Unreachable => check
            .because("nothing listens there, or this machine does not reach it")
            .fix(rules)
            .fix(look("see whether it is there")),
        Failure::Refused(_) | Failure::Nonsense => check
            .because(
                "there is no model of this name, or PM__LLM__ENDPOINT is not where its service is",
            )
            .fix(rules)
            .fix(look(
                "see which models there are, and name one in PM__LLM__MODEL",
            )),
        Failure::Limited => check
            .because("too much was asked of it, or the account's credit is used up")
            .fix(again)
            .fix(rules),
        Failure::TimedOut | Failure::Overloaded | Failure::BrokenOff => check
            .because("its service is busy or broken")
            .fix(again)
            .fix(rules),
    }
}
