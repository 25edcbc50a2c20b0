//! From a set-up that is broken to a server that runs, by doing what the doctor says and nothing else.

use reqwest::StatusCode;

use super::{
    Setup,
    cases::{CASES, Case, Shows},
};
use crate::{
    faults::startup::refused,
    support::{Checkout, Client, expect, wait_until},
};

/// Times the doctor may be asked: one thing may hide another.
const ROUNDS_MAX: usize = 3;

#[tokio::test]
async fn every_set_up_that_is_broken_runs_after_what_the_doctor_says_was_done() {
    for case in CASES {
        println!("{}", case.what);
        let mut setup = Setup::new();
        let broken = (case.make)(&mut setup);
        fails(&setup, case).await;
        mend(&mut setup, case).await;
        runs(&setup, case).await;
        drop(broken);
    }
}

/// Without a doctor it is seen that something is wrong.
pub(super) async fn fails(setup: &Setup, case: &Case) {
    match case.shows {
        Shows::Refused(words) => refused(&setup.run(&["serve"]).await, &[words]),
        Shows::CommandFails => {
            let server = setup.program(&["serve"]).start().await;
            assert_eq!(prime(&server).await, "FAILED", "{}", case.what);
            server.terminate().await;
        }
        Shows::Unwell(path) => {
            let server = setup.program(&["serve"]).start().await;
            expect(server.get(path), StatusCode::SERVICE_UNAVAILABLE).await;
            server.terminate().await;
        }
        Shows::Nothing => {}
    }
}

/// Does the first of what the doctor says, until it has nothing more to say.
pub(super) async fn mend(setup: &mut Setup, case: &Case) {
    let (name, words) = case.named;
    for round in 0..ROUNDS_MAX {
        let report = setup.doctor().await;
        if round == 0 {
            let named = report.words(name, case.status);
            assert!(named.contains(words), "{}: {named}", case.what);
            assert_eq!(report.code, Some(i32::from(case.status == "broken")));
        }
        let unwell = report.all(if round == 0 { case.status } else { "broken" });
        let Some(first) = unwell.first() else {
            report.is_well();
            return;
        };
        let cause = first["cause"].as_str().expect("a cause");
        assert!(!cause.is_empty());
        let fix = first["fixes"][0].clone();
        setup.apply(&fix);
    }
    let report = setup.doctor().await;
    report.is_well();
}

/// The server starts, is ready, and does its work.
pub(super) async fn runs(setup: &Setup, case: &Case) {
    let server = setup.program(&["serve"]).start().await;
    server.ready().await;
    match case.shows {
        Shows::CommandFails => assert_eq!(prime(&server).await, "COMPLETED", "{}", case.what),
        Shows::Unwell(path) => {
            expect(server.get(path), StatusCode::OK).await;
        }
        Shows::Refused(_) | Shows::Nothing => {}
    }
    server.terminate().await;
}

/// How a look at a project ends.
async fn prime(server: &Client) -> String {
    let checkout = Checkout::with(&[("README.md", "# Shop\n")]);
    let project = server.project_in("Shop", checkout.text()).await;
    let execution = server.execute(&project, "prime").await;
    let id = execution["id"].as_str().expect("an id").to_owned();
    wait_until("the command to end", async || {
        let status = server.execution(&id).await["status"].clone();
        let status = status.as_str().expect("a status").to_owned();
        ["COMPLETED", "FAILED"]
            .contains(&status.as_str())
            .then_some(status)
    })
    .await
}
