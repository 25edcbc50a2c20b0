//! Why a chat window ends.

use actix_ws::{CloseCode, ProtocolError};

/// With what a window is closed whose project was deleted: one of the codes that are free for use, with the 404 in it that
/// comes back when it is opened again.
const DELETED: u16 = 4_404;

/// With what a window is closed whose client is not let in any more, with the 401 in it that comes back.
const NOT_LET_IN: u16 = 4_401;

/// Why a window ends. Whichever it is, the client comes back and reads what it missed.
pub(super) enum End {
    /// The client has gone.
    Gone,
    /// The server stops.
    Stopping,
    /// The client sent more than a frame may hold. Where the next one begins is not known for sure.
    TooLarge,
    /// The client sent something that is no WebSocket.
    Unreadable,
    /// The project was deleted.
    Deleted,
    /// The client is not let in any more.
    NotLetIn,
}

impl From<actix_ws::Closed> for End {
    fn from(_: actix_ws::Closed) -> Self {
        Self::Gone
    }
}

impl End {
    pub(super) fn of(error: &ProtocolError) -> Self {
        match error {
            ProtocolError::Overflow => Self::TooLarge,
            // So it is called when a message is too large only with all of its frames together.
            ProtocolError::Io(error) if error.kind() == std::io::ErrorKind::Other => Self::TooLarge,
            _ => Self::Unreadable,
        }
    }

    pub(super) fn code(&self) -> Option<CloseCode> {
        match self {
            Self::Gone => None,
            Self::Stopping => Some(CloseCode::Away),
            Self::TooLarge => Some(CloseCode::Size),
            Self::Unreadable => Some(CloseCode::Protocol),
            Self::Deleted => Some(CloseCode::Other(DELETED)),
            Self::NotLetIn => Some(CloseCode::Other(NOT_LET_IN)),
        }
    }
}
