//! What can be read out of one manifest.

use serde_json::Value as Json;
use toml::{Table, Value as Toml};

use super::Kind;

/// What npm writes into a new `package.json` in the place of a test command.
const NPM_PLACEHOLDER: &str = "no test specified";

/// Recipes and scripts that start something, by the names people give them.
const START_NAMES: [&str; 6] = ["start", "dev", "serve", "run", "up", "server"];

/// What a manifest says.
#[derive(Debug, Default, PartialEq, Eq)]
pub(in super::super) struct Facts {
    /// The project's or package's name.
    pub(in super::super) name: Option<String>,
    /// One sentence about it.
    pub(in super::super) description: Option<String>,
    /// Commands that start it, each with what it starts.
    pub(in super::super) starts: Vec<(String, String)>,
    /// The command that runs its tests.
    pub(in super::super) tests: Option<String>,
    /// Parts it names: the members of a workspace.
    pub(in super::super) parts: Vec<String>,
}

impl Facts {
    /// Reads `text`. `beside` says whether a file stands next to the manifest.
    ///
    /// # Errors
    /// If the manifest is not what its name says, in the words of the parser.
    pub(in super::super) fn read(
        kind: Kind,
        path: &str,
        text: &str,
        beside: impl Fn(&str) -> bool,
    ) -> Result<Self, String> {
        let name = path.rsplit('/').next().unwrap_or(path);
        match kind {
            Kind::Cargo => parse_toml(text).map(|table| cargo(&table, beside)),
            Kind::Npm => parse_json(text).map(|json| npm(&json)),
            Kind::Composer => parse_json(text).map(|json| composer(&json)),
            Kind::Python if name == "pyproject.toml" => {
                parse_toml(text).map(|table| python(&table))
            }
            Kind::Go => Ok(go(text, beside)),
            Kind::Make => Ok(recipes("make", text)),
            Kind::Just => Ok(recipes("just", text)),
            Kind::Docker => Ok(docker(text)),
            Kind::Maven => Ok(tests_with("mvn test")),
            Kind::Gradle => Ok(tests_with("gradle test")),
            Kind::Mix => Ok(tests_with("mix test")),
            Kind::DotNet => Ok(tests_with("dotnet test")),
            Kind::Compose => Ok(Self {
                starts: vec![("docker compose up".to_owned(), format!("what {name} lists"))],
                ..Self::default()
            }),
            Kind::Python | Kind::Bundler | Kind::Pub | Kind::CMake | Kind::Meson => {
                Ok(Self::default())
            }
        }
    }

    /// One line for the screen.
    pub(in super::super) fn in_words(&self) -> String {
        let mut words = Vec::new();
        words.extend(
            self.name
                .as_ref()
                .map(|name| format!("it is called {name}")),
        );
        words.extend(
            self.starts
                .first()
                .map(|(command, _)| format!("started with `{command}`")),
        );
        words.extend(
            self.tests
                .as_ref()
                .map(|tests| format!("tested with `{tests}`")),
        );
        words.join(", ")
    }
}

/// The test script of a `package.json`, unless it is npm's placeholder.
pub(in super::super) fn real_npm_test(text: &str) -> Option<String> {
    npm_script(&parse_json(text).ok()?, "test").filter(|script| !script.contains(NPM_PLACEHOLDER))
}

fn parse_toml(text: &str) -> Result<Table, String> {
    text.parse::<Table>()
        .map_err(|error| error.message().to_owned())
}

fn parse_json(text: &str) -> Result<Json, String> {
    serde_json::from_str(text.trim_start_matches('\u{feff}')).map_err(|error| error.to_string())
}

fn tests_with(command: &str) -> Facts {
    Facts {
        tests: Some(command.to_owned()),
        ..Facts::default()
    }
}

fn string(value: Option<&Toml>) -> Option<String> {
    value
        .and_then(Toml::as_str)
        .map(str::trim)
        .filter(|text| !text.is_empty())
        .map(str::to_owned)
}

fn cargo(table: &Table, beside: impl Fn(&str) -> bool) -> Facts {
    let package = table.get("package").and_then(Toml::as_table);
    let name = package.and_then(|package| string(package.get("name")));
    let mut programs: Vec<String> = table
        .get("bin")
        .and_then(Toml::as_array)
        .into_iter()
        .flatten()
        .filter_map(|bin| string(bin.get("name")))
        .collect();
    if programs.is_empty() && beside("src/main.rs") {
        programs.extend(name.clone());
    }
    let starts = match programs.as_slice() {
        [only] => vec![("cargo run".to_owned(), format!("the program {only}"))],
        several => several
            .iter()
            .map(|program| {
                (
                    format!("cargo run --bin {program}"),
                    format!("the program {program}"),
                )
            })
            .collect(),
    };
    let members = table
        .get("workspace")
        .and_then(|workspace| workspace.get("members"));
    Facts {
        name,
        description: package.and_then(|package| string(package.get("description"))),
        starts,
        tests: Some("cargo test".to_owned()),
        parts: members
            .and_then(Toml::as_array)
            .into_iter()
            .flatten()
            .filter_map(|member| string(Some(member)))
            .filter(|member| member != ".")
            .collect(),
    }
}

fn json_string(value: &Json, key: &str) -> Option<String> {
    value
        .get(key)?
        .as_str()
        .map(str::trim)
        .filter(|text| !text.is_empty())
        .map(str::to_owned)
}

fn npm_script(json: &Json, name: &str) -> Option<String> {
    json_string(json.get("scripts")?, name)
}

fn npm(json: &Json) -> Facts {
    let starts = START_NAMES
        .iter()
        .filter_map(|name| {
            let command = if *name == "start" {
                "npm start".to_owned()
            } else {
                format!("npm run {name}")
            };
            npm_script(json, name).map(|script| (command, format!("`{script}`")))
        })
        .collect();
    let workspaces = json
        .get("workspaces")
        .map(|found| found.get("packages").unwrap_or(found));
    Facts {
        name: json_string(json, "name"),
        description: json_string(json, "description"),
        starts,
        tests: npm_script(json, "test")
            .filter(|script| !script.contains(NPM_PLACEHOLDER))
            .map(|_| "npm test".to_owned()),
        parts: workspaces
            .and_then(Json::as_array)
            .into_iter()
            .flatten()
            .filter_map(|part| part.as_str().map(str::to_owned))
            .collect(),
    }
}

fn composer(json: &Json) -> Facts {
    Facts {
        name: json_string(json, "name"),
        description: json_string(json, "description"),
        tests: npm_script(json, "test").map(|_| "composer test".to_owned()),
        ..Facts::default()
    }
}

fn python(table: &Table) -> Facts {
    let tool = |name: &str| table.get("tool").and_then(|tool| tool.get(name));
    let project = table.get("project").or_else(|| tool("poetry"));
    let field = |key: &str| project.and_then(|project| project.get(key));
    let starts = field("scripts")
        .and_then(Toml::as_table)
        .into_iter()
        .flatten()
        .filter_map(|(name, target)| {
            string(Some(target)).map(|target| (name.clone(), format!("`{target}`")))
        })
        .collect();
    Facts {
        name: string(field("name")),
        description: string(field("description")),
        starts,
        tests: tool("pytest").map(|_| "python3 -m pytest".to_owned()),
        parts: Vec::new(),
    }
}

fn go(text: &str, beside: impl Fn(&str) -> bool) -> Facts {
    let name = text
        .lines()
        .find_map(|line| line.trim().strip_prefix("module "))
        .map(|name| name.trim().to_owned());
    let starts = if beside("main.go") {
        vec![("go run .".to_owned(), "main.go".to_owned())]
    } else {
        Vec::new()
    };
    Facts {
        name,
        starts,
        tests: Some("go test ./...".to_owned()),
        ..Facts::default()
    }
}

/// The recipes of a Makefile or justfile whose names say what they do.
fn recipes(tool: &str, text: &str) -> Facts {
    let targets: Vec<&str> = targets(text).collect();
    let starts = START_NAMES
        .iter()
        .filter(|name| targets.contains(*name))
        .map(|name| (format!("{tool} {name}"), format!("the recipe {name}")))
        .collect();
    Facts {
        starts,
        tests: targets.contains(&"test").then(|| format!("{tool} test")),
        ..Facts::default()
    }
}

/// Names at the beginning of a line and before a colon, not before `:=`.
fn targets(text: &str) -> impl Iterator<Item = &str> {
    text.lines()
        .filter(|line| !line.starts_with(['\t', ' ', '#', '.']))
        .filter_map(|line| line.split_once(':'))
        .filter(|(names, rest)| !rest.starts_with('=') && !names.contains('='))
        .flat_map(|(names, _)| names.split_whitespace())
}

fn docker(text: &str) -> Facts {
    let start = text.lines().rev().find_map(|line| {
        let line = line.trim();
        line.strip_prefix("CMD ")
            .or_else(|| line.strip_prefix("ENTRYPOINT "))
    });
    Facts {
        starts: start
            .map(|what| {
                (
                    "docker build, then docker run".to_owned(),
                    format!("`{}`", what.trim()),
                )
            })
            .into_iter()
            .collect(),
        ..Facts::default()
    }
}

#[cfg(test)]
mod tests {
    use super::{Facts, Kind, real_npm_test};

    fn read(kind: Kind, path: &str, text: &str) -> Facts {
        Facts::read(kind, path, text, |file| file == "src/main.rs").expect("a valid manifest")
    }

    #[test]
    fn a_cargo_package_is_started_by_its_only_program() {
        let facts = read(
            Kind::Cargo,
            "Cargo.toml",
            "[package]\nname = \"fly\"\ndescription = \"Flies.\"\n[workspace]\nmembers = [\".\", \"wing\"]",
        );
        assert_eq!(facts.name.as_deref(), Some("fly"));
        assert_eq!(facts.description.as_deref(), Some("Flies."));
        assert_eq!(
            facts.starts,
            [("cargo run".to_owned(), "the program fly".to_owned())]
        );
        assert_eq!(facts.tests.as_deref(), Some("cargo test"));
        assert_eq!(facts.parts, ["wing"]);
    }

    #[test]
    fn npms_placeholder_is_no_test() {
        let placeholder = r#"{"scripts": {"start": "node .", "test": "echo \"Error: no test specified\" && exit 1"}}"#;
        let facts = read(Kind::Npm, "package.json", placeholder);
        assert_eq!(facts.tests, None);
        assert_eq!(
            facts.starts,
            [("npm start".to_owned(), "`node .`".to_owned())]
        );
        assert_eq!(real_npm_test(placeholder), None);
        assert_eq!(
            real_npm_test(r#"{"scripts": {"test": "vitest run"}}"#).as_deref(),
            Some("vitest run")
        );
    }

    #[test]
    fn a_make_variable_is_not_a_recipe() {
        assert_eq!(
            read(Kind::Make, "Makefile", "test := 3\nX = a:b\n").tests,
            None
        );
        let facts = read(
            Kind::Make,
            "Makefile",
            ".PHONY: test\nbuild test: a.c\n\tcc a.c\nrun:\n\t./a\n",
        );
        assert_eq!(facts.tests.as_deref(), Some("make test"));
        assert_eq!(
            facts.starts,
            [("make run".to_owned(), "the recipe run".to_owned())]
        );
    }

    #[test]
    fn a_broken_manifest_is_told_not_guessed() {
        assert!(Facts::read(Kind::Npm, "package.json", "{", |_| false).is_err());
        assert!(Facts::read(Kind::Cargo, "Cargo.toml", "[package", |_| false).is_err());
    }

    #[test]
    fn python_go_and_docker_say_how_they_start() {
        let facts = read(
            Kind::Python,
            "pyproject.toml",
            "[project]\nname = 'snake'\n[project.scripts]\nsnake = 'snake:main'\n[tool.pytest.ini_options]\n",
        );
        assert_eq!(
            facts.starts,
            [("snake".to_owned(), "`snake:main`".to_owned())]
        );
        assert_eq!(facts.tests.as_deref(), Some("python3 -m pytest"));
        assert_eq!(
            read(Kind::Go, "go.mod", "module example.org/x\n\ngo 1.24\n")
                .name
                .as_deref(),
            Some("example.org/x")
        );
        let facts = read(Kind::Docker, "Dockerfile", "FROM a\nCMD [\"x\"]\n");
        assert_eq!(facts.starts[0].1, "`[\"x\"]`");
    }
}
