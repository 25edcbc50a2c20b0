//! Which project, or which gate, is meant: by id, by the beginning of an id, by name.

use super::{api::Api, failure::Failure, text::one_line, wire::Project};

/// Characters of an id that are taken for one at least: fewer are more likely a name.
const PREFIX_MIN: usize = 4;

/// Characters of an id that are shown at least: fewer would look like a number.
const SHORT_ID_MIN: usize = 8;

/// How alike two names must be, from 0 to 1, for one to be suggested for the other.
const LIKENESS_MIN: f64 = 0.7;

/// Names that are suggested at most.
const SUGGESTIONS_MAX: usize = 3;

/// Projects that are listed at most where several are meant.
const LISTED_MAX: usize = 10;

/// The project that is meant.
pub(super) async fn project(api: &Api, wanted: &str) -> Result<Project, Failure> {
    let all = api.projects().await?;
    match choose(&all, wanted) {
        Ok(found) => Ok(found.clone()),
        Err(why) => Err(Failure::Misused(why)),
    }
}

/// The first way in which anything is meant is the one: a name that is written out is not taken for a part of another.
fn choose<'a>(all: &'a [Project], wanted: &str) -> Result<&'a Project, String> {
    let wanted = wanted.trim();
    let lower = wanted.to_lowercase();
    let ways: [&dyn Fn(&Project) -> bool; 5] = [
        &|project| project.id == lower,
        &|project| project.name == wanted,
        &|project| project.name.to_lowercase() == lower,
        &|project| is_prefix(&lower, &project.id),
        &|project| !lower.is_empty() && project.name.to_lowercase().contains(&lower),
    ];
    for way in ways {
        let meant: Vec<&Project> = all.iter().filter(|project| way(project)).collect();
        match meant.as_slice() {
            [] => {}
            [only] => return Ok(only),
            several => {
                return Err(format!(
                    "{wanted:?} may be any of these; say it by its id:{}",
                    listed(several)
                ));
            }
        }
    }
    Err(unknown(all, &lower, wanted))
}

/// Whether it is the beginning of an id.
pub(super) fn is_prefix(wanted: &str, id: &str) -> bool {
    wanted.len() >= PREFIX_MIN && id.starts_with(wanted)
}

fn listed(projects: &[&Project]) -> String {
    let lines = projects.iter().take(LISTED_MAX);
    let lines: String = lines
        .map(|project| format!("\n  {}  {}", project.id, one_line(&project.name)))
        .collect();
    match projects.len() > LISTED_MAX {
        true => format!("{lines}\n  … `pm projects` lists them all"),
        false => lines,
    }
}

fn unknown(all: &[Project], lower: &str, wanted: &str) -> String {
    if all.is_empty() {
        return format!(
            "there is no project {wanted:?}, and no other: make one in the browser first"
        );
    }
    let mut alike: Vec<(f64, &Project)> = all
        .iter()
        .map(|project| {
            let name = project.name.to_lowercase();
            (strsim::jaro_winkler(lower, &name), project)
        })
        .filter(|(likeness, _)| *likeness >= LIKENESS_MIN)
        .collect();
    alike.sort_by(|(one, _), (other, _)| other.total_cmp(one));
    let names: Vec<String> = alike
        .iter()
        .take(SUGGESTIONS_MAX)
        .map(|(_, project)| format!("{:?}", one_line(&project.name)))
        .collect();
    match names.is_empty() {
        true => format!("there is no project {wanted:?}; `pm projects` lists them"),
        false => format!(
            "there is no project {wanted:?}; did you mean {}?",
            names.join(" or ")
        ),
    }
}

/// How many characters of these ids tell them apart.
pub(super) fn short_id<'a>(ids: impl Iterator<Item = &'a str> + Clone) -> usize {
    let longest = ids.clone().map(str::len).max().unwrap_or_default();
    let is_enough = |length: &usize| {
        let mut short: Vec<&str> = ids.clone().map(|id| cut(id, *length)).collect();
        let all = short.len();
        short.sort_unstable();
        short.dedup();
        short.len() == all
    };
    (SHORT_ID_MIN..=longest).find(is_enough).unwrap_or(longest)
}

/// The beginning of an id.
pub(super) fn cut(id: &str, length: usize) -> &str {
    id.get(..length).unwrap_or(id)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{choose, short_id};
    use crate::cli::client::wire::Project;

    fn projects() -> Vec<Project> {
        let of = |id: &str, name: &str| {
            serde_json::from_value(json!({
                "id": format!("{id}-0000-7000-8000-000000000000"), "name": name, "status": "PLANNING",
                "updated_at": "2026-01-31T09:30:00Z", "running": null,
            }))
            .expect("a project")
        };
        vec![
            of("0190aaaa", "Shop"),
            of("0190aaab", "Shop window"),
            of("0190bbbb", "shop"),
            of("0190cccc", "Zoo"),
            of("0190dddd", "0190cccc"),
        ]
    }

    #[test]
    fn a_project_is_found_by_its_name_its_id_or_a_part_of_either() {
        let all = projects();
        for (wanted, found) in [
            ("Shop", 0),
            ("shop", 2),
            ("SHOP WINDOW", 1),
            ("window", 1),
            ("zo", 3),
            ("0190aaab", 1),
            ("0190BBBB", 2),
            ("0190cccc-0000-7000-8000-000000000000", 3),
            // A name that is written out comes before the beginning of an id.
            ("0190cccc", 4),
        ] {
            let project = choose(&all, wanted).expect(wanted);
            assert_eq!(project.id, all[found].id, "{wanted}");
        }
    }

    #[test]
    fn several_are_listed_and_for_none_what_is_alike_is_suggested() {
        let all = projects();
        for (wanted, words) in [
            ("0190", "may be any of these"),
            ("0190", "0190aaaa-0000-7000-8000-000000000000  Shop"),
            ("sho", "may be any of these"),
            ("SHOP", "may be any of these"),
            ("Shpo", "did you mean \"Shop\""),
            ("garden", "`pm projects` lists them"),
            ("", "there is no project \"\""),
        ] {
            let error = choose(&all, wanted).expect_err(wanted);
            assert!(error.contains(words), "{wanted}: {error}");
        }
        let error = choose(&[], "Shop").expect_err("none");
        assert!(error.contains("make one in the browser"), "{error}");
    }

    #[test]
    fn a_short_id_is_as_long_as_it_takes_to_tell_them_apart() {
        let ids = ["0190aaaa-01", "0190aaaa-02", "0190bbbb-01"];
        assert_eq!(short_id(ids.into_iter()), 11);
        assert_eq!(short_id(ids[1..].iter().copied()), 8);
        assert_eq!(short_id([].into_iter()), 0);
    }
}
