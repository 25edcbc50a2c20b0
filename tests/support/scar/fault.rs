//! The ways in which SCAR, or something between it and its client, can fail.

/// A sort of request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Step {
    /// `POST /test/message` with `/repo`.
    PostRepository,
    /// `POST /test/message` with a command.
    PostCommand,
    /// `GET /test/messages/ID`.
    Messages,
    /// `GET /health/concurrency`.
    Concurrency,
    /// `GET /health`.
    Health,
}

/// What happens instead of the answer. [`Fault::carries_out`] says whether the request is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The connection is closed without a word.
    Reset,
    /// Nothing ever comes.
    Silence,
    /// This status, with a page for people.
    Status(u16),
    /// Something that is no JSON, called JSON.
    BadJson,
    /// The right answer, cut in the middle.
    Cut,
    /// A page for people, and everything is fine.
    Page,
    /// The right answer, called something else.
    WrongType,
    /// An answer without an end.
    Endless,
    /// The request is carried out, and the connection closed without an answer.
    AnswerLost,
    /// The right answer, a byte at a time.
    Drip,
    /// The connection is closed without an answer, and the request carried out a little later.
    Late,
    /// Something in between answers.
    Answer {
        status: u16,
        kind: &'static str,
        body: &'static str,
    },
}

impl Fault {
    /// All there are.
    pub const ALL: [Self; 11] = [
        Self::Reset,
        Self::Silence,
        Self::Status(503),
        Self::BadJson,
        Self::Cut,
        Self::Page,
        Self::WrongType,
        Self::Endless,
        Self::AnswerLost,
        Self::Drip,
        Self::Late,
    ];

    /// Whether the request is carried out all the same.
    pub fn carries_out(self) -> bool {
        !matches!(
            self,
            Self::Reset
                | Self::Silence
                | Self::Status(_)
                | Self::Page
                | Self::Endless
                | Self::Answer { .. }
        )
    }
}
