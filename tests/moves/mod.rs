//! What moves whole databases, as a person runs it: `pm backup`, `pm copy`.

mod backup;
mod copy;
