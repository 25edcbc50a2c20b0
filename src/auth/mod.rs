//! Who may use the server.
//!
//! ```text
//! Authorization: Bearer pm_…  ─┐                ┌─ Known: remembered for a moment
//! Cookie: pm_session=…         ├─▶ Doorkeeper ──┤
//! nothing, on this machine    ─┘                └─ `tokens`, `sign_ins` (argon2id, off the worker threads)
//!                                    │ Rounds: every two seconds, who is still inside?
//!                                    ▼
//!                                  Stay: ends a stream or a chat window whose token was revoked
//! ```
//!
//! It is on as soon as there is a token, in the settings or in the database, or the server can be reached from elsewhere.
//! What needs which scope is decided where the routes are (`http/auth`).

mod cookie;
mod doorkeeper;
mod known;
mod rounds;
pub mod secret;
mod stay;
mod who;

pub use self::{
    cookie::SignedIn,
    doorkeeper::{Doorkeeper, Options, Refused},
    rounds::start,
    secret::Credential,
    stay::Stay,
    who::{Shown, Who},
};
