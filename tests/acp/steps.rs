//! Whatever an agent tells is in the log, once, in order, in plain words.

use serde_json::json;

use super::{spawn, text, tool, tool_update};

#[tokio::test]
async fn a_text_told_in_pieces_is_one_step_and_the_last_one_is_the_answer() {
    let stage = spawn(&json!([
        { "think": "Let me " }, { "think": "see." },
        { "say": "I look " }, { "say": "at it." },
        tool("1", "Read README.md", json!({ "kind": "read", "status": "completed", "locations": [{ "path": "README.md", "line": 3 }] })),
        { "say": "It is " }, { "say": "**a shop**." },
    ]))
    .await;
    let ended = stage.run("prime").await;
    assert_eq!(ended["status"], "COMPLETED", "{ended}");
    assert_eq!(ended["output"], "It is **a shop**.");
    let steps = stage.steps().await;
    let told: Vec<_> = steps
        .iter()
        .filter(|step| step["kind"] != "status")
        .map(|step| (text(&step["kind"]), text(&step["message"])))
        .collect();
    assert_eq!(
        told,
        [
            ("thinking", "Let me see."),
            ("text", "I look at it."),
            ("tool", "Read README.md"),
            ("tool_result", "done"),
            ("text", "It is **a shop**."),
        ]
    );
    let read = &steps.iter().find(|step| step["kind"] == "tool").unwrap();
    assert_eq!(read["tool"], "Read");
    assert_eq!(read["data"]["call_id"], "1");
    assert_eq!(read["data"]["kind"], "read");
    assert_eq!(
        read["data"]["locations"],
        json!([{ "path": "README.md", "line": 3 }])
    );
}

#[tokio::test]
async fn a_use_of_a_tool_is_told_once_when_it_is_known_and_its_result_beside_its_name() {
    let stage = spawn(&json!([
        tool("a", "Terminal", json!({ "kind": "execute", "rawInput": {} })),
        tool_update("a", json!({ "title": "`npm test`", "rawInput": { "command": "npm test" }, "content": [{ "type": "content", "content": { "type": "text", "text": "Run the tests" } }] })),
        tool("b", "Read {root}/src/cart.js", json!({ "kind": "read", "status": "in_progress" })),
        tool_update("b", json!({ "status": "completed", "content": [{ "type": "content", "content": { "type": "text", "text": "```\none\ntwo\n```" } }] })),
        tool_update("a", json!({ "status": "failed", "rawOutput": "2 tests failed" })),
    ]))
    .await;
    stage.run("validate").await;
    let tools = stage.steps_of("tool").await;
    let told: Vec<_> = tools
        .iter()
        .map(|step| {
            (
                text(&step["data"]["call_id"]),
                text(&step["message"]),
                text(&step["detail"]),
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            ("a", "Run npm test", "npm test"),
            ("b", "Read src/cart.js", "Read src/cart.js"),
        ]
    );
    let results = stage.steps_of("tool_result").await;
    let told: Vec<_> = results
        .iter()
        .map(|step| {
            (
                text(&step["data"]["call_id"]),
                text(&step["status"]),
                text(&step["message"]),
            )
        })
        .collect();
    assert_eq!(
        told,
        [("b", "ok", "2 lines"), ("a", "failed", "2 tests failed")]
    );
    assert_eq!(results[0]["detail"], "one\ntwo");
    assert!(results[0]["duration_ms"].is_i64());
}

#[tokio::test]
async fn a_changed_file_is_told_with_its_diff_when_it_is_changed_and_not_before() {
    let edit = json!([{ "type": "diff", "path": "{root}/src/cart.js", "oldText": "a\nb\n", "newText": "a\nB\nc\n" }]);
    let stage = spawn(&json!([
        tool("1", "Edit src/cart.js", json!({ "kind": "edit", "content": edit })),
        tool_update("1", json!({ "status": "completed" })),
        tool("2", "Edit src/cart.js", json!({ "kind": "edit", "content": edit })),
        tool_update("2", json!({ "status": "failed" })),
        tool("3", "Write new.js", json!({ "kind": "edit", "status": "completed", "content": [{ "type": "diff", "path": "{root}/new.js", "newText": "x\n" }] })),
    ]))
    .await;
    stage.run("execute-github").await;
    let changes = stage.steps_of("file_change").await;
    assert_eq!(changes.len(), 2, "{changes:?}");
    let edited = &changes[0];
    assert_eq!(edited["message"], "Edited src/cart.js");
    assert_eq!(edited["data"]["path"], "src/cart.js");
    assert_eq!(edited["data"]["call_id"], "1");
    assert_eq!(
        (&edited["data"]["added"], &edited["data"]["removed"]),
        (&json!(2), &json!(1))
    );
    assert_eq!(edited["data"]["diff"], "@@ -1,2 +1,3 @@\n a\n-b\n+B\n+c\n");
    assert_eq!(changes[1]["message"], "Wrote new.js");
}

#[tokio::test]
async fn plans_usage_and_what_nobody_has_words_for_are_kept() {
    let plan = |state: &str| {
        json!({ "tell": { "sessionUpdate": "plan", "entries": [
            { "content": "Look", "priority": "high", "status": "completed" },
            { "content": "Build", "priority": "high", "status": state },
        ] } })
    };
    let stage = spawn(&json!([
        plan("in_progress"), plan("in_progress"), plan("completed"),
        { "tell": { "sessionUpdate": "usage_update", "used": 50_000, "size": 200_000, "cost": { "amount": 0.125, "currency": "USD" } } },
        { "tell": { "sessionUpdate": "usage_update", "used": 51_000, "size": 200_000, "cost": { "amount": 0.15, "currency": "USD" } } },
        { "tell": { "sessionUpdate": "current_mode_update", "currentModeId": "plan" } },
        { "tell": { "sessionUpdate": "from_the_future", "what": [1, 2] } },
    ]))
    .await;
    stage.run("prime").await;
    let plans = stage.steps_of("plan").await;
    let words: Vec<_> = plans.iter().map(|plan| text(&plan["message"])).collect();
    assert_eq!(words, ["Plan: Build", "Plan: 2 of 2 done"]);
    assert_eq!(
        plans[0]["data"]["items"][1],
        json!({ "text": "Build", "state": "doing" })
    );
    let usage = stage.steps_of("usage").await;
    let used: Vec<_> = usage
        .iter()
        .map(|usage| {
            (
                usage["data"]["used_tokens"].as_u64().unwrap(),
                usage["data"]["cost"]["amount"].as_f64().unwrap(),
            )
        })
        .collect();
    assert_eq!(used, [(50_000, 0.125), (51_000, 0.15)]);
    let raw = stage.steps_of("text").await;
    let kept: Vec<_> = raw
        .iter()
        .filter(|step| step["data"]["raw"] == true)
        .map(|step| (text(&step["message"]), text(&step["detail"])))
        .collect();
    assert_eq!(kept.len(), 2, "{raw:?}");
    assert!(kept[0].0.contains("current_mode_update"));
    assert!(kept[1].0.contains("from_the_future"));
    assert!(kept[1].1.contains("\"what\":[1,2]"), "{kept:?}");
}
