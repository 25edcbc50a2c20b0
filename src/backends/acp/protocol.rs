//! What is said to an agent: who speaks, which session it is, and what it is to do.

use std::time::Duration;

use agent_client_protocol::{
    Agent, Error, ErrorCode,
    schema::ProtocolVersion,
    v1::{
        ConnectionTo,
        schema::{
            AuthMethod, CancelNotification, ClientCapabilities, ContentBlock,
            FileSystemCapabilities, Implementation, InitializeRequest, InitializeResponse,
            LoadSessionRequest, NewSessionRequest, PromptRequest, ResumeSessionRequest, SessionId,
            SessionModeId, SessionModeState, SetSessionModeRequest, StopReason, TextContent,
        },
    },
};
use tokio::{sync::mpsc, time::timeout};
use tokio_util::sync::CancellationToken;

use super::{session::Session, wire::Told};

/// How long an agent may take to end its turn after it was asked to, before its processes are ended.
const CANCEL_GRACE: Duration = Duration::from_secs(5);

/// The mode in which agents ask before they change anything, as Claude Code, Gemini CLI and others name it.
const ASKING_MODE: &str = "default";

/// How a conversation ended.
#[derive(Debug)]
pub(super) enum Ending {
    /// The agent ended its turn.
    Answered(StopReason),
    /// It was asked to stop.
    Stopped,
    /// It wants a login; what it offers.
    Login(Vec<String>),
    /// It did not answer in time when it was started.
    Silent,
    /// It speaks another version of the protocol, or another protocol: in its words.
    Foreign(String),
    /// It refused, or could not be understood: in its words.
    Broken(String),
    /// It stopped talking.
    Closed,
    /// Nobody takes the steps any more.
    Unheard,
}

/// Who speaks.
pub(super) struct Speaker {
    /// What the agent is asked to do.
    pub(super) prompt: String,
    /// The session, and where it is kept.
    pub(super) session: Session,
    /// How long the agent may take to get ready.
    pub(super) start_limit: Duration,
}

type Connection = ConnectionTo<Agent>;

impl Speaker {
    /// Has the agent do what it is asked to, to its end.
    pub(super) async fn speak(
        &self,
        connection: &Connection,
        teller: &mpsc::Sender<Told>,
        stop: &CancellationToken,
    ) -> Ending {
        let ready = async {
            match timeout(self.start_limit, self.get_ready(connection)).await {
                Ok(session) => session,
                Err(_elapsed) => Err(Ending::Silent),
            }
        };
        let session = tokio::select! {
            biased;
            () = stop.cancelled() => return Ending::Stopped,
            session = ready => match session {
                Ok(session) => session,
                Err(ending) => return ending,
            },
        };
        if self.session.keep(&session).await.is_err() || teller.send(Told::Begins).await.is_err() {
            return Ending::Unheard;
        }
        self.ask(connection, &session, stop).await
    }

    async fn get_ready(&self, connection: &Connection) -> Result<SessionId, Ending> {
        let files = FileSystemCapabilities::new()
            .read_text_file(true)
            .write_text_file(true);
        let request = InitializeRequest::new(ProtocolVersion::V1)
            .client_capabilities(ClientCapabilities::new().fs(files))
            .client_info(
                Implementation::new("project-manager", env!("CARGO_PKG_VERSION"))
                    .title("Project Manager".to_owned()),
            );
        let answer = heard(connection, connection.send_request(request).block_task()).await;
        let agent = answer.map_err(|ending| match ending {
            // The library refuses what it does not speak, and says so.
            Ending::Broken(why) => Ending::Foreign(why),
            ending => ending,
        })?;
        if agent.protocol_version != ProtocolVersion::V1 {
            let version = agent.protocol_version;
            return Err(Ending::Foreign(format!("it speaks version {version}")));
        }
        if let Some(session) = self.continued(connection, &agent).await? {
            return Ok(session);
        }
        let request = NewSessionRequest::new(&self.session.folder);
        let made = heard(connection, connection.send_request(request).block_task()).await;
        match made {
            Ok(made) => {
                ask_first(connection, &made.session_id, made.modes).await?;
                Ok(made.session_id)
            }
            Err(Ending::Login(_)) => Err(Ending::Login(logins(&agent))),
            Err(ending) => Err(ending),
        }
    }

    /// The session that is continued, where there is one and the agent still knows it.
    async fn continued(
        &self,
        connection: &Connection,
        agent: &InitializeResponse,
    ) -> Result<Option<SessionId>, Ending> {
        let Some(id) = self.session.continued.clone().map(SessionId::new) else {
            return Ok(None);
        };
        let can = &agent.agent_capabilities;
        let folder = &self.session.folder;
        let continued = if can.session_capabilities.resume.is_some() {
            let request = ResumeSessionRequest::new(id.clone(), folder);
            let resumed = connection.send_request(request).block_task();
            heard(connection, resumed)
                .await
                .map(|resumed| resumed.modes)
        } else if can.load_session {
            let request = LoadSessionRequest::new(id.clone(), folder);
            let loaded = connection.send_request(request).block_task();
            heard(connection, loaded).await.map(|loaded| loaded.modes)
        } else {
            return Ok(None);
        };
        match continued {
            Ok(modes) => {
                ask_first(connection, &id, modes).await?;
                Ok(Some(id))
            }
            // It has forgotten it: then a new one has to do.
            Err(Ending::Broken(why)) => {
                tracing::info!(%why, "a coding agent's session could not be continued");
                Ok(None)
            }
            Err(ending) => Err(ending),
        }
    }

    async fn ask(
        &self,
        connection: &Connection,
        session: &SessionId,
        stop: &CancellationToken,
    ) -> Ending {
        let words = ContentBlock::Text(TextContent::new(self.prompt.clone()));
        let request = PromptRequest::new(session.clone(), vec![words]);
        let answer = heard(connection, connection.send_request(request).block_task());
        tokio::pin!(answer);
        tokio::select! {
            biased;
            answer = &mut answer => return ending(answer.map(|answer| answer.stop_reason)),
            () = stop.cancelled() => {}
        }
        if connection
            .send_notification(CancelNotification::new(session.clone()))
            .is_ok()
        {
            // Whatever it answers then: it was stopped.
            let _ = timeout(CANCEL_GRACE, answer).await;
        }
        Ending::Stopped
    }
}

/// Has an agent that decides by itself what it may do ask instead: that is for this program's settings and for people. An
/// agent without such a mode is left as it is.
async fn ask_first(
    connection: &Connection,
    session: &SessionId,
    modes: Option<SessionModeState>,
) -> Result<(), Ending> {
    let Some(modes) = modes else { return Ok(()) };
    let is_asking = |mode: &SessionModeId| mode.0.as_ref() == ASKING_MODE;
    let offers = modes.available_modes.iter().any(|mode| is_asking(&mode.id));
    if !offers || is_asking(&modes.current_mode_id) {
        return Ok(());
    }
    let request = SetSessionModeRequest::new(session.clone(), ASKING_MODE);
    heard(connection, connection.send_request(request).block_task())
        .await
        .map(drop)
}

fn ending(answer: Result<StopReason, Ending>) -> Ending {
    match answer {
        Ok(reason) => Ending::Answered(reason),
        Err(ending) => ending,
    }
}

/// What an agent answers, or why it does not.
async fn heard<T>(
    connection: &Connection,
    answer: impl Future<Output = Result<T, Error>>,
) -> Result<T, Ending> {
    tokio::select! {
        biased;
        answer = answer => answer.map_err(|error| match error.code {
            ErrorCode::AUTH_REQUIRED => Ending::Login(Vec::new()),
            _ if connection.is_incoming_closed() => Ending::Closed,
            _ => Ending::Broken(in_words(&error)),
        }),
        () = connection.incoming_closed() => Err(Ending::Closed),
    }
}

/// The names of the ways to log in that an agent offers.
fn logins(agent: &InitializeResponse) -> Vec<String> {
    let methods = agent.auth_methods.iter();
    methods
        .filter_map(|method| match method {
            AuthMethod::Agent(method) => Some(method.name.clone()),
            _ => None,
        })
        .collect()
}

/// An error of the protocol as a person can read it.
pub(super) fn in_words(error: &Error) -> String {
    match &error.data {
        Some(serde_json::Value::String(data)) => format!("{}: {data}", error.message),
        Some(data) if !data.is_null() => format!("{}: {data}", error.message),
        _ => error.message.clone(),
    }
}
