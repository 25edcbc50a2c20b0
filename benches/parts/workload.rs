//! What is measured.

/// Something that is done over and over.
pub(crate) struct Workload {
    /// `part/what`.
    pub(crate) name: &'static str,
    /// How often it is done when it is counted: so often that what it does outweighs how the start of the program
    /// differs from run to run, and no more, because a count takes fifty times as long as a run.
    pub(crate) times: u32,
    /// Makes ready what it works with.
    pub(crate) ready: fn() -> anyhow::Result<Work>,
}

/// Does it once.
pub(crate) type Work = Box<dyn FnMut()>;
