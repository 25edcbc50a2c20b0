//! The words people use. Lists only; the modules beside this one say what they mean.
//!
//! In lower case and without punctuation, as `sentence` gives them. The longest match wins, so the order is free. Not
//! formatted by machine: that would put each phrase on a line of its own.

pub(super) mod looking;
pub(super) mod ordering;
pub(super) mod talk;
pub(super) mod vision;
