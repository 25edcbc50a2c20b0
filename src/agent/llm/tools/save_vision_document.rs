//! Writing down what is to be built.

use serde::Deserialize;
use serde_json::{Value, json};

use super::Tool;
use crate::domain::vision::VisionDocument;

/// Keeps a vision document and asks the person whether it is what they want.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct SaveVisionDocument {
    /// What it says.
    pub document: VisionDocument,
}

impl Tool for SaveVisionDocument {
    const NAME: &'static str = "save_vision_document";
    const ABOUT: &'static str = "Keeps a vision document made of what the person said, and asks them to approve it. Nothing starts before they do. \
         Only when the person has told enough for every part that is required.";

    fn schema() -> Value {
        let text = |about: &str| json!({ "type": "string", "description": about });
        let list = |about: &str| json!({ "type": "array", "items": { "type": "string" }, "description": about });
        json!({
            "type": "object",
            "properties": {
                "what_it_is": text("One or two sentences."),
                "who_its_for": text("Who will use it."),
                "problem_statement": text("What is difficult or missing for them today."),
                "solution_overview": text("How this makes it better."),
                "key_features": {
                    "type": "array",
                    "items": {
                        "type": "object",
                        "properties": {
                            "name": text("In a few words."),
                            "description": text("More about it."),
                            "priority": { "type": "string", "enum": ["HIGH", "MEDIUM", "LOW"] },
                        },
                        "required": ["name", "priority"],
                        "additionalProperties": false,
                    },
                },
                "user_journey": text("How somebody goes through it, from the first moment to the end."),
                "success_metrics": list("By what one sees that it works out."),
                "out_of_scope": list("What it is not to do."),
            },
            "required": ["what_it_is", "who_its_for", "problem_statement", "solution_overview", "key_features"],
            "additionalProperties": false,
        })
    }
}
