//! A project's log as a file to keep: streamed piece by piece, so that it takes the same memory however long it is.

use actix_web::{
    HttpResponse,
    http::header::{self, HeaderValue},
    web::Data,
};
use bytes::Bytes;
use futures_util::stream;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use super::{markdown::Page, query::Asked};
use crate::{
    clock,
    db::{
        ReadError, Reader,
        activity::{Filter, Walk},
    },
    domain::{activity::Activity, id::ProjectId},
    http::{
        error::ApiError,
        extract::{Id, Query},
        openapi::problems::{Away, NoProject},
        projects::find,
    },
};

/// Bytes of the log read at once, about: what is held in memory for a client, however slow.
const BYTES_AT_ONCE: usize = 256 << 10;

/// How the file is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, ToSchema)]
#[schema(as = ExportFormat)]
#[serde(rename_all = "lowercase")]
pub(in crate::http) enum Format {
    /// A line of JSON an activity, as lists and streams show it: for programs.
    #[default]
    Jsonl,
    /// For people.
    Markdown,
}

/// What the query of `GET /api/projects/{id}/activity/export` has beside what [`Asked`] has.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(in crate::http) struct Wanted {
    /// How the file is written; `jsonl` unless asked otherwise.
    #[serde(default)]
    format: Format,
}

/// `GET /api/projects/{id}/activity/export`
#[utoipa::path(
    get, path = "/api/projects/{project_id}/activity/export", operation_id = "export_activity", tag = "feed",
    summary = "The log of a project as a file",
    description = "All of it, or what the filters leave. A download that breaks off was not complete.",
    params(("project_id" = ProjectId, Path, description = "Which project."), Asked, Wanted),
    responses(
    (status = 200, description = "The file.",
    content(
    (String = "application/x-ndjson", example = "{\"id\":\"0197f2b5-5e00-7000-8000-000000000001\",\"seq\":1,\"source\":\"pm\",\"message\":\"analyze the codebase\"}\n"),
    (String = "text/markdown", example = "# Activity of Shop\n"),
    ),
    headers(("Content-Disposition" = String, description = "Names the file after the project."))),
    NoProject, Away
    ),
)]
pub(in crate::http) async fn export(
    Id(project): Id<ProjectId>,
    Query(asked): Query<Asked>,
    Query(Wanted { format }): Query<Wanted>,
    reader: Data<Reader>,
) -> Result<HttpResponse, ApiError> {
    let (page, filter) = (asked.page(u64::MAX)?, asked.filter()?);
    let project = find(&reader, project).await?;
    let is_whole = filter == Filter::default() && page.after.is_none() && page.before.is_none();
    let reader = reader.as_ref().clone();
    let walk = Walk::through(reader, project.id, page, filter, project.head).await?;
    let (kind, extension) = match format {
        Format::Jsonl => ("application/x-ndjson; charset=utf-8", "jsonl"),
        Format::Markdown => ("text/markdown; charset=utf-8", "md"),
    };
    let file = File {
        walk,
        pen: match format {
            Format::Jsonl => Pen::Lines,
            Format::Markdown => Pen::Markdown(Page::new(&project.name, is_whole, clock::now())),
        },
        is_done: false,
    };
    Ok(HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, kind))
        .insert_header((
            header::CONTENT_DISPOSITION,
            attachment(&project.name, extension),
        ))
        .streaming(stream::try_unfold(file, File::next)))
}

/// What is being written, and how far.
struct File {
    walk: Walk,
    pen: Pen,
    is_done: bool,
}

enum Pen {
    Lines,
    Markdown(Page),
}

impl File {
    /// The next part of the file. A read that fails breaks the download off, which is seen: a file that ends early is not
    /// taken for all of it.
    async fn next(mut self) -> Result<Option<(Bytes, Self)>, ReadError> {
        while !self.is_done {
            let read = self.walk.next(BYTES_AT_ONCE).await;
            let read = read.inspect_err(|error| {
                let error = error as &dyn std::error::Error;
                tracing::error!(error, "a download of a log was broken off");
            });
            let text = match read? {
                Some(activities) => activities.iter().map(|one| self.pen.write(one)).collect(),
                None => {
                    self.is_done = true;
                    self.pen.end()
                }
            };
            if !text.is_empty() {
                return Ok(Some((Bytes::from(text), self)));
            }
        }
        Ok(None)
    }
}

impl Pen {
    fn write(&mut self, activity: &Activity) -> String {
        match self {
            Self::Lines => {
                let line = serde_json::to_string(activity)
                    .expect("an activity has only string keys and finite numbers");
                line + "\n"
            }
            Self::Markdown(page) => page.write(activity),
        }
    }

    fn end(&mut self) -> String {
        match self {
            Self::Lines => String::new(),
            Self::Markdown(page) => page.end(),
        }
    }
}

/// What names the file: after the project, in plain letters for whoever reads no others, and as it is written for the rest.
fn attachment(project: &str, extension: &str) -> HeaderValue {
    let rest = format!("activity.{extension}");
    let plain = format!(
        "{}-{rest}",
        words(project, |one| one.is_ascii_alphanumeric())
    );
    let exact = format!("{}-{rest}", words(project, char::is_alphanumeric));
    let (plain, exact) = (plain.trim_start_matches('-'), exact.trim_start_matches('-'));
    let value = match plain == exact {
        true => format!("attachment; filename=\"{plain}\""),
        false => {
            let exact: String = form_urlencoded::byte_serialize(exact.as_bytes()).collect();
            format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{exact}")
        }
    };
    HeaderValue::try_from(value).expect("it has only letters, digits and what stands between them")
}

/// The words of a name in lower case, with a dash between them.
fn words(name: &str, belongs: impl Fn(char) -> bool) -> String {
    let name = name.to_lowercase();
    let words: Vec<&str> = name
        .split(|one| !belongs(one))
        .filter(|word| !word.is_empty())
        .collect();
    words.join("-")
}

#[cfg(test)]
mod tests {
    use super::attachment;

    #[test]
    fn a_file_is_named_after_its_project() {
        let name = |project| attachment(project, "md").to_str().map(str::to_owned).ok();
        let named = |text: &str| Some(format!("attachment; {text}"));
        assert_eq!(name("Shop"), named("filename=\"shop-activity.md\""));
        assert_eq!(
            name("../a \"b\"\r\nc"),
            named("filename=\"a-b-c-activity.md\"")
        );
        assert_eq!(
            name("Bücher"),
            named("filename=\"b-cher-activity.md\"; filename*=UTF-8''b%C3%BCcher-activity.md")
        );
        assert_eq!(name("📚"), named("filename=\"activity.md\""));
    }
}
