//! Whole databases on the move: a backup.
//!
//! These are commands of their own and no part of the server.

pub mod backup;
