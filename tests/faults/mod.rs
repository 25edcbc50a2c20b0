//! One file per thing that breaks.

mod actors;
mod clients;
pub mod crash;
mod database;
mod deleting;
mod feed;
pub mod load;
#[cfg(feature = "failpoints")]
mod matrix;
pub mod startup;
mod streams;
mod supervisor;
mod writer;
