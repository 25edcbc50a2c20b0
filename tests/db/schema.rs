//! The entities against the migrated tables, and the migrations against themselves.

use migration::{Migrator, MigratorTrait as _};
use project_manager::db::{
    activity, block, canary, delivery, execution, gate, github_event, lease, message, phase,
    project, pull, sign_in, token, topic,
};
use sea_orm::{ConnectionTrait, DatabaseConnection, EntityTrait, Schema};

use super::tables::{Column, columns, everything, tables, unique_indexes};
use crate::support::{Done, ProgramBuilder, TestDatabase};

const TABLES: [&str; 15] = [
    "activities",
    "approval_gates",
    "canaries",
    "conversation_messages",
    "conversation_topics",
    "deliveries",
    "github_events",
    "projects",
    "pull_requests",
    "scar_executions",
    "search_blocks",
    "servers",
    "sign_ins",
    "tokens",
    "workflow_phases",
];

/// A fresh database with all migrations applied.
async fn migrated() -> (TestDatabase, DatabaseConnection) {
    let database = TestDatabase::new().await;
    let db = database.connect().await;
    Migrator::up(&db, None).await.expect("the migrations apply");
    (database, db)
}

/// The columns `entity` has in a database that knows nothing but the entity.
async fn wanted<E: EntityTrait>(entity: E) -> Vec<Column> {
    let database = TestDatabase::new().await;
    let db = database.connect().await;
    let statement = Schema::new(db.get_database_backend()).create_table_from_entity(entity);
    db.execute(&statement).await.expect("a table");
    let columns = columns(&db, entity.table_name()).await;
    db.close().await.expect("a closed connection");
    columns
}

async fn agrees<E: EntityTrait>(db: &DatabaseConnection, entity: E) -> String {
    let table = entity.table_name();
    let (has, wants) = (columns(db, table).await, wanted(entity).await);
    assert!(!wants.is_empty(), "{table} has columns");
    for column in &wants {
        assert!(
            has.contains(column),
            "the entity of {table} has {column:?}, the migrated table only {has:?}"
        );
    }
    assert_eq!(
        has, wants,
        "the columns of {table}, migrated and of the entity"
    );
    table.to_owned()
}

#[tokio::test]
async fn each_entity_has_the_columns_types_and_keys_of_its_migrated_table() {
    let (_database, db) = migrated().await;
    let held = [
        agrees(&db, activity::Entity).await,
        agrees(&db, gate::Entity).await,
        agrees(&db, canary::Entity).await,
        agrees(&db, message::Entity).await,
        agrees(&db, topic::Entity).await,
        agrees(&db, delivery::Entity).await,
        agrees(&db, github_event::Entity).await,
        agrees(&db, project::Entity).await,
        agrees(&db, pull::Entity).await,
        agrees(&db, execution::Entity).await,
        agrees(&db, block::Entity).await,
        agrees(&db, lease::Entity).await,
        agrees(&db, sign_in::Entity).await,
        agrees(&db, token::Entity).await,
        agrees(&db, phase::Entity).await,
    ];
    assert_eq!(held, TABLES, "every table has an entity");
    assert_eq!(tables(&db).await, TABLES, "every table was looked at");
}

#[tokio::test]
async fn what_must_be_stored_only_once_has_a_unique_index() {
    let (_database, db) = migrated().await;
    assert_eq!(
        unique_indexes(&db).await,
        [
            "activities(execution_id, source_index)",
            "activities(project_id, seq)",
            "conversation_messages(project_id, idempotency_key)",
            "github_events(delivery)",
            "github_events(subject)",
            "projects(idempotency_key)",
            "pull_requests(project_id, number)",
            "scar_executions(project_id, idempotency_key)",
            "search_blocks(project_id, first_seq)",
            "workflow_phases(project_id, phase_number)",
        ]
    );
}

#[tokio::test]
async fn migrations_go_down_to_nothing_and_up_again_to_the_same_tables() {
    let (_database, db) = migrated().await;
    let first = everything(&db).await;
    assert!(
        first.len() > TABLES.len(),
        "there is something to compare: {first:?}"
    );
    Migrator::down(&db, None)
        .await
        .expect("the migrations go back");
    assert_eq!(everything(&db).await, Vec::<String>::new());
    Migrator::up(&db, None)
        .await
        .expect("the migrations apply again");
    assert_eq!(everything(&db).await, first);
}

#[tokio::test]
async fn each_migration_takes_back_exactly_what_it_made() {
    let database = TestDatabase::new().await;
    let db = database.connect().await;
    let count = u32::try_from(Migrator::migrations().len()).expect("a few");
    for applied in 0..count {
        let before = everything(&db).await;
        Migrator::up(&db, Some(1))
            .await
            .expect("a migration applies");
        assert_ne!(
            everything(&db).await,
            before,
            "migration {applied} makes something"
        );
        Migrator::down(&db, Some(1))
            .await
            .expect("a migration goes back");
        assert_eq!(
            everything(&db).await,
            before,
            "migration {applied} leaves nothing"
        );
        Migrator::up(&db, Some(1))
            .await
            .expect("a migration applies");
    }
    assert_eq!(tables(&db).await, TABLES);
}

async fn migrate(database: &TestDatabase, direction: &str) -> Vec<(String, String)> {
    let done = ProgramBuilder::with(&["migrate", direction])
        .set("PM__DATA__DIR", database.folder.path().display())
        .set("DATABASE_URL", &database.url)
        .run()
        .await;
    let Done {
        code,
        output,
        errors,
    } = &done;
    assert_eq!((*code, errors.as_str()), (Some(0), ""), "{done:?}");
    let words = |line: &str| {
        let (state, name) = line.split_once(' ').expect("a state and a name");
        (state.to_owned(), name.trim().to_owned())
    };
    output.lines().map(words).collect()
}

#[tokio::test]
async fn the_program_migrates_up_and_down_and_says_where_it_stands() {
    let database = TestDatabase::new().await;
    let names: Vec<String> = Migrator::migrations()
        .iter()
        .map(|migration| migration.name().to_owned())
        .collect();
    let standing = |applied: usize| -> Vec<(String, String)> {
        let state = |at: usize| if at < applied { "Applied" } else { "Pending" };
        names
            .iter()
            .enumerate()
            .map(|(at, name)| (state(at).to_owned(), name.clone()))
            .collect()
    };
    let all = names.len();
    assert_eq!(migrate(&database, "up").await, standing(all));
    assert_eq!(
        migrate(&database, "up").await,
        standing(all),
        "a second time changes nothing"
    );
    for left in (0..all).rev() {
        assert_eq!(
            migrate(&database, "down").await,
            standing(left),
            "one step at a time"
        );
    }
    assert_eq!(
        migrate(&database, "down").await,
        standing(0),
        "below nothing is nothing"
    );
    assert_eq!(migrate(&database, "status").await, standing(0));
    let db = database.connect().await;
    assert_eq!(tables(&db).await, Vec::<String>::new());
    assert_eq!(migrate(&database, "up").await, standing(all));
    assert_eq!(migrate(&database, "status").await, standing(all));
    assert_eq!(tables(&db).await, TABLES);
}
