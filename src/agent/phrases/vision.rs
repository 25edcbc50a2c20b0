//! What people say about the vision document and the workflow.

/// Begins the workflow, or the vision document it begins with; must be the whole message.
pub(in crate::agent) const BEGIN: &[&str] = &[
    "start the workflow", "start workflow", "begin the workflow", "begin workflow", "run the workflow",
    "start a workflow", "start the project", "write a vision", "write the vision", "write a vision document",
    "write the vision document", "create a vision", "create the vision", "create a vision document",
    "create the vision document", "make a vision document", "make the vision document", "start the vision",
    "start the vision document", "start a vision document", "new vision", "new vision document", "vision",
    "vision document", "change the vision", "change the vision document", "rewrite the vision",
    "rewrite the vision document", "i have an idea", "i've an idea", "i've got an idea", "i have a new idea",
    "i have an idea for an app", "i have an idea for a website", "i have an idea for a product",
    "i have an idea for a project", "ich habe eine idee", "starte den workflow",
];

/// May stand about it.
pub(in crate::agent) const BEGIN_FILL: &[&str] = &[
    "please", "pls", "let's", "can", "could", "you", "we", "us", "help", "me", "now", "ok", "okay", "pm", "hi", "hey",
    "hello", "i", "want", "to", "i'd", "like", "would", "so", "well", "yes", "and", "then", "bitte",
];

/// Lets a workflow go on that is paused or has failed; must be the whole message.
pub(in crate::agent) const CONTINUE: &[&str] = &[
    "continue the workflow", "continue workflow", "resume the workflow", "resume workflow", "go on with the workflow",
    "continue", "go on", "resume", "carry on", "next phase", "advance", "advance the workflow", "keep going",
    "weiter", "mach weiter",
];

/// Begins the workflow again from its first phase; must be the whole message.
pub(in crate::agent) const RESET: &[&str] = &[
    "reset the workflow", "reset workflow", "start the workflow over", "start over the workflow",
    "restart the workflow", "start the workflow again", "begin the workflow again",
];

/// Says yes at a gate; must be the whole message. Any other yes is one as well, if nothing else was asked.
pub(in crate::agent) const APPROVE: &[&str] = &[
    "approve", "approved", "i approve", "approve it", "approve the plan", "approve the vision", "approve the result",
    "approve the vision document", "the plan is approved", "the vision is approved", "ich genehmige", "genehmigt",
];

/// May stand about it.
pub(in crate::agent) const APPROVE_FILL: &[&str] = &[
    "please", "yes", "ok", "okay", "it", "this", "that", "looks", "good", "great", "fine", "perfect", "the", "plan",
    "vision", "pm", "thanks", "thank you", "very", "i", "and", "so", "sounds", "document", "result",
];

/// Says no at a gate; the message begins with it, and what follows is the reason.
pub(in crate::agent) const REJECT: &[&str] = &[
    "reject", "rejected", "i reject", "reject it", "reject this", "reject that", "reject the plan",
    "reject the vision", "reject the vision document", "reject the result", "i reject it", "i reject the plan",
    "i reject the vision", "abgelehnt",
];

/// Stands between a no and its reason.
pub(in crate::agent) const BECAUSE: &[&str] = &["because", "since", "as", "weil"];

/// Leaves a question open; must be the whole message.
pub(in crate::agent) const SKIP: &[&str] = &[
    "skip", "skip it", "skip this", "skip that", "next", "i don't know", "i do not know", "i don't know yet",
    "don't know", "dont know", "no idea", "not sure", "i'm not sure", "none", "nothing", "later", "no", "n/a",
    "weiß nicht", "keine ahnung", "nichts",
];

/// May stand about it.
pub(in crate::agent) const SKIP_FILL: &[&str] = &[
    "please", "yet", "really", "for", "now", "question", "this", "that", "one", "the", "sorry", "hm", "hmm", "oh",
    "well", "ok", "okay", "thanks", "maybe",
];
