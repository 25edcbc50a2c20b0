//! A connection that breaks off at a commit: whether it was done is found out by looking.

use sea_orm::{ConnectionTrait as _, DatabaseConnection, Statement};

use super::{Traffic, behind_a_network, through};
use crate::support::Cut;

/// What befalls commits, again and again: one of them, or several one after another, so that it happens to who looks, too.
const CUTS: [&[Cut]; 4] = [
    &[Cut::Answer],
    &[Cut::Question],
    &[Cut::Answer, Cut::Answer, Cut::Question],
    &[Cut::Question, Cut::Question, Cut::Answer],
];

#[tokio::test]
async fn a_commit_that_breaks_off_on_its_way_there_or_back_is_done_once() {
    let Some((database, network)) = behind_a_network().await else {
        return;
    };
    let traffic = Traffic::begin(through(&network, &database)).await;
    for cuts in CUTS.iter().cycle().take(2 * CUTS.len()) {
        network.cut(cuts);
        network.all_cut().await;
        traffic.witness.shown(10).await;
    }
    traffic.sees_it_come_back().await;
    traffic.end().await;
}

#[tokio::test]
async fn nothing_is_shown_whose_commit_does_not_arrive() {
    let Some((database, network)) = behind_a_network().await else {
        return;
    };
    let db = database.connect().await;
    let traffic = Traffic::begin(through(&network, &database)).await;
    for _ in 0..2 {
        network.cut(&[Cut::Everything]);
        network.all_cut().await;
        traffic.witness.told("degraded").await;
        for project in &traffic.projects {
            let (shown, stored) = (
                traffic.witness.shown_of(project),
                stored(&db, project).await,
            );
            assert!(shown <= stored, "{shown} are shown and {stored} are stored");
        }
        network.open();
        traffic.sees_it_come_back().await;
    }
    traffic.end().await;
}

/// How many activities of a project there are.
async fn stored(db: &DatabaseConnection, project: &str) -> usize {
    let sql = format!("SELECT COUNT(*) FROM activities WHERE project_id = '{project}'");
    let statement = Statement::from_string(db.get_database_backend(), sql);
    let row = db.query_one_raw(statement).await.expect("an answer");
    let count: i64 = row.expect("a row").try_get_by_index(0).expect("a number");
    usize::try_from(count).expect("it fits")
}
