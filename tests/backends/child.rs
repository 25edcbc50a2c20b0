//! Programs under guard: nothing of what they start outlives what ordered it.

use project_manager::backends::child::{
    CommandLine, Ended, Limits, Outputs, Running, Stop, collect,
};
use tokio::io::AsyncReadExt;

use super::{
    processes::{gone, kill_hard, lives, numbers},
    *,
};

/// A family: a child in the background, a grandchild below it, and (where there is `setsid`) one that left the group and
/// one that left it and lost its parent. Each says its number; the last word is `all`.
const FAMILY: &str = r#"#!/bin/sh
echo "pid $$"
echo "guard $PPID"
sleep 1000 & echo "pid $!"
sh -c 'sleep 1000 & echo "pid $!"; echo "pid $$"; wait' &
if command -v setsid >/dev/null; then
    setsid sh -c 'echo "pid $$"; exec sleep 1000' &
    (setsid sh -c 'echo "pid $$"; sleep 1000; :' &)
fi
"#;

/// How many numbers a family says.
fn family_size() -> usize {
    let setsid = Command::new("setsid").arg("true").status();
    if setsid.is_ok_and(|status| status.success()) {
        6
    } else {
        4
    }
}

fn line(dir: &Path, words: &[&str]) -> CommandLine {
    CommandLine {
        program: words[0].to_owned(),
        args: words[1..].iter().map(|&word| word.to_owned()).collect(),
        dir: dir.to_owned(),
        env: Vec::new(),
    }
}

fn unlimited() -> Limits {
    Limits::new(CancellationToken::new(), LONG)
}

/// Reads until the whole family has said its numbers.
async fn family(running: &mut Running) -> (Vec<i32>, Vec<i32>) {
    let mut said = String::new();
    let reading = async {
        let mut buffer = [0; 1024];
        while numbers(&said, "pid ").len() < family_size() || numbers(&said, "guard ").is_empty() {
            let read = running.read(&mut buffer).await.unwrap();
            assert_ne!(read, 0, "it ended after {said:?}");
            said.push_str(std::str::from_utf8(&buffer[..read]).unwrap());
        }
    };
    tokio::time::timeout(LONG, reading)
        .await
        .expect("the family to speak");
    let pids = numbers(&said, "pid ");
    assert!(pids.iter().all(|&pid| lives(pid)), "{said}");
    (pids, numbers(&said, "guard "))
}

fn start_family(checkout: &Checkout, last: &str) -> Running {
    checkout.script("family", &format!("{FAMILY}{last}\n"));
    Running::start(
        &guard(),
        &line(checkout.path(), &["./family"]),
        Outputs::Merged,
    )
    .unwrap()
}

#[tokio::test]
async fn ending_a_program_ends_its_whole_family_before_it_returns() {
    let checkout = Checkout::empty();
    let mut running = start_family(&checkout, "wait");
    let (pids, guard) = family(&mut running).await;
    running.end().await;
    for pid in pids.iter().chain(&guard) {
        assert!(!lives(*pid), "{pid} of {pids:?}, guard {guard:?}");
    }
}

#[tokio::test]
async fn dropping_a_program_ends_its_whole_family() {
    let checkout = Checkout::empty();
    let mut running = start_family(&checkout, "wait");
    let (pids, guard) = family(&mut running).await;
    drop(running);
    gone(&pids).await;
    gone(&guard).await;
}

#[tokio::test]
async fn a_family_that_ignores_the_request_to_end_is_ended_all_the_same() {
    let checkout = Checkout::empty();
    checkout.script("family", FAMILY);
    checkout.script(
        "stubborn",
        "#!/bin/sh\ntrap '' TERM INT HUP\n. ./family\nwhile :; do sleep 1000; done\n",
    );
    let mut running = Running::start(
        &guard(),
        &line(checkout.path(), &["./stubborn"]),
        Outputs::Merged,
    )
    .unwrap();
    let (pids, _) = family(&mut running).await;
    running.end().await;
    assert!(pids.iter().all(|&pid| !lives(pid)), "{pids:?}");
}

#[tokio::test]
async fn what_a_program_leaves_behind_is_ended_with_it_and_its_exit_code_is_told() {
    let checkout = Checkout::empty();
    // It has to live until all have spoken: the fifo is opened when they have.
    let fifo = checkout.path().join("go");
    assert!(
        Command::new("mkfifo")
            .arg(&fifo)
            .status()
            .unwrap()
            .success()
    );
    let mut running = start_family(&checkout, "read line < go\nexit 3");
    let (pids, _) = family(&mut running).await;
    tokio::fs::write(&fifo, "go\n").await.unwrap();
    assert_eq!(running.ended().await, Ended::Exited(3));
    assert!(pids.iter().all(|&pid| !lives(pid)), "{pids:?}");
}

/// Starts a program with a child and gives the program's number, the child's and the guard's.
async fn pair(checkout: &Checkout) -> (Running, [i32; 3]) {
    checkout.script(
        "pair",
        "#!/bin/sh\nsleep 1000 & echo \"pid $$\"\necho \"pid $!\"\necho \"guard $PPID\"\nwait\n",
    );
    let line = line(checkout.path(), &["./pair"]);
    let mut running = Running::start(&guard(), &line, Outputs::Merged).unwrap();
    let mut said = String::new();
    let mut buffer = [0; 1024];
    while numbers(&said, "guard ").is_empty() {
        let read = running.read(&mut buffer).await.unwrap();
        assert_ne!(read, 0, "it ended after {said:?}");
        said.push_str(std::str::from_utf8(&buffer[..read]).unwrap());
    }
    let pids = numbers(&said, "pid ");
    (running, [pids[0], pids[1], numbers(&said, "guard ")[0]])
}

#[tokio::test]
async fn a_killed_guard_takes_its_group_with_it() {
    let checkout = Checkout::empty();
    let (mut running, [program, child, guard]) = pair(&checkout).await;
    kill_hard(guard);
    assert_eq!(running.ended().await, Ended::GuardLost);
    gone(&[program, child]).await;
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_killed_guard_takes_the_program_with_it_before_the_server_looks() {
    let checkout = Checkout::empty();
    let (running, [program, _, guard]) = pair(&checkout).await;
    kill_hard(guard);
    gone(&[program]).await;
    running.end().await;
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn the_guard_leads_a_group_and_a_session_of_its_own() {
    let checkout = Checkout::empty();
    let script = "read a b c d group session rest < /proc/self/stat; echo $PPID $group $session";
    let line = line(checkout.path(), &["sh", "-c", script]);
    let collected = collect(&guard(), &line, 1024, &unlimited())
        .await
        .unwrap()
        .unwrap();
    let said = String::from_utf8(collected.output).unwrap();
    let [guard, group, session] = said.split_whitespace().collect::<Vec<_>>()[..] else {
        panic!("{said}");
    };
    assert_eq!((group, session), (guard, guard));
}

/// The server's part in the tests that kill or feed a server: they start this very program with nothing but this. Among
/// the other tests it has nothing to do.
#[tokio::test]
async fn stand_in_for_a_server() {
    let Some(dir) = std::env::var_os("STAND_IN_FOLDER").map(PathBuf::from) else {
        return;
    };
    let mut running =
        Running::start(&guard(), &line(&dir, &["./program"]), Outputs::Merged).unwrap();
    let mut buffer = [0; 1024];
    while let Ok(read @ 1..) = running.read(&mut buffer).await {
        print!("{}", String::from_utf8_lossy(&buffer[..read]));
    }
    assert_eq!(running.ended().await, Ended::Exited(0));
}

fn stand_in(folder: &Path) -> tokio::process::Command {
    let mut command = tokio::process::Command::new(std::env::current_exe().unwrap());
    command
        .args([
            "--exact",
            "backends::child::stand_in_for_a_server",
            "--nocapture",
        ])
        .env("STAND_IN_FOLDER", folder)
        .stdout(Stdio::piped())
        .kill_on_drop(true);
    command
}

#[tokio::test]
async fn nothing_survives_a_server_that_is_killed_hard() {
    let checkout = Checkout::empty();
    checkout.script("program", &format!("{FAMILY}wait\n"));
    let mut server = stand_in(checkout.path()).spawn().unwrap();
    let mut output = server.stdout.take().unwrap();
    let mut said = String::new();
    let mut buffer = [0; 1024];
    while numbers(&said, "pid ").len() < family_size() || numbers(&said, "guard ").is_empty() {
        let read = tokio::time::timeout(LONG, output.read(&mut buffer))
            .await
            .unwrap()
            .unwrap();
        assert_ne!(read, 0, "it ended after {said:?}");
        said.push_str(std::str::from_utf8(&buffer[..read]).unwrap());
    }
    let pids = numbers(&said, "pid ");
    let guards = numbers(&said, "guard ");
    assert!(pids.iter().chain(&guards).all(|&pid| lives(pid)), "{said}");
    kill_hard(i32::try_from(server.id().unwrap()).unwrap());
    server.wait().await.unwrap();
    gone(&pids).await;
    gone(&guards).await;
}

#[tokio::test]
async fn a_program_sees_the_servers_environment_without_its_secrets() {
    let checkout = Checkout::empty();
    checkout.script("program", "#!/bin/sh\nenv\n");
    let output = stand_in(checkout.path())
        .env("PM__DATABASE__URL", "hidden-1")
        .env("DATABASE_URL", "hidden-2")
        .env("ANTHROPIC_API_KEY", "hidden-3")
        .env("GITHUB_WEBHOOK_SECRET", "hidden-4")
        .env("GIT_DIR", "/hidden-5")
        .env("TOOL_SETTING", "seen")
        .output()
        .await
        .unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{said}");
    assert!(said.contains("TOOL_SETTING=seen"), "{said}");
    assert!(said.contains("GIT_TERMINAL_PROMPT=0"), "{said}");
    assert!(!said.contains("hidden"), "{said}");
}

#[tokio::test]
async fn how_a_program_ended_is_told_apart() {
    let checkout = Checkout::empty();
    checkout.write("plain", "#!/bin/sh\n");
    let cases: [(&[&str], Ended); 6] = [
        (&["sh", "-c", "exit 0"], Ended::Exited(0)),
        (&["sh", "-c", "exit 127"], Ended::Exited(127)),
        (&["sh", "-c", "kill -9 $$"], Ended::Signalled(9)),
        (&["no-such-program"], Ended::Refused(2)),
        (&["./no-such-file"], Ended::Refused(2)),
        (&["./plain"], Ended::Refused(13)),
    ];
    for (words, expected) in cases {
        let collected = collect(&guard(), &line(checkout.path(), words), 1024, &unlimited()).await;
        assert_eq!(collected.unwrap().unwrap().ended, expected, "{words:?}");
    }
}

#[tokio::test]
async fn what_is_collected_is_bounded_and_complaints_are_kept_apart() {
    let checkout = Checkout::empty();
    let words = ["sh", "-c", "echo complaint >&2; yes"];
    let collected = collect(&guard(), &line(checkout.path(), &words), 5000, &unlimited())
        .await
        .unwrap()
        .unwrap();
    assert!(collected.cut);
    assert_eq!(collected.output.len(), 5000);
    let words = ["sh", "-c", "echo answer; echo complaint >&2"];
    let collected = collect(&guard(), &line(checkout.path(), &words), 5000, &unlimited())
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        (
            collected.output.as_slice(),
            collected.errors.as_str(),
            collected.cut
        ),
        (&b"answer\n"[..], "complaint\n", false)
    );
}

#[tokio::test]
async fn collecting_stops_at_the_time_limit() {
    let checkout = Checkout::empty();
    let limits = Limits::new(CancellationToken::new(), Duration::from_millis(1));
    let stopped = collect(
        &guard(),
        &line(checkout.path(), &["sleep", "1000"]),
        1024,
        &limits,
    )
    .await;
    assert_eq!(stopped.err(), Some(Stop::TimedOut));
}

#[tokio::test]
async fn a_guard_that_is_not_there_is_named() {
    let checkout = Checkout::empty();
    let started = Running::start(
        Path::new("/no/such/guard"),
        &line(checkout.path(), &["true"]),
        Outputs::Merged,
    );
    assert!(started.unwrap_err().to_string().contains("/no/such/guard"));
}

#[tokio::test]
async fn a_program_reads_nothing_and_has_no_terminal() {
    let checkout = Checkout::empty();
    let words = [
        "sh",
        "-c",
        "wc -c; if (: < /dev/tty) 2>/dev/null; then echo terminal; else echo none; fi",
    ];
    let collected = collect(&guard(), &line(checkout.path(), &words), 1024, &unlimited())
        .await
        .unwrap()
        .unwrap();
    let said = String::from_utf8(collected.output).unwrap();
    assert_eq!(said.split_whitespace().collect::<Vec<_>>(), ["0", "none"]);
}
