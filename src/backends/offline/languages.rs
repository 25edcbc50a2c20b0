//! Which languages a project is written in, by the names of its files.

use std::collections::HashMap;

use super::counted;

/// Endings and the languages they stand for. Data and prose (JSON, Markdown, images) are not listed: they say nothing
/// about what somebody has to know to work on the project.
const ENDINGS: [(&str, &str); 73] = [
    ("astro", "Astro"),
    ("bash", "Shell"),
    ("bat", "Batch"),
    ("c", "C"),
    ("cc", "C++"),
    ("cjs", "JavaScript"),
    ("clj", "Clojure"),
    ("cljs", "Clojure"),
    ("cpp", "C++"),
    ("cs", "C#"),
    ("css", "CSS"),
    ("cxx", "C++"),
    ("d", "D"),
    ("dart", "Dart"),
    ("elm", "Elm"),
    ("erl", "Erlang"),
    ("ex", "Elixir"),
    ("exs", "Elixir"),
    ("f90", "Fortran"),
    ("fs", "F#"),
    ("gleam", "Gleam"),
    ("go", "Go"),
    ("gradle", "Groovy"),
    ("groovy", "Groovy"),
    ("h", "C"),
    ("hh", "C++"),
    ("hpp", "C++"),
    ("hs", "Haskell"),
    ("htm", "HTML"),
    ("html", "HTML"),
    ("ipynb", "Jupyter notebooks"),
    ("java", "Java"),
    ("jl", "Julia"),
    ("js", "JavaScript"),
    ("jsx", "JavaScript"),
    ("kt", "Kotlin"),
    ("kts", "Kotlin"),
    ("less", "CSS"),
    ("lua", "Lua"),
    ("m", "Objective-C"),
    ("mjs", "JavaScript"),
    ("ml", "OCaml"),
    ("mm", "Objective-C"),
    ("mts", "TypeScript"),
    ("nim", "Nim"),
    ("nix", "Nix"),
    ("pas", "Pascal"),
    ("php", "PHP"),
    ("pl", "Perl"),
    ("pm", "Perl"),
    ("proto", "Protocol Buffers"),
    ("ps1", "PowerShell"),
    ("py", "Python"),
    ("pyi", "Python"),
    ("r", "R"),
    ("rb", "Ruby"),
    ("rs", "Rust"),
    ("sass", "CSS"),
    ("scala", "Scala"),
    ("scss", "CSS"),
    ("sh", "Shell"),
    ("sol", "Solidity"),
    ("sql", "SQL"),
    ("svelte", "Svelte"),
    ("swift", "Swift"),
    ("tcl", "Tcl"),
    ("tf", "Terraform"),
    ("ts", "TypeScript"),
    ("tsx", "TypeScript"),
    ("v", "Verilog"),
    ("vue", "Vue"),
    ("zig", "Zig"),
    ("zsh", "Shell"),
];

/// Languages named in a summary; the rest are told as a number.
const NAMED_MAX: usize = 5;

/// Languages with their number of files, most files first.
pub(super) fn count<'a>(files: impl Iterator<Item = &'a str>) -> Vec<(&'static str, usize)> {
    let by_ending: HashMap<&str, &'static str> = ENDINGS.into_iter().collect();
    let mut counts: HashMap<&'static str, usize> = HashMap::new();
    for path in files {
        let name = path.rsplit('/').next().unwrap_or(path);
        if let Some((_, ending)) = name.rsplit_once('.')
            && let Some(language) = by_ending.get(ending.to_ascii_lowercase().as_str())
        {
            *counts.entry(language).or_default() += 1;
        }
    }
    let mut counts: Vec<_> = counts.into_iter().collect();
    counts.sort_by(|(a, left), (b, right)| right.cmp(left).then(a.cmp(b)));
    counts
}

/// `Rust (71 files), TypeScript (20 files) and 3 more`.
pub(super) fn in_words(languages: &[(&'static str, usize)]) -> String {
    let named: Vec<_> = languages
        .iter()
        .take(NAMED_MAX)
        .map(|(language, files)| format!("{language} ({})", counted(*files, "file", "files")))
        .collect();
    let words = named.join(", ");
    match languages.len().saturating_sub(NAMED_MAX) {
        0 => words,
        more => format!("{words} and {more} more"),
    }
}

#[cfg(test)]
mod tests {
    use super::{count, in_words};

    #[test]
    fn the_language_with_most_files_comes_first() {
        let files = [
            "a.rs",
            "src/B.RS",
            "web/x.ts",
            "web/y.tsx",
            "README.md",
            ".gitignore",
            "src/c.rs",
        ];
        let languages = count(files.into_iter());
        assert_eq!(languages, [("Rust", 3), ("TypeScript", 2)]);
        assert_eq!(in_words(&languages), "Rust (3 files), TypeScript (2 files)");
    }
}
