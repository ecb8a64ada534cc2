//! `workbook run`: the program against the bundled server, as one would run it by hand.

use std::path::Path;
use std::process::{Command, ExitStatus};

use anyhow::Context;

use super::exercise::Choice;
use super::workplace::{self, Containment, Workplace};
use super::{FAILS, HOLDS, out};
use crate::trace::Level;
use crate::wire::PageServer;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The lesson, such as w04-l03, l03 or keep-alive
    lesson: String,
    #[command(flatten)]
    choice: Choice,
    /// Further arguments of the program, behind host and port
    #[arg(last = true, value_name = "PATH")]
    paths: Vec<String>,
}

pub(super) fn run(arguments: &Arguments, course: Option<&Path>) -> anyhow::Result<u8> {
    let course = workplace::course(course)?;
    let lesson = course.lesson(&arguments.lesson)?;
    let ready = {
        let workplace = Workplace::open(&course.root, &Containment::default())?;
        let folder = std::env::current_dir().context("cannot tell the current folder")?;
        arguments.choice.make_ready(&course, lesson, &workplace.builder(false), &folder)?
        // The workplace ends here, and with it the handling of Ctrl-C: it is the program's again.
    };
    let Some(ready) = ready else { return Ok(FAILS) };
    let server = PageServer::start().context("cannot start the bundled server")?;
    let address = server.address();
    let places = ["{host}".to_owned(), "{port}".to_owned()];
    let words: Vec<String> = places.into_iter().chain(arguments.paths.iter().cloned()).collect();
    let program =
        ready.invocation.program(&words, &address.ip().to_string(), address.port(), Level::Loopback);
    let (name, rest) = program.command.split_first().context("no program to run")?;
    let status = Command::new(name).args(rest).status().with_context(|| format!("cannot run {name}"))?;
    Ok(if status.success() { HOLDS } else { failed(status) })
}

fn failed(status: ExitStatus) -> u8 {
    out::note(&format!("workbook: the program ended with {status}"));
    FAILS
}
