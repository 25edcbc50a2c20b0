//! A PostgreSQL that a test may stop: one of its own, run by the same script that starts the one for all tests.

use std::{path::Path, process::Stdio};

use tokio::{
    io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, Lines},
    process::{Child, ChildStdin, ChildStdout, Command},
};

use super::patiently;

/// Does what it is told, line by line. With the end of its input, which comes with the end of the test however that
/// ended, it removes everything.
const SCRIPT: &str = r#"
set -u
. scripts/lib/install.sh
. scripts/lib/postgres.sh
trap stop_postgres EXIT
start_postgres >&2 || exit
port=${TEST_DATABASE_URL##*:}
port=${port%%/*}
echo "$TEST_DATABASE_URL"
while read -r order; do
  case $order in
    halt) halt_postgres ;;
    launch) launch_postgres "$port" ;;
    secure\ *) secure_postgres "${order#secure }" ;;
  esac
  echo "$?"
done
"#;

/// A PostgreSQL of the test's own. Dropping it ends it.
pub struct Postgres {
    /// Its address.
    pub url: String,
    orders: ChildStdin,
    answers: Lines<BufReader<ChildStdout>>,
    /// Not killed with the test: it has to clean up.
    script: Child,
}

impl Postgres {
    /// Starts one.
    pub async fn start() -> Self {
        let mut script = Command::new("bash")
            .args(["-c", SCRIPT])
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .env_remove("TEST_DATABASE_URL")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("bash starts");
        let orders = script.stdin.take().expect("it is piped");
        let stdout = script.stdout.take().expect("it is piped");
        let mut answers = BufReader::new(stdout).lines();
        let url = patiently("PostgreSQL to start", answers.next_line()).await;
        let url = url.expect("its address is text");
        let url = url.expect("PostgreSQL starts; its programs initdb and pg_ctl are needed");
        Self {
            url,
            orders,
            answers,
            script,
        }
    }

    /// Ends it as a power cut would.
    pub async fn halt(&mut self) {
        self.order("halt").await;
    }

    /// Starts it again with the data it had.
    pub async fn launch(&mut self) {
        self.order("launch").await;
    }

    /// Has it speak TLS. Its certificate is signed by `root.crt`, which is put into this folder; `other.crt` signed nothing.
    pub async fn secure(&mut self, folder: &Path) {
        self.order(&format!("secure {}", folder.display())).await;
    }

    /// Ends it and removes what it had.
    pub async fn remove(mut self) {
        drop(self.orders);
        let ended = patiently("PostgreSQL to be removed", self.script.wait()).await;
        assert!(ended.expect("it can be waited for").success());
    }

    async fn order(&mut self, order: &str) {
        let line = format!("{order}\n");
        let ordered = self.orders.write_all(line.as_bytes()).await;
        ordered.expect("the script reads");
        let answer = patiently(format!("PostgreSQL to {order}"), self.answers.next_line()).await;
        let answer = answer.expect("its answer is text");
        assert_eq!(answer.as_deref(), Some("0"), "{order}");
    }
}
