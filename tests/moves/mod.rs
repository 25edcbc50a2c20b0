//! What moves whole databases, as a person runs it: `pm backup`, `pm copy`, `pm import-legacy`.

mod backup;
mod copy;
mod legacy;
