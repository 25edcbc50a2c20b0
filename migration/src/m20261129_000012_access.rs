//! Who may use the server: tokens for people and programs, and the sign-ins of browsers that showed one.

use sea_orm_migration::{prelude::*, schema::*};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("tokens")
                    // Part of the token itself: by it the row is found.
                    .col(pk_uuid("id"))
                    .col(text("name"))
                    // argon2id, with its salt and its costs. The token is nowhere.
                    .col(text("hash"))
                    // read, write or admin.
                    .col(text("scope"))
                    .col(timestamp_with_time_zone("created_at"))
                    // To the minute; none before the first use.
                    .col(timestamp_with_time_zone_null("last_used_at"))
                    .col(timestamp_with_time_zone_null("expires_at"))
                    // The row stays, so that it can be said who did something with it.
                    .col(timestamp_with_time_zone_null("revoked_at"))
                    .to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("sign_ins")
                    // Part of the cookie: by it the row is found.
                    .col(pk_uuid("id"))
                    // Of the secret in the cookie, which is nowhere.
                    .col(text("digest"))
                    // With which token; none with the one of the settings.
                    .col(uuid_null("token_id"))
                    // That it was that one: when the settings have another, this does not come out any more.
                    .col(text_null("proof"))
                    .col(timestamp_with_time_zone("created_at"))
                    .col(timestamp_with_time_zone("expires_at"))
                    .foreign_key(
                        ForeignKey::create()
                            .from("sign_ins", "token_id")
                            .to("tokens", "id")
                            .on_delete(ForeignKeyAction::Cascade),
                    )
                    .to_owned(),
            )
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in ["sign_ins", "tokens"] {
            manager
                .drop_table(Table::drop().table(table).to_owned())
                .await?;
        }
        Ok(())
    }
}
