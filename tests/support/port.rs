//! Listening where a test can come back to.

use tokio::net::TcpListener;

/// Ports below those the system gives to connections: else one of those could have it while nobody listens, even the very
/// connection that finds out.
const PORTS: std::ops::Range<u16> = 10_000..30_000;

/// A port at which nobody listens, for a server that is to be there again after a restart.
pub async fn free_port() -> u16 {
    let listener = listen(0).await;
    listener.local_addr().expect("an address").port()
}

/// Listens on this port of this machine; on any free one when it is 0.
pub(super) async fn listen(port: u16) -> TcpListener {
    if port != 0 {
        return TcpListener::bind(("127.0.0.1", port))
            .await
            .expect("a port this test had before");
    }
    loop {
        let random = uuid::Uuid::now_v7().as_u64_pair().1 % u64::from(PORTS.end - PORTS.start);
        let port = PORTS.start + u16::try_from(random).expect("it is one of the ports");
        if let Ok(listener) = TcpListener::bind(("127.0.0.1", port)).await {
            return listener;
        }
    }
}
