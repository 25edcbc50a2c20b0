//! What a request says of a project.

use serde::{Deserialize, Deserializer};
use utoipa::ToSchema;

use super::agent::Agent;

/// The body of `POST /api/projects`.
#[derive(Deserialize, ToSchema)]
#[schema(as = NewProject)]
pub(in crate::http) struct Create {
    /// Its name.
    #[schema(value_type = String, required, min_length = 1, max_length = 200, pattern = r"^[^\u0000]*\S[^\u0000]*$", example = "Shop")]
    pub(super) name: Option<String>,
    /// What it is about.
    #[schema(
        max_length = 10_000,
        pattern = r"^[^\u0000]*$",
        example = "A shop that sells books."
    )]
    pub(super) description: Option<String>,
    /// Where its repository is on the web.
    #[schema(
        max_length = 4_096,
        pattern = r"^\s*(https?://[^\u0000]*)?$",
        example = "https://github.com/you/shop"
    )]
    pub(super) github_repo_url: Option<String>,
    /// Where its checkout is on the machine of the server: the full path of the top folder of a git checkout.
    #[schema(max_length = 4_096, example = "/home/you/shop")]
    pub(super) workspace_path: Option<String>,
    /// Where its commands run: a name of the `backends` in `/api/setup`. Left out, the server chooses.
    #[schema(example = "offline")]
    pub(super) backend: Option<String>,
    /// How its coding agent works.
    #[serde(default)]
    pub(super) agent: Option<Agent>,
}

/// The body of `PATCH /api/projects/{id}`: what is not there stays as it is, null or nothing clears it.
#[derive(Deserialize, ToSchema)]
#[schema(as = ProjectEdit)]
pub(in crate::http) struct Edit {
    /// Its name.
    #[schema(
        min_length = 1,
        max_length = 200,
        pattern = r"^[^\u0000]*\S[^\u0000]*$",
        example = "Book shop"
    )]
    pub(super) name: Option<String>,
    /// What it is about.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>, max_length = 10_000, pattern = r"^[^\u0000]*$", example = "A shop that sells books.")]
    pub(super) description: Option<Option<String>>,
    /// Where its repository is on the web.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>, max_length = 4_096, pattern = r"^\s*(https?://[^\u0000]*)?$", example = "https://github.com/you/shop")]
    pub(super) github_repo_url: Option<Option<String>>,
    /// Where its checkout is on the machine of the server: the full path of the top folder of a git checkout.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>, max_length = 4_096, example = "/home/you/shop")]
    pub(super) workspace_path: Option<Option<String>>,
    /// Where its commands run: a name of the `backends` in `/api/setup`.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>, example = "offline")]
    pub(super) backend: Option<Option<String>>,
    /// How its coding agent works.
    pub(super) agent: Option<Agent>,
}

/// A field that is there, also as null.
pub(super) fn given<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Option<String>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}
