//! One file per thing that breaks.

mod actors;
mod clients;
mod crash;
mod startup;
mod supervisor;
mod writer;
