//! That nothing lies about unused: every Rust file is compiled, every module of the page is loaded.

use std::collections::{BTreeSet, HashMap};

use super::files::{SourceFile, project_files};
use super::{assert_none, finding};

/// Where Cargo starts to read: everything else is reached from here by `mod` lines.
const ROOTS: [&str; 7] = [
    "build.rs",
    "src/lib.rs",
    "src/main.rs",
    "migration/src/lib.rs",
    "tests/it.rs",
    "tests/support/acp/agent.rs",
    // Compiled into `benches/system`, which says so with `#[path]`.
    "benches/peers/mod.rs",
];

#[test]
fn every_rust_file_is_compiled() {
    let files = project_files();
    let rust: HashMap<&str, &SourceFile> = files
        .iter()
        .filter(|file| file.has_extension(&["rs"]))
        .map(|file| (file.path.as_str(), file))
        .collect();
    let is_root = |path: &str| {
        let is_in =
            |folder: &str, depth| path.starts_with(folder) && path.matches('/').count() == depth;
        ROOTS.contains(&path)
            || is_in("benches/", 1)
            || is_in("benches/", 2) && path.ends_with("/main.rs")
            || is_in("fuzz/fuzz_targets/", 2)
    };
    let roots = rust.keys().copied().filter(|path| is_root(path));
    let reached = reach(roots, |path| match rust.get(path) {
        Some(file) => modules_of(file)
            .into_iter()
            .filter(|module| rust.contains_key(module.as_str()))
            .collect(),
        None => Vec::new(),
    });
    let findings = unreached(
        rust.keys().copied(),
        &reached,
        "no `mod` line leads here",
        "add one, or delete the file",
    );
    assert_none(&findings);
}

#[test]
fn every_module_of_the_page_is_loaded() {
    let files = project_files();
    let modules: HashMap<&str, &SourceFile> = files
        .iter()
        .filter(|file| file.is_under(&["static/"]) && file.has_extension(&["js"]))
        .map(|file| (file.path.as_str(), file))
        .collect();
    let pages = files
        .iter()
        .filter(|file| file.is_under(&["static/"]) && file.has_extension(&["html"]));
    let scripts: Vec<String> = pages
        .flat_map(|page| page.text.split("src=\"").skip(1))
        .filter_map(|rest| rest.split('"').next())
        .map(|address| format!("static/{}", address.trim_start_matches(['.', '/'])))
        .collect();
    let reached = reach(scripts.iter().map(String::as_str), |path| {
        match modules.get(path) {
            Some(file) => imports_of(file),
            None => Vec::new(),
        }
    });
    let findings = unreached(
        modules.keys().copied(),
        &reached,
        "nothing imports it",
        "import it, or delete the file",
    );
    assert_none(&findings);
}

/// All that can be reached from `roots` by following `next`.
fn reach<'a>(
    roots: impl Iterator<Item = &'a str>,
    next: impl Fn(&str) -> Vec<String>,
) -> BTreeSet<String> {
    let mut waiting: Vec<String> = roots.map(str::to_owned).collect();
    let mut reached = BTreeSet::new();
    while let Some(path) = waiting.pop() {
        if !reached.contains(&path) {
            waiting.extend(next(&path));
            reached.insert(path);
        }
    }
    reached
}

fn unreached<'a>(
    all: impl Iterator<Item = &'a str>,
    reached: &BTreeSet<String>,
    rule: &str,
    advice: &str,
) -> Vec<String> {
    let mut findings: Vec<String> = all
        .filter(|path| !reached.contains(*path))
        .map(|path| finding(path, 1, rule, advice))
        .collect();
    findings.sort();
    findings
}

/// Where the modules a file declares may lie.
fn modules_of(file: &SourceFile) -> Vec<String> {
    let (folder, name) = file.path.rsplit_once('/').unwrap_or(("", &file.path));
    let holds_its_folder =
        matches!(name, "mod.rs" | "main.rs") || ROOTS.contains(&file.path.as_str());
    let folder = if holds_its_folder {
        folder.to_owned()
    } else {
        format!("{folder}/{}", name.trim_end_matches(".rs"))
    };
    file.lines()
        .filter_map(|(_, line)| declared_module(line))
        .flat_map(|module| {
            [
                format!("{folder}/{module}.rs"),
                format!("{folder}/{module}/mod.rs"),
            ]
        })
        .collect()
}

/// `pub(crate) mod writer;` declares `writer`.
fn declared_module(line: &str) -> Option<&str> {
    let line = line.trim_start();
    let line = match line.strip_prefix("pub") {
        Some(rest) if rest.starts_with('(') => rest.split_once(") ")?.1,
        Some(rest) => rest.trim_start(),
        None => line,
    };
    line.strip_prefix("mod ")?.strip_suffix(';')
}

/// The relative addresses after `from` and `import`, resolved against the importing file.
fn imports_of(file: &SourceFile) -> Vec<String> {
    let folder = file.path.rsplit_once('/').map_or("", |(folder, _)| folder);
    file.text
        .split(['"', '\''])
        .zip(file.text.split(['"', '\'']).skip(1))
        .filter(|(before, _)| {
            let before = before.trim_end().trim_end_matches('(');
            before.ends_with("from") || before.ends_with("import")
        })
        .filter(|(_, address)| address.starts_with('.') || address.starts_with('/'))
        .map(|(_, address)| resolve(folder, address))
        .collect()
}

fn resolve(folder: &str, address: &str) -> String {
    let mut parts: Vec<&str> = if address.starts_with('/') {
        vec!["static"]
    } else {
        folder.split('/').collect()
    };
    for part in address.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            name => parts.push(name),
        }
    }
    parts.join("/")
}

#[test]
fn module_lines_and_imports_are_read_as_rust_and_the_browser_read_them() {
    let modules = |path, text| modules_of(&SourceFile::new(path, text));
    assert_eq!(
        modules("src/lib.rs", "pub mod db;"),
        ["src/db.rs", "src/db/mod.rs"]
    );
    assert_eq!(
        modules("src/db.rs", "    pub(crate) mod row;"),
        ["src/db/row.rs", "src/db/row/mod.rs"]
    );
    assert_eq!(
        modules("src/db/mod.rs", "mod tests {\n// mod gone;"),
        Vec::<String>::new()
    );
    assert_eq!(
        modules("benches/parts/main.rs", "mod ring;"),
        ["benches/parts/ring.rs", "benches/parts/ring/mod.rs"]
    );
    let imports = |path, text| imports_of(&SourceFile::new(path, text));
    let text = "import { html } from \"../lib.js\";\nimport './a.js';\nconst late = import(\"/b.js\");\nconst c = \"./c.js\";";
    assert_eq!(
        imports("static/components/app.js", text),
        ["static/lib.js", "static/components/a.js", "static/b.js"]
    );
}
