//! One command's conversation with its agent: the process, what it tells, what it asks, and what ends it.

use std::time::Duration;

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
    sync::mpsc,
    time::{Instant, MissedTickBehavior, interval, timeout},
};
use tokio_util::sync::CancellationToken;

use super::{
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
        silence::{Silence, in_short},
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

/// How often the clocks are looked at.
const TICK: Duration = Duration::from_secs(1);

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
        let (teller, mut told) = mpsc::channel(TOLD_AHEAD);
        let lines = Lines::new(
            outgoing(input),
            incoming(output, teller.clone(), self.log.clone()),
        );
        let stop = CancellationToken::new();
        let mut hearing = Hearing::new(&self, stop.clone());
        let log = self.log.clone();
        let complaints = log.follow(errors);
        tokio::pin!(complaints);
        let connection = connect(lines, self.line.dir.clone(), teller, speaker, stop.clone());
        tokio::pin!(connection);
        let mut complaining = true;
        let ending = loop {
            tokio::select! {
                biased;
                ending = &mut connection => break ending,
                heard = hearing.hear(&mut told, &self.cancel) => if heard.is_err() {
                    // Nobody takes steps any more.
                    stop.cancel();
                    break Ending::Stopped;
                },
                () = &mut complaints, if complaining => complaining = false,
            }
        };
        // What was told before the end is heard before it is told of.
        while let Ok(last) = told.try_recv() {
            if hearing.take(last).await.is_err() {
                break;
            }
        }
        let _ = hearing.telling.end().await;
        let ended = end(program, &ending).await;
        if complaining {
            // What it complained about at the very end; a process that got away may hold the other end for ever.
            let _ = timeout(END_PATIENCE, complaints).await;
        }
        Ok(Held {
            ending,
            output: hearing.telling.output(),
            ended,
            timed_out: hearing.timed_out,
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

/// Speaks the protocol, to its end.
async fn connect<Out, In>(
    lines: Lines<Out, In>,
    root: std::path::PathBuf,
    teller: mpsc::Sender<Told>,
    speaker: Speaker,
    stop: CancellationToken,
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
        .connect_with(lines, async |connection| {
            Ok(speaker.speak(&connection, &teller, &stop).await)
        })
        .await;
    connected.unwrap_or_else(|error| Ending::Broken(super::protocol::in_words(&error)))
}

/// Who hears what the agent tells and asks, and looks at the clock meanwhile.
struct Hearing {
    telling: Telling,
    steps: Steps,
    root: std::path::PathBuf,
    permissions: Permissions,
    /// Whether what is told is of this command, and not what a session that is continued was about before.
    begun: bool,
    asking: FuturesUnordered<Asking>,
    stop: CancellationToken,
    clock: tokio::time::Interval,
    looked: Instant,
    left: Duration,
    silence: Silence,
    timed_out: bool,
}

impl Hearing {
    fn new(conversation: &Conversation<'_>, stop: CancellationToken) -> Self {
        let root = conversation.line.dir.clone();
        let tick = TICK
            .min(conversation.stall / 4)
            .min(conversation.time_limit / 4)
            .max(Duration::from_millis(1));
        let mut clock = interval(tick);
        clock.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Self {
            telling: Telling::new(conversation.steps.clone(), root.clone()),
            steps: conversation.steps.clone(),
            root,
            permissions: conversation.permissions,
            begun: false,
            asking: FuturesUnordered::new(),
            stop,
            clock,
            looked: Instant::now(),
            left: conversation.time_limit,
            silence: Silence::new(conversation.stall),
            timed_out: false,
        }
    }

    /// Hears one thing.
    async fn hear(
        &mut self,
        told: &mut mpsc::Receiver<Told>,
        cancel: &CancellationToken,
    ) -> Result<(), NobodyListens> {
        tokio::select! {
            biased;
            () = cancel.cancelled(), if !self.stop.is_cancelled() => self.stop.cancel(),
            Some(()) = self.asking.next() => {}
            Some(next) = told.recv() => {
                self.silence.broken();
                self.take(next).await?;
            }
            _ = self.clock.tick() => self.look().await?,
        }
        Ok(())
    }

    /// Looks at the clocks. They stand still while a person is asked.
    async fn look(&mut self) -> Result<(), NobodyListens> {
        let passed = self.looked.elapsed();
        self.looked = Instant::now();
        if !self.asking.is_empty() {
            self.silence.broken();
            return Ok(());
        }
        self.left = self.left.saturating_sub(passed);
        if self.left.is_zero() && !self.stop.is_cancelled() {
            self.timed_out = true;
            self.stop.cancel();
        }
        let Some(silent) = self.silence.worth_telling() else {
            return Ok(());
        };
        self.steps
            .notice(Notice {
                status: NoticeStatus::Stalled,
                message: format!("Silent for {}", in_short(silent)),
            })
            .await
    }

    async fn take(&mut self, told: Told) -> Result<(), NobodyListens> {
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
            Verdict::Ask(question) => {
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
