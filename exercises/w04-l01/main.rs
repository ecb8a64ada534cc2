//! Raw client. Run as: main HOST PORT
//!
//! - Sends all of stdin to HOST PORT, unchanged.
//! - Copies every byte that comes back to stdout, as it arrives, until the server closes.
//! - Stdout carries the answer and nothing else; words for people go to stderr.
//! - Exit code 0 when the server has closed; another one when the connection is refused or reset.

use std::env;
use std::io;
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().collect();
    let [_, host, port] = arguments.as_slice() else {
        eprintln!("usage: main HOST PORT");
        return ExitCode::FAILURE;
    };
    match talk(&format!("{host}:{port}")) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{host} port {port}: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Every error that leaves this function with `?` becomes a message and a non-zero exit code in `main`.
fn talk(address: &str) -> io::Result<()> {
    eprintln!("TODO: talk to {address}");

    // TODO 1: connect to the address (std::net::TcpStream::connect).

    // TODO 2: read all of stdin as bytes (io::stdin().read_to_end, needs `use std::io::Read`)
    //         and send it (write_all, needs `use std::io::Write`).

    // TODO 3: in a loop: read into a buffer of bytes.
    //         Nothing read: the server has closed, leave the loop.
    //         Otherwise: write the bytes that came, and only those, to stdout, and flush.

    Ok(())
}
