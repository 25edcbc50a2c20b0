//! `tokens`: who may use the server, and how far that reaches.
//!
//! A token is made and revoked on the command line, also while a server runs: one statement each, which no transaction
//! would make safer. So these take any connection. What a server itself stores about them, the writer does.

use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveValue::Set, ConnectionTrait, DatabaseTransaction, DbErr, QueryOrder as _,
    QuerySelect as _, entity::prelude::*,
};

use super::word;
use crate::domain::{
    access::{Scope, TokenName},
    id::TokenId,
};

/// A row of `tokens`.
#[derive(Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "tokens")]
#[expect(missing_docs, reason = "the columns; the migration explains them")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    #[sea_orm(column_type = "Text")]
    pub name: String,
    #[sea_orm(column_type = "Text")]
    pub hash: String,
    #[sea_orm(column_type = "Text")]
    pub scope: String,
    pub created_at: DateTimeUtc,
    pub last_used_at: Option<DateTimeUtc>,
    pub expires_at: Option<DateTimeUtc>,
    pub revoked_at: Option<DateTimeUtc>,
}

impl std::fmt::Debug for Model {
    /// Without the hash.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Token")
            .field("id", &self.id)
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

/// No joins are made.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// A token as it is stored.
#[derive(Debug, Clone)]
pub struct Token {
    /// Its id, which is part of it.
    pub id: TokenId,
    /// What people call it.
    pub name: String,
    /// What is kept of its secret.
    pub hash: String,
    /// How far it reaches.
    pub scope: Scope,
    /// Since when it is there.
    pub created_at: DateTime<Utc>,
    /// When it was last used, to the minute.
    pub last_used_at: Option<DateTime<Utc>>,
    /// From when on it is not good any more.
    pub expires_at: Option<DateTime<Utc>>,
    /// Since when it is revoked.
    pub revoked_at: Option<DateTime<Utc>>,
}

impl Token {
    /// Whether it is good at this time.
    pub fn is_good(&self, now: DateTime<Utc>) -> bool {
        self.revoked_at.is_none() && self.expires_at.is_none_or(|end| now < end)
    }
}

impl TryFrom<Model> for Token {
    type Error = DbErr;

    fn try_from(row: Model) -> Result<Self, DbErr> {
        Ok(Self {
            id: TokenId(row.id),
            scope: word("tokens.scope", &row.scope)?,
            name: row.name,
            hash: row.hash,
            created_at: row.created_at,
            last_used_at: row.last_used_at,
            expires_at: row.expires_at,
            revoked_at: row.revoked_at,
        })
    }
}

/// A token to be stored.
pub struct NewToken {
    /// Its id, which is part of it.
    pub id: TokenId,
    /// What people call it.
    pub name: TokenName,
    /// What is kept of its secret.
    pub hash: String,
    /// How far it reaches.
    pub scope: Scope,
    /// Since when it is there.
    pub created_at: DateTime<Utc>,
    /// From when on it is not good any more.
    pub expires_at: Option<DateTime<Utc>>,
}

/// Stores a token.
///
/// # Errors
/// Those of the database.
pub async fn insert(db: &impl ConnectionTrait, new: NewToken) -> Result<(), DbErr> {
    Entity::insert(ActiveModel {
        id: Set(new.id.0),
        name: Set(new.name.as_str().to_owned()),
        hash: Set(new.hash),
        scope: Set(new.scope.to_string()),
        created_at: Set(new.created_at),
        last_used_at: Set(None),
        expires_at: Set(new.expires_at),
        revoked_at: Set(None),
    })
    .exec_without_returning(db)
    .await?;
    Ok(())
}

/// All tokens, the newest first.
///
/// # Errors
/// Those of the database.
pub async fn all(db: &impl ConnectionTrait) -> Result<Vec<Token>, DbErr> {
    let rows = Entity::find().order_by_desc(Column::CreatedAt);
    let rows = rows.order_by_desc(Column::Id).all(db).await?;
    rows.into_iter().map(Token::try_from).collect()
}

/// A token.
///
/// # Errors
/// Those of the database.
pub async fn find(db: &impl ConnectionTrait, id: TokenId) -> Result<Option<Token>, DbErr> {
    let row = Entity::find_by_id(id.0).one(db).await?;
    row.map(Token::try_from).transpose()
}

/// Whether there is a token that is not revoked. One that has expired counts: a server that asked who somebody is must
/// not stop doing so because time went by.
///
/// # Errors
/// Those of the database.
pub async fn any(db: &impl ConnectionTrait) -> Result<bool, DbErr> {
    let some = Entity::find().filter(Column::RevokedAt.is_null());
    let one: Option<Uuid> = some
        .select_only()
        .column(Column::Id)
        .into_tuple()
        .one(db)
        .await?;
    Ok(one.is_some())
}

/// Revokes a token. Whether it was not revoked before.
///
/// # Errors
/// Those of the database.
pub async fn revoke(
    db: &impl ConnectionTrait,
    id: TokenId,
    at: DateTime<Utc>,
) -> Result<bool, DbErr> {
    let done = Entity::update_many()
        .col_expr(Column::RevokedAt, Some(at).into())
        .filter(Column::Id.eq(id.0))
        .filter(Column::RevokedAt.is_null())
        .exec(db)
        .await?;
    Ok(done.rows_affected == 1)
}

/// Takes note that a token was used.
pub(super) async fn used(
    txn: &DatabaseTransaction,
    id: TokenId,
    at: DateTime<Utc>,
) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::LastUsedAt, Some(at).into())
        .filter(Column::Id.eq(id.0))
        .exec(txn)
        .await?;
    Ok(())
}
