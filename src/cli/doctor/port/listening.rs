//! Who listens on a port, as Linux tells it.

use std::{collections::HashSet, fs};

/// The state of a socket that listens, in the tables of the system.
const LISTENS: &str = "0A";

/// Whether a process listens on a port of TCP; none where that cannot be seen, as of a process of another user.
pub(super) fn listens(process: u32, port: u16) -> Option<bool> {
    let tables = ["/proc/net/tcp", "/proc/net/tcp6"];
    let tables: Vec<String> = tables
        .iter()
        .filter_map(|table| fs::read_to_string(table).ok())
        .collect();
    let lines = tables.iter().flat_map(|table| table.lines());
    let sockets: HashSet<&str> = lines.filter_map(|line| socket(line, port)).collect();
    if sockets.is_empty() {
        return None;
    }
    let mut open = fs::read_dir(format!("/proc/{process}/fd")).ok()?;
    Some(open.any(|file| {
        let target = file.ok().and_then(|file| fs::read_link(file.path()).ok());
        // `socket:[4242]`
        let target = target.as_ref().and_then(|target| target.to_str());
        let number = target.and_then(|target| target.strip_prefix("socket:[")?.strip_suffix(']'));
        number.is_some_and(|number| sockets.contains(number))
    }))
}

/// The number of the socket in a line of the table, if it listens on this port:
/// `0: 0100007F:1F41 00000000:0000 0A 00000000:00000000 00:00000000 00000000 1000 0 4242 …`
fn socket(line: &str, port: u16) -> Option<&str> {
    let mut fields = line.split_whitespace().skip(1);
    let (_, here) = fields.next()?.rsplit_once(':')?;
    let state = fields.nth(1)?;
    let is_it = state == LISTENS && u16::from_str_radix(here, 16) == Ok(port);
    is_it.then(|| fields.nth(5)).flatten()
}
