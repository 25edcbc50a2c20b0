//! Whether a process lives, asked of the system.

use std::time::Duration;

/// Whether the process lives. One that has ended and was not taken in by its parent does not.
#[cfg(target_os = "linux")]
pub(super) fn lives(pid: i32) -> bool {
    std::fs::read_to_string(format!("/proc/{pid}/stat"))
        .ok()
        .and_then(|stat| {
            stat.rsplit_once(')')
                .map(|(_, rest)| rest.trim_start().to_owned())
        })
        .is_some_and(|rest| !rest.starts_with(['Z', 'X']))
}

#[cfg(not(target_os = "linux"))]
pub(super) fn lives(pid: i32) -> bool {
    rustix::process::Pid::from_raw(pid)
        .is_some_and(|pid| rustix::process::test_kill_process(pid).is_ok())
}

/// Waits for the condition; panics only when it does not come at all.
pub(super) async fn wait_until(what: &str, mut condition: impl FnMut() -> bool) {
    let look = async {
        let mut look_again = tokio::time::interval(Duration::from_millis(10));
        while !condition() {
            look_again.tick().await;
        }
    };
    tokio::time::timeout(super::LONG, look)
        .await
        .unwrap_or_else(|_| panic!("never happened: {what}"));
}

/// Waits until all of them are gone.
pub(super) async fn gone(pids: &[i32]) {
    wait_until(&format!("{pids:?} gone"), || {
        pids.iter().all(|&pid| !lives(pid))
    })
    .await;
}

/// The numbers in lines such as `pid 12`.
pub(super) fn numbers(text: &str, word: &str) -> Vec<i32> {
    text.lines()
        .filter_map(|line| line.strip_prefix(word)?.trim().parse().ok())
        .collect()
}

pub(super) fn kill_hard(pid: i32) {
    let pid = rustix::process::Pid::from_raw(pid).unwrap();
    rustix::process::kill_process(pid, rustix::process::Signal::KILL).unwrap();
}
