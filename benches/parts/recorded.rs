//! What SCAR said when it was recorded, and the changes and activities it becomes: what all parts are measured with.

use std::path::Path;

use anyhow::Context as _;
use project_manager::{
    backends::scar::{list::ListReader, parse},
    clock,
    domain::{
        activity::Activity,
        change::{Change, NewMessage},
        execution::Command,
        id::{ActivityId, ExecutionId, MessageId, TopicId},
        message::{MessageText, Role},
    },
};
use serde_json::Value;

/// A whole command with a real coding agent behind it: talk, tools, and a summary of some paragraphs.
const RECORDING: &str = "tests/data/scar/prime-pm-style.jsonl";

/// The repository the recording is about.
pub(crate) const REPOSITORY: &str = "demo-shop";

/// SCAR's answers to the question what there is of the conversation, in order: each holds the ones before it.
pub(crate) fn answers() -> anyhow::Result<Vec<Vec<u8>>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(RECORDING);
    let text = std::fs::read_to_string(&path)
        .with_context(|| format!("cannot read the recording {}", path.display()))?;
    let mut answers = Vec::new();
    for line in text.lines() {
        let line: Value = serde_json::from_str(line).context("a line of the recording")?;
        if line["kind"] == "messages" {
            let raw = line["raw"]
                .as_str()
                .context("an answer that was recorded")?;
            answers.push(raw.as_bytes().to_vec());
        }
    }
    Ok(answers)
}

/// What was said by the end.
pub(crate) fn messages() -> anyhow::Result<Vec<String>> {
    let answers = answers()?;
    let last = answers.last().context("an answer")?;
    let (mut reader, mut taken) = (ListReader::new(0), Vec::new());
    reader.push(last, &mut taken)?;
    reader.finish()?;
    Ok(taken.into_iter().map(|(_, message)| message.text).collect())
}

/// The steps of an execution that said this, and a message of a person and one of the project manager.
pub(crate) fn changes(execution: ExecutionId) -> anyhow::Result<Vec<Change>> {
    let said = messages()?;
    let steps = (0..)
        .zip(&said)
        .map(|(source_index, message)| Change::StepTaken {
            execution,
            command: Command::Prime,
            source_index,
            step: parse::step(message, REPOSITORY),
        });
    let longest = said.iter().max_by_key(|message| message.len());
    let texts = [
        (
            Role::User,
            "Get to know the code, and tell me what is in it.",
        ),
        (Role::Assistant, longest.context("something that was said")?),
    ];
    let topic = TopicId::new();
    let messages = texts.into_iter().map(|(role, text)| {
        Ok(Change::MessagePosted(NewMessage {
            id: MessageId::new(),
            topic,
            opens_topic: false,
            role,
            text: MessageText::parse(text)?,
            queued: false,
            key: None,
        }))
    });
    steps.map(Ok).chain(messages).collect()
}

/// The activities that tell of these changes, as they are in a log.
pub(crate) fn activities() -> anyhow::Result<Vec<Activity>> {
    let changes = changes(ExecutionId::new())?;
    let entries = changes.iter().filter_map(Change::entry);
    let numbered = (1..).zip(entries).map(|(seq, entry)| Activity {
        id: ActivityId::new(),
        seq,
        timestamp: clock::now(),
        entry,
    });
    Ok(numbered.collect())
}
