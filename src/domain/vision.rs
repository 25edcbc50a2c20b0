//! The vision document: what is to be built, for whom and why, in a form people can agree on.

use serde::{Deserialize, Serialize};

/// Characters of one part of a vision document at most: a page of text.
pub const PART_CHARS_MAX: usize = 10_000;

/// Features, measures and exclusions at most: more is a backlog, not a vision.
pub const ITEMS_MAX: usize = 50;

/// A vision document. Its field names are the wire's.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(default)]
pub struct VisionDocument {
    /// What it is, in a sentence or two.
    #[schema(example = "A shop that sells books.")]
    pub what_it_is: String,
    /// Who will use it.
    #[schema(example = "People who read.")]
    pub who_its_for: String,
    /// What is wrong today.
    #[schema(example = "The nearest book shop is far away.")]
    pub problem_statement: String,
    /// How this makes it right.
    #[schema(example = "A page with all books and a basket.")]
    pub solution_overview: String,
    /// What it can do.
    pub key_features: Vec<Feature>,
    /// How somebody goes through it.
    #[schema(example = "Look, choose, pay.")]
    pub user_journey: String,
    /// By what one sees that it works out.
    pub success_metrics: Vec<String>,
    /// What it is not to do.
    pub out_of_scope: Vec<String>,
}

/// Something it can do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = VisionFeature)]
pub struct Feature {
    /// In a few words.
    #[schema(example = "Basket")]
    pub name: String,
    /// More about it; may be empty.
    #[serde(default)]
    #[schema(example = "Keeps what was chosen.")]
    pub description: String,
    /// How much depends on it.
    #[serde(default)]
    pub priority: Priority,
}

/// How much depends on a feature.
#[derive(
    Debug,
    Clone,
    Copy,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    strum::IntoStaticStr,
    utoipa::ToSchema,
)]
#[serde(rename_all = "UPPERCASE")]
#[strum(serialize_all = "lowercase")]
#[schema(as = VisionPriority)]
pub enum Priority {
    /// Without it there is no point.
    High,
    /// It should be there.
    #[default]
    Medium,
    /// It would be nice.
    Low,
}

impl VisionDocument {
    /// The parts a vision cannot do without that this one lacks, by their field's name.
    pub fn missing(&self) -> Vec<&'static str> {
        let needed = [
            ("what_it_is", self.what_it_is.trim().is_empty()),
            ("who_its_for", self.who_its_for.trim().is_empty()),
            (
                "problem_statement",
                self.problem_statement.trim().is_empty(),
            ),
            (
                "solution_overview",
                self.solution_overview.trim().is_empty(),
            ),
            ("key_features", self.key_features.is_empty()),
        ];
        let missing = needed.into_iter().filter(|(_, is_missing)| *is_missing);
        missing.map(|(field, _)| field).collect()
    }

    /// It as Markdown, for people.
    pub fn to_markdown(&self, project: &str) -> String {
        let mut parts = vec![format!("# {}: vision", project.trim())];
        let mut add = |title: &str, text: String| {
            if !text.trim().is_empty() {
                parts.push(format!("## {title}\n\n{}", text.trim()));
            }
        };
        add("What it is", self.what_it_is.clone());
        add("Who it is for", self.who_its_for.clone());
        add("The problem", self.problem_statement.clone());
        add("The solution", self.solution_overview.clone());
        add("Key features", self.features());
        add("How it is used", self.user_journey.clone());
        add("How we see that it works", list(&self.success_metrics));
        add("What it does not do", list(&self.out_of_scope));
        parts.join("\n\n") + "\n"
    }

    fn features(&self) -> String {
        let mut features: Vec<&Feature> = self.key_features.iter().collect();
        features.sort_by_key(|feature| feature.priority);
        let lines = features.iter().map(|feature| {
            let priority: &str = feature.priority.into();
            let more = match feature.description.trim() {
                "" => String::new(),
                more => format!(": {more}"),
            };
            format!("- **{}** ({priority} priority){more}", feature.name.trim())
        });
        lines.collect::<Vec<_>>().join("\n")
    }
}

fn list(items: &[String]) -> String {
    let lines = items.iter().map(|item| format!("- {}", item.trim()));
    lines.collect::<Vec<_>>().join("\n")
}
