//! One command's conversation with its agent: the process, what it tells, what it asks, and what ends it.

use std::{pin::pin, time::Duration};

use agent_client_protocol::{
    Client, Lines, on_receive_request,
    v1::{
        Responder,
        schema::{
            ReadTextFileRequest, RequestPermissionOutcome, RequestPermissionRequest,
            RequestPermissionResponse, SelectedPermissionOutcome, WriteTextFileRequest,
        },
    },
};
use futures_util::{StreamExt as _, future::BoxFuture, stream::FuturesUnordered};
use tokio::{
    sync::{mpsc, oneshot},
    time::timeout,
};
use tokio_util::sync::CancellationToken;

use super::{
    clocks::Clocks,
    files::Files,
    log::Log,
    permission::{Verdict, verdict},
    protocol::{Ending, Speaker},
    telling::Telling,
    wire::{Told, incoming, outgoing},
};
use crate::{
    backends::{
        Answer, NobodyListens, Steps,
        child::{CommandLine, Ended, Guarded, StartError, Talk},
        silence::in_short,
    },
    domain::{
        execution::{Notice, NoticeStatus},
        project::Permissions,
        step::Step,
    },
    failpoint::FailPoint,
};

/// What an agent may tell ahead of the database.
const TOLD_AHEAD: usize = 64;

/// How long to wait for the end of an agent that stopped talking, before it is ended: its exit code says more.
const END_PATIENCE: Duration = Duration::from_secs(1);

/// What a conversation needs.
pub(super) struct Conversation<'a> {
    pub(super) guard: &'a std::path::Path,
    pub(super) line: CommandLine,
    pub(super) steps: Steps,
    pub(super) log: Log,
    pub(super) permissions: Permissions,
    /// Silence that is worth a word.
    pub(super) stall: Duration,
    /// How long it may work; what a person takes to answer does not count.
    pub(super) time_limit: Duration,
    pub(super) cancel: CancellationToken,
}

/// How a conversation ended.
pub(super) struct Held {
    pub(super) ending: Ending,
    /// What the agent said last.
    pub(super) output: String,
    /// How its program ended, if by itself.
    pub(super) ended: Option<Ended>,
    /// Whether the time was up.
    pub(super) timed_out: bool,
}

type Asking = BoxFuture<'static, ()>;

impl Conversation<'_> {
    /// Starts the agent, has `speaker` speak to it, and returns when all of it is gone.
    pub(super) async fn hold(self, speaker: Speaker) -> Result<Held, StartError> {
        let Talk {
            program,
            input,
            output,
            errors,
        } = Talk::start(self.guard, &self.line)?;
        let (teller, told) = mpsc::channel(TOLD_AHEAD);
        let silent = teller.downgrade();
        let lines = Lines::new(
            outgoing(input),
            incoming(output, teller.clone(), self.log.clone()),
        );
        let (stop, clocks) = (CancellationToken::new(), Clocks::new(&self));
        let mut hearing = Hearing::new(&self, stop.clone(), &clocks);
        let (spoken, mut spoke) = oneshot::channel();
        let root = self.line.dir.clone();
        let mut connection = Box::pin(connect(lines, root, teller, speaker, stop.clone(), spoken));
        let log = self.log.clone();
        let mut complaints = pin!(log.follow(errors));
        let mut complaining = true;
        let mut tick = clocks.tick();
        let (ending, ended) = {
            // One future to the end: what it has taken and not told yet would be lost with it.
            let mut heard = pin!(hearing.hear(told));
            let mut is_heard = false;
            let ending = loop {
                tokio::select! {
                    biased;
                    // The connection may have let go of it, and has something to say itself then.
                    Ok(ending) = &mut spoke, if !spoke.is_terminated() => break ending,
                    broken = &mut connection => break spoke.try_recv().unwrap_or(broken),
                    () = self.cancel.cancelled(), if !stop.is_cancelled() => stop.cancel(),
                    // Nobody takes steps any more.
                    _ = &mut heard => {
                        is_heard = true;
                        stop.cancel();
                        break Ending::Unheard;
                    }
                    () = &mut complaints, if complaining => complaining = false,
                    _ = tick.tick() => if let Some(silence) = clocks.look(&stop) && let Some(silent) = silent.upgrade() {
                        // Somebody who is that far behind has enough to read.
                        let _ = silent.try_send(Told::Silent(silence));
                    }
                }
            };
            // With it go all who tell: what they told is heard to its end, and the agent ended meanwhile.
            drop(connection);
            let rest = async {
                if !is_heard {
                    let _ = heard.await;
                }
            };
            let (ended, ()) = tokio::join!(end(program, &ending), rest);
            (ending, ended)
        };
        if complaining {
            // What it complained about at the very end; a process that got away may hold the other end for ever.
            let _ = timeout(END_PATIENCE, complaints).await;
        }
        Ok(Held {
            ending,
            output: hearing.telling.output(),
            ended,
            timed_out: clocks.timed_out(),
        })
    }
}

/// Ends the agent's program with all it started. How it had ended, if by itself.
async fn end(mut program: Guarded, ending: &Ending) -> Option<Ended> {
    let ended = match ending {
        Ending::Closed => timeout(END_PATIENCE, program.ended()).await.ok(),
        _ => None,
    };
    if ended.is_none() {
        program.end().await;
    }
    ended
}

/// Speaks the protocol, to its end, which is told to `spoken`: the library would first wait until the agent has read all that was
/// written to it. How it ended, where it is that which failed.
async fn connect<Out, In>(
    lines: Lines<Out, In>,
    root: std::path::PathBuf,
    teller: mpsc::Sender<Told>,
    speaker: Speaker,
    stop: CancellationToken,
    spoken: oneshot::Sender<Ending>,
) -> Ending
where
    Out: futures_util::Sink<String, Error = std::io::Error> + Send + 'static,
    In: futures_util::Stream<Item = std::io::Result<String>> + Send + 'static,
{
    let (reading, writing) = (Files { root: root.clone() }, Files { root });
    let asking = teller.clone();
    let connected = Client
        .v1()
        .name("project-manager")
        .on_receive_request(
            async move |request: RequestPermissionRequest,
                        responder: Responder<RequestPermissionResponse>,
                        _| {
                // Refused where nobody listens any more: the responder is dropped with the message.
                let _ = asking.send(Told::Asked(Box::new(request), responder)).await;
                Ok(())
            },
            on_receive_request!(),
        )
        .on_receive_request(
            async move |request: ReadTextFileRequest, responder, _| {
                responder.respond_with_result(reading.read(request).await)
            },
            on_receive_request!(),
        )
        .on_receive_request(
            async move |request: WriteTextFileRequest, responder, _| {
                responder.respond_with_result(writing.write(request).await)
            },
            on_receive_request!(),
        )
        .connect_with(lines, async move |connection| {
            let ending = speaker.speak(&connection, &teller, &stop).await;
            // Who held the conversation may be gone.
            let _ = spoken.send(ending);
            Ok(())
        })
        .await;
    match connected {
        Ok(()) => Ending::Closed,
        Err(error) => Ending::Broken(super::protocol::in_words(&error)),
    }
}

/// Who hears what the agent tells and asks.
struct Hearing<'a> {
    telling: Telling,
    steps: Steps,
    root: std::path::PathBuf,
    permissions: Permissions,
    /// Whether what is told is of this command, and not what a session that is continued was about before.
    begun: bool,
    asking: FuturesUnordered<Asking>,
    stop: CancellationToken,
    clocks: &'a Clocks,
}

impl<'a> Hearing<'a> {
    fn new(conversation: &Conversation<'_>, stop: CancellationToken, clocks: &'a Clocks) -> Self {
        let root = conversation.line.dir.clone();
        Self {
            telling: Telling::new(conversation.steps.clone(), root.clone()),
            steps: conversation.steps.clone(),
            root,
            permissions: conversation.permissions,
            begun: false,
            asking: FuturesUnordered::new(),
            stop,
            clocks,
        }
    }

    /// Hears everything, until nobody can tell anything any more.
    async fn hear(&mut self, mut told: mpsc::Receiver<Told>) -> Result<(), NobodyListens> {
        loop {
            tokio::select! {
                biased;
                Some(()) = self.asking.next() => self.clocks.answered(),
                next = told.recv() => match next {
                    Some(next) => self.take(next).await?,
                    None => return self.telling.end().await,
                },
            }
        }
    }

    async fn take(&mut self, told: Told) -> Result<(), NobodyListens> {
        if let Told::Silent(silence) = told {
            let notice = Notice {
                status: NoticeStatus::Stalled,
                message: format!("Silent for {}", in_short(silence)),
            };
            return self.steps.notice(notice).await;
        }
        self.clocks.heard();
        match told {
            Told::Begins => self.begun = true,
            Told::Asked(request, responder) => self.asked(*request, responder).await?,
            told if self.begun => self.telling.take(told).await?,
            _ => {}
        }
        Ok(())
    }

    async fn asked(
        &mut self,
        request: RequestPermissionRequest,
        responder: Responder<RequestPermissionResponse>,
    ) -> Result<(), NobodyListens> {
        let call = self.telling.asked(request.tool_call).await?;
        match verdict(self.permissions, &call, &request.options, &self.root) {
            Verdict::Choose(option) => respond(responder, Some(option)),
            Verdict::Refuse { option, why } => {
                self.steps.send(Step::Status { text: why }).await?;
                respond(responder, option);
            }
            // There is nothing a person could answer.
            Verdict::Ask(question) if question.options.is_empty() => respond(responder, None),
            Verdict::Ask(question) => {
                self.clocks.asked();
                let (steps, stop) = (self.steps.clone(), self.stop.clone());
                self.asking.push(Box::pin(async move {
                    let chosen = tokio::select! {
                        biased;
                        () = stop.cancelled() => None,
                        answer = steps.ask(question) => match answer {
                            Ok(Answer::Chosen(option)) => Some(option),
                            Ok(Answer::Nobody) | Err(NobodyListens) => None,
                        },
                    };
                    respond(responder, chosen);
                }));
            }
        }
        Ok(())
    }
}

/// Answers an agent's question. That it is gone is noticed where it is heard.
fn respond(responder: Responder<RequestPermissionResponse>, chosen: Option<String>) {
    FailPoint::AgentAnswer.cross();
    let outcome = match chosen {
        Some(option) => RequestPermissionOutcome::Selected(SelectedPermissionOutcome::new(option)),
        None => RequestPermissionOutcome::Cancelled,
    };
    if let Err(error) = responder.respond(RequestPermissionResponse::new(outcome)) {
        tracing::debug!(%error, "a coding agent did not wait for an answer");
    }
}
