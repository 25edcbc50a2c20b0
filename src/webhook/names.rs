//! Where a name leads, asked on a thread of its own.
//!
//! The system's look-up cannot be given up: it may take half a minute when no server for names answers. On the runtime's
//! own threads it would keep the server from ending for so long; nobody waits for this one.

use std::{
    io,
    net::{SocketAddr, ToSocketAddrs as _},
    thread,
};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use tokio::sync::oneshot;

/// Nobody knows where a name leads.
#[derive(Debug, thiserror::Error)]
#[error("the name {name} is not known ({why})")]
pub(super) struct NameUnknown {
    name: String,
    why: io::Error,
}

/// Looks up names.
pub(super) struct Names;

impl Resolve for Names {
    fn resolve(&self, name: Name) -> Resolving {
        let name = name.as_str().to_owned();
        Box::pin(async move {
            let unknown = |why| NameUnknown {
                name: name.clone(),
                why,
            };
            let (found, answer) = oneshot::channel();
            let asked = name.clone();
            // At most one for each attempt that is under way, and one that was given up ends by itself.
            let looks = thread::Builder::new()
                .name("notifier-names".to_owned())
                .spawn(move || drop(found.send(look_up(&asked))));
            looks.map_err(&unknown)?;
            let found = answer.await.map_err(|_| unknown(ended()))?;
            let addresses = found.map_err(unknown)?;
            Ok(Box::new(addresses.into_iter()) as Addrs)
        })
    }
}

fn look_up(name: &str) -> io::Result<Vec<SocketAddr>> {
    // The port is put in later.
    Ok((name, 0).to_socket_addrs()?.collect())
}

fn ended() -> io::Error {
    io::Error::other("the look-up ended without an answer")
}
