//! `sign_ins`: browsers that showed a token, and are known by a cookie from then on.

use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveValue::Set, ConnectionTrait, DatabaseTransaction, DbErr, entity::prelude::*,
    sea_query::OnConflict,
};

use crate::domain::{
    access::SignIn,
    id::{SignInId, TokenId},
};

/// A row of `sign_ins`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "sign_ins")]
#[expect(missing_docs, reason = "the columns; the migration explains them")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    #[sea_orm(column_type = "Text")]
    pub digest: String,
    pub token_id: Option<Uuid>,
    #[sea_orm(column_type = "Text", nullable)]
    pub proof: Option<String>,
    pub created_at: DateTimeUtc,
    pub expires_at: DateTimeUtc,
}

/// No joins are made.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl From<Model> for SignIn {
    fn from(row: Model) -> Self {
        Self {
            id: SignInId(row.id),
            digest: row.digest,
            token: row.token_id.map(TokenId),
            proof: row.proof,
            expires_at: row.expires_at,
        }
    }
}

/// A sign-in, if nobody has signed out of it.
///
/// # Errors
/// Those of the database.
pub async fn find(db: &impl ConnectionTrait, id: SignInId) -> Result<Option<SignIn>, DbErr> {
    Ok(Entity::find_by_id(id.0).one(db).await?.map(SignIn::from))
}

/// Stores a sign-in, and takes away those that are over. Stored again it changes nothing.
pub(super) async fn insert(
    txn: &DatabaseTransaction,
    new: &SignIn,
    at: DateTime<Utc>,
) -> Result<(), DbErr> {
    Entity::delete_many()
        .filter(Column::ExpiresAt.lte(at))
        .exec(txn)
        .await?;
    Entity::insert(ActiveModel {
        id: Set(new.id.0),
        digest: Set(new.digest.clone()),
        token_id: Set(new.token.map(|token| token.0)),
        proof: Set(new.proof.clone()),
        created_at: Set(at),
        expires_at: Set(new.expires_at),
    })
    .on_conflict(OnConflict::column(Column::Id).do_nothing().to_owned())
    .exec_without_returning(txn)
    .await?;
    Ok(())
}

/// Takes a sign-in away.
pub(super) async fn delete(txn: &DatabaseTransaction, id: SignInId) -> Result<(), DbErr> {
    Entity::delete_by_id(id.0).exec(txn).await?;
    Ok(())
}
