//! Whole databases on the move: a backup, a copy into another kind of database, an import from the predecessor.
//!
//! These are commands of their own and no part of the server. Whoever writes here makes sure first that no server runs on
//! what it writes to, and opens the one transaction in which all of it happens or nothing: beside the writer this is the
//! only place that may.

pub mod backup;
pub mod copy;
pub mod legacy;
mod rows;
mod side;

pub use rows::Checksum;
