//! What a notification says.

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::{Delivery, Kind};
use crate::domain::{
    activity::{Activity, millis},
    id::ProjectId,
    text::shortened,
};

/// Bytes of a message or a detail that are sent along: a page. The link leads to all of it.
const TEXT_BYTES_MAX: usize = 8 << 10;

/// Characters of the sentence for people: what fits in a line or two of a chat.
const SAYS_CHARS_MAX: usize = 300;

/// The body of a notification.
#[derive(Debug, Serialize)]
pub struct Body<'a> {
    /// What sort of thing it tells.
    #[serde(rename = "type")]
    kind: Kind,
    /// When that happened.
    #[serde(serialize_with = "millis")]
    timestamp: DateTime<Utc>,
    /// It in a sentence, with the link: what services for chats show.
    text: String,
    /// It for programs.
    data: Told<'a>,
}

/// What is told for programs.
#[derive(Debug, Serialize)]
struct Told<'a> {
    /// In which project; none in a test.
    #[serde(skip_serializing_if = "Option::is_none")]
    project: Option<InProject<'a>>,
    /// What happened, as the API shows it; none in a test.
    #[serde(skip_serializing_if = "Option::is_none")]
    activity: Option<&'a Activity>,
    /// Where to look at it.
    link: String,
}

#[derive(Debug, Serialize)]
struct InProject<'a> {
    id: ProjectId,
    name: &'a str,
}

impl Delivery {
    /// What is sent; `server` is where people find the server.
    pub fn body(&self, server: &str) -> Body<'_> {
        let link = format!("{server}/#/p/{}/a/{}", self.project, self.activity.seq);
        let says = in_a_line(&self.activity.entry.message);
        let name = in_a_line(&self.project_name);
        Body {
            kind: self.kind,
            timestamp: self.activity.timestamp,
            text: format!("{name}: {says} {link}"),
            data: Told {
                project: Some(InProject {
                    id: self.project,
                    name: &self.project_name,
                }),
                activity: Some(&self.activity),
                link,
            },
        }
    }
}

/// What is sent to see whether it arrives.
pub fn test(at: DateTime<Utc>, server: &str) -> Body<'static> {
    let link = format!("{server}/#/server");
    Body {
        kind: Kind::Test,
        timestamp: at,
        text: format!("A test: notifications of Project Manager arrive here. {link}"),
        data: Told {
            project: None,
            activity: None,
            link,
        },
    }
}

/// An activity as it is sent: its texts no longer than anybody reads in a notification.
pub fn shortly(mut activity: Activity) -> Activity {
    let entry = &mut activity.entry;
    entry.message = shortened(std::mem::take(&mut entry.message), TEXT_BYTES_MAX);
    entry.detail = entry
        .detail
        .take()
        .map(|detail| shortened(detail, TEXT_BYTES_MAX));
    activity
}

/// Words as a line of a chat. Not what a service for chats takes for more than words, because a coding agent's may be among
/// them: in angle brackets Slack has links with a text of somebody's choice, and calls everybody (`<!channel>`); others, such as
/// Mattermost, call whoever stands after an `@`, and have such links as Markdown, `[text](address)`.
fn in_a_line(text: &str) -> String {
    let mut line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if let Some((end, _)) = line.char_indices().nth(SAYS_CHARS_MAX) {
        line.truncate(end);
        line.push('…');
    }
    for (special, plain) in [("<", "‹"), (">", "›"), ("@", "＠"), ("](", "] (")] {
        line = line.replace(special, plain);
    }
    line
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use serde_json::{json, to_value};

    use super::*;
    use crate::domain::{
        activity::{Entry, Kind as ActivityKind, Source},
        id::ActivityId,
    };

    fn delivery(message: &str) -> Delivery {
        Delivery {
            id: ActivityId::new(),
            kind: Kind::CommandFailed,
            project: ProjectId::new(),
            project_name: "Shop".to_owned(),
            activity: Activity {
                id: ActivityId::new(),
                seq: 7,
                timestamp: DateTime::UNIX_EPOCH,
                entry: Entry::new(Source::Scar, ActivityKind::Status, message),
            },
            since: DateTime::UNIX_EPOCH,
            attempts: 0,
            next_at: DateTime::UNIX_EPOCH,
        }
    }

    #[test]
    fn it_says_what_happened_for_people_and_for_programs_and_where_to_look() {
        let delivery = delivery("validate failed:\n two tests");
        let body = to_value(delivery.body("https://pm.example.com")).expect("JSON");
        let link = format!("https://pm.example.com/#/p/{}/a/7", delivery.project);
        assert_eq!(body["type"], "command.failed");
        assert_eq!(body["timestamp"], "1970-01-01T00:00:00.000Z");
        assert_eq!(
            body["text"],
            format!("Shop: validate failed: two tests {link}")
        );
        assert_eq!(
            body["data"]["project"],
            json!({ "id": delivery.project, "name": "Shop" })
        );
        assert_eq!(
            body["data"]["activity"],
            to_value(&delivery.activity).expect("JSON")
        );
        assert_eq!(body["data"]["link"], link);
    }

    #[test]
    fn a_line_for_a_chat_is_short_and_calls_nobody() {
        let long = delivery(&format!(
            "<!channel> look <http://x|here> @all [or here](http://x) {}",
            "é".repeat(900)
        ));
        let text = long.body("http://pm").text;
        assert!(
            text.starts_with("Shop: ‹!channel› look ‹http://x|here› ＠all [or here] (http://x) é")
        );
        assert!(!text.contains(['<', '>', '@']));
        assert!(text.chars().count() < SAYS_CHARS_MAX + 100, "{text}");
    }

    #[test]
    fn long_texts_are_cut() {
        let mut long = delivery(&"x".repeat(100_000)).activity;
        long.entry.detail = Some("y".repeat(100_000));
        let entry = shortly(long).entry;
        assert!(entry.message.len() < TEXT_BYTES_MAX + 100);
        assert!(
            entry
                .detail
                .expect("a detail")
                .ends_with("were not stored)")
        );
    }
}
