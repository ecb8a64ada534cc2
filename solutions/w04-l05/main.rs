//! w04-l05 When the server says close: as few connections as the server allows.
//!
//!     PROGRAM HOST PORT PATH...
//!
//! Prints the bodies in order and nothing else. Everything else goes to stderr.

use std::error::Error;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::ExitCode;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// A socket with the reader that holds what was received from it and not yet used.
/// The two live and die together: a new connection begins with an empty reader.
struct Connection {
    socket: TcpStream,
    reader: BufReader<TcpStream>,
}

impl Connection {
    fn open(host: &str, port: &str) -> Result<Self> {
        let socket = TcpStream::connect((host, port.parse()?))?;
        let reader = BufReader::new(socket.try_clone()?);
        Ok(Self { socket, reader })
    }
}

/// What this program needs of a head.
#[derive(Default)]
struct Head {
    is_http_1_0: bool,
    status: u16,
    content_length: Option<u64>,
    says_close: bool,
    says_keep_alive: bool,
}

impl Head {
    /// HTTP/1.1 keeps the connection unless told otherwise, HTTP/1.0 closes it unless told otherwise.
    fn allows_reuse(&self) -> bool {
        !self.says_close && (!self.is_http_1_0 || self.says_keep_alive)
    }

    /// The value is a comma-separated list of options, in any case (RFC 9110 section 7.6.1).
    /// Several Connection lines are one list: each adds to what the lines before it said.
    fn read_options(&mut self, list: &str) {
        for option in list.split(',').map(str::trim) {
            self.says_close |= option.eq_ignore_ascii_case("close");
            self.says_keep_alive |= option.eq_ignore_ascii_case("keep-alive");
        }
    }
}

/// The next line of a head, without its line end.
fn read_line(reader: &mut impl BufRead) -> Result<String> {
    let mut line = Vec::new();
    reader.read_until(b'\n', &mut line)?;
    if line.pop() != Some(b'\n') {
        return Err("the server closed the connection before the end of a head".into());
    }
    if line.last() == Some(&b'\r') {
        line.pop();
    }
    Ok(String::from_utf8_lossy(&line).into_owned())
}

/// Digits and nothing else; `parse` alone would also take "+6".
fn parse_length(value: &str) -> Result<u64> {
    match value.parse() {
        Ok(length) if !value.starts_with('+') => Ok(length),
        _ => Err(format!("not a Content-Length: {value:?}").into()),
    }
}

fn read_head(reader: &mut impl BufRead) -> Result<Head> {
    let status_line = read_line(reader)?;
    let mut words = status_line.split(' ');
    let version = words.next().unwrap_or_default();
    let status = words.next().and_then(|code| code.parse().ok());
    let Some(status) = status.filter(|_| version.starts_with("HTTP/1.")) else {
        return Err(format!("not a status line: {status_line:?}").into());
    };
    let mut head = Head { is_http_1_0: version == "HTTP/1.0", status, ..Head::default() };
    loop {
        let line = read_line(reader)?;
        if line.is_empty() {
            return Ok(head);
        }
        let (name, value) = line.split_once(':').ok_or("a field line without a colon")?;
        let value = value.trim_matches([' ', '\t']);
        match name.to_ascii_lowercase().as_str() {
            "content-length" => head.content_length = Some(parse_length(value)?),
            "transfer-encoding" => return Err("Transfer-Encoding is not understood yet".into()),
            "connection" => head.read_options(value),
            _ => {}
        }
    }
}

/// Prints exactly `length` bytes, and does not ask for more: an open connection may stay silent.
fn print_body(reader: &mut impl BufRead, length: u64) -> Result<()> {
    let printed = io::copy(&mut reader.take(length), &mut io::stdout())?;
    if printed < length {
        return Err(format!("the server closed the connection after {printed} of {length} bytes").into());
    }
    Ok(())
}

/// Prints the body of one response; says whether the connection may carry another request.
fn print_response(reader: &mut impl BufRead) -> Result<bool> {
    let mut head = read_head(reader)?;
    while head.status < 200 {
        head = read_head(reader)?; // 1xx: the response is still to come
    }
    if head.status == 204 || head.status == 304 {
        return Ok(head.allows_reuse());
    }
    let Some(length) = head.content_length else {
        // Without a length, the body is all that comes until the server closes.
        io::copy(reader, &mut io::stdout())?;
        return Ok(false);
    };
    print_body(reader, length)?;
    Ok(head.allows_reuse())
}

fn run(host: &str, port: &str, paths: &[String]) -> Result<()> {
    let mut kept = None;
    for path in paths {
        let mut connection = match kept.take() {
            Some(connection) => connection,
            None => Connection::open(host, port)?,
        };
        let request = format!("GET {path} HTTP/1.1\r\nHost: {host}:{port}\r\n\r\n");
        connection.socket.write_all(request.as_bytes())?;
        if print_response(&mut connection.reader)? {
            kept = Some(connection);
        } // else it goes out of scope here and is closed: now, not when the server does
        io::stdout().flush()?;
    }
    Ok(())
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let result = match arguments.as_slice() {
        [host, port, paths @ ..] if !paths.is_empty() => run(host, port, paths),
        _ => Err("usage: PROGRAM HOST PORT PATH...".into()),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}
