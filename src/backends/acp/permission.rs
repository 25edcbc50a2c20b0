//! What a coding agent may do: by its project's setting, or by asking a person.

use std::path::{Path, PathBuf};

use agent_client_protocol::v1::schema::{
    PermissionOption, PermissionOptionKind, ToolCall, ToolCallContent, ToolKind,
};

use super::{
    diff::diff,
    place::real_inside,
    telling::{input, summary},
};
use crate::{
    backends::Question,
    domain::{
        project::Permissions,
        workflow::{GateOption, OptionKind},
    },
};

/// Options a person is offered at most: more do not fit a card.
const OPTIONS_MAX: usize = 8;

/// Bytes of what is shown of it at most.
const DETAIL_BYTES_MAX: usize = 4 * 1024;

/// Where tools keep the path they work on.
const PATH_FIELDS: [&str; 6] = [
    "file_path",
    "path",
    "abs_path",
    "notebook_path",
    "destination",
    "new_path",
];

/// What is to be done about a question of an agent.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// This option is chosen.
    Choose(String),
    /// It is refused, for this reason, with this option, if there is one for it.
    Refuse { option: Option<String>, why: String },
    /// A person is asked.
    Ask(Question),
}

/// What is to be done about the question whether `call` may be made by an agent that works in `root`.
pub(super) fn verdict(
    policy: Permissions,
    call: &ToolCall,
    options: &[PermissionOption],
    root: &Path,
) -> Verdict {
    let paths = paths(call);
    let outside = paths.iter().find(|path| real_inside(root, path).is_none());
    let writes = matches!(
        call.kind,
        ToolKind::Edit | ToolKind::Delete | ToolKind::Move
    );
    if let (true, Some(outside)) = (writes, outside) {
        return Verdict::Refuse {
            option: first(
                options,
                &[
                    PermissionOptionKind::RejectOnce,
                    PermissionOptionKind::RejectAlways,
                ],
            ),
            why: format!(
                "Refused: {} lies outside the coding agent's copy of the project, and it may not write there",
                outside.display()
            ),
        };
    }
    let is_allowed = match policy {
        Permissions::Ask => false,
        Permissions::Reading => reads(call.kind) && outside.is_none(),
        Permissions::Worktree => {
            let works = reads(call.kind)
                || call.kind == ToolKind::Execute
                // A change without a path could be anywhere.
                || (writes && !paths.is_empty());
            works && outside.is_none()
        }
    };
    // Once: what an agent remembers by itself, nobody here could take back.
    let once = first(options, &[PermissionOptionKind::AllowOnce]);
    match once.filter(|_| is_allowed) {
        Some(option) => Verdict::Choose(option),
        None => Verdict::Ask(question(call, options, root)),
    }
}

fn reads(kind: ToolKind) -> bool {
    matches!(kind, ToolKind::Read | ToolKind::Search | ToolKind::Think)
}

fn first(options: &[PermissionOption], kinds: &[PermissionOptionKind]) -> Option<String> {
    kinds.iter().find_map(|kind| {
        let option = options.iter().find(|option| option.kind == *kind)?;
        Some(option.option_id.to_string())
    })
}

/// All paths a use of a tool is about, as far as it tells.
fn paths(call: &ToolCall) -> Vec<PathBuf> {
    let places = call.locations.iter().map(|place| place.path.clone());
    let changed = call.content.iter().filter_map(|content| match content {
        ToolCallContent::Diff(changed) => Some(changed.path.clone()),
        _ => None,
    });
    let raw = call.raw_input.as_ref();
    let named = PATH_FIELDS.iter().filter_map(|field| {
        let path = raw?.get(field)?.as_str()?;
        Some(PathBuf::from(path))
    });
    places.chain(changed).chain(named).collect()
}

fn question(call: &ToolCall, options: &[PermissionOption], root: &Path) -> Question {
    let change = call.content.iter().find_map(|content| match content {
        ToolCallContent::Diff(changed) => {
            Some(diff(changed.old_text.as_deref(), &changed.new_text).text)
        }
        _ => None,
    });
    let mut detail = change.unwrap_or_else(|| input(call, root));
    detail.truncate(detail.floor_char_boundary(DETAIL_BYTES_MAX));
    let known = options.iter().filter_map(|option| {
        let kind = match option.kind {
            PermissionOptionKind::AllowOnce => OptionKind::AllowOnce,
            PermissionOptionKind::AllowAlways => OptionKind::AllowAlways,
            PermissionOptionKind::RejectOnce => OptionKind::RejectOnce,
            PermissionOptionKind::RejectAlways => OptionKind::RejectAlways,
            _ => return None,
        };
        Some(GateOption {
            id: option.option_id.to_string(),
            name: option.name.clone(),
            kind,
        })
    });
    Question {
        what: summary(call, root),
        detail,
        options: known.take(OPTIONS_MAX).collect(),
    }
}

#[cfg(test)]
mod tests {
    use agent_client_protocol::v1::schema::{Diff, ToolCallLocation};
    use serde_json::json;

    use super::*;

    fn options() -> Vec<PermissionOption> {
        vec![
            PermissionOption::new("always", "Always allow", PermissionOptionKind::AllowAlways),
            PermissionOption::new("once", "Allow", PermissionOptionKind::AllowOnce),
            PermissionOption::new("no", "Reject", PermissionOptionKind::RejectOnce),
        ]
    }

    fn call(kind: ToolKind, path: Option<&str>) -> ToolCall {
        let places = path.map(ToolCallLocation::new);
        ToolCall::new("1", "Do it")
            .kind(kind)
            .locations(places.into_iter().collect())
    }

    fn judged(policy: Permissions, call: &ToolCall) -> &'static str {
        let root = std::env::temp_dir().canonicalize().expect("it is there");
        match verdict(policy, call, &options(), &root) {
            Verdict::Choose(option) => {
                assert_eq!(option, "once");
                "allowed"
            }
            Verdict::Refuse { option, .. } => {
                assert_eq!(option.as_deref(), Some("no"));
                "refused"
            }
            Verdict::Ask(question) => {
                assert_eq!(question.options.len(), 3);
                "asked"
            }
        }
    }

    #[test]
    fn each_setting_allows_what_it_says_and_nothing_else() {
        use Permissions::{Ask, Reading, Worktree};
        for (kind, path, ask, reading, worktree) in [
            (ToolKind::Read, Some("a"), "asked", "allowed", "allowed"),
            (ToolKind::Search, None, "asked", "allowed", "allowed"),
            (
                ToolKind::Read,
                Some("/etc/passwd"),
                "asked",
                "asked",
                "asked",
            ),
            (ToolKind::Edit, Some("a"), "asked", "asked", "allowed"),
            (ToolKind::Edit, None, "asked", "asked", "asked"),
            (ToolKind::Delete, Some("a/b"), "asked", "asked", "allowed"),
            (ToolKind::Execute, None, "asked", "asked", "allowed"),
            (ToolKind::Fetch, None, "asked", "asked", "asked"),
            (ToolKind::Other, None, "asked", "asked", "asked"),
            (ToolKind::SwitchMode, None, "asked", "asked", "asked"),
            (
                ToolKind::Edit,
                Some("/etc/hosts"),
                "refused",
                "refused",
                "refused",
            ),
            (
                ToolKind::Move,
                Some("../x"),
                "refused",
                "refused",
                "refused",
            ),
        ] {
            let call = call(kind, path);
            for (policy, expected) in [(Ask, ask), (Reading, reading), (Worktree, worktree)] {
                assert_eq!(
                    judged(policy, &call),
                    expected,
                    "{kind:?} {path:?} {policy:?}"
                );
            }
        }
    }

    #[test]
    fn a_path_is_found_wherever_the_agent_tells_it() {
        let by_diff = call(ToolKind::Edit, None).content(vec![Diff::new("/etc/hosts", "x").into()]);
        assert_eq!(judged(Permissions::Worktree, &by_diff), "refused");
        let by_input = call(ToolKind::Edit, None).raw_input(json!({ "file_path": "/etc/hosts" }));
        assert_eq!(judged(Permissions::Worktree, &by_input), "refused");
    }

    #[test]
    fn without_an_answer_for_once_a_person_is_asked() {
        let only = [PermissionOption::new(
            "always",
            "Always",
            PermissionOptionKind::AllowAlways,
        )];
        let verdict = verdict(
            Permissions::Worktree,
            &call(ToolKind::Execute, None),
            &only,
            Path::new("/"),
        );
        assert!(matches!(verdict, Verdict::Ask(_)), "{verdict:?}");
    }
}
