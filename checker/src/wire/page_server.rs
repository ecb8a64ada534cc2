//! A small, correct server in the background: for `workbook run`.

use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::thread;
use std::time::Instant;

use rustix::event::{PollFd, Timespec, poll};

use super::{Manner, Service, Turn};
use crate::deadlines::Patience;

/// A server in a thread of its own, for as long as the process lives. It answers every GET and HEAD with the same
/// page, keeps connections open as HTTP/1.1 wants it, and closes when it is told to.
#[derive(Debug)]
pub struct PageServer {
    address: SocketAddr,
}

impl PageServer {
    /// Starts the server on 127.0.0.1 and a free port.
    ///
    /// # Errors
    /// When the system has no port or thread left.
    pub fn start() -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let address = listener.local_addr()?;
        let mut service = Service::of_page(vec![listener], Manner::default(), Patience::normal())?;
        let serve = move || -> io::Result<()> {
            loop {
                let turn = service.turn(&mut |_| ())?;
                if !turn.has_moved {
                    wait(&service, turn)?;
                }
            }
        };
        thread::Builder::new().spawn(serve)?;
        Ok(Self { address })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

fn wait(service: &Service, turn: Turn) -> io::Result<()> {
    let descriptors = service.descriptors().into_iter();
    let mut wait: Vec<PollFd<'_>> =
        descriptors.map(|(descriptor, flags)| PollFd::from_borrowed_fd(descriptor, flags)).collect();
    let left = turn.wake.map(|wake| wake.saturating_duration_since(Instant::now()));
    let timeout = left.map(Timespec::try_from).transpose().map_err(io::Error::other)?;
    rustix::io::retry_on_intr(|| poll(&mut wait, timeout.as_ref()))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::net::TcpStream;

    use super::*;

    fn talk(request: &str) -> String {
        let server = PageServer::start().expect("a server");
        let mut stream = TcpStream::connect(server.address()).expect("a connection");
        stream.write_all(request.as_bytes()).expect("sent");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("answered until the end");
        answer
    }

    #[test]
    fn keeps_the_connection_until_it_is_told_to_close() {
        let get = "GET / HTTP/1.1\r\nHost: example.com\r\n";
        let answer = talk(&format!("{get}\r\n{get}Connection: close\r\n\r\n{get}\r\n"));
        assert_eq!(answer.matches("HTTP/1.1 200 OK").count(), 2);
        assert_eq!(answer.matches("<title>Example Domain</title>").count(), 2);
        assert_eq!(answer.matches("Connection: close").count(), 1);
    }

    #[test]
    fn a_request_without_host_is_refused() {
        assert!(talk("GET / HTTP/1.1\r\n\r\n").starts_with("HTTP/1.1 400 "));
    }
}
