//! A collector of traces: takes OTLP over HTTP on a real port, and reads it as OpenTelemetry's own types.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    thread::JoinHandle,
};

use actix_web::{
    App, HttpRequest, HttpResponse, HttpServer,
    web::{Bytes, Data, post},
};
use opentelemetry_proto::tonic::{
    collector::trace::v1::ExportTraceServiceRequest,
    common::v1::{KeyValue, any_value::Value},
    trace::v1::{ResourceSpans, status::StatusCode},
};
use prost::Message as _;

use super::wait_until;

/// A span as it arrived.
#[derive(Debug, Clone)]
pub struct Span {
    pub trace: String,
    pub id: String,
    /// Empty for the whole of a trace.
    pub parent: String,
    pub name: String,
    /// Nanoseconds since 1970.
    pub begun: u64,
    pub ended: u64,
    pub tags: HashMap<String, String>,
    pub moments: Vec<String>,
    /// Why it failed, if it did.
    pub failure: Option<String>,
    /// Who sent it.
    pub resource: HashMap<String, String>,
}

#[derive(Default)]
struct Shared {
    spans: Mutex<Vec<Span>>,
    /// The `authorization` header of each request.
    shown: Mutex<Vec<String>>,
    /// What arrived, as it was on the wire.
    bodies: Mutex<Vec<u8>>,
    refuses: AtomicBool,
}

/// A running collector.
pub struct Collector {
    shared: Arc<Shared>,
    port: u16,
    handle: actix_web::dev::ServerHandle,
    thread: Option<JoinHandle<()>>,
}

impl Collector {
    /// Starts one on a free port.
    pub fn start() -> Self {
        let shared = Arc::new(Shared::default());
        let data = Data::from(Arc::clone(&shared));
        let (started, starting) = std::sync::mpsc::sync_channel(1);
        let thread = std::thread::spawn(move || {
            actix_rt::System::new().block_on(async move {
                let server = HttpServer::new(move || {
                    App::new()
                        .app_data(data.clone())
                        .route("/v1/traces", post().to(take))
                })
                .workers(1)
                .disable_signals()
                .bind(("127.0.0.1", 0))
                .unwrap();
                let port = server.addrs()[0].port();
                let server = server.run();
                started.send((port, server.handle())).unwrap();
                server.await.unwrap();
            });
        });
        let (port, handle) = starting.recv().expect("the collector listens");
        Self {
            shared,
            port,
            handle,
            thread: Some(thread),
        }
    }

    /// Where it is.
    pub fn address(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Whether it answers 503 from now on.
    pub fn refuse(&self, refuses: bool) {
        self.shared.refuses.store(refuses, Ordering::Relaxed);
    }

    /// All spans until now.
    pub fn spans(&self) -> Vec<Span> {
        self.shared.spans.lock().unwrap().clone()
    }

    /// What it was shown as `authorization`.
    pub fn shown(&self) -> Vec<String> {
        self.shared.shown.lock().unwrap().clone()
    }

    /// Whether these bytes were anywhere in what it was sent.
    pub fn has_bytes(&self, wanted: &str) -> bool {
        let bodies = self.shared.bodies.lock().unwrap();
        bodies
            .windows(wanted.len())
            .any(|bytes| bytes == wanted.as_bytes())
    }

    /// The first span like that, which must come.
    pub async fn span(&self, what: &str, is_wanted: impl Fn(&Span) -> bool) -> Span {
        wait_until(what, async || self.spans().into_iter().find(&is_wanted)).await
    }
}

impl Drop for Collector {
    fn drop(&mut self) {
        let stopping = self.handle.stop(false);
        let thread = self.thread.take();
        std::thread::spawn(move || actix_rt::System::new().block_on(stopping))
            .join()
            .unwrap();
        if let Some(thread) = thread {
            thread.join().unwrap();
        }
    }
}

async fn take(shared: Data<Shared>, request: HttpRequest, body: Bytes) -> HttpResponse {
    let shown = request.headers().get("authorization");
    let shown = shown.map(|value| value.to_str().unwrap().to_owned());
    shared.shown.lock().unwrap().extend(shown);
    if shared.refuses.load(Ordering::Relaxed) {
        return HttpResponse::ServiceUnavailable().finish();
    }
    shared.bodies.lock().unwrap().extend_from_slice(&body);
    let read = ExportTraceServiceRequest::decode(body).expect("what OTLP says");
    let spans = read.resource_spans.into_iter().flat_map(read_spans);
    shared.spans.lock().unwrap().extend(spans);
    HttpResponse::Ok()
        .content_type("application/x-protobuf")
        .finish()
}

fn read_spans(resource: ResourceSpans) -> Vec<Span> {
    let of = tags(resource.resource.unwrap_or_default().attributes);
    let scopes = resource.scope_spans.into_iter();
    scopes
        .flat_map(|scope| scope.spans)
        .map(|span| Span {
            trace: hex(&span.trace_id),
            id: hex(&span.span_id),
            parent: hex(&span.parent_span_id),
            name: span.name,
            begun: span.start_time_unix_nano,
            ended: span.end_time_unix_nano,
            tags: tags(span.attributes),
            moments: span.events.into_iter().map(|event| event.name).collect(),
            failure: span
                .status
                .filter(|status| status.code == StatusCode::Error as i32)
                .map(|status| status.message),
            resource: of.clone(),
        })
        .collect()
}

fn tags(given: Vec<KeyValue>) -> HashMap<String, String> {
    let text = |one: KeyValue| match one.value.and_then(|value| value.value) {
        Some(Value::StringValue(text)) => Some((one.key, text)),
        _ => None,
    };
    given.into_iter().filter_map(text).collect()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
