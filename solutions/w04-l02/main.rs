//! Fetches one page and prints exactly its body, without waiting for the server to close.

use std::env;
use std::error::Error;
use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::process::ExitCode;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// A head longer than this is refused: no memory without end for a server that sends one.
const MAX_HEAD_BYTES: usize = 1 << 20;

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().collect();
    let (host, port, path) = match arguments.as_slice() {
        [_, host, port] => (host, port, "/"),
        [_, host, port, path] => (host, port, path.as_str()),
        _ => {
            eprintln!("usage: main HOST PORT [PATH]");
            return ExitCode::FAILURE;
        }
    };
    match fetch(host, port, path) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{host} port {port}: {error}");
            ExitCode::FAILURE
        }
    }
}

fn fetch(host: &str, port: &str, path: &str) -> Result<()> {
    let mut stream = TcpStream::connect(format!("{host}:{port}"))?;
    let host_field = if port == "80" { host.to_string() } else { format!("{host}:{port}") };
    let request = format!("GET {path} HTTP/1.1\r\nHost: {host_field}\r\n\r\n");
    stream.write_all(request.as_bytes())?;

    let mut connection = Connection { stream, buffer: Vec::new() };
    let mut head = connection.read_head()?;
    while (100..200).contains(&head.status) {
        head = connection.read_head()?; // 1xx: the answer is still to come
    }
    match framing(&head)? {
        Framing::Length(length) => connection.print_exactly(length),
        Framing::UntilClose => connection.print_to_end(),
    }
}

/// The one place where received bytes wait. Whatever is read goes in at the back,
/// whatever is used is taken from the front, so no byte can get lost.
struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Connection {
    /// Appends what arrives next; false when the server has closed.
    fn receive(&mut self) -> io::Result<bool> {
        let mut chunk = [0; 4096];
        let count = self.stream.read(&mut chunk)?;
        self.buffer.extend_from_slice(&chunk[..count]);
        Ok(count > 0)
    }

    /// Takes the head from the buffer; what follows it stays there.
    fn read_head(&mut self) -> Result<Head> {
        loop {
            // The whole buffer is searched: the empty line may have come in two reads.
            if let Some(at) = self.buffer.windows(4).position(|four| four == b"\r\n\r\n") {
                let head: Vec<u8> = self.buffer.drain(..at + 4).collect();
                return parse_head(&head[..at]);
            }
            if self.buffer.len() > MAX_HEAD_BYTES {
                return Err("the head has no end".into());
            }
            if !self.receive()? {
                return Err("the connection ended before the head was complete".into());
            }
        }
    }

    fn print_exactly(&mut self, length: u64) -> Result<()> {
        let mut stdout = io::stdout().lock();
        let mut left = length;
        while left > 0 {
            // Ask for more only when something is missing: a needless read waits for ever.
            if self.buffer.is_empty() && !self.receive()? {
                return Err(format!("the body was cut: {left} of {length} bytes are missing").into());
            }
            let count = self.buffer.len().min(usize::try_from(left).unwrap_or(usize::MAX));
            stdout.write_all(&self.buffer[..count])?;
            self.buffer.drain(..count);
            left -= count as u64;
        }
        Ok(stdout.flush()?)
    }

    fn print_to_end(&mut self) -> Result<()> {
        let mut stdout = io::stdout().lock();
        loop {
            stdout.write_all(&self.buffer)?;
            self.buffer.clear();
            if !self.receive()? {
                return Ok(stdout.flush()?);
            }
        }
    }
}

struct Head {
    status: u16,
    /// Names in lower case, values without white space around them. Values are bytes: they need not be UTF-8.
    fields: Vec<(Vec<u8>, Vec<u8>)>,
}

impl Head {
    fn values(&self, name: &str) -> impl Iterator<Item = &[u8]> {
        let is_wanted = move |(field, _): &&(Vec<u8>, Vec<u8>)| field == name.as_bytes();
        self.fields.iter().filter(is_wanted).map(|(_, value)| value.as_slice())
    }
}

/// Reads a status line and its field lines (RFC 9112 sections 4 and 5).
fn parse_head(head: &[u8]) -> Result<Head> {
    let mut lines = head.split(|&byte| byte == b'\n').map(|line| line.strip_suffix(b"\r").unwrap_or(line));
    let status_line = lines.next().unwrap_or_default();
    let status = parse_status(status_line).ok_or("this is not an HTTP/1.x response")?;
    let mut fields = Vec::new();
    for line in lines {
        // The name ends at the first colon; a line without one says nothing that matters here.
        if let Some(colon) = line.iter().position(|&byte| byte == b':') {
            fields.push((line[..colon].to_ascii_lowercase(), line[colon + 1..].trim_ascii().to_vec()));
        }
    }
    Ok(Head { status, fields })
}

/// The code of `HTTP/1.1 200 OK`: three digits. The words behind it are for people.
fn parse_status(line: &[u8]) -> Option<u16> {
    let version_and_code = line.get(..12).filter(|start| start.starts_with(b"HTTP/1."))?;
    parse_digits(&version_and_code[9..]).and_then(|code| u16::try_from(code).ok())
}

/// Decimal digits and nothing else, no sign, no overflow.
fn parse_digits(text: &[u8]) -> Option<u64> {
    let is_number = !text.is_empty() && text.iter().all(u8::is_ascii_digit);
    std::str::from_utf8(text).ok().filter(|_| is_number)?.parse().ok()
}

enum Framing {
    Length(u64),
    UntilClose,
}

/// Where the body ends (RFC 9112 section 6.3, in the order of its rules).
fn framing(head: &Head) -> Result<Framing> {
    if matches!(head.status, 204 | 304) {
        return Ok(Framing::Length(0)); // never a body, whatever the fields say
    }
    if head.values("transfer-encoding").next().is_some() {
        return Err("the body has a transfer coding, which this program does not know".into());
    }
    let mut length = None;
    for value in head.values("content-length") {
        let number = parse_digits(value).ok_or("Content-Length is not a number")?;
        if length.replace(number).is_some_and(|earlier| earlier != number) {
            return Err("two different values of Content-Length".into());
        }
    }
    Ok(length.map_or(Framing::UntilClose, Framing::Length))
}
