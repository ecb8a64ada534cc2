//! Fetches one page. Run as: main HOST PORT [PATH]
//!
//! - Sends one GET request for PATH (`/` where none is given), with Host, without `Connection: close`.
//! - Prints exactly the body of the answer on stdout. Words for people go to stderr.
//! - Ends as soon as the body is complete, although the server keeps the connection open.
//! - Exit code 0 when the body is complete; another one when the response is cut short
//!   or when nobody can tell where it ends.

use std::env;
use std::error::Error;
use std::net::TcpStream;
use std::process::ExitCode;

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

/// Every error that leaves this function becomes a message and a non-zero exit code in `main`.
/// `return Err("some words".into())` makes one.
fn fetch(host: &str, port: &str, path: &str) -> Result<(), Box<dyn Error>> {
    let stream = TcpStream::connect(format!("{host}:{port}"))?;
    let buffer: Vec<u8> = Vec::new(); // every byte that has been received and not yet used
    eprintln!("TODO: GET {path} from {}; {} bytes received", stream.peer_addr()?, buffer.len());

    // TODO 1: send the request: request line, Host, empty line. Lines end with \r\n.

    // TODO 2: read and append to the buffer until it holds an empty line (\r\n\r\n).
    //         Nothing read before that: an error. Take the head out of the buffer;
    //         what follows it stays there.

    // TODO 3: find the status code and the value of Content-Length.
    //         1xx: no answer yet, go back to TODO 2. 204 and 304: no body.
    //         A length that is not a number, or a Transfer-Encoding: an error.

    // TODO 4: print as many bytes as Content-Length says: first from the buffer, then from
    //         further reads. Nothing read before the last one: an error.
    //         No Content-Length at all: print until the server closes.

    Ok(())
}
