//! A small, correct server that runs by itself: for `workbook run`, and to measure against.
//!
//! It answers every GET and HEAD with the same page, keeps connections open as HTTP/1.1 wants it, and
//! closes when it is told to.

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::thread;

use crate::trace::{Request, RequestReader};

/// The page, as example.com might serve it.
const PAGE: &str = "<!doctype html>\n<html lang=\"en\">\n<head>\n<title>Example Domain</title>\n</head>\n<body>\n\
<h1>Example Domain</h1>\n<p>This page is served by the workbook.</p>\n</body>\n</html>\n";

/// A server in threads of its own, for as long as the process lives.
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
        let serve = move || {
            for stream in listener.incoming().filter_map(Result::ok) {
                // Without a thread the connection is dropped, which the client sees.
                let _ = thread::Builder::new().spawn(move || serve(stream));
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

/// Serves one connection to its end; a client that goes away ends it too.
fn serve(mut stream: TcpStream) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut requests = RequestReader::default();
    let mut answered = 0;
    let mut buffer = [0; 16 * 1024];
    loop {
        while let Some(request) = requests.whole().get(answered) {
            answered += 1;
            let answer = answer(request);
            stream.write_all(&answer.bytes)?;
            if answer.is_last {
                return linger(stream);
            }
        }
        match stream.read(&mut buffer)? {
            0 => return Ok(()),
            length => requests.push(&buffer[..length]),
        }
    }
}

/// Closes in two steps, so that the answer arrives even if the client has sent more (RFC 9112 section 9.6).
fn linger(mut stream: TcpStream) -> io::Result<()> {
    stream.shutdown(Shutdown::Write)?;
    io::copy(&mut stream, &mut io::sink()).map(drop)
}

struct Answer {
    bytes: Vec<u8>,
    is_last: bool,
}

fn answer(request: &Request) -> Answer {
    let version = request.line.rsplit(|&byte| byte == b' ').next().unwrap_or_default();
    let tokens = request.list("Connection");
    let wants = |token: &str| tokens.iter().any(|other| other == token);
    let is_last = wants("close") || (version == b"HTTP/1.0" && !wants("keep-alive"));
    let method = request.line.split(|&byte| byte == b' ').next().unwrap_or_default();
    let hosts = request.values("Host").count();
    let is_valid = version.starts_with(b"HTTP/1.") && (hosts == 1 || version == b"HTTP/1.0");
    match method {
        _ if !is_valid => {
            respond("400 Bad Request", "the request needs HTTP/1.1 and exactly one Host\n", true, true)
        }
        b"GET" | b"HEAD" => respond("200 OK", PAGE, method == b"GET", is_last),
        _ => respond("501 Not Implemented", "only GET and HEAD are served here\n", true, true),
    }
}

fn respond(status: &str, body: &str, has_body: bool, is_last: bool) -> Answer {
    let connection = if is_last { "Connection: close\r\n" } else { "" };
    let length = body.len();
    let body = if has_body { body } else { "" };
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Type: text/html\r\nContent-Length: {length}\r\n{connection}\r\n"
    );
    Answer { bytes: [head.as_bytes(), body.as_bytes()].concat(), is_last }
}

#[cfg(test)]
mod tests {
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
