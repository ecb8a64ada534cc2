//! Raw client: stdin goes to HOST PORT as it is, every byte that comes back goes to stdout at once.

use std::env;
use std::io::{self, Read, Write};
use std::net::TcpStream;
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

fn talk(address: &str) -> io::Result<()> {
    let mut stream = TcpStream::connect(address)?;

    // Bytes, not a String: what comes from stdin need not be text.
    let mut request = Vec::new();
    io::stdin().read_to_end(&mut request)?;
    stream.write_all(&request)?;

    let mut stdout = io::stdout().lock();
    let mut buffer = [0; 4096];
    loop {
        // Waits until at least one byte is there, and returns what is there: often less than 4096.
        let count = stream.read(&mut buffer)?;
        if count == 0 {
            return Ok(()); // The server has closed: no byte will ever follow.
        }
        stdout.write_all(&buffer[..count])?;
        stdout.flush()?; // Rust keeps an unfinished line back.
    }
}
