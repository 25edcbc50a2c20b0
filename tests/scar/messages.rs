//! SCAR's messages and what becomes of them: nothing is lost, and nothing is understood that is not meant.

use project_manager::{
    backends::scar::{
        parse::step,
        quote::{command_line, repository_command, repository_name},
        verdict::{Verdict, repository_answer},
    },
    domain::{
        activity::Kind,
        change::Change,
        execution::{Command, ErrorCode, Order, Outcome},
        id::ExecutionId,
        step::{PlanState, Step},
    },
};
use serde_json::Value;

use crate::support::{Chance, scar::recordings};

/// The message an activity was made from.
pub(super) fn rebuilt(activity: &Value) -> String {
    let text = |key: &str| activity[key].as_str().expect("a text").to_owned();
    let (name, before) = match activity["tool"].as_str() {
        None => return text("message"),
        Some("Bash") => ("BASH", ""),
        Some("Read") => ("READ", ""),
        Some("Search") => ("GREP", ""),
        Some("List") => ("GLOB", ""),
        Some("Write") => ("WRITE", "Writing: "),
        Some("Edit") => ("EDIT", "Editing: "),
        Some("Plan") => ("TODOWRITE", ""),
        Some(other) => (other, ""),
    };
    format!("🔧 {name}\n{before}{}", text("detail"))
}

fn activity(message: &str) -> Value {
    let change = Change::StepTaken {
        execution: ExecutionId::new(),
        command: Command::Prime,
        source_index: 0,
        step: step(message, "demo-shop"),
    };
    serde_json::to_value(change.entry().expect("a step is told")).expect("it is JSON")
}

#[test]
fn each_tool_is_told_in_plain_words() {
    for (message, kind, words) in [
        ("🔧 BASH\nnpm test", Kind::Tool, "Run npm test"),
        (
            "🔧 READ\nReading: /workspace/demo-shop/src/cart.js",
            Kind::Tool,
            "Read src/cart.js",
        ),
        (
            "🔧 READ\nReading: /etc/hosts",
            Kind::Tool,
            "Read /etc/hosts",
        ),
        ("🔧 GREP\nSearching: total", Kind::Tool, "Search for total"),
        (
            "🔧 GLOB\nPattern: **/*.md",
            Kind::Tool,
            "List files like **/*.md",
        ),
        (
            "🔧 WRITE\nWriting: /workspace/demo-shop/a.md",
            Kind::FileChange,
            "Wrote a.md",
        ),
        (
            "🔧 EDIT\nEditing: /workspace/demo-shop/README.md",
            Kind::FileChange,
            "Edited README.md",
        ),
        ("🔧 BASH\ncd a\nmake", Kind::Tool, "Run cd a …"),
        (
            "🔧 MCP: github list_issues\n{}",
            Kind::Tool,
            "Used MCP: github list_issues",
        ),
        (
            "🔧 TODOWRITE\n{\"todos\":[]}",
            Kind::Plan,
            "Updated the plan",
        ),
    ] {
        let entry = activity(message);
        let kind: &str = kind.into();
        assert_eq!(
            (entry["kind"].as_str(), entry["message"].as_str()),
            (Some(kind), Some(words)),
            "{message}"
        );
    }
}

#[test]
fn a_todo_list_is_a_plan_as_far_as_it_was_not_cut() {
    let cut = "🔧 TODOWRITE\n{\"todos\":[{\"content\":\"Add discount()\",\"status\":\"in_progress\",\"activeForm\":\"Addin...";
    let Step::Plan { items, summary, .. } = step(cut, "demo-shop") else {
        panic!("a plan");
    };
    assert_eq!(summary, "Plan: Add discount()");
    assert_eq!(items.len(), 1);
    assert_eq!(
        (items[0].text.as_str(), items[0].state),
        ("Add discount()", PlanState::Doing)
    );
    let cut_early = "🔧 TODOWRITE\n{\"todos\":[{\"content\":\"A long one that does not e...";
    let Step::Plan { items, .. } = step(cut_early, "demo-shop") else {
        panic!("a plan");
    };
    assert_eq!(items, [], "what is not whole is not guessed");
}

#[test]
fn whatever_is_said_can_be_read_back_byte_for_byte() {
    let mut chance = Chance::new();
    let pieces = [
        "🔧 ",
        "BASH",
        "READ",
        "EDIT",
        "TODOWRITE",
        "Bash",
        "Plan",
        "\n",
        "\r\n",
        "Reading: ",
        "Editing: ",
        "{\"todos\":[",
        "/workspace/demo-shop/",
        "⚠️ ",
        "…",
        "🚀",
        " ",
        "\t",
        "x",
        "...",
        "\u{2028}",
        "",
        "MCP: a b",
    ];
    for _ in 0..20_000 {
        let message: String = (0..chance.below(7))
            .map(|_| pieces[chance.below(pieces.len())])
            .collect();
        assert_eq!(rebuilt(&activity(&message)), message, "{message:?}");
    }
    for recording in recordings() {
        for (_, message) in recording.messages {
            let kept = message.replace('\0', "\u{2400}");
            assert_eq!(rebuilt(&activity(&message)).replace('\0', "\u{2400}"), kept);
        }
    }
}

fn judged(messages: &[&str]) -> Outcome {
    let mut verdict = Verdict::default();
    for message in messages {
        verdict.take(message);
    }
    verdict.outcome()
}

fn failure(messages: &[&str]) -> Option<ErrorCode> {
    match judged(messages) {
        Outcome::Failed { code, .. } => Some(code),
        _ => None,
    }
}

#[test]
fn every_refusal_of_scar_is_recognised_when_it_is_all_that_was_said() {
    for words in [
        "Unknown command: /x\n\nType /help for available commands or /templates for command templates.",
        "Command 'missing' not found. Use /commands to see available.",
        "Failed to read command file: ENOENT: no such file or directory, open '/workspace/x.md'",
        "Usage: /command-invoke <name> [args...]",
        "No codebase configured. Use /clone for a new repo or /repos to list your current repos you can switch to.",
        "Codebase not found.",
    ] {
        assert_eq!(failure(&[words]), Some(ErrorCode::ScarRejected), "{words}");
        assert_eq!(failure(&["Let me see.", words]), None, "{words}");
    }
    assert_eq!(
        repository_answer("Repository not found: X\n\nUse /repos to see available repositories."),
        Err("Repository not found: X\n\nUse /repos to see available repositories.".to_owned())
    );
    assert_eq!(
        repository_answer("Switched to: demo-shop\n✓ Loaded 18 commands"),
        Ok(())
    );
}

#[test]
fn every_sign_of_a_failed_run_is_recognised_as_the_last_message() {
    for sign in [
        "⚠️ Error: Claude Code process exited with code 1. Try /reset if issue persists.",
        "⚠️ AI rate limit reached. Please wait a moment and try again.",
        "⚠️ AI service authentication error. Please check configuration.",
        "⚠️ Request timed out. The AI service may be slow. Try again or use /reset.",
        "⚠️ Database connection issue. Please try again in a moment.",
        "⚠️ Session error. Use /reset to start a fresh session.",
        "⚠️ AI error: overloaded. Try /reset if issue persists.",
        "⚠️ An unexpected error occurred. Try /reset to start a fresh session.",
        "❌ Task exceeded maximum tool call limit (200). Stopped.",
    ] {
        assert_eq!(failure(&[sign]), Some(ErrorCode::AgentError), "{sign}");
        assert_eq!(
            failure(&["Working.", "🔧 BASH\nls", sign]),
            Some(ErrorCode::AgentError)
        );
        assert_eq!(
            failure(&[sign, "Quick answer."]),
            None,
            "{sign} and then an answer"
        );
    }
    assert_eq!(
        failure(&["Working.", "❌ Task timed out after 20 minutes."]),
        Some(ErrorCode::TimedOut)
    );
    let own = judged(&[
        "API Error: 529 {\"type\":\"error\"}",
        "⚠️ Error: Claude Code process exited with code 1. Try /reset if issue persists.",
    ]);
    let Outcome::Failed { error, .. } = own else {
        panic!("a failure");
    };
    assert!(
        error.starts_with("API Error: 529"),
        "the agent's own words come first: {error}"
    );
    assert!(error.contains("exited with code 1"), "{error}");
}

#[test]
fn a_text_that_merely_looks_alarming_is_no_failure() {
    for text in [
        "⚠️ Error: is what the log says, so I looked into it.",
        "⚠️ Careful: this deletes data.",
        "All done. ⚠️ Error: x. Try /reset if issue persists.",
        "I ran it and got\n⚠️ Session error. Use /reset to start a fresh session.",
        "❌ 2 tests failed",
        "Codebase not found. I will look for it.",
    ] {
        assert_eq!(failure(&[text]), None, "{text}");
    }
}

#[test]
fn what_the_agent_said_last_is_the_outcome() {
    let outcome = judged(&["First.", "🔧 BASH\nls", "It is", "done."]);
    assert_eq!(
        outcome,
        Outcome::Completed {
            output: "It is\n\ndone.".to_owned()
        }
    );
    assert_eq!(
        judged(&[]),
        Outcome::Completed {
            output: String::new()
        }
    );
    let long = "ä".repeat(100_000);
    let Outcome::Completed { output } = judged(&[&long, "more"]) else {
        panic!("completed");
    };
    assert!(
        output.len() < 70_000 && output.ends_with("activity pane.)"),
        "{}",
        output.len()
    );
}

#[test]
fn arguments_are_quoted_as_scar_reads_them() {
    let line = |args: &str| {
        command_line(&Order {
            command: Command::PlanFeatureGithub,
            args: args.to_owned(),
        })
    };
    assert_eq!(line(""), "/command-invoke plan-feature-github");
    assert_eq!(
        line(".agents/plans/a.md"),
        "/command-invoke plan-feature-github .agents/plans/a.md"
    );
    assert_eq!(
        line("discount codes"),
        "/command-invoke plan-feature-github \"discount codes\""
    );
    assert_eq!(
        line("a \"big\" sale"),
        "/command-invoke plan-feature-github \"a “big” sale\""
    );
    assert_eq!(
        line("two\nlines"),
        "/command-invoke plan-feature-github \"two\nlines\""
    );
    assert_eq!(repository_command("demo-shop"), "/repo demo-shop");
    assert_eq!(repository_command("My Shop"), "/repo \"My Shop\"");
}

#[test]
fn the_repository_is_named_by_its_address_else_its_folder_else_its_project() {
    let folder = std::path::Path::new("/projects/shop-checkout");
    for (address, folder, name) in [
        (
            Some("https://github.com/acme/demo-shop"),
            Some(folder),
            "demo-shop",
        ),
        (
            Some("https://github.com/acme/demo-shop.git"),
            None,
            "demo-shop",
        ),
        (
            Some("https://github.com/acme/demo-shop/"),
            None,
            "demo-shop",
        ),
        (Some("git@github.com:acme/demo-shop.git"), None, "demo-shop"),
        (None, Some(folder), "shop-checkout"),
        (None, None, "Shop"),
    ] {
        assert_eq!(repository_name(address, folder, "Shop"), name);
    }
}
