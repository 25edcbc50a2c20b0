//! What each connection is set to.

use std::{any::Any, time::Duration};

use actix_web::{dev::Extensions, rt::net::TcpStream};

/// How long what was sent may stay unacknowledged before the connection counts as dead. Without it a client that never
/// reads, or whose network is gone, keeps its socket and its buffers for a quarter of an hour.
#[cfg(target_os = "linux")]
const UNACKNOWLEDGED_MAX: Duration = Duration::from_secs(30);

/// Bytes the system keeps of what a client has not taken yet, of which it makes twice as much. Left to itself it keeps some
/// megabytes for each client that does not read; this much is a second of the busiest feed.
const SEND_BUFFER: usize = 128 << 10;

/// Called for each new connection.
pub(super) fn set_up(connection: &dyn Any, _: &mut Extensions) {
    let Some(stream) = connection.downcast_ref::<TcpStream>() else {
        return;
    };
    // An event is small and wanted now.
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(
            error = &error as &dyn std::error::Error,
            "a connection could not be set to send at once"
        );
    }
    if let Err(error) = rustix::net::sockopt::set_socket_send_buffer_size(stream, SEND_BUFFER) {
        tracing::debug!(
            error = &error as &dyn std::error::Error,
            "a connection's buffer could not be bounded"
        );
    }
    #[cfg(target_os = "linux")]
    {
        let limit = u32::try_from(UNACKNOWLEDGED_MAX.as_millis()).unwrap_or(u32::MAX);
        if let Err(error) = rustix::net::sockopt::set_tcp_user_timeout(stream, limit) {
            tracing::debug!(
                error = &error as &dyn std::error::Error,
                "a connection's time limit could not be set"
            );
        }
    }
}
