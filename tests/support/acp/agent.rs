//! A coding agent that does what a script says: what the tests talk to over the Agent Client Protocol.
//!
//! `scripted-agent <script.json>`. The script is read anew at each start:
//!
//! ```json
//! { "start": [actions], "load": true, "resume": false, "version": 1, "login": false,
//!   "turns": [{ "when": "words of the prompt", "do": [actions] }] }
//! ```
//!
//! Each action is an object with one field; `act` below has all of them. What it is asked is written, a line of JSON each, to
//! the file beside the script that ends in `.journal`.

use std::{
    io::Write as _,
    path::{Path, PathBuf},
    process::Command,
    sync::{Arc, Mutex},
    time::Duration,
};

use agent_client_protocol::{
    Agent, Client, Error, Lines, UntypedMessage, on_receive_notification, on_receive_request,
    schema::ProtocolVersion,
    v1::{
        ConnectionTo,
        schema::{
            AgentCapabilities, AuthMethod, AuthMethodAgent, CancelNotification, InitializeRequest,
            InitializeResponse, LoadSessionRequest, LoadSessionResponse, NewSessionRequest,
            NewSessionResponse, PromptRequest, PromptResponse, ReadTextFileRequest,
            RequestPermissionRequest, ResumeSessionRequest, ResumeSessionResponse,
            SessionCapabilities, SessionResumeCapabilities, StopReason, WriteTextFileRequest,
        },
    },
};
use futures_util::{SinkExt as _, sink, stream};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt as _, BufReader},
    sync::Notify,
};

/// How long a wait for something that a test does may take: longer than any test.
const AT_MOST: Duration = Duration::from_secs(600);

/// The agent, in one place for all that it is asked.
#[derive(Clone)]
struct Scripted {
    script: Arc<Value>,
    journal: PathBuf,
    cancelled: Arc<Notify>,
    folder: Arc<Mutex<PathBuf>>,
}

type Connection = ConnectionTo<Client>;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    // A panic would wait for the thread that reads, and that for whoever writes.
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        hook(panic);
        std::process::exit(101);
    }));
    let path = PathBuf::from(std::env::args().nth(1).expect("the script's path"));
    let text = std::fs::read_to_string(&path).expect("the script can be read");
    let agent = Scripted {
        script: Arc::new(serde_json::from_str(&text).expect("the script is JSON")),
        journal: path.with_extension("journal"),
        cancelled: Arc::default(),
        folder: Arc::default(),
    };
    agent.note(json!({ "started": std::process::id() }));
    for action in agent.list("start") {
        agent.alone(&action).await;
    }
    match agent.script["version"].as_u64() {
        Some(version) => agent.answer_in(version).await,
        None => agent.serve().await,
    }
}

impl Scripted {
    #[expect(
        clippy::too_many_lines,
        reason = "a handler for each thing it is asked"
    )]
    async fn serve(self) -> Result<(), Error> {
        let lines = Lines::new(
            sink::unfold((), async |(), mut line: String| {
                line.push('\n');
                std::io::stdout().write_all(line.as_bytes())?;
                std::io::stdout().flush()?;
                Ok(())
            })
            .sink_map_err(|error: std::io::Error| error),
            stream::unfold(
                BufReader::new(tokio::io::stdin()).lines(),
                async |mut lines| Some((lines.next_line().await.transpose()?, lines)),
            ),
        );
        let (first, new, load, resume, prompt, cancel) = (
            self.clone(),
            self.clone(),
            self.clone(),
            self.clone(),
            self.clone(),
            self,
        );
        Agent
            .v1()
            .on_receive_request(
                async move |request: InitializeRequest, responder, _| {
                    first.note(json!({ "initialize": request }));
                    responder.respond(first.about())
                },
                on_receive_request!(),
            )
            .on_receive_request(
                async move |request: NewSessionRequest, responder, _| {
                    new.note(json!({ "new": request }));
                    if new.is("login") {
                        return responder.respond_with_error(Error::auth_required());
                    }
                    new.enter(&request.cwd);
                    let id = format!("session-{}", std::process::id());
                    responder.respond(NewSessionResponse::new(id))
                },
                on_receive_request!(),
            )
            .on_receive_request(
                async move |request: LoadSessionRequest, responder, connection| {
                    load.note(json!({ "load": request }));
                    load.enter(&request.cwd);
                    let id = request.session_id.to_string();
                    // An agent tells all of the session again before it answers.
                    tell(&connection, &id, &chunk("Of an earlier command."))?;
                    responder.respond(LoadSessionResponse::new())
                },
                on_receive_request!(),
            )
            .on_receive_request(
                async move |request: ResumeSessionRequest, responder, _| {
                    resume.note(json!({ "resume": request }));
                    resume.enter(&request.cwd);
                    responder.respond(ResumeSessionResponse::new())
                },
                on_receive_request!(),
            )
            .on_receive_request(
                async move |request: PromptRequest, responder, connection: Connection| {
                    prompt.note(json!({ "prompt": request }));
                    let (agent, on) = (prompt.clone(), connection.clone());
                    connection.spawn(async move {
                        let answer = agent.turn(&request, &on).await;
                        responder.respond_with_result(answer)
                    })
                },
                on_receive_request!(),
            )
            .on_receive_notification(
                async move |notice: CancelNotification, _| {
                    cancel.note(json!({ "cancel": notice }));
                    if !cancel.is("ignore_cancel") {
                        cancel.cancelled.notify_waiters();
                    }
                    Ok(())
                },
                on_receive_notification!(),
            )
            .connect_to(lines)
            .await
    }

    /// Answers the first question in another version of the protocol, which its library would not.
    async fn answer_in(&self, version: u64) -> Result<(), Error> {
        let mut lines = BufReader::new(tokio::io::stdin()).lines();
        let first = lines.next_line().await.expect("a line").expect("a line");
        let first: Value = serde_json::from_str(&first).expect("a message");
        let result = json!({ "protocolVersion": version, "agentCapabilities": {} });
        println!(
            "{}",
            json!({ "jsonrpc": "2.0", "id": first["id"], "result": result })
        );
        self.alone(&json!({ "hang": 1 })).await;
        Ok(())
    }

    fn about(&self) -> InitializeResponse {
        let mut sessions = SessionCapabilities::new();
        if self.is("resume") {
            sessions = sessions.resume(SessionResumeCapabilities::new());
        }
        let can = AgentCapabilities::new()
            .load_session(self.is("load"))
            .session_capabilities(sessions);
        let login = AuthMethod::Agent(AuthMethodAgent::new("login", "Log in with a browser"));
        InitializeResponse::new(ProtocolVersion::V1)
            .agent_capabilities(can)
            .auth_methods(vec![login])
    }

    /// Does one turn of the script: the first whose words are in the prompt.
    async fn turn(
        &self,
        request: &PromptRequest,
        connection: &Connection,
    ) -> Result<PromptResponse, Error> {
        let session = request.session_id.to_string();
        let prompt = serde_json::to_string(&request.prompt).expect("a prompt is JSON");
        let turns = self.list("turns");
        let turn = turns
            .iter()
            .find(|turn| prompt.contains(turn["when"].as_str().unwrap_or_default()));
        let actions = turn.and_then(|turn| turn["do"].as_array().cloned());
        for action in actions.unwrap_or_default() {
            tokio::select! {
                biased;
                () = self.cancelled.notified() => {
                    return Ok(PromptResponse::new(StopReason::Cancelled));
                }
                done = self.act(&action, &session, connection) => if let Some(end) = done? {
                    return Ok(PromptResponse::new(end));
                },
            }
        }
        Ok(PromptResponse::new(StopReason::EndTurn))
    }

    /// Does one thing; how the turn ends, if with this.
    async fn act(
        &self,
        action: &Value,
        session: &str,
        connection: &Connection,
    ) -> Result<Option<StopReason>, Error> {
        let (name, value) = one(action);
        match name {
            "say" => tell(connection, session, &chunk(text(value)))?,
            "think" => {
                let thought = json!({ "sessionUpdate": "agent_thought_chunk", "content": { "type": "text", "text": value } });
                tell(connection, session, &thought)?;
            }
            "tell" => tell(connection, session, &self.placed(value))?,
            "tell_many" => {
                let update = self.placed(&value["what"]);
                for _ in 0..value["times"].as_u64().unwrap_or_default() {
                    tell(connection, session, &update)?;
                }
            }
            "ask" => {
                let mut request = self.placed(value);
                request["sessionId"] = json!(session);
                let request: RequestPermissionRequest =
                    serde_json::from_value(request).expect("a request as the protocol has it");
                let answer = connection.send_request(request).block_task().await?;
                self.note(json!({ "answer": answer }));
            }
            "ask_to_read" => {
                let request = ReadTextFileRequest::new(session.to_owned(), self.path(value));
                let answer = connection.send_request(request).block_task().await;
                self.note(json!({ "read": answer.map_err(|error| error.to_string()) }));
            }
            "ask_to_write" => {
                let path = self.path(&value["path"]);
                let request =
                    WriteTextFileRequest::new(session.to_owned(), path, text(&value["text"]));
                let answer = connection.send_request(request).block_task().await;
                self.note(json!({ "written": answer.map_err(|error| error.to_string()) }));
            }
            "end" => {
                let reason = serde_json::from_value(value.clone()).expect("a reason");
                return Ok(Some(reason));
            }
            "fail" => return Err(Error::internal_error().data(value.clone())),
            _ => self.alone(action).await,
        }
        Ok(None)
    }

    /// Does one thing that needs nobody else.
    async fn alone(&self, action: &Value) {
        let (name, value) = one(action);
        match name {
            "print" => {
                println!("{}", text(value));
            }
            "complain" => eprintln!("{}", text(value)),
            "write" => {
                let path = self.path(&value["path"]);
                let folder = path.parent().expect("a file is in a folder");
                std::fs::create_dir_all(folder).expect("a folder");
                std::fs::write(path, text(&value["text"])).expect("the file can be written");
            }
            "run" => {
                let words: Vec<&str> = value.as_array().into_iter().flatten().map(text).collect();
                let done = Command::new(words[0])
                    .args(&words[1..])
                    .current_dir(self.folder())
                    .output()
                    .expect("the program starts");
                assert!(done.status.success(), "{words:?}: {done:?}");
            }
            "wait_for" => {
                let path = Path::new(text(value));
                let mut look_again = tokio::time::interval(Duration::from_millis(5));
                let waited = async {
                    while !path.exists() {
                        look_again.tick().await;
                    }
                };
                tokio::time::timeout(AT_MOST, waited)
                    .await
                    .expect("the test makes the file");
            }
            "leave_behind" => self.note(json!({ "left": leave_behind() })),
            "flood" => {
                let line = "x".repeat(1 << 10);
                for _ in 0..value.as_u64().unwrap_or_default() {
                    println!("{line}");
                }
            }
            "hang" => std::future::pending().await,
            "exit" => std::process::exit(value.as_i64().unwrap_or_default() as i32),
            other => panic!("the script has an action {other:?}, which nobody knows"),
        }
    }

    /// A value with the folder of the session in place of `{root}`.
    fn placed(&self, value: &Value) -> Value {
        let root = self.folder().display().to_string();
        let text = value.to_string().replace("{root}", &root);
        serde_json::from_str(&text).expect("it was JSON before")
    }

    fn path(&self, value: &Value) -> PathBuf {
        self.folder().join(text(value))
    }

    fn folder(&self) -> PathBuf {
        self.folder.lock().expect("no panic under the lock").clone()
    }

    fn enter(&self, folder: &Path) {
        *self.folder.lock().expect("no panic under the lock") = folder.to_owned();
    }

    fn is(&self, name: &str) -> bool {
        self.script[name].as_bool().unwrap_or_default()
    }

    fn list(&self, name: &str) -> Vec<Value> {
        self.script[name].as_array().cloned().unwrap_or_default()
    }

    fn note(&self, what: Value) {
        let mut file = std::fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(&self.journal)
            .expect("the journal can be written");
        writeln!(file, "{what}").expect("the journal can be written");
    }
}

/// A process that would live on after this one, in a session of its own; its id.
fn leave_behind() -> u32 {
    let left = Command::new("setsid").args(["sleep", "600"]).spawn();
    left.expect("a process").id()
}

fn tell(connection: &Connection, session: &str, update: &Value) -> Result<(), Error> {
    let params = json!({ "sessionId": session, "update": update });
    connection.send_notification(UntypedMessage::new("session/update", params)?)
}

fn chunk(text: &str) -> Value {
    json!({ "sessionUpdate": "agent_message_chunk", "content": { "type": "text", "text": text } })
}

fn one(action: &Value) -> (&str, &Value) {
    let fields = action.as_object().expect("an action is an object");
    let (name, value) = fields.iter().next().expect("an action has a field");
    (name, value)
}

fn text(value: &Value) -> &str {
    value.as_str().expect("a text")
}
