//! What a window shows of a message while it is written.

use serde_json::{Value, json};

use super::frames::Outgoing;
use crate::feed::Draft;

/// How much of a draft a window was sent.
#[derive(Default)]
pub(super) struct Shown(Option<Sent>);

struct Sent {
    of: Draft,
    bytes: usize,
}

impl Shown {
    /// What to send so that the window shows `draft`, or that nobody writes.
    pub(super) fn news(&mut self, draft: Option<Draft>) -> Vec<Outgoing<Value>> {
        let Some(draft) = draft else {
            let over = self.0.take().map(|sent| typing(&sent.of, false));
            return over.into_iter().collect();
        };
        let mut news = Vec::new();
        let is_same = self.0.as_ref().is_some_and(|sent| sent.of.id == draft.id);
        if !is_same {
            news.push(typing(&draft, true));
        }
        let goes_on = is_same
            && self
                .0
                .as_ref()
                .is_some_and(|sent| sent.of.beginning == draft.beginning);
        let from = match &self.0 {
            Some(sent) if goes_on => sent.bytes,
            _ => 0,
        };
        let begins_again = is_same && !goes_on;
        if begins_again || from < draft.text.len() {
            let text = &draft.text[from..];
            let mut data = json!({ "id": draft.id, "text": text });
            if begins_again {
                // What was sent before does not count.
                data["restart"] = Value::Bool(true);
            }
            news.push(Outgoing::new("chat_delta", data));
        }
        let bytes = draft.text.len();
        self.0 = Some(Sent { of: draft, bytes });
        news
    }
}

fn typing(draft: &Draft, active: bool) -> Outgoing<Value> {
    Outgoing::new("typing", json!({ "id": draft.id, "active": active }))
}
