//! Looking for words in the log.

use project_manager::domain::{
    change::{Change, Reported},
    step::{Call, PlanItem, PlanState, Step, TextFormat},
};
use serde_json::Value;

use super::path;
use crate::support::{TestApp, spawn_app, spawn_scripted, wait_until};

/// What a search is asked for, written as an address has it.
fn asked(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

async fn found(app: &TestApp, project: &str, text: &str) -> Vec<String> {
    let page = app
        .read(&path(project, &format!("?q={}", asked(text))))
        .await;
    let items = page["items"].as_array().expect("a list");
    let words = |one: &Value| one["message"].as_str().expect("words").to_owned();
    items.iter().map(words).collect()
}

#[tokio::test]
async fn what_is_looked_for_is_found_as_it_is_written_with_letters_in_either_case() {
    const LINES: [&str; 12] = [
        "100% done",
        "100 percent done",
        "snake_case",
        "snakeXcase",
        r"C:\temp\new",
        "a*b? [c] ^d -e (f) {g} |h| .i $j +k",
        "Bücher ÜBERALL, straße, Ωmega",
        "ЖУРНАЛ",
        "日本語のテキスト",
        "two  spaces\nand a line",
        "it's \"quoted\" 'twice'",
        "\u{212a}elvin",
    ];
    let (app, backend) = spawn_scripted().await;
    let project = app.project("Shop").await;
    app.execute(&project, "prime").await;
    let job = backend.next_job().await;
    job.says_all(LINES.map(str::to_owned)).await;
    wait_until("all of it", async || {
        (app.log(&project).await.len() == 2 + LINES.len()).then_some(())
    })
    .await;
    for (text, lines) in [
        ("100%", &LINES[..1]),
        ("100", &LINES[..2]),
        ("%", &LINES[..1]),
        ("e_c", &LINES[2..3]),
        ("SNAKE", &LINES[2..4]),
        (r"\TEMP\n", &LINES[4..5]),
        ("\\", &LINES[4..5]),
        ("A*B?", &LINES[5..6]),
        ("[c]", &LINES[5..6]),
        ("^d -e (f) {G} |h| .i $j +k", &LINES[5..6]),
        ("*", &LINES[5..6]),
        ("büCHER überALL", &LINES[6..7]),
        ("STRAßE", &LINES[6..7]),
        ("ωMEGA", &LINES[6..7]),
        ("strasse", &[]),
        ("bucher", &[]),
        ("журнал", &LINES[7..8]),
        ("本語", &LINES[8..9]),
        ("two  SPACES\nand", &LINES[9..10]),
        ("two spaces", &[]),
        ("it's \"QUOTED\" '", &LINES[10..11]),
        ("kelvin", &[]),
    ] {
        assert_eq!(found(&app, &project, text).await, lines, "{text:?}");
    }
    job.complete("done");
}

#[tokio::test]
async fn it_is_found_in_what_is_said_in_what_is_behind_it_and_in_texts_of_its_data() {
    let (app, backend) = spawn_scripted().await;
    let project = app.project("Shop").await;
    app.execute(&project, "prime").await;
    let job = backend.next_job().await;
    job.step(Step::Plan {
        tool: "Plan".to_owned(),
        summary: "Planned".to_owned(),
        items: vec![PlanItem {
            text: "Build the \"cart\" – größer".to_owned(),
            state: PlanState::Doing,
        }],
        input: "raw".to_owned(),
    })
    .await;
    job.step(Step::Tool {
        tool: "Read".to_owned(),
        summary: "Read it".to_owned(),
        input: "docs/README.md".to_owned(),
        call: Call::default(),
    })
    .await;
    job.step(Step::Text {
        text: "Said".to_owned(),
        format: TextFormat::Markdown,
        block: None,
    })
    .await;
    wait_until("all of it", async || {
        (app.log(&project).await.len() == 5).then_some(())
    })
    .await;
    for (text, messages) in [
        ("the \"CART\" – GRÖSSER", vec![]),
        ("the \"CART\" – GRÖß", vec!["Planned"]),
        ("readme", vec!["Read it"]),
        ("said", vec!["Said"]),
        // Words for programs are not looked through, and neither are names of keys.
        ("markdown", vec![]),
        ("doing", vec![]),
        ("items", vec![]),
    ] {
        assert_eq!(found(&app, &project, text).await, messages, "{text:?}");
    }
    job.complete("done");
}

#[tokio::test]
async fn a_search_of_a_long_log_finds_what_is_rare_wherever_it_is() {
    const LENGTH: usize = 10_700;
    const RARE: [usize; 6] = [1, 4_999, 5_000, 5_001, 10_000, LENGTH];
    let app = spawn_app().await;
    let project = app.project("Shop").await;
    let id = project.parse().expect("an id");
    let changes: Vec<Reported> = (1..=LENGTH)
        .map(|place| {
            let message = match RARE.contains(&place) {
                true => format!("Needle {place}"),
                false => format!("hay {place}"),
            };
            let status = "noticed";
            Reported::now(id, Change::Noticed { message, status })
        })
        .collect();
    for some in changes.chunks(500) {
        let stored = app.writer().append(some.to_vec()).await;
        assert_eq!(stored.map(|stored| stored.len()), Ok(some.len()));
    }
    let places = |page: &Value| -> Vec<usize> {
        let items = page["items"].as_array().expect("a list").iter();
        let seqs = items.map(|one| one["seq"].as_u64().expect("a seq"));
        seqs.map(|seq| usize::try_from(seq).expect("it fits"))
            .collect()
    };
    for (query, expected, next) in [
        ("q=needle", &RARE[..], None),
        ("q=needle&after=0", &RARE[..], None),
        ("q=needle&limit=2", &RARE[4..], Some(10_000)),
        ("q=needle&limit=2&before=10000", &RARE[2..4], Some(5_000)),
        ("q=needle&limit=2&after=1", &RARE[1..3], Some(5_000)),
        (
            "q=needle&limit=9&after=4999&before=10000",
            &RARE[2..4],
            None,
        ),
        ("q=nowhere", &[], None),
        ("q=needle&after=9223372036854775807", &[], None),
        ("q=needle&before=0", &[], None),
    ] {
        let page = app.read(&path(&project, &format!("?{query}"))).await;
        assert_eq!(places(&page), expected, "{query}");
        assert_eq!(page["next"].as_i64(), next, "{query}");
        assert_eq!(page["head"], LENGTH, "{query}");
    }
}
