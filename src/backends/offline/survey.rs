//! `prime`: get to know the codebase and sum it up. It changes nothing and says only what it read.

use super::{
    counted,
    history::{self, History},
    languages,
    listing::{self, Listing},
    manifests::{self, Facts, Kind, Manifest},
    readme::{self, Readme},
    searches::{self, Entry, Tests},
    summary,
    visit::{Answer, Halt, Visit, printable},
    workspace::{self, Content},
};
use crate::domain::execution::Outcome;

/// Bytes read of one file at most: a README or a manifest that says what it is later than here says it too late.
const FILE_BYTES_MAX: usize = 256 * 1024;

/// Everything that was found out.
#[derive(Debug)]
pub(super) struct Findings {
    /// The name of the project's folder.
    pub(super) folder: String,
    pub(super) listing: Listing,
    pub(super) history: History,
    pub(super) readme: Option<Readme>,
    pub(super) manifests: Vec<Manifest>,
    /// Manifests there are, read or not.
    pub(super) manifests_all: usize,
    pub(super) languages: Vec<(&'static str, usize)>,
    pub(super) entries: Vec<Entry>,
    pub(super) tests: Vec<Tests>,
}

/// Looks at everything in turn, in front of everybody.
pub(super) async fn survey(visit: &Visit<'_>) -> Result<Outcome, Halt> {
    visit.status("Looking at the files").await?;
    let listing = listing::list(visit).await?;
    visit.status("Looking at the history").await?;
    let history = history::look(visit).await?;
    let readme = readme(visit, &listing).await?;
    let (manifests, manifests_all) = read_manifests(visit, &listing).await?;
    let languages = languages::count(listing.files());
    if !languages.is_empty() {
        visit
            .status(format!("Languages: {}", languages::in_words(&languages)))
            .await?;
        visit
            .status("Looking for the places where programs begin")
            .await?;
    }
    let entries = searches::entries(visit, &listing).await?;
    if !languages.is_empty() {
        visit.status("Looking for the tests").await?;
    }
    let tests = searches::tests(visit, &listing).await?;
    let findings = Findings {
        folder: visit
            .root
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned(),
        listing,
        history,
        readme,
        manifests,
        manifests_all,
        languages,
        entries,
        tests,
    };
    let output = printable(&summary::write(&findings));
    visit.say(output.clone()).await?;
    Ok(Outcome::Completed { output })
}

async fn readme(visit: &Visit<'_>, listing: &Listing) -> Result<Option<Readme>, Halt> {
    let Some(path) = readme::find(listing.files()) else {
        visit.status("There is no README").await?;
        return Ok(None);
    };
    visit.status("Reading the README").await?;
    let text = read(visit, &path, |content| Ok(lines_in_words(content))).await?;
    Ok(text.map(|text| readme::digest(&path, &text)))
}

async fn read_manifests(
    visit: &Visit<'_>,
    listing: &Listing,
) -> Result<(Vec<Manifest>, usize), Halt> {
    let (nearest, all) = manifests::find(listing.files());
    if nearest.is_empty() {
        visit
            .status("There is no file that says how it is built")
            .await?;
    } else {
        visit.status("Reading how it is built").await?;
    }
    let mut manifests = Vec::new();
    for (path, kind) in nearest {
        let facts = |text: &str| {
            let folder = path
                .rsplit_once('/')
                .map(|(folder, _)| format!("{folder}/"))
                .unwrap_or_default();
            Facts::read(kind, &path, text, |file| {
                listing.has(&format!("{folder}{file}"))
            })
        };
        let text = read(visit, &path, |content| {
            let words = facts(&content.text)?.in_words();
            Ok(match words.as_str() {
                "" => lines_in_words(content),
                words => format!("{}; {words}", lines_in_words(content)),
            })
        })
        .await?;
        if let Some(text) = text {
            manifests.push(Manifest {
                // What it cannot say it does not say; that it is broken has been shown.
                facts: facts(&text).unwrap_or_default(),
                path,
                kind,
            });
        }
    }
    Ok((manifests, all))
}

/// Reads one file in front of everybody; `None` if that did not work. `describe` says what is in it, or what is wrong.
async fn read(
    visit: &Visit<'_>,
    path: &str,
    describe: impl Fn(&Content) -> Result<String, String>,
) -> Result<Option<String>, Halt> {
    let work = async {
        Ok(
            match visit
                .limits
                .hold(workspace::read(&visit.root, path, FILE_BYTES_MAX))
                .await?
            {
                Ok(content) => {
                    let answer = match describe(&content) {
                        Ok(summary) => Answer::good(summary, content.text.clone()),
                        Err(wrong) => Answer {
                            summary: format!("It is not valid: {wrong}"),
                            output: content.text.clone(),
                            ok: false,
                        },
                    };
                    (Some(content.text), answer)
                }
                Err(unread) => (None, Answer::bad(format!("Not read: {unread}"))),
            },
        )
    };
    visit
        .using("Read", format!("Read {path}"), path.to_owned(), work)
        .await
}

fn lines_in_words(content: &Content) -> String {
    let lines = counted(content.text.lines().count(), "line", "lines");
    match content.left_bytes {
        0 => lines,
        more => format!("the first {lines}; {more} bytes more were not read"),
    }
}

/// The kinds of manifest that were read, each once, nearest first.
pub(super) fn kinds(manifests: &[Manifest]) -> Vec<(Kind, &str)> {
    let mut kinds: Vec<(Kind, &str)> = Vec::new();
    for manifest in manifests {
        if !kinds.iter().any(|(kind, _)| *kind == manifest.kind) {
            kinds.push((manifest.kind, &manifest.path));
        }
    }
    kinds
}
