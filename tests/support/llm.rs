//! A server that speaks as the services of language models do: Anthropic's Messages and OpenAI's Chat Completions, both as
//! streams, with tool calls, refusals, errors in the middle and streams that break off.
//!
//! What it answers is told by a list of [`Reply`]s, one a request; when the list is at its end it says [`IDLE`]. It uses
//! nothing of the product, and runs on a thread of its own.

mod http;
mod wire;

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard},
};

use serde_json::Value;
use tokio::sync::mpsc;

use self::http::Serving;
use super::wait_until;

/// What it says when nothing else is planned.
pub const IDLE: &str = "I hear you.";

/// Pieces that may wait to be said.
const PIECES_MAX: usize = 64;

/// Which protocol a test's server is to speak, by the name of the model.
pub const WIRES: [&str; 2] = ["claude-test", "other-model"];

/// One answer.
#[derive(Debug)]
pub enum Reply {
    /// It says this, in these pieces.
    Says(Vec<String>),
    /// It says this and calls these tools: name and arguments as they stand on the wire.
    Calls(String, Vec<(String, String)>),
    /// It says what the test says, until that stops.
    ByHand(mpsc::Receiver<String>),
    /// It refuses with this status.
    Status(u16),
    /// It says this, and then comes an error of this sort.
    Fails(String, &'static str),
    /// It says this, and the connection breaks.
    Breaks(String),
    /// It says this, and ends without an end.
    Ends(String),
    /// It takes the request and says nothing.
    Silence,
    /// It answers with a web page.
    Page,
}

/// A request that was made.
#[derive(Debug, Clone)]
pub struct Request {
    /// The path.
    pub path: String,
    /// The headers, as they came.
    pub head: String,
    /// The body.
    pub body: Value,
}

/// The server.
pub struct TestLlm {
    shared: Arc<Shared>,
    serving: Option<Serving>,
}

struct Shared {
    replies: Mutex<VecDeque<Reply>>,
    requests: Mutex<Vec<Request>>,
}

/// Says a reply piece by piece. Dropping it ends the reply.
pub struct Hand(mpsc::Sender<String>);

impl Hand {
    /// It goes on so.
    pub async fn say(&self, piece: &str) {
        self.0
            .send(piece.to_owned())
            .await
            .expect("the reply is being read");
    }
}

impl TestLlm {
    /// Starts one.
    pub fn start() -> Self {
        let shared = Arc::new(Shared {
            replies: Mutex::new(VecDeque::new()),
            requests: Mutex::new(Vec::new()),
        });
        let serving = Serving::start(Arc::clone(&shared));
        Self {
            shared,
            serving: Some(serving),
        }
    }

    /// Its address, with the version in it.
    pub fn address(&self) -> String {
        let serving = self.serving.as_ref().expect("it runs until it is dropped");
        format!("http://127.0.0.1:{}/v1", serving.port)
    }

    /// What it answers next, after what was planned before.
    pub fn then(&self, reply: Reply) -> &Self {
        lock(&self.shared.replies).push_back(reply);
        self
    }

    /// It says this next.
    pub fn says(&self, text: &str) -> &Self {
        self.then(Reply::Says(vec![text.to_owned()]))
    }

    /// It calls a tool next.
    pub fn calls(&self, tool: &str, arguments: &Value) -> &Self {
        let call = (tool.to_owned(), arguments.to_string());
        self.then(Reply::Calls(String::new(), vec![call]))
    }

    /// It says next what the test says.
    pub fn by_hand(&self) -> Hand {
        let (hand, pieces) = mpsc::channel(PIECES_MAX);
        self.then(Reply::ByHand(pieces));
        Hand(hand)
    }

    /// The requests so far.
    pub fn requests(&self) -> Vec<Request> {
        lock(&self.shared.requests).clone()
    }

    /// Waits until so many requests were made.
    pub async fn asked(&self, times: usize) -> Vec<Request> {
        wait_until(format!("{times} requests to the model"), async || {
            Some(self.requests()).filter(|requests| requests.len() >= times)
        })
        .await
    }
}

impl Request {
    /// What the tools of the last round answered, as the model is told.
    pub fn results(&self) -> String {
        let messages = self.body["messages"].as_array().expect("messages");
        let is_result = |message: &&Value| {
            message["role"] == "tool" || message.to_string().contains("\"tool_result\"")
        };
        messages
            .iter()
            .rev()
            .take_while(is_result)
            .map(Value::to_string)
            .collect()
    }

    /// Which tool it makes the model call, if any.
    pub fn made_to_call(&self) -> Option<&str> {
        let choice = &self.body["tool_choice"];
        choice["name"]
            .as_str()
            .or_else(|| choice["function"]["name"].as_str())
    }
}

impl Drop for TestLlm {
    fn drop(&mut self) {
        if let Some(serving) = self.serving.take() {
            serving.stop();
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().expect("no test panics here")
}
