//! A program's output as it comes: as text, up to a limit, and to its last letter.

use super::super::{processes::wait_until, *};

/// A file `gate` whose reader waits until somebody has written to it.
fn gate_in(checkout: &Checkout) -> PathBuf {
    let gate = checkout.path().join("gate");
    let made = Command::new("mkfifo").arg(&gate).status().unwrap();
    assert!(made.success());
    gate
}

#[tokio::test]
async fn output_arrives_while_the_command_still_runs() {
    let checkout = Checkout::empty();
    checkout.script("slow", "#!/bin/sh\necho first\ncat gate\necho last\n");
    let gate = gate_in(&checkout);
    let offline = Offline::new(testing_with(&["./slow"]));
    let job = job(Kind::Validate, Some(checkout.path()));
    let (steps, mut taken) = steps_ahead(1);
    let watching = async {
        let mut said = String::new();
        while let Some(step) = taken.recv().await {
            if let Step::Text { text, .. } = step {
                said.push_str(&text);
                said.push('\n');
                if text == "first" {
                    // It waits at the gate, and goes on only now that its first line is here.
                    tokio::fs::write(&gate, "opened\n").await.unwrap();
                }
            }
        }
        said
    };
    let both = async { tokio::join!(offline.run(&job, steps, CancellationToken::new()), watching) };
    let (outcome, said) = tokio::time::timeout(LONG, both)
        .await
        .expect("the first line to come before the end");
    assert_eq!(said, "first\nopened\nlast\n");
    assert!(
        output(&outcome).starts_with("## All checks passed"),
        "{outcome:?}"
    );
}

#[tokio::test]
async fn output_that_is_no_text_is_shown_as_far_as_it_is() {
    let checkout = Checkout::empty();
    checkout.write(
        "bytes",
        b"caf\xe9 \x00\x1b[31mred\x1b[0m\n 10%\r100%\nno end",
    );
    let (steps, outcome) = validate(testing_with(&["cat", "bytes"]), &checkout).await;
    assert_eq!(printed(&steps), "caf\u{fffd} red\n100%\nno end");
    assert_eq!(outcome.status().as_str(), "COMPLETED");
}

#[tokio::test]
async fn a_line_of_fifty_megabytes_becomes_one_short_step() {
    let checkout = Checkout::empty();
    let flood = "head -c 52428800 /dev/zero | tr '\\0' x; echo; echo after";
    let (steps, outcome) = validate(testing_with(&["sh", "-c", flood]), &checkout).await;
    let said = printed(&steps);
    assert!(
        said.ends_with("x … (52,424,704 bytes more of this line left out)\nafter"),
        "{}",
        &said[said.len() - 200..]
    );
    assert!(said.len() < 5000);
    assert!(output(&outcome).len() < 2000);
}

#[tokio::test]
async fn a_flood_of_lines_is_merged_and_cut_and_its_end_is_shown() {
    let checkout = Checkout::empty();
    let (steps, outcome) = validate(testing_with(&["seq", "1", "1000000"]), &checkout).await;
    let said = printed(&steps);
    assert!(said.len() < 1024 * 1024 + 10_000, "{}", said.len());
    assert!(steps.len() < 400, "{} steps", steps.len());
    assert!(said.starts_with("1\n2\n3\n"));
    assert!(
        said.contains("left out here; the last of them:\n999971\n"),
        "{}",
        &said[said.len() - 400..]
    );
    assert!(said.ends_with("\n1000000"));
    assert!(output(&outcome).contains("999999\n1000000\n"));
}

#[tokio::test]
async fn a_flood_is_said_to_be_cut_while_the_command_still_runs() {
    let checkout = Checkout::empty();
    let gate = gate_in(&checkout);
    checkout.script("flood", "#!/bin/sh\nseq 1 200000\ncat gate\n");
    let offline = Offline::new(testing_with(&["./flood"]));
    let job = job(Kind::Validate, Some(checkout.path()));
    let (steps, mut taken) = steps_ahead(4);
    let watching = async {
        let mut said = Vec::new();
        while let Some(step) = taken.recv().await {
            if let Step::Text { text, .. } = step {
                if text.contains("the command goes on") {
                    tokio::fs::write(&gate, "opened\n").await.unwrap();
                }
                said.push(text);
            }
        }
        said.join("\n")
    };
    let both = async { tokio::join!(offline.run(&job, steps, CancellationToken::new()), watching) };
    let (outcome, said) = tokio::time::timeout(LONG, both)
        .await
        .expect("it to be said before the end");
    assert_eq!(outcome.status().as_str(), "COMPLETED");
    assert_eq!(said.matches("the command goes on").count(), 1);
    assert!(said.ends_with("\n200000\nopened"));
}

/// Says more than one step holds, and half a line, all at once; then waits.
const TALKS: &str = "#!/bin/sh
{ seq 1 3000; printf half; } > words
dd if=words bs=64k count=1 2> /dev/null
sleep 1000
";

fn said_it_all(steps: &[Step]) {
    let said = printed(steps);
    let lines: Vec<String> = (1..=3000).map(|number| number.to_string()).collect();
    let is_all = said == format!("{}\nhalf", lines.join("\n"));
    assert!(is_all, "it ends with {:?}", said.lines().next_back());
}

#[tokio::test]
async fn what_was_said_before_a_cancel_is_shown_to_the_last_letter() {
    let checkout = Checkout::empty();
    checkout.script("talks", TALKS);
    let offline = Offline::new(testing_with(&["./talks"]));
    let job = job(Kind::Validate, Some(checkout.path()));
    let (steps, mut taken) = steps_ahead(1);
    let cancel = CancellationToken::new();
    let watching = async {
        let mut all = Vec::new();
        while let Some(step) = taken.recv().await {
            // The first words: the others are on their way.
            if matches!(step, Step::Text { .. }) {
                cancel.cancel();
            }
            all.push(step);
        }
        all
    };
    let both = async { tokio::join!(offline.run(&job, steps, cancel.clone()), watching) };
    let (outcome, all) = tokio::time::timeout(LONG, both).await.expect("the end");
    assert_eq!(outcome, Outcome::Cancelled);
    said_it_all(&all);
}

#[tokio::test]
async fn what_was_said_before_the_time_was_up_is_shown_to_the_last_letter() {
    let checkout = Checkout::empty();
    checkout.script("talks", TALKS);
    let options = OfflineOptions {
        time_limit: Duration::from_secs(3),
        ..testing_with(&["./talks"])
    };
    let (steps, outcome) = validate(options, &checkout).await;
    let (code, _) = failure(&outcome);
    assert_eq!(code, ErrorCode::TimedOut);
    said_it_all(&steps);
    let Outcome::Failed { output, .. } = &outcome else {
        unreachable!()
    };
    assert!(output.contains("\n3000\nhalf\n"), "{output}");
}

#[tokio::test]
async fn a_slow_taker_of_steps_slows_the_command_and_loses_nothing() {
    let checkout = Checkout::empty();
    // More than the pipe, the buffer and the channel hold together; the last word goes into a file of its own.
    checkout.script("talks", "#!/bin/sh\nseq 1 100000\necho done > ended\n");
    let offline = Offline::new(testing_with(&["./talks"]));
    let job = job(Kind::Validate, Some(checkout.path()));
    let (steps, mut taken) = steps_ahead(1);
    let ended = checkout.path().join("ended");
    let watching = async {
        let mut said = String::new();
        while let Some(step) = taken.recv().await {
            if let Step::Text { text, .. } = step {
                said.push_str(&text);
                said.push('\n');
                assert!(said.len() > 100_000 || !ended.exists(), "it did not wait");
            }
        }
        said
    };
    let (outcome, said) =
        tokio::join!(offline.run(&job, steps, CancellationToken::new()), watching);
    wait_until("the end", || ended.exists()).await;
    assert_eq!(outcome.status().as_str(), "COMPLETED");
    assert_eq!(said.lines().count(), 100_000);
}
