//! What happened in the last check of a lesson: its traces, the most telling first.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::file::{self, Lock};
use super::progress;
use crate::judge::ScenarioVerdict;
use crate::trace::Trace;

/// Of all traces behind the first, so many bytes are kept; more would make every check wait for the disk.
const MOST_BYTES: usize = 1 << 20;

/// The file with the traces of the last check of a lesson, in the format of `check --trace`.
#[derive(Debug, Clone)]
pub struct LastRun {
    file: PathBuf,
    /// What is locked to write it.
    folder: PathBuf,
}

impl LastRun {
    /// Of this lesson, in the course at `root`.
    #[must_use]
    pub fn of(root: &Path, lesson: &str) -> Self {
        Self { file: Self::folder(root).join(format!("{lesson}.jsonl")), folder: super::folder(root) }
    }

    /// Where those of all lessons are.
    #[must_use]
    pub fn folder(root: &Path) -> PathBuf {
        super::folder(root).join("last")
    }

    /// Where it is, or will be.
    #[must_use]
    pub fn file(&self) -> &Path {
        &self.file
    }

    /// Replaces what was saved before.
    ///
    /// # Errors
    /// When it cannot be written; what was there before then still is.
    pub fn save(&self, scenarios: &[ScenarioVerdict]) -> io::Result<()> {
        let Some(first) = progress::telling(scenarios) else { return Ok(()) };
        let others = scenarios.iter().filter(|scenario| scenario.id != first.id);
        let mut lines = first.trace.as_ref().map(line).transpose()?.unwrap_or_default();
        let limit = lines.len() + MOST_BYTES;
        for trace in others.filter_map(|scenario| scenario.trace.as_ref()) {
            let line = line_within(trace, limit.saturating_sub(lines.len()))?;
            lines.extend(line.unwrap_or_default());
        }
        file::replace(&Lock::of(&self.folder)?, &self.file, &lines, false)
    }
}

fn line(trace: &Trace) -> io::Result<Vec<u8>> {
    let mut line = serde_json::to_vec(trace)?;
    line.push(b'\n');
    Ok(line)
}

/// The line of a trace that needs no more room than this.
fn line_within(trace: &Trace, room: usize) -> io::Result<Option<Vec<u8>>> {
    let mut line = Bounded { bytes: Vec::new(), room };
    match serde_json::to_writer(&mut line, trace) {
        Ok(()) => {
            line.bytes.push(b'\n');
            Ok(Some(line.bytes))
        }
        Err(_) if line.room == 0 => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// Takes so many bytes, and then no more.
struct Bounded {
    bytes: Vec<u8>,
    room: usize,
}

impl Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if bytes.len() > self.room {
            self.room = 0;
            return Err(io::ErrorKind::WriteZero.into());
        }
        self.room -= bytes.len();
        self.bytes.extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trace::{End, ExitStatus, FORMAT, Level, Moment};

    #[test]
    fn a_trace_that_is_too_long_is_left_out_and_the_next_may_fit() {
        let mut trace = Trace {
            format: FORMAT,
            lesson: "lesson".to_owned(),
            scenario: "scenario".to_owned(),
            seed: 1,
            cut: None,
            level: Level::Loopback,
            command: Vec::new(),
            events: Vec::new(),
            end: End::Exited { status: ExitStatus::Code(0), left_behind: Vec::new() },
            ended_at: Moment::default(),
            packets: Vec::new(),
            missed_packets: 0,
        };
        let length = line(&trace).expect("a line").len();
        assert_eq!(line_within(&trace, length).expect("no error").map(|line| line.len()), Some(length));
        trace.command.push("y".repeat(length));
        assert_eq!(line_within(&trace, length).expect("no error"), None);
    }
}
