//! One call of a compiler, under the same watch as a learner's program.

use std::os::fd::BorrowedFd;
use std::path::Path;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};

use super::Builder;
use super::tools::Tool;
use crate::deadlines::BUILD;
use crate::lab::launcher::LauncherError;
use crate::lab::limits::Limits;
use crate::lab::private::Plan;
use crate::lab::run::{LaunchError, Program, Running, environment};
use crate::trace::{ExitStatus, What};

/// Compiles the given file and does nothing with the result: finds the errors that a compiler would find.
const PYTHON_CHECK: &str = "import sys; compile(open(sys.argv[1], 'rb').read(), sys.argv[1], 'exec')";

/// Variables that compilers need.
const ENVIRONMENT: &[&str] = &["PATH", "HOME", "TMPDIR", "RUSTUP_HOME", "CARGO_HOME", "PYENV_ROOT"];

pub(super) struct Command<'a> {
    pub(super) tool: Tool,
    pub(super) path: &'a Path,
    pub(super) file: &'a Path,
    pub(super) target: &'a Path,
    pub(super) incremental: &'a Path,
}

pub(super) enum Outcome {
    Done { took: Duration, output: Vec<u8> },
    Refused { output: Vec<u8> },
    TooSlow { limit: Duration },
    Interrupted,
}

impl Command<'_> {
    pub(super) fn arguments(&self, has_colour: bool) -> Vec<String> {
        let [path, file, target] =
            [self.path, self.file, self.target].map(|p| p.to_string_lossy().into_owned());
        let choice = if has_colour { "always" } else { "never" };
        let arguments: Vec<String> = match self.tool {
            Tool::Rustc => vec![
                "--edition=2024".into(),
                "--crate-name=main".into(),
                // Incremental, in small units and without debug information: half the time of a plain build.
                format!("-Cincremental={}", self.incremental.display()),
                "-Ccodegen-units=16".into(),
                "-Cstrip=debuginfo".into(),
                format!("--color={choice}"),
                "-o".into(),
                target,
                file,
            ],
            Tool::Cc => vec![
                "-Wall".into(),
                "-Wextra".into(),
                "-O1".into(),
                "-pthread".into(),
                format!("-fdiagnostics-color={choice}"),
                "-o".into(),
                target,
                file,
            ],
            Tool::Python => vec!["-B".into(), "-s".into(), "-c".into(), PYTHON_CHECK.into(), file],
        };
        std::iter::once(path).chain(arguments).collect()
    }
}

/// Runs the compiler to its end.
pub(super) fn run(builder: &Builder<'_>, plan: &Plan, command: &[String]) -> Result<Outcome, LaunchError> {
    let start = Instant::now();
    let limit = builder.lab.patience().scale(BUILD);
    let site = builder.lab.site(plan)?;
    let program = Program {
        command: command.to_vec(),
        folder: builder.cache.folder().to_owned(),
        environment: environment(ENVIRONMENT, site.level()),
    };
    let limits = Limits { stderr_kept_bytes: 1024 * 1024, ..Limits::default() };
    let mut running = Running::launch(&site, &program, Vec::new(), &limits)?;
    let mut output = Vec::new();
    let mut status = None;
    while status.is_none() {
        let Some(left) = limit.checked_sub(start.elapsed()) else {
            running.finish()?;
            return Ok(Outcome::TooSlow { limit });
        };
        let [has_answer, is_interrupted] = wait(&running, builder.interrupt, left)?;
        if is_interrupted {
            running.finish()?;
            return Ok(Outcome::Interrupted);
        }
        running.turn(&mut |what| keep(what, &mut output));
        status = running.exit_status(has_answer)?;
    }
    running.finish()?;
    running.turn(&mut |what| keep(what, &mut output));
    Ok(match status {
        Some(ExitStatus::Code(0)) => Outcome::Done { took: start.elapsed(), output },
        _ => Outcome::Refused { output },
    })
}

/// Waits until something has happened: has the launcher an answer, and does the user want to stop?
fn wait(
    running: &Running<'_>,
    interrupt: BorrowedFd<'_>,
    most: Duration,
) -> Result<[bool; 2], LauncherError> {
    let mut descriptors = running.descriptors();
    descriptors.insert(1, (interrupt, PollFlags::IN));
    let mut wait: Vec<PollFd<'_>> =
        descriptors.iter().map(|(descriptor, flags)| PollFd::from_borrowed_fd(*descriptor, *flags)).collect();
    let timeout = Timespec::try_from(most).map_err(std::io::Error::other)?;
    rustix::io::retry_on_intr(|| poll(&mut wait, Some(&timeout))).map_err(std::io::Error::from)?;
    Ok([!wait[0].revents().is_empty(), !wait[1].revents().is_empty()])
}

fn keep(what: What, output: &mut Vec<u8>) {
    if let What::Printed { bytes, .. } = what {
        output.extend_from_slice(&bytes);
    }
}
