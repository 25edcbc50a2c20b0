//! Commands as SCAR reads them.

use std::path::Path;

use crate::domain::execution::Order;

/// `/repo NAME`: the repository the commands after it work on.
pub fn repository_command(name: &str) -> String {
    format!("/repo {}", argument(name))
}

/// `/command-invoke COMMAND [ARGUMENTS]`.
pub fn command_line(order: &Order) -> String {
    let (command, args) = (order.command.as_str(), order.args.trim());
    if args.is_empty() {
        format!("/command-invoke {command}")
    } else {
        format!("/command-invoke {command} {}", argument(args))
    }
}

/// The repository of a project, as SCAR is likely to know it: the last part of its address, else the name of its folder,
/// else its own.
pub fn repository_name(address: Option<&str>, folder: Option<&Path>, project: &str) -> String {
    let from_address = address.and_then(|address| {
        let last = address.trim_end_matches('/').rsplit(['/', ':']).next()?;
        Some(last.strip_suffix(".git").unwrap_or(last)).filter(|name| !name.is_empty())
    });
    let from_folder = || folder?.file_name()?.to_str();
    from_address
        .or_else(from_folder)
        .unwrap_or(project)
        .to_owned()
}

/// One argument. SCAR takes what stands between double quotes as one and knows no escape, so a double quote inside is
/// written as the typographic one: for the agent that reads it, it means the same.
fn argument(text: &str) -> String {
    let is_plain = |c: char| !c.is_whitespace() && !matches!(c, '"' | '\'');
    if text.chars().all(is_plain) && !text.is_empty() {
        return text.to_owned();
    }
    let mut opens = true;
    let inside: String = text
        .chars()
        .map(|c| match c {
            '"' => {
                opens = !opens;
                if opens { '”' } else { '“' }
            }
            other => other,
        })
        .collect();
    format!("\"{inside}\"")
}
