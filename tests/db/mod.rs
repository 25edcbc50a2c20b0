//! The tables as a database has them.

mod plans;
mod schema;
pub mod tables;
