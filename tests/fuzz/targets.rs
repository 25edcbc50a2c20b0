//! What is tried with bytes nobody thought of: a function for each reader of foreign text. Each takes any bytes, and panics
//! where something does not hold.

use project_manager::{
    agent::{self, Decision, Situation},
    backends::scar::{
        list::{ListError, ListReader, Message},
        parse, quote,
        verdict::Verdict,
    },
    domain::{
        activity::{Activity, Entry, Kind, Source, Verbosity},
        execution::{Command, Order},
        github::{
            answer::{comment, mark},
            event::{self, Said, What},
            mention::{said_to_us, without_place},
        },
        id::{ActivityId, MessageId, ProjectId},
        notification::{Delivery, Kind as Told, SigningKey},
        redaction::Secrets,
        workflow::Workflow,
    },
    feed::{self, Feed, Read},
};

/// A name, and what is tried. The name is that of its folder in `tests/data/fuzz`.
pub type Target = (&'static str, fn(&[u8]));

/// All of them.
pub const TARGETS: [Target; 6] = [
    ("scar", scar),
    ("rules", rules),
    ("cursor", cursor),
    ("redaction", redaction),
    ("webhook", webhook),
    ("github", github),
];

/// SCAR's list of messages, and what is made of a message.
pub fn scar(bytes: &[u8]) {
    let whole = listed(bytes, bytes.len()).ok();
    for pieces in [1, 2, 3, 7, 64] {
        let parted = listed(bytes, pieces).ok();
        assert_eq!(parted, whole, "it depends on how it arrives");
    }
    if let Some(expected) = document(bytes) {
        assert_eq!(whole.expect("a good document is taken"), expected);
    }
    let text = String::from_utf8_lossy(bytes);
    let mut verdict = Verdict::default();
    for line in text.split("\n\n") {
        let step = parse::step(line, "shop");
        assert_eq!(step, parse::step(line, "shop"));
        verdict.take(line);
    }
    let _ = verdict.outcome();
    let order = Order {
        command: Command::PlanFeatureGithub,
        args: text.into_owned(),
    };
    let line = quote::command_line(&order);
    assert!(
        line.starts_with("/command-invoke plan-feature-github"),
        "{line:?}"
    );
}

/// The messages of a document that is read as a whole, as SCAR writes one: not all that can be read as one is.
fn document(bytes: &[u8]) -> Option<Vec<(usize, Message)>> {
    #[derive(serde::Deserialize)]
    struct Document {
        messages: Vec<Message>,
    }
    let document: Document = serde_json::from_slice(bytes).ok()?;
    let value: serde_json::Value = serde_json::from_slice(bytes).ok()?;
    let is_written_out = |key: &[u8]| bytes.windows(key.len()).any(|part| part == key);
    let entries = value.as_object()?.get("messages")?.as_array()?;
    (is_written_out(b"\"messages\"") && entries.iter().all(serde_json::Value::is_object))
        .then(|| document.messages.into_iter().enumerate().collect())
}

/// The messages of a list that arrives in pieces of so many bytes.
fn listed(bytes: &[u8], pieces: usize) -> Result<Vec<(usize, Message)>, ListError> {
    let (mut reader, mut taken) = (ListReader::new(0), Vec::new());
    for piece in bytes.chunks(pieces.max(1)) {
        reader.push(piece, &mut taken)?;
    }
    let count = reader.finish()?;
    assert_eq!(count, taken.len());
    Ok(taken)
}

/// What the rules make of a message.
pub fn rules(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let (text, previous) = text.split_once('\n').unwrap_or((&text, ""));
    for previous_reply in [None, Some(previous)] {
        let situation = Situation {
            text,
            project_name: "Shop",
            has_workspace: true,
            running: None,
            queued: 0,
            previous_reply,
            last: None,
            said: &[],
            workflow: Workflow::default(),
            has_vision: false,
        };
        let decision = agent::decide(&situation);
        assert_eq!(decision, agent::decide(&situation), "it decides by chance");
        if let Decision::Run { orders, .. } = decision {
            assert!(!orders.is_empty(), "nothing is run");
            assert!(
                text.chars().any(|c| !c.is_whitespace()),
                "nothing was said, and {orders:?} is run"
            );
        }
        let _ = (
            agent::says_stop(text),
            agent::leaves_topic(text),
            agent::harmless_in(text),
            agent::wants_vision(text, previous_reply),
        );
    }
}

/// What happens to one feed at most: some ten thousand activities.
const OPERATIONS_MAX: usize = 512;

/// A client's cursor, and what the feed hands out for it.
pub fn cursor(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    if let Some(seq) = feed::cursor(&text) {
        assert!(seq >= 0);
        assert_eq!(feed::cursor(&seq.to_string()), Some(seq));
    }
    let (feed, project) = (Feed::default(), ProjectId::new());
    let (mut head, mut published) = (0, 0);
    let mut watcher = feed.watch(project, 0, Verbosity::Full);
    let mut seen = 0;
    for byte in bytes.iter().take(OPERATIONS_MAX) {
        let amount = i64::from(byte >> 2);
        match byte & 3 {
            // Stored here and published.
            0 => {
                let news = (head + 1..=head + amount).map(activity).collect();
                head += amount;
                if amount > 0 {
                    published = head;
                }
                feed.publish(project, news);
            }
            // Stored elsewhere, and known here by word alone, if at all.
            1 => {
                head += amount;
                if amount % 2 == 1 {
                    feed.look(project);
                }
            }
            // Somebody comes back with a cursor.
            2 => {
                seen = amount.min(head);
                watcher = feed.watch(project, seen, Verbosity::Full);
            }
            _ => match watcher.read() {
                Read::New(frames) => {
                    assert!(!frames.is_empty(), "something is there, and nothing is");
                    for frame in frames {
                        assert_eq!(frame.seq(), seen + 1, "a hole, or the same twice");
                        seen = frame.seq();
                    }
                    watcher.advance(seen);
                }
                // All of it is read from the log.
                Read::Behind => {
                    seen = head;
                    watcher.advance(seen);
                }
                Read::UpToDate => assert!(seen >= published, "whoever watches waits for ever"),
                Read::Ended => panic!("nobody ended it"),
            },
        }
    }
    assert!(seen <= head, "more than there is");
}

fn activity(seq: i64) -> Activity {
    Activity {
        id: ActivityId::new(),
        seq,
        timestamp: project_manager::clock::now(),
        entry: Entry::new(Source::Pm, Kind::System, "news"),
    }
}

/// What is cut out of a text that may hold secrets.
pub fn redaction(bytes: &[u8]) {
    const KNOWN: &str = "hunter2-hunter2";
    let secrets = Secrets::new([KNOWN.to_owned()]);
    let text = String::from_utf8_lossy(bytes).into_owned();
    let settled = Secrets::settled(&text);
    assert!(text.is_char_boundary(settled), "it is cut within a letter");
    // While it is written its beginning is not shown, but for letters that may as well be a word's.
    if let Some(begins) = text.find(KNOWN) {
        for written in (begins + 1)..(begins + KNOWN.len()) {
            let shown = Secrets::settled(&text[..written]);
            let beginning = text.get(begins..shown).unwrap_or_default();
            assert!(
                beginning.chars().all(char::is_alphabetic),
                "a part of a secret is shown: {beginning}"
            );
        }
    }
    let mut cut = text.clone();
    let was_cut = secrets.cut(&mut cut);
    assert_eq!(was_cut, cut != text, "it is said whether something was cut");
    assert!(!cut.contains(KNOWN), "a secret of the server's is left");
    let mut again = cut.clone();
    secrets.cut(&mut again);
    assert_eq!(
        again, cut,
        "what is left changes when it is looked at again"
    );
}

/// The body of a notification about what somebody said, and the key it is signed with.
pub fn webhook(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let at = project_manager::clock::now();
    let mut activity = activity(7);
    activity.entry.message = text.clone().into_owned();
    let delivery = Delivery {
        id: activity.id,
        kind: Told::CommandEnded,
        project: ProjectId::new(),
        project_name: text.clone().into_owned(),
        activity,
        since: at,
        attempts: 0,
        next_at: at,
    };
    let body = serde_json::to_vec(&delivery.body("https://pm.example.com"));
    let body = body.expect("a body is JSON");
    let read: serde_json::Value = serde_json::from_slice(&body).expect("what was written");
    assert_eq!(read["type"], "command.ended");
    assert_eq!(read["data"]["activity"]["message"], text.as_ref());
    let link = read["data"]["link"].as_str().expect("a link");
    let says = read["text"]
        .as_str()
        .and_then(|says| says.strip_suffix(link));
    let says = says.expect("the link stands at its end");
    for special in ["<", ">", "@", "](", "\n"] {
        assert!(!says.contains(special), "{special:?} is in {says:?}");
    }
    assert!(says.chars().count() < 1_000, "it is no line of a chat");
    if let Ok(key) = SigningKey::parse(&text) {
        let signed = key.sign("id", 1, &body);
        assert_eq!(signed, key.sign("id", 1, &body));
        assert_ne!(signed, key.sign("id", 2, &body), "it says when it was sent");
    }
}

/// What GitHub tells by webhook: the name of an event on the first line, and a body. And what is answered there.
pub fn github(bytes: &[u8]) {
    const MOST: usize = 2_000;
    let text = String::from_utf8_lossy(bytes);
    let (name, body) = text.split_once('\n').unwrap_or((&text, ""));
    let read = event::read(name, body.as_bytes());
    assert_eq!(read, event::read(name, body.as_bytes()));
    let read = read.ok();
    let json: serde_json::Value = serde_json::from_str(body).unwrap_or_default();
    let repository = read.as_ref().and_then(|read| read.repository.as_ref());
    if let (Some(name), Some(said)) = (repository, json["repository"]["full_name"].as_str()) {
        assert_eq!(name.to_string(), said, "a part of a name is another name");
    }
    let said = match read.map(|read| read.what) {
        Some(What::Issue(issue)) => Some(issue.said),
        Some(What::Comment(said)) => Some(said),
        _ => None,
    };
    if let Some(Said::ToUs { mention, .. }) = said {
        let words = mention.text.as_str();
        assert!(words.chars().count() <= 20_000, "it is no message");
        let own = without_place(words);
        let place = words.strip_prefix(own).expect("its beginning").trim();
        assert!(
            place.starts_with("> Said on GitHub, in ") && !place.contains('\n'),
            "{place}"
        );
        assert!(place.ends_with(&mention.url) && !mention.url.contains(char::is_whitespace));
        assert!(
            mention.author.chars().all(|c| c.is_ascii_graphic()),
            "{}",
            mention.author
        );
    }
    let lower = body.to_ascii_lowercase();
    if said_to_us(&lower).is_some() {
        assert!(lower.contains("@pm"), "nobody called");
    }
    for longer in ["@pmx", "x@pm", "@pm-1", "@pm.x"] {
        let other = lower.replace("@pm", longer);
        assert_eq!(said_to_us(&other), None, "a part of a word called: {other}");
    }
    let id = MessageId::new();
    let answer = comment(id, body, MOST);
    assert!(answer.starts_with(&mark(id)) && answer.chars().count() <= MOST);
    assert_eq!(said_to_us(&answer), None, "it calls itself: {answer}");
}
