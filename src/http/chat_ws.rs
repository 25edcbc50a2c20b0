//! The chat over a WebSocket: what a person types goes to the session, what is in the feed comes back.
//!
//! A window follows its project's feed with a cursor, exactly as an event stream does. So every window sees the same
//! messages, in the same order, whoever sent them and whichever way.

mod end;
pub(super) mod frames;
mod live;
mod orders;

use std::{convert::Infallible, time::Duration};

use actix::{
    ActorContext as _, ActorFutureExt as _, AsyncContext as _, WrapFuture as _,
    prelude::{Actor, Context, Supervised},
};
use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Payload},
};
use actix_ws::{AggregatedMessage, AggregatedMessageStream, CloseReason, ProtocolError, Session};
use futures_util::{
    StreamExt as _,
    future::{FutureExt as _, LocalBoxFuture},
};
use serde::Serialize;
use serde_json::Value;
use tokio::time::{Interval, interval};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use self::{end::End, frames::Outgoing, live::Shown, orders::carry_out};
use super::{
    auth::{Place, Who},
    error::ApiError,
    extract::Id,
    messages::was_reset,
    openapi::problems::{Away, NoProject, NotUpgraded},
    projects::head,
};
use crate::{
    actors::{
        executor::ExecutorHandle,
        sessions::SessionsHandle,
        supervisor::{Policy, Spec, Supervisor},
        writer::WriterHandle,
    },
    db::{Reader, activity, execution, project},
    domain::{
        access::Scope,
        activity::{Activity, Verbosity},
        id::ProjectId,
        message::MESSAGE_CHARS_MAX,
    },
    failpoint::FailPoint,
    feed::{Feed, Read, Watcher},
};

/// Bytes in one frame at most: the longest message in four-byte characters, escaped, with room for its keys.
const FRAME_BYTES_MAX: usize = MESSAGE_CHARS_MAX * 12 + 4_096;

/// How often a window is asked whether it is still there. Proxies cut connections that are silent for a minute.
const PING_EVERY: Duration = Duration::from_secs(20);

/// Activities read from the log at once, for a window that fell behind the ring.
const PAGE: u64 = 200;

/// What chat windows are made with.
#[derive(Clone)]
pub struct ChatWindows {
    /// Where the windows are supervised.
    pub supervisor: Supervisor,
    /// Who takes messages.
    pub sessions: SessionsHandle,
    /// Who changes messages that are queued.
    pub writer: WriterHandle,
    /// Who stops commands.
    pub executor: ExecutorHandle,
    /// Where everything comes back from.
    pub feed: Feed,
    /// Where older activities are read.
    pub reader: Reader,
    /// Fires when the server stops.
    pub stopping: CancellationToken,
}

impl ChatWindows {
    /// The same for what somebody says in one.
    fn signed(&self, who: &Who) -> Self {
        Self {
            sessions: self.sessions.signed(who.by()),
            writer: self.writer.signed(who.by()),
            executor: self.executor.signed(who.by()),
            ..self.clone()
        }
    }
}

/// `GET /api/ws/chat/{id}`, upgraded.
#[utoipa::path(
    get, path = "/api/ws/chat/{project_id}", operation_id = "open_chat", tag = "conversation",
    summary = "The chat of a project, over a WebSocket",
    description = super::openapi::chat::ABOUT,
    extensions(("x-websocket" = json!(super::openapi::chat::frames_both_ways()))),
    params(("project_id" = ProjectId, Path, description = "Which project.")),
    responses((status = 101, description = "It is a WebSocket now."), NotUpgraded, NoProject, Away),
)]
pub(super) async fn open(
    Id(project): Id<ProjectId>,
    request: HttpRequest,
    payload: Payload,
    windows: Data<ChatWindows>,
    who: Who,
    place: Place,
) -> Result<HttpResponse, actix_web::Error> {
    let cursor = head(&windows.reader, project).await?;
    let (response, session, stream) = actix_ws::handle(&request, payload).map_err(|error| {
        ApiError::new(
            actix_web::http::StatusCode::BAD_REQUEST,
            "Not a WebSocket",
            error.to_string(),
        )
    })?;
    let incoming = stream
        .max_frame_size(FRAME_BYTES_MAX)
        .aggregate_continuations()
        .max_continuation_size(FRAME_BYTES_MAX);
    let window = Window {
        project,
        session,
        watcher: windows.feed.watch(project, cursor, Verbosity::Brief),
        windows: windows.signed(&who),
        behind: false,
        live: Shown::default(),
        may_act: who.scope >= Scope::Write,
        place,
    };
    let spec = Spec {
        name: format!("chat window {}", Uuid::now_v7()),
        parent: "connections",
        policy: Policy::Temporary,
        mailbox: 1,
    };
    // It lives on the connection's thread, because what it reads from does. Nobody speaks to it.
    drop(
        windows
            .supervisor
            .start_here(spec, move |_| ChatWindow(Some((window, incoming)))),
    );
    Ok(response)
}

/// The actor: one connection's life.
struct ChatWindow(Option<(Window, AggregatedMessageStream)>);

impl Actor for ChatWindow {
    type Context = Context<Self>;

    fn started(&mut self, ctx: &mut Self::Context) {
        if let Some((window, incoming)) = self.0.take() {
            ctx.spawn(
                window
                    .serve(incoming)
                    .into_actor(self)
                    .map(|(), _, ctx| ctx.stop()),
            );
        }
    }
}

impl Supervised for ChatWindow {}

struct Window {
    project: ProjectId,
    session: Session,
    watcher: Watcher,
    windows: ChatWindows,
    /// Whether the log could not be read when this fell behind the ring: tried again with the next ping.
    behind: bool,
    /// What it was sent of the message that is being written.
    live: Shown,
    /// Whether its client may do more than watch.
    may_act: bool,
    place: Place,
}

impl Window {
    async fn serve(mut self, incoming: AggregatedMessageStream) {
        let Err(end) = self.talk(incoming).await;
        let reason = end.code().map(CloseReason::from);
        if let Err(actix_ws::Closed) = self.session.close(reason).await {
            tracing::trace!(project.id = %self.project, "a chat window was gone before it was closed");
        }
    }

    async fn talk(&mut self, mut incoming: AggregatedMessageStream) -> Result<Infallible, End> {
        let over = self.place.ends();
        let mut ping: Interval = interval(PING_EVERY);
        // What is being carried out. Done beside the rest, so that a window goes on showing what happens meanwhile; the
        // next frame is read when it is done.
        let mut order: Option<LocalBoxFuture<'static, Option<Outgoing<Value>>>> = None;
        self.send(&Outgoing::connected()).await?;
        self.catch_up().await?;
        self.show_live().await?;
        loop {
            tokio::select! {
                message = incoming.next(), if order.is_none() => match message {
                    Some(Ok(message)) => order = self.receive(message).await?,
                    Some(Err(error)) => return Err(self.give_up(&error).await?),
                    None => return Err(End::Gone),
                },
                told = async { order.as_mut().expect("there is an order").await }, if order.is_some() => {
                    order = None;
                    if let Some(told) = told {
                        self.send(&told).await?;
                    }
                }
                is_stored = self.watcher.news() => match is_stored {
                    true => self.catch_up().await?,
                    false => self.show_live().await?,
                },
                _ = ping.tick() => {
                    self.session.ping(b"").await?;
                    if self.behind {
                        self.catch_up().await?;
                    }
                }
                () = over.cancelled() => return Err(match self.place.is_lost() {
                    true => End::NotLetIn,
                    false => End::Stopping,
                }),
            }
        }
    }

    /// Tells a client whose frames cannot be read why; one that is told nothing would send the same again for ever.
    async fn give_up(&mut self, error: &ProtocolError) -> Result<End, End> {
        tracing::debug!(
            error = error as &dyn std::error::Error,
            "a chat window sent something unreadable"
        );
        let end = End::of(error);
        if let End::TooLarge = end {
            let words = format!("A message has at most {MESSAGE_CHARS_MAX} characters.");
            self.send(&Outgoing::error("MESSAGE_TOO_LONG", &words))
                .await?;
        }
        Ok(end)
    }

    /// Takes a frame: what is to be carried out, if anything.
    async fn receive(
        &mut self,
        message: AggregatedMessage,
    ) -> Result<Option<LocalBoxFuture<'static, Option<Outgoing<Value>>>>, End> {
        match message {
            AggregatedMessage::Text(_) if !self.may_act => {
                let words = "The token you signed in with may only look (scope read). To write, sign in with another one.";
                self.send(&Outgoing::error("FORBIDDEN", words)).await?;
            }
            AggregatedMessage::Text(text) => {
                let order = carry_out(self.windows.clone(), self.project, text.to_string());
                return Ok(Some(order.boxed_local()));
            }
            AggregatedMessage::Binary(_) => {
                let words = "A message is JSON text, for example {\"content\": \"hello\"}.";
                self.send(&Outgoing::error("INVALID_JSON", words)).await?;
            }
            AggregatedMessage::Ping(bytes) => self.session.pong(&bytes).await?,
            AggregatedMessage::Pong(_) => {}
            AggregatedMessage::Close(_) => return Err(End::Gone),
        }
        Ok(None)
    }

    /// Sends what the feed has after the cursor.
    async fn catch_up(&mut self) -> Result<(), End> {
        self.behind = false;
        loop {
            match self.watcher.read() {
                Read::UpToDate => return Ok(()),
                Read::Ended => return Err(self.tell_deleted().await?),
                Read::New(frames) => {
                    for frame in frames {
                        match &frame.spoken {
                            Some(activity) => self.show(activity).await?,
                            None => self.watcher.advance(frame.seq()),
                        }
                    }
                }
                Read::Behind => {
                    let page = activity::Page {
                        after: Some(self.watcher.cursor()),
                        before: None,
                        // All of it: what is not shown moves the cursor as well.
                        verbosity: Verbosity::Full,
                        limit: PAGE,
                    };
                    let project = self.project;
                    let read = self
                        .windows
                        .reader
                        .read(async |db| {
                            let head = project::head(db, project).await?;
                            Ok((head, activity::page(db, project, page).await?))
                        })
                        .await;
                    match read {
                        // Deleted before this began to watch.
                        Ok((None, _)) => return Err(self.tell_deleted().await?),
                        Ok((_, activities)) if activities.is_empty() => return Ok(()),
                        Ok((_, activities)) => {
                            for activity in activities {
                                self.show(&activity).await?;
                            }
                        }
                        Err(error) => {
                            tracing::warn!(
                                error = &error as &dyn std::error::Error,
                                "a chat window could not read the log"
                            );
                            // The event stream says that the database is away.
                            self.behind = true;
                            return Ok(());
                        }
                    }
                }
            }
        }
    }

    /// Sends what is new of the message that is being written.
    async fn show_live(&mut self) -> Result<(), End> {
        for frame in self.live.news(self.watcher.draft()) {
            self.send(&frame).await?;
        }
        Ok(())
    }

    async fn tell_deleted(&mut self) -> Result<End, End> {
        let words = "This project was deleted.";
        self.send(&Outgoing::error("PROJECT_DELETED", words))
            .await?;
        Ok(End::Deleted)
    }

    async fn show(&mut self, activity: &Activity) -> Result<(), End> {
        match frames::of(activity) {
            Some(frames::Shown::Frame(frame)) => self.send(&frame).await?,
            Some(frames::Shown::Reset(topic)) => {
                self.send(&Outgoing::new("reset", was_reset(topic))).await?
            }
            Some(frames::Shown::Execution(id)) => {
                match self
                    .windows
                    .reader
                    .read(async |db| execution::find(db, id).await)
                    .await
                {
                    Ok(Some(execution)) => {
                        self.send(&Outgoing::new("execution", execution)).await?
                    }
                    Ok(None) => {}
                    Err(error) => {
                        tracing::warn!(error = &error as &dyn std::error::Error, execution.id = %id, "a chat window could not be told of an execution");
                    }
                }
            }
            None => {}
        }
        self.watcher.advance(activity.seq);
        Ok(())
    }

    async fn send<T: Serialize>(&mut self, frame: &Outgoing<T>) -> Result<(), End> {
        FailPoint::WindowWrite.pass().await.map_err(|_| End::Gone)?;
        let text =
            serde_json::to_string(frame).expect("a frame has only string keys and finite numbers");
        self.watcher.sent();
        Ok(self.session.text(text).await?)
    }
}
