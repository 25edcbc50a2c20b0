//! The offline backend, command by command.

mod hostile;
mod prime;
mod refusals;
mod streaming;
mod validate;
