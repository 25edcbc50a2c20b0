//! What moves whole databases, as a person runs it: `pm backup`.

mod backup;
