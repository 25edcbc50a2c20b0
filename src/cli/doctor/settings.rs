//! Whether the settings can be used, all of them.

use std::{io::ErrorKind, path::Path};

use base64::{Engine as _, engine::general_purpose::STANDARD};

use super::report::{Check, Fix, as_root};
use crate::config::{Expects, Key, Looked, Origin, Problem, Setting, is_path};

const NAME: &str = "settings";

/// What comes before a secret in a shell, so that nobody else may read the file it goes into.
const PRIVATELY: &str = "umask 077";

pub(super) fn check(looked: &Looked) -> Vec<Check> {
    let problems = looked.problems.iter();
    let mut checks: Vec<Check> = problems.map(|problem| broken(problem, looked)).collect();
    if checks.is_empty() {
        let chosen = looked.every.iter().filter(|one| !one.origin.is_default());
        let found = format!(
            "{} settings, {} of them not the default; `pm config` shows which",
            looked.every.len(),
            chosen.count()
        );
        checks.push(Check::ok(NAME, found));
    }
    checks.extend(looked.settings.notices().iter().map(|notice| {
        let (found, todo) = notice.rsplit_once("; ").unwrap_or((notice, ""));
        Check::warning(NAME, found)
            .because("the model's name was given and the way to it forgotten")
            .fix(Fix::to("leave the name out, if no model is wanted").set("PM__LLM__MODEL", ""))
            .fix(Fix::to(todo))
    }));
    checks
}

fn broken(problem: &Problem, looked: &Looked) -> Check {
    let check = Check::broken(NAME, problem.to_string());
    match problem {
        Problem::Unknown { at, nearest } => unknown(check, at, nearest.as_deref()),
        Problem::Value { key, at, .. } => value(check, key, at, looked),
        Problem::Environment { given, .. } => {
            let known = ["development", "test", "production"];
            let meant = known.into_iter().find(|known| {
                let given = given.to_lowercase();
                given.len() > 1 && (known.starts_with(&given) || given.starts_with(known))
            });
            let meant = meant.unwrap_or("production");
            check
                .because("a slip of the pen, or the program was started from another folder than the one with config/")
                .fix(Fix::to("name an environment there is").set("PM_ENV", meant))
                .fix(Fix::to("do without one").unset("PM_ENV"))
        }
        Problem::File { file, .. } => check
            .because("the file is no TOML, or this user may not read it")
            .fix(Fix::to("mend the line it names, or do without the file").unset("PM_ENV"))
            .fix(Fix::to("see who may read it").run(format!("ls -l {file}"))),
        Problem::SecretFile {
            key,
            variable,
            path,
            ..
        } => match path {
            Some(path) => secret_file(check, key, variable, path, looked),
            None => misplaced(check, key, variable, looked),
        },
        Problem::Twice { name, .. } => check
            .because("one of the two was left from before")
            .fix(Fix::to("keep the file alone").unset(name))
            .fix(Fix::to("keep the variable alone").unset(&format!("{name}_FILE"))),
        Problem::NoSecret { name } => check
            .because("only a secret is worth a file of its own")
            .fix(
                Fix::to(format!(
                    "leave it out, and set {name} itself if the default does not do"
                ))
                .unset(&format!("{name}_FILE")),
            ),
        Problem::Missing { name, because, .. } => check
            .because("one of the two was forgotten")
            .fixes(fresh_key().map(|key| {
                Fix::to("take this one, which nobody has yet, and give it to the receiver as well")
                    .set(name, key)
            }))
            .fix(Fix::to(format!("do without: take {because} out"))),
        Problem::DataFolder { .. } | Problem::NoDataFolder => {
            let check = check.because(match problem {
                Problem::NoDataFolder => "a service has no home as a rule, so it has to be told",
                _ => "it follows from HOME or XDG_DATA_HOME",
            });
            let folder = super::folders::usable(&[]);
            check.fixes(
                folder.map(|folder| {
                    Fix::to("keep the data here").set("PM__DATA__DIR", folder.display())
                }),
            )
        }
    }
}

/// A key nobody guesses, as libraries for Standard Webhooks take it.
fn fresh_key() -> Option<String> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).ok()?;
    Some(format!("whsec_{}", STANDARD.encode(bytes)))
}

fn unknown(check: Check, at: &Origin, nearest: Option<&str>) -> Check {
    let check = check.because("a slip of the pen, or a setting of another version");
    let (Origin::Variable(name) | Origin::SecretFile { variable: name, .. }) = at else {
        return check.fix(in_file(at, nearest));
    };
    let leave_out = Fix::to("leave it out").unset(name);
    let Some(nearest) = nearest else {
        return check.fix(leave_out);
    };
    if std::env::var_os(nearest).is_some() {
        let say = format!("leave it out: {nearest} is set as well");
        return check.fix(Fix { say, ..leave_out });
    }
    let rename = Fix::to("give it its right name");
    // A value of any other sort may be a secret that somebody thought has this name.
    let is_shown = Key::find_by_name(nearest).is_some_and(|key| is_no_secret(&key.expects));
    let rename = match std::env::var(name) {
        Ok(value) if is_shown || (nearest.ends_with("_FILE") && is_path(&value)) => {
            rename.unset(name).set(nearest, value)
        }
        _ => rename
            .run(format!("export {nearest}=\"${name}\""))
            .run(format!("unset {name}")),
    };
    check.fix(rename).fix(leave_out)
}

/// Whether what such a setting may be is never a secret.
fn is_no_secret(expects: &Expects) -> bool {
    matches!(
        expects,
        Expects::Whole(..)
            | Expects::Seconds(..)
            | Expects::OneOf(_)
            | Expects::Level
            | Expects::Address
    )
}

fn in_file(at: &Origin, nearest: Option<&str>) -> Fix {
    Fix::to(match nearest {
        Some(nearest) => format!("write {nearest} in place of {at}"),
        None => format!("take the line with {at} out"),
    })
}

fn value(check: Check, key: &'static str, at: &Origin, looked: &Looked) -> Check {
    let check =
        check.because("a slip of the pen; config/default.toml says what each setting may be");
    let Some(setting) = looked.setting(key) else {
        return check;
    };
    match at {
        Origin::Variable(name) if key == "auth.token" => check.fix(new_token(looked).unset(name)),
        Origin::Variable(name) => check.fix(usual(setting).set(name, &setting.default)),
        Origin::SecretFile { variable, path } => secret_file(check, key, variable, path, looked),
        Origin::File { .. } => check.fix(Fix::to(format!(
            "take the line with {at} out, or write a value that it may have; the default is {}",
            shown(&setting.default)
        ))),
    }
}

fn usual(setting: &Setting) -> Fix {
    Fix::to(format!(
        "take the default, {}, or another value that it may have",
        shown(&setting.default)
    ))
}

fn shown(default: &str) -> &str {
    match default {
        "" => "which is none",
        default => default,
    }
}

/// A token nobody guesses, in a file beside the data.
fn new_token(looked: &Looked) -> Fix {
    let folder = &looked.settings.data.dir;
    let fix = Fix::to("have one made that nobody guesses, in a file");
    if folder.as_os_str().is_empty() {
        let line = "export PM__AUTH__TOKEN=\"$(openssl rand -hex 32)\"";
        return Fix::to("have one made that nobody guesses").run(line);
    }
    let file = folder.join("token");
    // What is there already may be in use elsewhere.
    let file = match std::fs::symlink_metadata(&file) {
        Ok(_) => super::folders::free_name(&file, "new"),
        Err(_) => file,
    };
    let (quoted, dir) = (super::report::word(&file), super::report::word(folder));
    let line = format!("{PRIVATELY}; mkdir -p {dir} && openssl rand -hex 32 > {quoted}");
    fix.set("PM__AUTH__TOKEN_FILE", file.display()).run(line)
}

/// The secret itself, or something else that is no path, where its file is to be named.
fn misplaced(check: Check, key: &str, variable: &str, looked: &Looked) -> Check {
    let bare = variable.trim_end_matches("_FILE");
    let check = check.because("it has the secret itself in place of the file that it is in");
    let check = match key {
        "auth.token" => check.fix(new_token(looked)),
        _ => check,
    };
    check
        .fix(
            Fix::to(format!("if it is the secret, give it as {bare}"))
                .run(format!("export {bare}=\"${variable}\""))
                .run(format!("unset {variable}")),
        )
        .fix(without(key, variable))
}

/// Doing without a secret.
fn without(key: &str, variable: &str) -> Fix {
    Fix::to(match key {
        "database.url" => "do without it: the database is a file in the data folder then",
        "auth.token" => "do without it: nobody needs this token any more",
        _ => "do without it",
    })
    .unset(variable)
}

fn secret_file(check: Check, key: &str, variable: &str, path: &str, looked: &Looked) -> Check {
    let quoted = super::report::word(Path::new(path));
    let without = without(key, variable);
    let refused = std::fs::File::open(path).err().map(|error| error.kind());
    let is_there = refused != Some(ErrorKind::NotFound);
    let is_refused = refused == Some(ErrorKind::PermissionDenied);
    let check = check.because(match refused {
        Some(ErrorKind::PermissionDenied) => {
            "it belongs to another user than the one that runs this program"
        }
        Some(ErrorKind::NotFound) => "the path is wrong, or the secret was not put there yet",
        _ => "something else was written into it",
    });
    let look = Fix::to("see what is there").run(format!("ls -ld {quoted}"));
    // Who owns it keeps what they may.
    let readable = is_refused.then(|| {
        Fix::to("let this user read it, by its group")
            .run(as_root(&format!("chgrp \"$(id -g)\" {quoted}")))
            .run(as_root(&format!("chmod g+r {quoted}")))
    });
    let check = check.fixes(readable);
    match key {
        "auth.token" if !is_there => check
            .fix(
                Fix::to("have a token made that nobody guesses, in this file").run(format!(
                    "{PRIVATELY}; mkdir -p \"$(dirname {quoted})\" && openssl rand -hex 32 > {quoted}"
                )),
            )
            .fix(without),
        // Without one whoever reaches the server would be let in.
        "auth.token" => check.fix(new_token(looked)).fix(look).fix(without),
        "database.url" => {
            let write = Fix::to("put the address of the database into it").run(format!(
                "{PRIVATELY}; printf %s 'postgres://USER:PASSWORD@HOST/NAME' > {quoted}"
            ));
            match is_refused {
                true => check.fix(look).fix(without),
                false => check.fix(without).fix(write).fix(look),
            }
        }
        _ => check.fix(without).fix(look),
    }
}
