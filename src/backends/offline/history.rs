//! Where a project stands in its history.

use super::{
    counted,
    git::git_line,
    grouped,
    visit::{Answer, Halt, Visit},
};

/// Bytes of the answer to a question about the history.
const HISTORY_BYTES_MAX: usize = 64 * 1024;

/// The last commits shown.
const COMMITS_SHOWN: &str = "--max-count=5";

/// Commits counted at most: counting a million takes git seconds, and nobody needs the number.
pub(super) const COMMITS_COUNTED_MAX: usize = 10_000;

/// One commit of the history.
#[derive(Debug)]
pub(super) struct Commit {
    pub(super) date: String,
    pub(super) author: String,
    pub(super) subject: String,
}

/// Where the project stands in its history.
#[derive(Debug, Default)]
pub(super) struct History {
    /// `None` if no branch is checked out.
    pub(super) branch: Option<String>,
    pub(super) commits: Vec<Commit>,
    /// How many there are in all; `None` if there are more than are counted.
    pub(super) count: Option<usize>,
}

/// Asks git for the branch, the last commits and their number.
pub(super) async fn look(visit: &Visit<'_>) -> Result<History, Halt> {
    let branch = branch(visit).await?;
    let args = [
        "log",
        COMMITS_SHOWN,
        "--date=short",
        "--format=%ad%x09%an%x09%s",
    ];
    let work = async {
        let answer = visit.git(&args, HISTORY_BYTES_MAX).await?;
        if answer.code != Some(0) {
            let words = if answer.complaint.contains("does not have any commits yet") {
                return Ok((Vec::new(), Answer::good("No commits yet", "")));
            } else {
                answer.words()
            };
            return Ok((Vec::new(), Answer::bad(words)));
        }
        let text = answer.text();
        let commits: Vec<_> = text.lines().filter_map(commit).collect();
        let summary = match commits.first() {
            Some(last) => format!("The last change is of {}: {}", last.date, last.subject),
            None => "No commits yet".to_owned(),
        };
        Ok((commits, Answer::good(summary, text)))
    };
    let commits = visit
        .using(
            "Bash",
            "Read the last commits".to_owned(),
            git_line(&args),
            work,
        )
        .await?;
    let count = if commits.is_empty() {
        Some(0)
    } else {
        count_commits(visit).await?
    };
    Ok(History {
        branch,
        commits,
        count,
    })
}

async fn branch(visit: &Visit<'_>) -> Result<Option<String>, Halt> {
    let args = ["branch", "--show-current"];
    let work = async {
        let answer = visit.git(&args, HISTORY_BYTES_MAX).await?;
        if answer.code != Some(0) {
            return Ok((None, Answer::bad(answer.words())));
        }
        let branch = Some(answer.text().trim().to_owned()).filter(|name| !name.is_empty());
        let summary = match &branch {
            Some(name) => format!("On the branch {name}"),
            None => "No branch is checked out".to_owned(),
        };
        Ok((branch, Answer::good(summary, answer.text())))
    };
    visit
        .using(
            "Bash",
            "Ask for the branch".to_owned(),
            git_line(&args),
            work,
        )
        .await
}

/// `None` if there are more than are counted, or git cannot say.
async fn count_commits(visit: &Visit<'_>) -> Result<Option<usize>, Halt> {
    // One more than is told, to know whether there are more.
    let limit = format!("--max-count={}", COMMITS_COUNTED_MAX + 1);
    let args = ["rev-list", "--count", &limit, "HEAD"];
    let work = async {
        let answer = visit.git(&args, HISTORY_BYTES_MAX).await?;
        let count = answer.text().trim().parse::<usize>().ok();
        Ok(match count {
            Some(count) if count <= COMMITS_COUNTED_MAX => (
                Some(count),
                Answer::good(counted(count, "commit", "commits"), answer.text()),
            ),
            Some(_) => (
                None,
                Answer::good(
                    format!("More than {} commits", grouped(COMMITS_COUNTED_MAX)),
                    answer.text(),
                ),
            ),
            None => (None, Answer::bad(answer.words())),
        })
    };
    visit
        .using(
            "Bash",
            "Count the commits".to_owned(),
            git_line(&args),
            work,
        )
        .await
}

fn commit(line: &str) -> Option<Commit> {
    let mut fields = line.splitn(3, '\t');
    Some(Commit {
        date: fields.next()?.to_owned(),
        author: fields.next()?.to_owned(),
        subject: fields.next()?.to_owned(),
    })
}
