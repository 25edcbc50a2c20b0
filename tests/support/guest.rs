//! A user of PostgreSQL with as many connections as the test lets them have.

use sea_orm::{ConnectionTrait as _, DatabaseConnection, Statement};
use uuid::Uuid;

use super::{TestDatabase, wait_until};

/// Who owns a test's database and is not a superuser, who would get a connection in any case.
pub struct Guest {
    /// The address of the database for them.
    pub url: String,
    name: String,
    admin: DatabaseConnection,
}

impl Guest {
    /// Makes one, to whom the database belongs.
    pub async fn of(database: &TestDatabase) -> Self {
        let name = format!("guest_{}", Uuid::now_v7().simple());
        let (_, place) = database.url.split_once('@').expect("a whole address");
        let (_, database_name) = place.split_once('/').expect("a name");
        let guest = Self {
            url: format!("postgres://{name}:sesame@{place}"),
            admin: database.connect().await,
            name,
        };
        let name = &guest.name;
        guest
            .run(&format!("CREATE ROLE {name} LOGIN PASSWORD 'sesame'"))
            .await;
        guest
            .run(&format!("ALTER DATABASE {database_name} OWNER TO {name}"))
            .await;
        guest
    }

    /// From now on they get no connection when they have this many already.
    pub async fn limit(&self, connections: i32) {
        let name = &self.name;
        self.run(&format!("ALTER ROLE {name} CONNECTION LIMIT {connections}"))
            .await;
    }

    /// Ends their connections of which `condition` holds.
    pub async fn cut_off(&self, condition: &str) {
        let name = &self.name;
        self.run(&format!(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '{name}' AND {condition}"
        ))
        .await;
    }

    /// Gives the database back, when the last of their connections has ended.
    pub async fn leave(self) {
        let name = &self.name;
        let there = format!("SELECT 1 FROM pg_stat_activity WHERE usename = '{name}'");
        let there = Statement::from_string(self.admin.get_database_backend(), there);
        wait_until("them to be gone", async || {
            let one = self.admin.query_one_raw(there.clone()).await;
            one.expect("an answer").is_none().then_some(())
        })
        .await;
        self.run(&format!("REASSIGN OWNED BY {name} TO CURRENT_USER"))
            .await;
        self.run(&format!("DROP OWNED BY {name}")).await;
        self.run(&format!("DROP ROLE {name}")).await;
    }

    async fn run(&self, sql: &str) {
        self.admin
            .execute_unprepared(sql)
            .await
            .expect("it is done");
    }
}
