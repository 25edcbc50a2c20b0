//! Project Manager: the server and WebUI with which people who do not write code get software built.
//!
//! In reading order:

pub mod clock;
pub mod delay;
pub mod domain;
pub mod failpoint;
pub mod leases;
pub mod metrics;
pub mod names;
pub mod traces;

pub mod agent;
pub mod backends;
pub mod db;
pub mod feed;
pub mod github;
pub mod webhook;

pub mod actors;
pub mod auth;

pub mod http;

pub mod app;
pub mod config;
pub mod telemetry;

pub mod moves;

pub mod cli;
pub mod guard;
