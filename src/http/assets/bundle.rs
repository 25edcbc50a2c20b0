//! One script and one sheet instead of a hundred and fifty requests: a browser takes a second to ask for that many.
//!
//! The WebUI's modules keep to a few forms of `import` and `export`, each on a line of its own, import in no circle and
//! export nothing that changes. So a module with all it imports is one script in which each is a function that is called
//! once and returns what it exports. What is vendored is imported as it is. A file in another form is refused by name, and
//! `tests/api/assets.rs` has all of them bundled.

use std::collections::BTreeSet;

/// Files that are sent as they are: others' code, in forms of its own.
const VENDORED: &str = "vendor/";

/// Reads a file of the WebUI.
pub(super) type Read = fn(&str) -> Option<String>;

/// What a page begins with.
pub(super) const ENTRIES: [&str; 2] = ["main.js", "style.css"];

/// One of [`ENTRIES`] with everything it imports.
///
/// # Errors
/// Which file cannot be bundled, and why.
pub(super) fn of(entry: &str, read: Read) -> Result<String, String> {
    match entry.ends_with(".css") {
        true => sheet(entry, read),
        false => script(entry, read),
    }
}

/// A sheet with those it imports in their places.
fn sheet(name: &str, read: Read) -> Result<String, String> {
    let mut all = String::new();
    for line in file(name, read)?.lines() {
        match between(line, "@import \"", "\";") {
            Some(imported) => all += &sheet(imported, read)?,
            None => {
                all += line;
                all.push('\n');
            }
        }
    }
    Ok(all)
}

/// A module and all it imports.
fn script(entry: &str, read: Read) -> Result<String, String> {
    let mut bundle = Bundle {
        read,
        vendored: BTreeSet::new(),
        added: BTreeSet::new(),
        text: String::new(),
    };
    bundle.add(entry, &mut Vec::new())?;
    let vendored = bundle.vendored.iter().map(|path| {
        let name = variable(path);
        format!("import * as {name} from \"./{path}\";\n")
    });
    Ok(vendored.chain([bundle.text]).collect())
}

struct Bundle {
    read: Read,
    vendored: BTreeSet<String>,
    added: BTreeSet<String>,
    text: String,
}

impl Bundle {
    /// Adds a module after those it imports; `importing` are those that wait for it.
    fn add(&mut self, path: &str, importing: &mut Vec<String>) -> Result<(), String> {
        if self.added.contains(path) {
            return Ok(());
        }
        if path.starts_with(VENDORED) {
            self.vendored.insert(path.to_owned());
            return Ok(());
        }
        if importing.iter().any(|earlier| earlier == path) {
            return Err(format!("{path} imports itself, by way of {importing:?}"));
        }
        importing.push(path.to_owned());
        let (mut body, mut exports) = (String::new(), Vec::new());
        for line in file(path, self.read)?.lines() {
            let form = Form::of(line).ok_or_else(|| {
                format!("{path} has an import or an export in a form that is not known: {line}")
            })?;
            // Line for line, so that what is wrong in the bundle is found in the file.
            let line = match form {
                Form::Import { names, from } => {
                    self.imported(path, from, &destructured(names), importing)?
                }
                Form::ImportDefault { name, from } => {
                    self.imported(path, from, &format!("default: {name}"), importing)?
                }
                Form::Reexport { names, from } => {
                    exports.extend(names.split(',').map(exported));
                    self.imported(path, from, &destructured(names), importing)?
                }
                Form::Export { names } => {
                    exports.extend(names.split(',').map(exported));
                    String::new()
                }
                Form::Declare { name, line } => {
                    exports.push(name.to_owned());
                    line.to_owned()
                }
                Form::Other => line.to_owned(),
            };
            body += &line;
            body.push('\n');
        }
        importing.pop();
        self.added.insert(path.to_owned());
        let (name, exports) = (variable(path), exports.join(", "));
        self.text += &format!(
            "\n// {path}\nconst {name} = (() => {{\n{body}return {{ {exports} }};\n}})();\n"
        );
        Ok(())
    }

    /// Adds what `path` imports, and takes `names` out of it.
    fn imported(
        &mut self,
        path: &str,
        from: &str,
        names: &str,
        importing: &mut Vec<String>,
    ) -> Result<String, String> {
        let module = resolved(path, from)
            .ok_or_else(|| format!("{path} imports {from}, which is no file of the WebUI"))?;
        self.add(&module, importing)?;
        Ok(format!("const {{ {names} }} = {};", variable(&module)))
    }
}

/// What a line of a module is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form<'a> {
    Import {
        names: &'a str,
        from: &'a str,
    },
    ImportDefault {
        name: &'a str,
        from: &'a str,
    },
    Reexport {
        names: &'a str,
        from: &'a str,
    },
    Export {
        names: &'a str,
    },
    /// A declaration that is exported, and the line without that word.
    Declare {
        name: &'a str,
        line: &'a str,
    },
    Other,
}

impl<'a> Form<'a> {
    /// None for an import or an export in a form that is not known.
    fn of(line: &'a str) -> Option<Self> {
        if let Some(rest) = line.strip_prefix("import ") {
            let (what, from) = rest.split_once(" from ")?;
            let from = between(from, "\"", "\";")?;
            return Some(match between(what, "{ ", " }") {
                Some(names) => Self::Import { names, from },
                None if is_name(what) => Self::ImportDefault { name: what, from },
                None => return None,
            });
        }
        let Some(rest) = line.strip_prefix("export ") else {
            return Some(Self::Other);
        };
        if let Some(names) = between(rest, "{ ", " };") {
            return Some(Self::Export { names });
        }
        if let Some((what, from)) = rest.split_once(" from ") {
            let (names, from) = (between(what, "{ ", " }"), between(from, "\"", "\";"));
            if let (Some(names), Some(from)) = (names, from) {
                return Some(Self::Reexport { names, from });
            }
        }
        let declared = ["const ", "function ", "async function ", "class "];
        let declared = declared.iter().find_map(|kind| rest.strip_prefix(kind))?;
        let end = declared
            .find(|c: char| !is_part_of_name(c))
            .unwrap_or(declared.len());
        let name = &declared[..end];
        is_name(name).then_some(Self::Declare { name, line: rest })
    }
}

fn is_part_of_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_' || c == '$'
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.chars().all(is_part_of_name)
}

/// `a, b as c` as one destructures it, under its name here.
fn destructured(names: &str) -> String {
    names.replace(" as ", ": ")
}

/// The name by which others know `b as c`.
fn exported(name: &str) -> String {
    let name = name.trim();
    name.split_once(" as ")
        .map_or(name, |(_, other)| other)
        .to_owned()
}

/// The variable that holds what a module exports.
fn variable(path: &str) -> String {
    let name = path.strip_suffix(".js").unwrap_or(path);
    let plain = name
        .chars()
        .map(|c| if is_part_of_name(c) { c } else { '_' });
    std::iter::once('$').chain(plain).collect()
}

/// The file that `from` means in `path`.
fn resolved(path: &str, from: &str) -> Option<String> {
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    if let Some(upper) = from.strip_prefix("../") {
        let above = folder.rsplit_once('/').map_or("", |(above, _)| above);
        return (!folder.is_empty()).then(|| joined(above, upper));
    }
    from.strip_prefix("./").map(|beside| joined(folder, beside))
}

fn joined(folder: &str, name: &str) -> String {
    match folder {
        "" => name.to_owned(),
        folder => format!("{folder}/{name}"),
    }
}

fn file(path: &str, read: Read) -> Result<String, String> {
    read(path).ok_or_else(|| format!("there is no {path}"))
}

/// What stands between a beginning and an end.
fn between<'a>(text: &'a str, start: &str, end: &str) -> Option<&'a str> {
    text.strip_prefix(start)?.strip_suffix(end)
}
