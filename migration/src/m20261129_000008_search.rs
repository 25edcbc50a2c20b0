//! The index of the log's texts: parts of logs, and the words in each. What is in the log already is taken in while the
//! server runs, so that a start does not wait for it.

use sea_orm_migration::{prelude::*, schema::*, sea_orm::DbBackend};

use crate::to_project;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

/// FTS5 keeps the words and not the texts, which are in the log. `detail = none`: in which part a word is is all that is
/// asked. The rows of a virtual table cannot refer to others, so a trigger has them go with their part.
const SQLITE_UP: [&str; 2] = [
    "CREATE VIRTUAL TABLE search_words USING fts5(words, content = '', contentless_delete = 1, detail = none, tokenize = 'ascii')",
    "CREATE TRIGGER search_words_go AFTER DELETE ON search_blocks BEGIN DELETE FROM search_words WHERE rowid = old.id; END",
];
const SQLITE_DOWN: [&str; 2] = ["DROP TRIGGER search_words_go", "DROP TABLE search_words"];

const POSTGRES_UP: [&str; 2] = [
    "CREATE TABLE search_words (block bigint PRIMARY KEY REFERENCES search_blocks (id) ON DELETE CASCADE, words tsvector NOT NULL)",
    "CREATE INDEX search_words_by_word ON search_words USING gin (words)",
];
const POSTGRES_DOWN: [&str; 1] = ["DROP TABLE search_words"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(blocks(manager.get_database_backend()))
            .await?;
        // Candidates are taken along it, and how far a log is taken in is its last entry of a project. It also refuses a
        // part that is taken in twice.
        manager
            .create_index(
                Index::create()
                    .name("search_blocks_by_seq")
                    .table("search_blocks")
                    .col("project_id")
                    .col("first_seq")
                    .unique()
                    .to_owned(),
            )
            .await?;
        run(manager, &SQLITE_UP, &POSTGRES_UP).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, &SQLITE_DOWN, &POSTGRES_DOWN).await?;
        manager
            .drop_table(Table::drop().table("search_blocks").to_owned())
            .await
    }
}

async fn run(manager: &SchemaManager<'_>, sqlite: &[&str], postgres: &[&str]) -> Result<(), DbErr> {
    let statements = match manager.get_database_backend() {
        DbBackend::Sqlite => sqlite,
        _ => postgres,
    };
    for statement in statements {
        manager
            .get_connection()
            .execute_unprepared(statement)
            .await?;
    }
    Ok(())
}

fn blocks(backend: DbBackend) -> TableCreateStatement {
    // In SQLite it is the number of the row, which is given out anyway; `AUTOINCREMENT` would only keep count of it.
    let mut id = big_integer("id");
    id = id.primary_key().take();
    if backend != DbBackend::Sqlite {
        id = id.auto_increment().take();
    }
    Table::create()
        .table("search_blocks")
        .col(id)
        .col(uuid("project_id"))
        .col(big_integer("first_seq"))
        .col(big_integer("last_seq"))
        .foreign_key(&mut to_project("search_blocks"))
        .to_owned()
}
