//! The HTTP server: what is wrapped around every route, and how its connections are kept.

use std::net::TcpListener;

use actix_web::{
    App as Web, HttpServer,
    dev::Server,
    middleware::from_fn,
    web::{Data, PayloadConfig},
};
use anyhow::Context as _;

use super::{connection, figures, parts::Parts};
use crate::{http, metrics::HttpFigures};

/// How long requests in work may take to end when the server stops. Streams and chat windows end at once.
const SHUTDOWN_SECONDS: u64 = 3;

/// Serves the routes on this listener.
pub(super) fn serve(listener: TcpListener, workers: usize, parts: Parts) -> anyhow::Result<Server> {
    let requests = Data::new(HttpFigures::default());
    let registry = Data::new(figures::registry(&parts, &requests));
    let server = HttpServer::new(move || {
        let parts = parts.clone();
        Web::new()
            .app_data(Data::from(parts.door))
            .app_data(Data::new(parts.reader))
            .app_data(Data::new(parts.writer))
            .app_data(Data::new(parts.executor))
            .app_data(Data::new(parts.sessions))
            .app_data(Data::new(parts.feed))
            .app_data(Data::new(parts.leases))
            .app_data(Data::new(parts.streams))
            .app_data(Data::new(parts.windows))
            .app_data(Data::new(parts.canary))
            .app_data(Data::new(parts.notifier))
            .app_data(Data::new(parts.github))
            .app_data(Data::new(parts.webhooks))
            .app_data(Data::new(parts.importer))
            .app_data(Data::new(parts.importable))
            .app_data(Data::new(parts.lookout))
            .app_data(Data::new(parts.correspondent))
            .app_data(Data::new(parts.supervisor))
            .app_data(Data::new(parts.about))
            .app_data(Data::new(parts.setup))
            .app_data(Data::new(parts.backends))
            .app_data(Data::new(parts.reach))
            .app_data(Data::new(parts.model))
            .app_data(registry.clone())
            .app_data(requests.clone())
            .app_data(PayloadConfig::new(parts.max_body_bytes))
            .configure(http::routes)
            .wrap(from_fn(http::panic_is_500))
            .wrap(from_fn(http::auth::let_in))
            .wrap(from_fn(http::count))
    })
    .workers(workers)
    .on_connect(connection::set_up)
    // A client that goes away is noticed at once, and not at the next write.
    .h1_allow_half_closed(false)
    .shutdown_timeout(SHUTDOWN_SECONDS)
    .disable_signals()
    .listen(listener)
    .context("cannot start the HTTP server")?;
    Ok(server.run())
}
