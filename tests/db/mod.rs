//! The tables as a database has them.

mod schema;
mod tables;
