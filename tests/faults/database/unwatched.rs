//! A database that goes away while nobody has anything to store.

use reqwest::StatusCode;
use serde_json::json;

use super::{behind_a_network, health, through};
use crate::support::{Stream, expect, refused};

async fn told(stream: &mut Stream, status: &str) {
    let event = stream.next_named("system").await;
    let said = (&event.data["part"], &event.data["status"]);
    assert_eq!(said, (&json!("database"), &json!(status)), "{event:?}");
}

#[tokio::test]
async fn somebody_who_cannot_read_is_reason_enough_to_tell_everybody_and_to_look_whether_it_is_back()
 {
    let Some((database, network)) = behind_a_network().await else {
        return;
    };
    let server = through(&network, &database).start().await;
    let (shop, blog) = (server.project("Shop").await, server.project("Blog").await);
    let mut stream = server.stream(&blog, "").await;
    server.say(&blog, "hello").await;
    // From now on nobody has anything to do.
    stream
        .activities_until(|data| data["data"]["role"] == "assistant")
        .await;
    network.refuse();
    let say = server
        .post(&format!("/api/projects/{shop}/messages"))
        .json(&json!({ "content": "hello" }));
    let problem = refused(say, StatusCode::SERVICE_UNAVAILABLE).await;
    let words = problem["detail"].as_str().expect("words");
    assert!(words.contains("database is not answering"), "{problem}");
    told(&mut stream, "degraded").await;
    assert_eq!(health(&server).await["status"], "unhealthy");
    network.open();
    told(&mut stream, "recovered").await;
    assert_eq!(health(&server).await["status"], "healthy");
    // The first who come are not the ones who find out that their connections are no more.
    for _ in 0..10 {
        expect(server.get(&format!("/api/projects/{shop}")), StatusCode::OK).await;
    }
}
