//! Fetches pages in order, over as few connections as the server allows. Run as: main HOST PORT PATH...
//!
//! - Sends GET for each PATH, one after the other, with Host. Asks on the same connection again as long as
//!   the server allows it, and opens a new one where it does not.
//! - Prints the bodies in order and nothing else. Words for people go to stderr.
//! - Never waits for the server's close when it can know the end of a body by Content-Length.
//!   A body without Content-Length is all that comes until the close.
//! - Exit code 0 when all bodies are complete; another one when one is cut short.

use std::env;
use std::error::Error;
use std::io::{self, BufRead, BufReader, Write};
use std::net::TcpStream;
use std::process::ExitCode;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// A socket with the reader that keeps what was received from it and not yet used.
/// When the value goes out of scope, the connection is closed.
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

/// Prints the body of one response. True when the connection may carry another request.
/// `return Err("some words".into())` makes an error: `main` prints it and exits with code 1.
fn print_response(reader: &mut impl BufRead) -> Result<bool> {
    let waiting = reader.fill_buf()?.len(); // waits for the first bytes; takes none away
    eprintln!("TODO: read a response; {waiting} bytes of it are there");

    // TODO 1: read the head and print the body, as in w04-l03, but without the status line.

    // TODO 2: where there is no Content-Length, print until the server closes.
    //         Such a connection is over.

    // TODO 3: decide. "close" among the options of all Connection lines: no.
    //         HTTP/1.0 without the option "keep-alive": no. Otherwise: yes.

    Ok(false)
}

fn run(host: &str, port: &str, paths: &[String]) -> Result<()> {
    // TODO 4: a loop over all paths. Keep the connection where print_response allows it;
    //         close it and open another where it does not.
    let path = &paths[0];
    let mut connection = Connection::open(host, port)?;
    let request = format!("GET {path} HTTP/1.1\r\nHost: {host}:{port}\r\n\r\n");
    connection.socket.write_all(request.as_bytes())?;
    let may_be_kept = print_response(&mut connection.reader)?;
    eprintln!("TODO: {} more paths; the connection may be kept: {may_be_kept}", paths.len() - 1);
    io::stdout().flush()?;
    Ok(())
}

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let result = match arguments.as_slice() {
        [host, port, paths @ ..] if !paths.is_empty() => run(host, port, paths),
        _ => Err("usage: main HOST PORT PATH...".into()),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}
