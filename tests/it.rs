//! Every test of the workspace in one binary: one link, and nothing shared stands unused.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
#![allow(
    unreachable_pub,
    reason = "nobody is beyond a test binary to publish to"
)]

mod acp;
mod agent;
mod api;
mod auth;
mod backends;
mod cli;
mod config;
mod db;
mod diagnostics;
mod doctor;
mod faults;
mod fuzz;
mod github;
mod llm;
mod moves;
mod notifications;
mod scar;
mod servers;
mod simulation;
mod support;
mod tidy;
mod traces;
mod workflow;
