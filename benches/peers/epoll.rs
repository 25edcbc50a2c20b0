//! The ceiling: a bare epoll loop on one thread that writes the same ready-made bytes to every socket. No HTTP but the
//! head of an answer, no log, no cursor: what the machine can do.
//!
//! With `flush_ms` it writes several events at once, which is the ceiling for who does so.

use std::{
    collections::HashMap,
    io::{self, Read as _, Write as _},
    net::{TcpListener, TcpStream},
    os::fd::AsRawFd as _,
    time::{Duration, Instant},
};

use rustix::{
    buffer::spare_capacity,
    event::{
        Timespec,
        epoll::{self, EventData, EventFlags},
    },
};

use super::pace::{self, Pace};

const HEAD: &[u8] =
    b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nCache-Control: no-cache\r\n\r\n";

/// A socket, and what it has not taken yet.
struct Client {
    socket: TcpStream,
    /// The request, until all of it is there.
    request: Vec<u8>,
    group: Option<usize>,
    pending: Vec<u8>,
}

struct Loop {
    epoll: rustix::fd::OwnedFd,
    listener: TcpListener,
    clients: HashMap<u64, Client>,
    /// The clients of each group.
    groups: Vec<Vec<u64>>,
    /// What each group is to be sent at the next flush.
    unsent: Vec<Vec<u8>>,
}

/// Serves until standard input is closed.
pub(crate) fn serve(groups: usize, bytes: usize, flush: Option<Duration>) -> anyhow::Result<()> {
    let listener = TcpListener::bind(("127.0.0.1", 0))?;
    println!("{}", listener.local_addr()?.port());
    listener.set_nonblocking(true)?;
    let epoll = epoll::create(epoll::CreateFlags::CLOEXEC)?;
    epoll::add(&epoll, &listener, key(&listener), EventFlags::IN)?;
    let (begin, begun) = std::sync::mpsc::sync_channel(1);
    std::thread::spawn(move || {
        if let Some(rate) = pace::rate() {
            let _ = begin.send(rate);
        }
        pace::wait_for_the_end();
        std::process::exit(0);
    });
    let mut all = Loop {
        epoll,
        listener,
        clients: HashMap::new(),
        groups: vec![Vec::new(); groups],
        unsent: vec![Vec::new(); groups],
    };
    let mut publishing: Option<Pace> = None;
    let mut flushed = Instant::now();
    let mut events = Vec::with_capacity(1_024);
    loop {
        // A hundredth of a second is soon enough to notice that publishing is to begin.
        let mut wait = Duration::from_millis(10);
        if let Some(pace) = &mut publishing {
            all.publish(pace, groups, bytes, flush.is_none())?;
            wait = wait.min(pace.wait());
        } else if let Ok(rate) = begun.try_recv() {
            publishing = Some(Pace::new(rate));
        }
        if let Some(every) = flush
            && flushed.elapsed() >= every
        {
            flushed = Instant::now();
            for group in 0..groups {
                let unsent = std::mem::take(&mut all.unsent[group]);
                all.send(group, &unsent)?;
            }
        }
        events.clear();
        let timeout = Timespec::try_from(wait)?;
        epoll::wait(&all.epoll, spare_capacity(&mut events), Some(&timeout))?;
        for event in events.drain(..) {
            all.handle(event)?;
        }
    }
}

fn key(socket: &impl std::os::fd::AsRawFd) -> EventData {
    EventData::new_u64(socket.as_raw_fd() as u64)
}

impl Loop {
    fn publish(
        &mut self,
        pace: &mut Pace,
        groups: usize,
        bytes: usize,
        now: bool,
    ) -> anyhow::Result<()> {
        while let Some(due) = pace.due() {
            let group = due.index as usize % groups;
            let event = pace::event(due.index / groups as u64 + 1, due, bytes);
            if now {
                self.send(group, &event)?;
            } else {
                self.unsent[group].extend_from_slice(&event);
            }
        }
        Ok(())
    }

    fn send(&mut self, group: usize, bytes: &[u8]) -> anyhow::Result<()> {
        if bytes.is_empty() {
            return Ok(());
        }
        for id in &self.groups[group] {
            let Some(client) = self.clients.get_mut(id) else {
                continue;
            };
            if client.pending.is_empty() {
                let written = match client.socket.write(bytes) {
                    Ok(written) => written,
                    Err(error) if error.kind() == io::ErrorKind::WouldBlock => 0,
                    // It has gone; its end is read.
                    Err(_) => continue,
                };
                if written == bytes.len() {
                    continue;
                }
                client.pending.extend_from_slice(&bytes[written..]);
                epoll::modify(
                    &self.epoll,
                    &client.socket,
                    key(&client.socket),
                    EventFlags::IN | EventFlags::OUT,
                )?;
            } else {
                client.pending.extend_from_slice(bytes);
            }
        }
        Ok(())
    }

    fn handle(&mut self, event: epoll::Event) -> anyhow::Result<()> {
        let (id, flags) = (event.data.u64(), event.flags);
        if id == self.listener.as_raw_fd() as u64 {
            while let Ok((socket, _)) = self.listener.accept() {
                socket.set_nonblocking(true)?;
                socket.set_nodelay(true)?;
                epoll::add(&self.epoll, &socket, key(&socket), EventFlags::IN)?;
                let client = Client {
                    group: None,
                    pending: Vec::new(),
                    request: Vec::new(),
                    socket,
                };
                self.clients
                    .insert(client.socket.as_raw_fd() as u64, client);
            }
            return Ok(());
        }
        let Some(client) = self.clients.get_mut(&id) else {
            return Ok(());
        };
        if flags.contains(EventFlags::OUT) {
            if let Ok(written) = client.socket.write(&client.pending) {
                client.pending.drain(..written);
            }
            if client.pending.is_empty() {
                epoll::modify(
                    &self.epoll,
                    &client.socket,
                    key(&client.socket),
                    EventFlags::IN,
                )?;
            }
        }
        if flags.intersects(EventFlags::IN | EventFlags::HUP | EventFlags::ERR) {
            let mut read = [0; 2_048];
            match client.socket.read(&mut read) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Ok(0) | Err(_) => {
                    if let Some(group) = client.group {
                        self.groups[group].retain(|other| *other != id);
                    }
                    // Closing it takes it out of the epoll set.
                    self.clients.remove(&id);
                }
                Ok(length) => {
                    client.request.extend_from_slice(&read[..length]);
                    if client.group.is_none() && client.request.ends_with(b"\r\n\r\n") {
                        let request = String::from_utf8_lossy(&client.request);
                        let path = request.split(' ').nth(1).unwrap_or_default();
                        let group = pace::group(path).min(self.groups.len() - 1);
                        client.group = Some(group);
                        client.socket.write_all(HEAD)?;
                        self.groups[group].push(id);
                    }
                }
            }
        }
        Ok(())
    }
}
