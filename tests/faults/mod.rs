//! One file per thing that breaks.

mod actors;
mod clients;
mod crash;
mod database;
mod deleting;
mod load;
#[cfg(feature = "failpoints")]
mod matrix;
pub mod startup;
mod supervisor;
mod writer;
