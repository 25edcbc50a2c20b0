//! Sends spans to a collector by OTLP over HTTP: OpenTelemetry's own queue, thread and format.

use std::{
    collections::HashMap,
    fmt,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, SystemTime},
};

use anyhow::Context as _;
use chrono::{DateTime, Utc};
use opentelemetry::{
    InstrumentationScope, KeyValue, SpanId, TraceFlags, TraceId,
    trace::{Event, SpanContext, SpanKind, Status, TraceState},
};
use opentelemetry_otlp::{SpanExporter, WithExportConfig as _, WithHttpConfig as _};
use opentelemetry_sdk::{
    Resource,
    error::{OTelSdkError, OTelSdkResult},
    trace::{
        BatchConfigBuilder, BatchSpanProcessor, SpanData, SpanEvents, SpanLinks, SpanProcessor as _,
    },
};
use percent_encoding::percent_decode_str;
use secrecy::{ExposeSecret as _, SecretString};

use super::spans::Span;

/// Spans that may wait for the collector; while it is away for longer than they last, the newest are left out.
const QUEUE_MAX: usize = 8_192;

/// Spans are sent together, so long after the first of them.
const SEND_EVERY: Duration = Duration::from_secs(1);

/// How long the collector may take for one request.
const ANSWER_WITHIN: Duration = Duration::from_secs(10);

/// Where spans go, and who sends them.
#[derive(Debug, Clone)]
pub struct Collector {
    /// The address, without the path of a signal: `http://localhost:4318`.
    pub endpoint: String,
    /// Headers of the requests, `name=value` with commas between, as OpenTelemetry's own variables have them.
    pub headers: SecretString,
    /// The environment of the settings.
    pub environment: String,
    /// The server, of several.
    pub instance: String,
}

/// Who sends.
pub(super) struct Exporter {
    processor: BatchSpanProcessor,
    scope: InstrumentationScope,
}

impl Exporter {
    pub(super) fn start(collector: Collector) -> anyhow::Result<Self> {
        // Another one may be installed already: by the language model, by SCAR or a test. Whichever was first is good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let address = format!("{}/v1/traces", collector.endpoint.trim_end_matches('/'));
        let exporter = SpanExporter::builder()
            .with_http()
            .with_endpoint(&address)
            .with_timeout(ANSWER_WITHIN)
            .with_headers(headers(collector.headers.expose_secret()))
            .build()
            .with_context(|| format!("cannot send traces to {address}; check traces.endpoint"))?;
        let batches = BatchConfigBuilder::default()
            .with_max_queue_size(QUEUE_MAX)
            .with_scheduled_delay(SEND_EVERY)
            .build();
        let told = Told {
            exporter,
            address,
            is_away: Arc::default(),
        };
        let mut processor = BatchSpanProcessor::builder(told)
            .with_batch_config(batches)
            .build();
        let resource = Resource::builder_empty()
            .with_service_name("project-manager")
            .with_attributes([
                KeyValue::new("service.version", env!("CARGO_PKG_VERSION")),
                KeyValue::new("service.instance.id", collector.instance),
                KeyValue::new("deployment.environment.name", collector.environment),
            ])
            .build();
        processor.set_resource(&resource);
        Ok(Self {
            processor,
            scope: InstrumentationScope::builder("project-manager").build(),
        })
    }

    /// Hands a span on. Waits for nobody.
    pub(super) fn take(&self, span: Span) {
        self.processor.on_end(data(span, &self.scope));
    }

    /// Sends what is left, for so long at most.
    pub(super) fn end(&self, limit: Duration) {
        if let Err(error) = self.processor.shutdown_with_timeout(limit) {
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                "the last traces were not sent"
            );
        }
    }
}

/// An exporter that says when the collector is away, and when it is back.
struct Told {
    exporter: SpanExporter,
    address: String,
    is_away: Arc<AtomicBool>,
}

impl fmt::Debug for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The exporter's headers may hold a key.
        f.debug_tuple("Told").field(&self.address).finish()
    }
}

impl opentelemetry_sdk::trace::SpanExporter for Told {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        let spans = batch.len();
        let sent = self.exporter.export(batch).await;
        match (&sent, self.is_away.swap(sent.is_err(), Ordering::Relaxed)) {
            (Err(error), false) => tracing::warn!(
                reason = reason(error),
                "traces cannot be sent to {}; {spans} spans are lost, and more until it answers. Check that a collector listens \
                 there and takes OTLP over HTTP, and traces.headers if it wants a key",
                self.address
            ),
            (Ok(()), true) => tracing::info!("traces can be sent to {} again", self.address),
            _ => {}
        }
        sent
    }

    fn shutdown_with_timeout(&self, limit: Duration) -> OTelSdkResult {
        self.exporter.shutdown_with_timeout(limit)
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.exporter.set_resource(resource);
    }
}

fn reason(error: &OTelSdkError) -> String {
    match error {
        OTelSdkError::Timeout(limit) => format!("no answer within {limit:?}"),
        other => other.to_string(),
    }
}

/// Headers as OpenTelemetry's `OTEL_EXPORTER_OTLP_HEADERS` has them: `name=value`, commas between, values with `%`-escapes.
pub fn headers(given: &str) -> HashMap<String, String> {
    let each = given.split(',').filter_map(|one| one.split_once('='));
    each.map(|(name, value)| {
        let value = percent_decode_str(value.trim()).decode_utf8_lossy();
        (name.trim().to_owned(), value.into_owned())
    })
    .collect()
}

/// A span as OpenTelemetry has it.
fn data(span: Span, scope: &InstrumentationScope) -> SpanData {
    let id = SpanId::from_bytes(span.id.to_be_bytes());
    let trace = TraceId::from_bytes(span.trace.into_bytes());
    let tags = span.tags.into_iter();
    let moments = span.moments.into_iter();
    let mut events = SpanEvents::default();
    events.events = moments
        .map(|(name, at)| Event::new(name, time(at), Vec::new(), 0))
        .collect();
    SpanData {
        span_context: SpanContext::new(trace, id, TraceFlags::SAMPLED, false, TraceState::NONE),
        parent_span_id: span.parent.map_or(SpanId::INVALID, |parent| {
            SpanId::from_bytes(parent.to_be_bytes())
        }),
        parent_span_is_remote: false,
        span_kind: SpanKind::Internal,
        name: span.name.into(),
        start_time: time(span.begun),
        end_time: time(span.ended),
        attributes: tags
            .map(|(name, value)| KeyValue::new(name, value))
            .collect(),
        dropped_attributes_count: 0,
        events,
        links: SpanLinks::default(),
        status: span.failure.map_or(Status::Unset, Status::error),
        instrumentation_scope: scope.clone(),
    }
}

fn time(at: DateTime<Utc>) -> SystemTime {
    at.into()
}
