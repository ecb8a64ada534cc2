//! w04-l03 Keep-alive semantics: two requests, one connection.
//!
//!     PROGRAM HOST PORT [PATH]
//!
//! Prints the status line and the body of each response. Everything else goes to stderr.

use std::error::Error;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::ExitCode;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// What this program needs of a head.
struct Head {
    status_line: Vec<u8>,
    status: u16,
    content_length: Option<u64>,
    /// The server will close the connection behind this response.
    closes: bool,
}

/// The next line of a head, without its line end.
fn read_line(reader: &mut impl BufRead) -> Result<Vec<u8>> {
    let mut line = Vec::new();
    reader.read_until(b'\n', &mut line)?;
    if line.pop() != Some(b'\n') {
        return Err("the server closed the connection before the end of a head".into());
    }
    if line.last() == Some(&b'\r') {
        line.pop();
    }
    Ok(line)
}

/// The code of a line such as `HTTP/1.1 200 OK`. What follows the code is for people.
fn parse_status(line: &[u8]) -> Result<u16> {
    let text = String::from_utf8_lossy(line);
    let mut words = text.split(' ');
    let version = words.next().unwrap_or_default();
    match words.next().map(str::parse) {
        Some(Ok(code)) if version.starts_with("HTTP/1.") => Ok(code),
        _ => Err(format!("not a status line: {text:?}").into()),
    }
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
    let status = parse_status(&status_line)?;
    let mut head = Head { status_line, status, content_length: None, closes: false };
    loop {
        let line = read_line(reader)?;
        if line.is_empty() {
            return Ok(head);
        }
        let line = String::from_utf8_lossy(&line).into_owned();
        let (name, value) = line.split_once(':').ok_or("a field line without a colon")?;
        let value = value.trim_matches([' ', '\t']);
        match name.to_ascii_lowercase().as_str() {
            "content-length" => head.content_length = Some(parse_length(value)?),
            "transfer-encoding" => return Err("Transfer-Encoding is not understood yet".into()),
            "connection" => head.closes = value.eq_ignore_ascii_case("close"),
            _ => {}
        }
    }
}

/// Prints exactly `length` bytes; what lies behind them stays in the reader for the next response.
fn print_body(reader: &mut impl BufRead, length: u64) -> Result<()> {
    let printed = io::copy(&mut reader.take(length), &mut io::stdout())?;
    if printed < length {
        return Err(format!("the server closed the connection after {printed} of {length} bytes").into());
    }
    Ok(())
}

/// Prints one response; says whether the server will close the connection behind it.
fn print_response(reader: &mut impl BufRead) -> Result<bool> {
    let mut head = read_head(reader)?;
    while head.status < 200 {
        head = read_head(reader)?; // 1xx: the response is still to come
    }
    io::stdout().write_all(&[&head.status_line[..], b"\n"].concat())?;
    if head.status != 204 && head.status != 304 {
        let length = head.content_length.ok_or("no Content-Length: the end of the body cannot be found")?;
        print_body(reader, length)?;
    }
    io::stdout().flush()?;
    Ok(head.closes)
}

fn run(host: &str, port: &str, path: &str) -> Result<()> {
    let mut socket = TcpStream::connect((host, port.parse()?))?;
    // One reader for the life of the connection: what it has read ahead belongs to the next response.
    let mut reader = BufReader::new(socket.try_clone()?);
    let start = format!("GET {path} HTTP/1.1\r\nHost: {host}:{port}\r\n");

    socket.write_all(format!("{start}\r\n").as_bytes())?;
    if print_response(&mut reader)? {
        return Err("the server closes after the first response".into());
    }
    socket.write_all(format!("{start}Connection: close\r\n\r\n").as_bytes())?;
    print_response(&mut reader)?;
    Ok(())
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let result = match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [host, port] => run(host, port, "/"),
        [host, port, path] => run(host, port, path),
        _ => Err("usage: PROGRAM HOST PORT [PATH]".into()),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}
