//! Manifests: the files in which a project says how it is built and what is in it.

mod facts;

pub(super) use self::facts::{Facts, real_npm_test};

/// A kind of manifest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Cargo,
    Npm,
    Python,
    Go,
    Maven,
    Gradle,
    Bundler,
    Composer,
    Mix,
    Pub,
    DotNet,
    CMake,
    Meson,
    Make,
    Just,
    Docker,
    Compose,
}

/// File names and what they are the manifest of.
const NAMES: [(&str, Kind); 23] = [
    ("Cargo.toml", Kind::Cargo),
    ("package.json", Kind::Npm),
    ("pyproject.toml", Kind::Python),
    ("setup.py", Kind::Python),
    ("setup.cfg", Kind::Python),
    ("requirements.txt", Kind::Python),
    ("go.mod", Kind::Go),
    ("pom.xml", Kind::Maven),
    ("build.gradle", Kind::Gradle),
    ("build.gradle.kts", Kind::Gradle),
    ("Gemfile", Kind::Bundler),
    ("composer.json", Kind::Composer),
    ("mix.exs", Kind::Mix),
    ("pubspec.yaml", Kind::Pub),
    ("CMakeLists.txt", Kind::CMake),
    ("meson.build", Kind::Meson),
    ("Makefile", Kind::Make),
    ("GNUmakefile", Kind::Make),
    ("justfile", Kind::Just),
    ("Dockerfile", Kind::Docker),
    ("docker-compose.yml", Kind::Compose),
    ("compose.yml", Kind::Compose),
    ("compose.yaml", Kind::Compose),
];

/// Manifests read at most, those nearest to the top first. A repository of many packages has hundreds; a dozen say what
/// it is.
const READ_MAX: usize = 12;

impl Kind {
    /// For a person who does not write code.
    pub(super) fn in_words(self) -> &'static str {
        match self {
            Self::Cargo => "Cargo, the build tool of Rust",
            Self::Npm => "npm, the package manager of JavaScript",
            Self::Python => "Python's packaging tools",
            Self::Go => "Go's own tools",
            Self::Maven => "Maven, a build tool for Java",
            Self::Gradle => "Gradle, a build tool for Java and Kotlin",
            Self::Bundler => "Bundler, the package manager of Ruby",
            Self::Composer => "Composer, the package manager of PHP",
            Self::Mix => "Mix, the build tool of Elixir",
            Self::Pub => "Pub, the package manager of Dart and Flutter",
            Self::DotNet => ".NET, Microsoft's tools for C# and F#",
            Self::CMake => "CMake, a build tool for C and C++",
            Self::Meson => "Meson, a build tool for C and C++",
            Self::Make => "make, which runs named recipes",
            Self::Just => "just, which runs named recipes",
            Self::Docker => "Docker, which packs the program with all it needs",
            Self::Compose => "Docker Compose, which starts several programs together",
        }
    }

    fn of(path: &str) -> Option<Self> {
        let name = path.rsplit('/').next().unwrap_or(path);
        NAMES
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, kind)| *kind)
            .or_else(|| {
                let ending = name.rsplit_once('.')?.1;
                matches!(ending, "csproj" | "fsproj" | "sln").then_some(Self::DotNet)
            })
    }
}

/// A manifest that was read.
#[derive(Debug)]
pub(super) struct Manifest {
    pub(super) path: String,
    pub(super) kind: Kind,
    pub(super) facts: Facts,
}

/// The manifests to read, those nearest to the top first, and how many there are in all.
pub(super) fn find<'a>(files: impl Iterator<Item = &'a str>) -> (Vec<(String, Kind)>, usize) {
    let mut found: Vec<_> = files
        .filter(|path| !is_foreign(path))
        .filter_map(|path| Kind::of(path).map(|kind| (path.matches('/').count(), kind, path)))
        .collect();
    found.sort();
    let all = found.len();
    let nearest = found
        .into_iter()
        .take(READ_MAX)
        .map(|(_, kind, path)| (path.to_owned(), kind))
        .collect();
    (nearest, all)
}

/// Whether the file came with somebody else's code, or is material of a test.
fn is_foreign(path: &str) -> bool {
    let foreign = [
        "node_modules",
        "vendor",
        "third_party",
        "fixtures",
        "testdata",
    ];
    path.split('/').any(|part| foreign.contains(&part))
}

#[cfg(test)]
mod tests {
    use super::{Kind, find};

    #[test]
    fn the_nearest_manifests_come_first_and_foreign_ones_not_at_all() {
        let files = [
            "a/b/package.json",
            "Makefile",
            "node_modules/x/package.json",
            "Cargo.toml",
            "App.csproj",
        ];
        let (found, all) = find(files.into_iter());
        let found: Vec<_> = found
            .iter()
            .map(|(path, kind)| (path.as_str(), *kind))
            .collect();
        assert_eq!(
            found,
            [
                ("Cargo.toml", Kind::Cargo),
                ("App.csproj", Kind::DotNet),
                ("Makefile", Kind::Make),
                ("a/b/package.json", Kind::Npm)
            ]
        );
        assert_eq!(all, 4);
    }
}
