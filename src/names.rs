//! Where a name leads, asked on a thread of its own.
//!
//! The system's look-up cannot be given up: it may take half a minute when no server for names answers. On the runtime's
//! own threads it would keep the server from ending for so long; nobody waits for this one.

use std::{
    io,
    net::{SocketAddr, ToSocketAddrs as _},
    sync::Arc,
    thread,
};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use tokio::sync::{Semaphore, oneshot};

/// Look-ups that are under way at once. One that hangs outlives the attempt it was for, and each has a thread: without a limit
/// there would be one more with every attempt while no server for names answers. More than there are attempts at once, so that
/// one that hangs does not keep the next.
const AT_ONCE: usize = 8;

/// Nobody knows where a name leads.
#[derive(Debug, thiserror::Error)]
#[error("the name {name} is not known ({why})")]
pub struct NameUnknown {
    name: String,
    why: io::Error,
}

/// Looks up names.
pub struct Names {
    free: Arc<Semaphore>,
}

impl Default for Names {
    fn default() -> Self {
        Self {
            free: Arc::new(Semaphore::new(AT_ONCE)),
        }
    }
}

impl Resolve for Names {
    fn resolve(&self, name: Name) -> Resolving {
        let name = name.as_str().to_owned();
        let free = Arc::clone(&self.free);
        Box::pin(async move {
            let unknown = |why| NameUnknown {
                name: name.clone(),
                why,
            };
            let (found, answer) = oneshot::channel();
            let asked = name.clone();
            // Waits within the attempt's own time.
            let place = free.acquire_owned().await;
            let place = place.map_err(|_| unknown(ended()))?;
            let looks = thread::Builder::new()
                .name("names".to_owned())
                .spawn(move || {
                    // Held by the thread: it is free when that ends, and not when nobody waits for it any more.
                    let _place = place;
                    drop(found.send(look_up(&asked)));
                });
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
