//! `pm healthcheck`, with which a container asks the server in it.

use std::{
    io::{BufRead as _, BufReader, Write as _},
    net::TcpListener,
};

use crate::support::{Done, ProgramBuilder};

async fn asked(port: &str, arguments: &[&str]) -> Done {
    let arguments = [&["healthcheck"], arguments].concat();
    let folder = tempfile::tempdir().expect("a temporary folder");
    ProgramBuilder::with(&arguments)
        .set("PM__DATA__DIR", folder.path().display())
        .set("API_PORT", port)
        .run()
        .await
}

#[tokio::test]
async fn a_server_that_is_well_is_said_to_be_so_without_a_word() {
    let data = tempfile::tempdir().expect("a temporary folder");
    let server = ProgramBuilder::serving(data.path()).start().await;
    let request = server.get("/").build().expect("a request");
    let port = request.url().port().expect("a port").to_string();
    for arguments in [&[][..], &["--live"]] {
        let done = asked(&port, arguments).await;
        assert_eq!((done.code, done.errors.as_str()), (Some(0), ""));
        assert_eq!(done.output, "");
    }
}

#[tokio::test]
async fn a_server_that_is_not_ready_is_said_to_be_so_in_its_own_words() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = listener.local_addr().expect("an address").port();
    let served = std::thread::spawn(move || {
        let (mut socket, _) = listener.accept().expect("somebody asks");
        let mut lines = BufReader::new(socket.try_clone().expect("a socket")).lines();
        let first = lines.next().expect("a request").expect("a request is text");
        // All of it is read: what is not would have the answer thrown away.
        lines
            .map_while(Result::ok)
            .take_while(|line| !line.is_empty())
            .for_each(drop);
        write!(
            socket,
            "HTTP/1.1 503 Service Unavailable\r\n\r\n{{\"database\":\"gone\"}}"
        )
        .expect("it is read");
        first
    });
    let done = asked(&port.to_string(), &[]).await;
    assert_eq!(
        served.join().expect("it served"),
        "GET /health/ready HTTP/1.1"
    );
    assert_eq!(done.code, Some(1), "{done:?}");
    assert!(
        done.errors.contains("503: {\"database\":\"gone\"}"),
        "{done:?}"
    );
}

#[tokio::test]
async fn a_server_that_is_not_there_and_a_port_nobody_knows_are_told() {
    let free = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = free.local_addr().expect("an address").port();
    drop(free);
    for (port, words) in [(port, "does not answer"), (0, "API_PORT is 0")] {
        let done = asked(&port.to_string(), &[]).await;
        assert_eq!(done.code, Some(1), "{done:?}");
        assert!(done.errors.contains(words), "{done:?}");
    }
}
