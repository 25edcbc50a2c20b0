//! A chat window: the WebSocket as a browser uses it.

use futures_util::{SinkExt as _, StreamExt as _};
use reqwest::RequestBuilder;
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{Message, client::IntoClientRequest as _, protocol::CloseFrame},
};

use super::{TestApp, patiently};

/// An open chat window.
pub struct Window {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
}

impl Window {
    /// Opens a window and reads the greeting, so that whatever happens from now on is shown in it.
    pub async fn open(app: &TestApp, project: &str) -> Self {
        Self::open_with(app, project, None).await
    }

    /// As [`Self::open`], with a header that says who opens it.
    pub async fn open_with(
        app: &TestApp,
        project: &str,
        header: Option<(&'static str, &str)>,
    ) -> Self {
        let address = format!("ws://127.0.0.1:{}/api/ws/chat/{project}", app.port());
        let mut request = address.into_client_request().expect("an address");
        if let Some((name, value)) = header {
            let value = value.parse().expect("a header");
            request.headers_mut().insert(name, value);
        }
        let (socket, _) = patiently("a chat window to open", connect_async(request))
            .await
            .expect("the server opens a chat window");
        let mut window = Self { socket };
        let greeting = window.next().await;
        assert_eq!(greeting["type"], "status", "the first frame: {greeting}");
        assert_eq!(greeting["data"]["status"], "connected", "{greeting}");
        assert!(greeting["data"]["message"].is_string(), "{greeting}");
        window
    }

    /// A request to open one, for a server that is to refuse it.
    pub fn request(app: &TestApp, project: &str) -> RequestBuilder {
        app.get(&format!("/api/ws/chat/{project}"))
            .header("Connection", "Upgrade")
            .header("Upgrade", "websocket")
            .header("Sec-WebSocket-Version", "13")
            .header("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==")
    }

    /// Says something.
    pub async fn say(&mut self, content: &str) {
        self.send_json(&json!({ "content": content })).await;
    }

    /// Sends a frame of JSON.
    pub async fn send_json(&mut self, frame: &Value) {
        self.send(Message::text(frame.to_string())).await;
    }

    /// Sends a frame.
    pub async fn send(&mut self, frame: Message) {
        patiently("a frame to be sent", self.socket.send(frame))
            .await
            .expect("the window is open");
    }

    /// The next frame of any kind, control frames included; none at the end.
    pub async fn next_raw(&mut self) -> Option<Message> {
        patiently("the next frame of a chat window", self.socket.next())
            .await?
            .ok()
    }

    /// The next frame of JSON.
    pub async fn next(&mut self) -> Value {
        loop {
            match self.next_raw().await.expect("the window stays open") {
                Message::Text(text) => {
                    return serde_json::from_str(&text).expect("a frame is JSON");
                }
                Message::Ping(_) | Message::Pong(_) => {}
                other => panic!("a chat window is sent JSON, not {other:?}"),
            }
        }
    }

    /// The data of the next frame of this type; others are passed over.
    pub async fn next_of(&mut self, kind: &str) -> Value {
        loop {
            let mut frame = self.next().await;
            if frame["type"] == kind {
                return frame["data"].take();
            }
        }
    }

    /// The next `chat` message, which must say this.
    pub async fn next_chat(&mut self, role: &str, content: &str) -> Value {
        let message = self.next_of("chat").await;
        assert_eq!(
            (&message["role"], &message["content"]),
            (&json!(role), &json!(content))
        );
        message
    }

    /// The next frame, which must be an error of this code; its words.
    pub async fn next_error(&mut self, code: &str) -> String {
        let frame = self.next().await;
        assert_eq!(frame["type"], "error", "{frame}");
        assert_eq!(frame["data"]["code"], code, "{frame}");
        let words = frame["data"]["message"].as_str().expect("words").to_owned();
        assert!(!words.is_empty(), "{code} is explained");
        words
    }

    /// Waits until the server has closed the window; what it said about it.
    pub async fn closed(&mut self) -> Option<CloseFrame> {
        let mut reason = None;
        while let Some(frame) = self.next_raw().await {
            if let Message::Close(said) = frame {
                reason = said;
            }
        }
        reason
    }

    /// Closes it from this side and waits for the server to agree.
    pub async fn close(mut self) {
        patiently("a chat window to close", self.socket.close(None))
            .await
            .expect("the window was open");
        self.closed().await;
    }
}
