//! One file for each file of `src/http`, and `front_door` for what they do together.

mod activity;
mod assets;
mod chat_ws;
mod diagnostics;
mod executions;
mod extract;
mod front_door;
mod gates;
mod health;
mod messages;
mod openapi;
mod projects;
mod same_site;
mod secrets;
mod setup;
mod sse;
