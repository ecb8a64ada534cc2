//! `workbook run`: the program against the bundled server, as one would run it by hand.

use std::path::Path;
use std::process::{Command, ExitStatus};

use anyhow::Context;

use super::exercise::Subject;
use super::workplace::{self, Containment, Workplace};
use super::{FAILS, HOLDS, out};
use crate::course::Language;
use crate::lab::build::BuildError;
use crate::report;
use crate::trace::Level;
use crate::wire::PageServer;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The lesson, such as w04-l03, l03 or keep-alive
    lesson: String,
    /// The language of the exercise: rust, c or python; without it, the file that was edited last
    #[arg(long)]
    lang: Option<Language>,
    /// Run the reference solution
    #[arg(long)]
    solution: bool,
    /// Run this command instead of the exercise
    #[arg(long, value_name = "CMD", conflicts_with_all = ["lang", "solution"])]
    program: Option<String>,
    /// Further arguments of the program, behind host and port
    #[arg(last = true, value_name = "PATH")]
    paths: Vec<String>,
}

pub(super) fn run(arguments: &Arguments, course: Option<&Path>) -> anyhow::Result<u8> {
    let course = workplace::course(course)?;
    let lesson = course.lesson(&arguments.lesson)?;
    let subject = match &arguments.program {
        Some(line) => Subject::command(line, &course.root)?,
        None => Subject::file(&course, lesson, arguments.lang, arguments.solution)?,
    };
    let ready = {
        let workplace = Workplace::open(&course.root, &Containment::default())?;
        let folder = std::env::current_dir().context("cannot tell the current folder")?;
        match subject.make_ready(&workplace.builder(false), &folder) {
            Ok(ready) => ready,
            Err(BuildError::Refused { file, output }) => {
                let program = file.strip_prefix(&course.root).unwrap_or(&file).display().to_string();
                out::note(&report::terminal::build_failure(&lesson.id, &program, &output, &out::look()));
                return Ok(FAILS);
            }
            Err(error) => return Err(error.into()),
        }
        // The workplace ends here, and with it the handling of Ctrl-C: it is the program's again.
    };
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
