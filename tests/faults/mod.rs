//! One file per thing that breaks.

mod actors;
mod crash;
mod startup;
mod supervisor;
mod writer;
