//! From a model's call to what everybody sees: the model, SCAR and the server are there, each as it is in the world.

use std::time::Duration;

use serde_json::{Value, json};

use super::{KEY, WIRES, builder, told};
use crate::{
    scar::{FAST, shop},
    support::{
        llm::TestLlm,
        scar::{Script, TestScar},
        wait_until,
    },
};

#[tokio::test]
async fn a_call_for_a_command_ends_in_a_stream_in_the_log_and_in_the_counts() {
    for model in WIRES {
        let (llm, scar) = (TestLlm::start(), TestScar::start());
        let says = ["🔧 READ\nReading: src/basket.rs", "A shop with a basket."];
        scar.script("prime", Script::every(Duration::from_millis(2), says));
        let builder = builder(&llm, model).set("SCAR_BASE_URL", scar.address());
        let builder = FAST
            .iter()
            .fold(builder, |builder, (name, value)| builder.set(name, value));
        let app = builder.spawn().await;
        let project = shop(&app).await;
        let mut stream = app.stream(&project, "?verbosity=3").await;
        llm.calls("execute_scar", &json!({ "command": "prime" }))
            .says("I'm having it looked at.");
        let said = told(&app, &project, "analyze the codebase").await;
        assert_eq!(said, "I'm having it looked at.");

        let is_report =
            |one: &Value| one["kind"] == "message" && one["message"] == "A shop with a basket.";
        let shown = stream.activities_until(is_report).await;
        let shown: Vec<Value> = shown.into_iter().map(|event| event.data).collect();
        let executions = app
            .read(&format!("/api/projects/{project}/executions"))
            .await;
        let id = &executions[0]["id"];
        let of_it: Vec<&Value> = shown
            .iter()
            .filter(|one| one["execution_id"] == *id)
            .collect();
        let statuses: Vec<&str> = of_it
            .iter()
            .filter_map(|one| one["status"].as_str())
            .collect();
        assert_eq!(statuses, ["QUEUED", "RUNNING", "COMPLETED"], "{model}");
        let read = of_it
            .iter()
            .find(|one| one["kind"] == "tool")
            .expect("a tool");
        assert_eq!(read["source"], "claude");
        assert!(read.to_string().contains("src/basket.rs"), "{read}");
        assert!(
            of_it
                .iter()
                .any(|one| one["kind"] == "text" && one["message"] == "A shop with a basket."),
            "{of_it:?}"
        );

        let log = app.log(&project).await;
        assert_eq!(shown, log, "what is shown is the log");
        assert!(!json!(log).to_string().contains(KEY));
        let path = format!("/api/diagnostics/sse/{project}");
        let report = wait_until("the stream to be at the end", async || {
            let report = app.read(&path).await;
            (report["streams"][0]["cursor"] == log.len()).then_some(report)
        })
        .await;
        assert_eq!(
            (
                &report["status"],
                &report["activity_count"],
                &report["execution_count"]
            ),
            (&json!("healthy"), &json!(log.len()), &json!(1))
        );
        assert_eq!(Some(&report["last_activity"]), log.last());
        assert_eq!(report["streams"][0]["lag"], 0);
        let posts = scar.posts();
        let posted = posts.iter().filter(|(_, text)| text.contains("prime"));
        assert_eq!(posted.count(), 1, "{posts:?}");
    }
}
