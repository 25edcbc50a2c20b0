//! `kill -9` under load, time and again, at moments that follow from a seed.
//!
//! `scripts/crash 200` does it two hundred times; `scripts/crash 200 SEED` does the same once more.

use crate::{
    faults::load::Load,
    support::{Chance, Witness},
};

/// Kills a database goes through: enough that what one leaves behind meets the next.
const KILLS_A_DATABASE: usize = 10;

/// Activities that are shown before a kill at most, over all who watch: a few rounds of the load.
const SHOWN_MAX: usize = 160;

/// How often; `scripts/crash` sets more.
fn kills() -> usize {
    std::env::var("TEST_CRASHES")
        .map_or(20, |kills| kills.parse().expect("TEST_CRASHES is a number"))
}

#[tokio::test]
async fn a_server_that_is_killed_time_and_again_keeps_what_it_acknowledged_and_showed() {
    let mut chance = Chance::new();
    let mut left = kills();
    while left > 0 {
        let kills = left.min(KILLS_A_DATABASE);
        left -= kills;
        one_database(kills, &mut chance).await;
        println!("{left} kills to go");
    }
}

async fn one_database(kills: usize, chance: &mut Chance) {
    let load = Load::new().await;
    let mut server = load.serving().start().await;
    let mut projects = load.projects(&server).await;
    projects.push(load.project_beside(&server).await);
    let witness = Witness::of(&server.base, &projects);
    for _ in 0..kills {
        // At times as soon as it is up, in the middle of finding what was left behind.
        match chance.below(5) {
            0 => {}
            _ => witness.shown(1 + chance.below(SHOWN_MAX)).await,
        }
        let below = server.descendants();
        server.kill().await;
        super::gone(&below).await;
        server = load.serving().start().await;
        witness.moved(&server.base);
    }
    witness.compare(&server).await;
    let (status, errors) = server.terminate().await;
    assert_eq!(status.code(), Some(0), "{errors}");
}
