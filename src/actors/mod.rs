//! The actors and what holds them up.

mod patience;
pub mod reply;
pub mod supervisor;

pub mod writer;

pub mod importer;
pub mod indexer;

pub mod canary;

pub mod notifier;

pub mod lookout;

pub mod correspondent;

pub mod executor;
pub mod listener;
pub mod poller;

pub mod session;
pub mod sessions;

pub mod leaseholder;

pub mod streamer;
