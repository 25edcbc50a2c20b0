//! Every point at which the program can be made to fail, with everything that can be made to happen there, under running
//! traffic: people who talk, stop, cancel and begin anew in projects of all backends, streams and chat windows.
//!
//! After each the same holds: what was acknowledged is stored once, the log has no gap, every stream showed exactly the
//! log, every execution ended once, as many actors were restarted as expected, and the program goes on until it is told
//! to end. It needs a program that can fail: `cargo test --features failpoints`. The points that stand for all are
//! tried in each run; `TEST_MATRIX=whole` tries all.

mod answering;
mod cells;
mod correspondence;
mod traffic;

use std::panic::AssertUnwindSafe;

use futures_util::{FutureExt as _, StreamExt as _, stream};
use project_manager::failpoint::{FailPoint, Fault};

use self::{
    cells::{Cell, cells},
    traffic::Traffic,
};

/// Cells that are tried side by side: each is a program of its own that mostly waits.
const SIDE_BY_SIDE: usize = 2;

#[tokio::test]
async fn whatever_fails_wherever_nothing_acknowledged_is_lost_and_nothing_is_shown_twice() {
    let whole = std::env::var("TEST_MATRIX").is_ok_and(|wanted| wanted == "whole");
    let only = std::env::var("TEST_POINT").ok();
    // What is not about the database is the same on either.
    let on_postgres = std::env::var("TEST_DATABASE").is_ok_and(|database| database == "postgres");
    let chosen: Vec<Cell> = cells()
        .filter(|cell| match &only {
            Some(name) => cell.point.name() == name,
            None => {
                whole || (cell.stands_for_others() && (!on_postgres || cell.is_of_the_database()))
            }
        })
        .collect();
    assert!(!chosen.is_empty(), "there is no such point");
    println!("{} cells", chosen.len());
    // All are tried, so that one run tells of everything that does not hold.
    let failed: Vec<String> = stream::iter(chosen)
        .map(|cell| async move {
            let name = cell.to_string();
            let tried = AssertUnwindSafe(try_out(cell)).catch_unwind().await;
            tried.err().map(|_| name)
        })
        // Giving a database of PostgreSQL back takes the test's thread.
        .buffer_unordered(if on_postgres { 1 } else { SIDE_BY_SIDE })
        .filter_map(std::future::ready)
        .collect()
        .await;
    assert!(failed.is_empty(), "does not hold: {failed:#?}");
}

/// Has one thing happen at one point, in a program of its own.
async fn try_out(cell: Cell) {
    println!("{cell}");
    let traffic = Traffic::start(&cell).await;
    traffic.flow(&cell).await;
    let log = traffic.end(&cell).await;
    assert!(
        log.contains(cell.point.name()),
        "{cell}: the traffic did not come by this point\n{log}"
    );
    let restarts = log.matches("an actor failed and will be restarted").count();
    assert!(
        cell.restarts().contains(&restarts),
        "{cell}: {restarts} restarts, not {:?}\n{log}",
        cell.restarts()
    );
    let given_up = log.matches("an actor failed and is given up").count();
    assert!(
        cell.given_up().contains(&given_up),
        "{cell}: {given_up} given up, not {:?}\n{log}",
        cell.given_up()
    );
}

#[test]
fn every_point_is_in_the_matrix() {
    use strum::IntoEnumIterator as _;
    for point in FailPoint::iter() {
        let faults: Vec<Fault> = cells()
            .filter(|cell| cell.point == point)
            .map(|cell| cell.fault)
            .collect();
        assert!(faults.contains(&Fault::Panic), "{point:?}: {faults:?}");
        assert!(faults.contains(&Fault::Delay), "{point:?}: {faults:?}");
    }
}
