//! The front door: a whole server on a real port with a database of its own, and ways to look at it.
//!
//! Whatever a test needs more than once is here. A helper fails with a sentence; nothing here waits for a time, only
//! for a condition, and gives up after [`PATIENCE`].

pub mod acp;
mod app;
mod chance;
mod checkout;
mod client;
mod collector;
mod database;
mod following;
pub mod github;
mod guest;
pub mod listening;
pub mod llm;
mod lock;
mod port;
mod postgres;
mod program;
mod proxy;
pub mod receiver;
mod refusal;
pub mod scar;
mod schema;
mod scripted;
mod stream;
mod tripwire;
mod wait;
mod window;
mod witness;

pub use app::{TestApp, TestAppBuilder, spawn_app};
pub use chance::Chance;
pub use checkout::Checkout;
pub use client::{Client, expect};
pub use collector::{Collector, Span};
pub use database::{LEASE, TestDatabase};
pub use following::Following;
pub use github::{Hook, TestGitHub};
pub use guest::Guest;
pub use lock::Lock;
pub use port::free_port;
pub use postgres::Postgres;
pub use program::{Done, Process, Program, ProgramBuilder};
pub use proxy::{Cut, Proxy};
pub use receiver::{Answer, Notified, Receiver};
pub use refusal::{refused, refused_field};
pub use schema::Document;
pub use scripted::{RunningJob, Scripted, spawn_scripted};
pub use stream::{Event, Stream};
pub use tripwire::Tripwire;
pub use wait::{patiently, wait_until};
pub use window::Window;
pub use witness::Witness;
