//! Messages that wait, through `kill -9`.

use serde_json::json;

use super::{data, gated, in_order, kill, message_with_client_id, says_two, start};
use crate::support::TestDatabase;

#[tokio::test]
async fn a_message_that_waits_when_the_server_is_killed_has_its_turn_once_afterwards() {
    let (database, checkout) = (TestDatabase::new().await, gated());
    let server = start(&database).await;
    let project = server.project_in("Shop", checkout.text()).await;
    let mut stream = server.stream(&project, "").await;
    server.execute(&project, "validate").await;
    data(stream.activities_until(says_two).await);
    let queued = server.queue(&project, "what can you do?").await;
    kill(server).await;
    let mut server = start(&database).await;
    let reply = format!("reply:{}", queued["id"].as_str().expect("an id"));
    message_with_client_id(&server, &project, &reply).await;
    // And once more, at rest.
    kill(server).await;
    server = start(&database).await;
    let hello = server.say(&project, "hello").await;
    let answer = format!("reply:{}", hello["id"].as_str().expect("an id"));
    message_with_client_id(&server, &project, &answer).await;
    let messages = server.messages(&project).await;
    let said: Vec<_> = messages.iter().map(|one| &one["id"]).collect();
    assert_eq!(said.len(), 4, "{messages:?}");
    assert_eq!((said[0], said[2]), (&queued["id"], &hello["id"]));
    assert!(messages.iter().all(|one| one["queued"] == json!(false)));
    in_order(&server.log(&project).await);
}
