//! What the project manager says at once. Short, plain, without code: it speaks with people who do not write any.

use crate::domain::execution::{Command, Order};

use super::{Situation, offer::Offer, orders::Work, workflow};

/// Characters of an order that a reply repeats at most; the order itself is never cut.
const REPEATED_CHARS_MAX: usize = 160;

const ASK_LIKE_THIS: &str = "\
- **analyze the codebase**: I look through the project and sum it up\n\
- **run the checks**: I run the project's own tests\n\
- **plan** and then what you want: a plan is written, nothing is built\n\
- **implement** or **build** and then what you want: it is planned, built and checked\n\
- **fix issue 12**: the same, for an issue of yours\n\
- **what did you do?**: I tell what was done last\n\
- **start the workflow**: we write down what you want, and then go step by step, with your yes in between\n\
- **try again**: what failed or was stopped is done once more\n\
- **stop**: I end what is running";

const NO_FOLDER: &str = "This project has no folder, so nothing can run in it: open its settings with the gear beside \
    its name and give it the folder with its code.";

pub(super) fn help(situation: &Situation<'_>) -> String {
    let folder = if situation.has_workspace {
        String::new()
    } else {
        format!("\n\n{NO_FOLDER}")
    };
    format!(
        "I talk your goal through with you and have the work done when you say so. You can write, for example:\n\n\
         {ASK_LIKE_THIS}\n\nYou can follow each step under Activity while it happens.{folder}"
    )
}

pub(super) fn greeting(situation: &Situation<'_>) -> String {
    let next = if situation.is_busy() {
        status(situation)
    } else if situation.has_workspace {
        "To begin, write **analyze the codebase** and I'll look through it for you, or tell me what you have in mind. \
         **help** shows everything you can ask."
            .to_owned()
    } else {
        format!(
            "{NO_FOLDER} Until then, tell me what you have in mind, or write **help** to see what you can ask."
        )
    };
    format!(
        "Hello! I'm the project manager of **{}**. {next}",
        plain(situation.project_name)
    )
}

pub(super) fn thanks() -> String {
    "You're welcome. Tell me when there is something else to do.".to_owned()
}

pub(super) fn new_topic() -> String {
    "This is a new topic. What was said before is kept, I just don't refer to it any more. What would you like to do?".to_owned()
}

pub(super) fn status(situation: &Situation<'_>) -> String {
    let work = work(situation);
    match workflow::standing(situation.workflow) {
        Some(standing) => format!("{work}\n\n{standing}"),
        None => work,
    }
}

fn work(situation: &Situation<'_>) -> String {
    let waiting = match situation.queued {
        0 => String::new(),
        1 => " One more is waiting for its turn.".to_owned(),
        many => format!(" {many} more are waiting for their turn."),
    };
    match situation.running {
        Some(command) => format!(
            "Right now I'm {}.{waiting} You can follow each step under Activity; write **stop** to end it.",
            doing(command)
        ),
        None if situation.queued > 0 => format!(
            "Nothing of this project is running right now.{} It starts as soon as there is room; write **stop** to drop it.",
            waiting
                .replace("One more is", "One command is")
                .replace("more are", "commands are")
        ),
        None => "Nothing is running right now. Write **help** to see what you can ask.".to_owned(),
    }
}

pub(super) fn stopping(situation: &Situation<'_>) -> String {
    match situation.running {
        Some(command) => format!(
            "I'm stopping: no more {}. Nothing that was to follow will start.",
            doing(command)
        ),
        None => "I dropped what was waiting. Nothing will start.".to_owned(),
    }
}

pub(super) fn nothing_to_stop() -> String {
    "Nothing is running now.".to_owned()
}

/// The answer a stop has cut off: what there was of it, and that it is no whole one.
pub fn stopped(written: &str, was_ordered: bool) -> String {
    match (written.trim_end(), was_ordered) {
        (_, true) => {
            "I stopped before I had begun with that, as you asked. Nothing was started.".to_owned()
        }
        ("", false) => "I stopped before I had an answer, as you asked.".to_owned(),
        (written, false) => format!("{written} …\n\n*I stopped here, as you asked.*"),
    }
}

/// Characters of a message that is named by its beginning: a line in the chat.
const NAMED_CHARS_MAX: usize = 80;

/// What is said of a message that had no answer before a stop. That comes after others, so it says which it is.
pub fn left_at_stop(message: &str) -> String {
    let line = message.trim().lines().next().unwrap_or_default();
    let mut named: String = line.chars().take(NAMED_CHARS_MAX).collect();
    if named.len() < message.trim().len() {
        named = format!("{}…", named.trim_end());
    }
    format!(
        "> {named}\n\nYou said stop before I had answered this, so I left it. Send it again if you still want it."
    )
}

pub(super) fn no(situation: &Situation<'_>) -> String {
    match situation.running {
        Some(command) => format!(
            "All right, I won't start anything else. I'm still {}; write **stop** to end that.",
            doing(command)
        ),
        None if situation.queued > 0 => {
            "All right, I won't start anything else. Something is still waiting for its turn; write **stop** to drop it.".to_owned()
        }
        None => "All right, I won't start anything. Tell me when you want to go on, or what you'd like instead.".to_owned(),
    }
}

pub(super) fn yes_to_what(situation: &Situation<'_>) -> String {
    if situation.is_busy() {
        return format!("I haven't asked anything just now. {}", status(situation));
    }
    "What would you like me to go ahead with? I haven't asked anything just now. You could write **analyze the codebase**, \
     **run the checks**, or **plan** and then what you want."
        .to_owned()
}

pub(super) fn what(work: Work) -> String {
    match work {
        Work::Plan => "What should I plan? Write it after the word, for example: **plan a page where people can sign in**.",
        Work::Implement => "What should I implement? Write it after the word, for example: **implement a dark mode**.",
        Work::Build => "What should I build? Write it after the word, for example: **build a page that lists all orders**.",
        Work::Fix => "What should I fix? Name the issue or describe what is wrong, for example: **fix issue 12**, or **fix the \
            total on the invoice, it leaves out the tax**.",
    }
    .to_owned()
}

/// Something that was wished for, with the question whether to begin.
pub(super) fn offer(offer: Offer, wish: &str, situation: &Situation<'_>) -> String {
    let folder = if situation.has_workspace {
        String::new()
    } else {
        format!("{NO_FOLDER}\n\n")
    };
    if matches!(
        offer,
        Offer::Look | Offer::Check | Offer::Build | Offer::Vision
    ) {
        return format!("{folder}{}", offer.question());
    }
    let Some(question) = offer.words(wish) else {
        return "That is a lot at once, so I'd rather not guess what to do with it. If it is to be planned, send it again with \
                **plan** as its first word; if it is to be built, with **implement**."
            .to_owned();
    };
    let first = match offer {
        Offer::Plan => {
            "That sounds worth a plan. A plan changes nothing yet; you can read it and then decide."
        }
        _ => "I understand that you want this:",
    };
    format!("{folder}{first}\n\n{question}")
}

pub(super) fn unknown(situation: &Situation<'_>) -> String {
    let busy = if situation.is_busy() {
        format!("{}\n\n", status(situation))
    } else {
        String::new()
    };
    let folder = if situation.has_workspace {
        String::new()
    } else {
        format!("\n\n{NO_FOLDER}")
    };
    format!(
        "{busy}I'm not sure what you'd like me to do, so I haven't started anything. I understand requests such as these:\n\n\
         {ASK_LIKE_THIS}{folder}"
    )
}

/// What is about to happen.
pub(super) fn starting(orders: &[Order], situation: &Situation<'_>) -> String {
    // It is tried, and fails in words; a promise would be taken back with the next message.
    if !situation.has_workspace {
        return NO_FOLDER.to_owned();
    }
    match orders {
        [only] => format!("{} You can follow each step under Activity.", promise(only)),
        several => {
            let steps: Vec<_> = several
                .iter()
                .zip(1..)
                .map(|(order, number)| format!("{number}. {}", step(order)))
                .collect();
            format!(
                "I'll do this step by step, each one only when the one before it went well:\n\n{}\n\nYou can follow along \
                 under Activity; write **stop** to end it.",
                steps.join("\n")
            )
        }
    }
}

fn promise(order: &Order) -> String {
    match order.command {
        Command::Prime => {
            "I'm having a look at the codebase now and will sum up what I find.".to_owned()
        }
        Command::PlanFeatureGithub | Command::PlanFeature => format!(
            "I'm having a plan written for: {}. Nothing gets built before you say so.",
            repeated(&order.args)
        ),
        Command::ExecuteGithub | Command::Execute => {
            "I'm having the newest plan carried out.".to_owned()
        }
        Command::Validate => "I'm running the project's checks now.".to_owned(),
    }
}

/// One step of a sequence, as a line of a list.
pub(super) fn step(order: &Order) -> String {
    match order.command {
        Command::Prime => "look through the codebase".to_owned(),
        Command::PlanFeatureGithub | Command::PlanFeature if order.args.is_empty() => {
            "write a plan".to_owned()
        }
        Command::PlanFeatureGithub | Command::PlanFeature => {
            format!("write a plan for: {}", repeated(&order.args))
        }
        Command::ExecuteGithub | Command::Execute => "build what the plan says".to_owned(),
        Command::Validate => "run the checks".to_owned(),
    }
}

/// What is going on while a command runs: "I'm …".
pub(super) fn doing(command: Command) -> &'static str {
    match command {
        Command::Prime => "looking through the codebase",
        Command::PlanFeatureGithub | Command::PlanFeature => "having a plan written",
        Command::ExecuteGithub | Command::Execute => "having the plan carried out",
        Command::Validate => "running the checks",
    }
}

/// What was ordered, on one line and not too long.
fn repeated(args: &str) -> String {
    let line = args.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= REPEATED_CHARS_MAX {
        return plain(&line);
    }
    let cut: String = line.chars().take(REPEATED_CHARS_MAX).collect();
    format!("{}…", plain(cut.trim_end_matches([' ', '.'])))
}

/// A person's words inside a line of Markdown, shown as they are.
pub(super) fn plain(text: &str) -> String {
    text.chars()
        .flat_map(|character| {
            let special = matches!(
                character,
                '*' | '_' | '`' | '[' | ']' | '<' | '>' | '\\' | '#'
            );
            special.then_some('\\').into_iter().chain([character])
        })
        .collect()
}
