//! Fetches one page twice over one connection. Run as: main HOST PORT [PATH]
//!
//! - Connects once, and sends GET PATH ("/" where none is given) twice on that connection.
//!   Both requests have Host; only the second has "Connection: close".
//! - Prints for each response its status line, then exactly its body. Words for people go to stderr.
//! - Ends as soon as the second body is complete, whether the server closes or not.
//! - Exit code 0 when both responses are complete; another one when a response is cut short, when
//!   nobody can tell where it ends, or when the server closes after the first one.

use std::env;
use std::error::Error;
use std::io::{self, BufRead, BufReader, Write};
use std::net::TcpStream;
use std::process::ExitCode;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// Prints one response. True when the server says that it will close the connection behind it.
/// `return Err("some words".into())` makes an error: `main` prints it and exits with code 1.
fn print_response(reader: &mut impl BufRead) -> Result<bool> {
    let waiting = reader.fill_buf()?.len(); // waits for the first bytes; takes none away
    eprintln!("TODO: read a response; {waiting} bytes of it are there");

    // TODO 1: read the status line and the fields, up to the empty line. Take the status code,
    //         Content-Length, and whether there is "Connection: close".
    //         1xx: no response yet, read the next head.

    // TODO 2: print the status line.

    // TODO 3: print as many bytes as Content-Length says, and leave those behind them in the reader.
    //         204 and 304 have no body. The connection ends before the last byte: an error.

    io::stdout().flush()?;
    Ok(false)
}

fn run(host: &str, port: &str, path: &str) -> Result<()> {
    let mut socket = TcpStream::connect((host, port.parse()?))?;
    // Reads ahead, and keeps what nobody has asked for yet. One reader for the whole connection.
    let mut reader = BufReader::new(socket.try_clone()?);

    let request = format!("GET {path} HTTP/1.1\r\nHost: {host}:{port}\r\n\r\n");
    socket.write_all(request.as_bytes())?;
    let closes = print_response(&mut reader)?;
    eprintln!("TODO: go on after the first response; the server closes: {closes}");

    // TODO 4: where the server says that it closes, there is no second response: an error.

    // TODO 5: send the second request on the same socket, with "Connection: close".
    //         Print its response.

    Ok(())
}

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let result = match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [host, port] => run(host, port, "/"),
        [host, port, path] => run(host, port, path),
        _ => Err("usage: main HOST PORT [PATH]".into()),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}
