//! What is open ends when its client is not let in any more.

use project_manager::domain::access::Scope;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;

use super::{expire, guarded, make, over, revoke, showing, sign_in, stranger};
use crate::support::{Client, Stream, TestApp, Window};

async fn window(app: &TestApp, project: &str, header: (&'static str, &str)) -> Window {
    Window::open_with(app, project, Some(header)).await
}

async fn ends(mut stream: Stream, mut window: Window) {
    over(&mut stream).await;
    let said = window.closed().await.expect("a reason");
    assert_eq!(said.code, CloseCode::from(4_401));
}

#[tokio::test]
async fn streams_and_windows_of_a_revoked_token_end_within_seconds_and_no_others() {
    let app = guarded().await;
    let project = app.project("Shop").await;
    let token = make(app.database(), "phone", Scope::Write).await;
    let bearer = format!("Bearer {token}");
    let (cookie, _) = sign_in(&stranger(&app), &token).await;
    let shown = showing(&app, &token).stream(&project, "").await;
    let browsers = Client::signed_in(&app.base, &cookie)
        .stream(&project, "")
        .await;
    let mut ours = app.stream(&project, "").await;
    let windows = [
        window(&app, &project, ("authorization", &bearer)).await,
        window(&app, &project, ("cookie", &cookie)).await,
    ];
    revoke(app.database(), "phone").await;
    for (stream, window) in [shown, browsers].into_iter().zip(windows) {
        ends(stream, window).await;
    }
    app.say(&project, "hello").await;
    assert_eq!(ours.next_activity().await.data["message"], "hello");
}

#[tokio::test]
async fn streams_and_windows_of_a_token_that_expires_end_as_well() {
    let app = guarded().await;
    let project = app.project("Shop").await;
    let token = make(app.database(), "phone", Scope::Read).await;
    let stream = showing(&app, &token).stream(&project, "").await;
    let bearer = format!("Bearer {token}");
    let window = window(&app, &project, ("authorization", &bearer)).await;
    expire(app.database(), "tokens").await;
    ends(stream, window).await;
}
