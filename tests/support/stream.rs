//! Reading an event stream, as a browser would.

use std::collections::VecDeque;

use futures_util::StreamExt as _;
use serde_json::Value;

use super::patiently;

/// One server-sent event.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// Its `id:`.
    pub id: Option<i64>,
    /// Its `event:`.
    pub name: String,
    /// Its `data:`.
    pub data: Value,
}

/// An open stream.
pub struct Stream {
    /// The answer's head.
    pub status: reqwest::StatusCode,
    /// The answer's headers.
    pub headers: reqwest::header::HeaderMap,
    chunks: futures_util::stream::BoxStream<'static, reqwest::Result<bytes::Bytes>>,
    /// Bytes, not text: a read may end in the middle of a character.
    unread: Vec<u8>,
    events: VecDeque<Event>,
    /// What `retry:` said.
    pub retry_ms: Option<u64>,
}

impl Stream {
    /// Opens what a request asks for.
    pub async fn open(request: reqwest::RequestBuilder) -> Self {
        Self::try_open(request).await.expect("the server answers")
    }

    /// As [`Self::open`], of a server that may not be there.
    pub async fn try_open(request: reqwest::RequestBuilder) -> reqwest::Result<Self> {
        let answer = patiently("a stream to open", request.send()).await?;
        Ok(Self {
            status: answer.status(),
            headers: answer.headers().clone(),
            chunks: answer.bytes_stream().boxed(),
            unread: Vec::new(),
            events: VecDeque::new(),
            retry_ms: None,
        })
    }

    /// The next event of any kind; none at the stream's end.
    pub async fn next_or_end(&mut self) -> Option<Event> {
        loop {
            if let Some(event) = self.events.pop_front() {
                return Some(event);
            }
            let chunk = patiently("the next event of a stream", self.chunks.next())
                .await?
                .ok()?;
            self.unread.extend_from_slice(&chunk);
            self.parse_blocks();
        }
    }

    /// The next event of any kind.
    pub async fn next(&mut self) -> Event {
        self.next_or_end().await.expect("the stream goes on")
    }

    /// The next event with this name; others are passed over.
    pub async fn next_named(&mut self, name: &str) -> Event {
        // As a whole: heartbeats must not keep a test waiting for ever.
        patiently(format!("an event called {name}"), async {
            loop {
                let event = self.next().await;
                if event.name == name {
                    return event;
                }
            }
        })
        .await
    }

    /// The next event with any other name.
    pub async fn next_but(&mut self, name: &str) -> Event {
        patiently(format!("an event not called {name}"), async {
            loop {
                let event = self.next().await;
                if event.name != name {
                    return event;
                }
            }
        })
        .await
    }

    /// The next activity; heartbeats are passed over.
    pub async fn next_activity(&mut self) -> Event {
        self.next_named("activity").await
    }

    /// The next so many activities.
    pub async fn activities(&mut self, count: usize) -> Vec<Event> {
        let mut activities = Vec::with_capacity(count);
        while activities.len() < count {
            activities.push(self.next_activity().await);
        }
        activities
    }

    /// Activities until one for which `is_last` holds, that one included.
    pub async fn activities_until(&mut self, is_last: impl Fn(&Value) -> bool) -> Vec<Event> {
        let mut activities = Vec::new();
        loop {
            let activity = self.next_activity().await;
            let last = is_last(&activity.data);
            activities.push(activity);
            if last {
                return activities;
            }
        }
    }

    fn parse_blocks(&mut self) {
        let unread = std::mem::take(&mut self.unread);
        let mut rest = unread.as_slice();
        while let Some(end) = rest.windows(2).position(|pair| pair == b"\n\n") {
            let block = std::str::from_utf8(&rest[..end]).expect("an event is UTF-8");
            let event = self.parse_block(block);
            self.events.extend(event);
            rest = &rest[end + 2..];
        }
        self.unread = rest.to_vec();
    }

    fn parse_block(&mut self, block: &str) -> Option<Event> {
        let mut event = Event {
            id: None,
            name: String::new(),
            data: Value::Null,
        };
        for line in block.trim_end().lines() {
            let (field, value) = line
                .split_once(": ")
                .expect("a line of an event is a field and a value");
            match field {
                "id" => event.id = Some(value.parse().expect("an id is a seq")),
                "event" => event.name = value.to_owned(),
                "data" => event.data = serde_json::from_str(value).expect("data is JSON"),
                "retry" => {
                    self.retry_ms = Some(value.parse().expect("retry is a number"));
                    return None;
                }
                other => panic!("a stream has no field {other:?}"),
            }
        }
        Some(event)
    }
}
