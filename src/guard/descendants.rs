//! Who lives below this process, on Linux: `/proc` says of each process who its parent is.

use std::{collections::HashMap, fs};

use rustix::process::Pid;

/// Every living descendant of this process. One that has ended and waits to be taken in by its parent is not living.
pub(super) fn alive() -> Vec<Pid> {
    let Ok(entries) = fs::read_dir("/proc") else {
        return Vec::new();
    };
    let mut children: HashMap<i32, Vec<i32>> = HashMap::new();
    for entry in entries.flatten() {
        let is_process = entry
            .file_name()
            .to_str()
            .and_then(|name| name.parse::<i32>().ok());
        if let Some(pid) = is_process
            // Gone since the folder was read: not a descendant any more.
            && let Ok(stat) = fs::read_to_string(entry.path().join("stat"))
            && let Some(parent) = living_with_parent(&stat)
        {
            children.entry(parent).or_default().push(pid);
        }
    }
    below(rustix::process::getpid().as_raw_nonzero().get(), &children)
}

/// The parent of the process that `stat` describes, if the process lives. The name in brackets may hold anything.
fn living_with_parent(stat: &str) -> Option<i32> {
    let (_, fields) = stat.rsplit_once(')')?;
    let mut fields = fields.split_whitespace();
    let state = fields.next()?;
    (!matches!(state, "Z" | "X")).then(|| fields.next()?.parse().ok())?
}

fn below(root: i32, children: &HashMap<i32, Vec<i32>>) -> Vec<Pid> {
    let mut found = Vec::new();
    let mut open = vec![root];
    while let Some(parent) = open.pop() {
        for &child in children.get(&parent).into_iter().flatten() {
            open.push(child);
            found.extend(Pid::from_raw(child));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::living_with_parent;

    #[test]
    fn a_name_with_brackets_and_spaces_does_not_hide_the_parent() {
        assert_eq!(living_with_parent("12 (a) b (c)) S 7 12 12 0"), Some(7));
        assert_eq!(living_with_parent("12 (gone) Z 7 12 12 0"), None);
        assert_eq!(living_with_parent("nonsense"), None);
    }
}
