//! Turns a source file into a program: compiled at most once for the same source, compiler and flags.

mod cache;
mod compile;
pub mod tools;

use std::ffi::OsStr;
use std::io;
use std::os::fd::BorrowedFd;
use std::path::{Path, PathBuf};
use std::time::Duration;

use bstr::ByteSlice;
use sha2::{Digest, Sha256};

use super::launcher::LauncherError;
use super::levels::Lab;
use super::private::Plan;
use super::run::LaunchError;
pub use cache::Cache;
pub use tools::{Tool, Tools};

/// Longer sources are refused: the largest solution has some 10,000 bytes.
const MOST_SOURCE_BYTES: u64 = 4 * 1024 * 1024;

/// A program that is ready to run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Built {
    /// Program and leading arguments.
    pub command: Vec<String>,
    /// Files and folders that it cannot run without.
    pub needs: Vec<PathBuf>,
    /// How long the compiler took; none when nothing had to be done.
    pub took: Option<Duration>,
    /// What the compiler had to say although it succeeded.
    pub warnings: Vec<u8>,
}

/// Why there is no program.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// The compiler refuses the source. The learner's fault.
    #[error("{} does not build", file.display())]
    Refused {
        /// The source.
        file: PathBuf,
        /// What the compiler printed.
        output: Vec<u8>,
    },
    /// The compiler did not end in time.
    #[error("{}: the compiler did not finish within {} s", file.display(), limit.as_secs())]
    TooSlow {
        /// The source.
        file: PathBuf,
        /// The deadline.
        limit: Duration,
    },
    /// The source cannot be read.
    #[error("cannot read {}: {source}", file.display())]
    Unreadable {
        /// The source.
        file: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
    /// The source, or its folder, only leads to something else.
    #[error("{} is a link; a program must be a file of its own, in a folder of its own", file.display())]
    Link {
        /// The source.
        file: PathBuf,
    },
    /// The source is longer than any program.
    #[error("{} has more than {} bytes, which is more than any program here needs", file.display(), crate::trace::grouped(MOST_SOURCE_BYTES))]
    TooLong {
        /// The source.
        file: PathBuf,
    },
    /// The source has no content.
    #[error("{} is empty", file.display())]
    Empty {
        /// The source.
        file: PathBuf,
    },
    /// The language is not one of ours.
    #[error("{}: expected a file that ends in .rs, .c or .py", file.display())]
    UnknownLanguage {
        /// The source.
        file: PathBuf,
    },
    /// The compiler or interpreter is not installed.
    #[error("{tool} is not installed: {}", tool.advice())]
    Missing {
        /// Which one.
        tool: Tool,
    },
    /// The user wants to stop.
    #[error("interrupted")]
    Interrupted,
    /// The result cannot be stored.
    #[error("cannot write to {}: {source}", folder.display())]
    Store {
        /// Where.
        folder: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
    /// The result cannot be run.
    #[error(
        "no program may be run in {}, where builds are kept: the file system is mounted with `noexec`. \
         Put the course elsewhere, or name another temporary folder in TMPDIR", folder.display()
    )]
    NoPrograms {
        /// Where.
        folder: PathBuf,
    },
    /// A fault of ours or of the machine.
    #[error(transparent)]
    Launcher(#[from] LauncherError),
}

impl BuildError {
    /// May it be about the machine, or about who else was at work, and not about the source?
    #[must_use]
    pub fn is_doubtful(&self) -> bool {
        let has = |output: &[u8], signs: &[&str]| signs.iter().any(|sign| output.contains_str(sign));
        match self {
            Self::TooSlow { .. } => true,
            Self::Refused { output, .. } => self.was_killed() || has(output, &["No space left", "emory"]),
            _ => false,
        }
    }

    /// Was the compiler ended from outside? What refuses a source says why.
    #[must_use]
    pub fn was_killed(&self) -> bool {
        let signs = ["Killed signal terminated program", "terminated with signal 9", "signal: 9, SIGKILL"];
        match self {
            Self::Refused { output, .. } => {
                output.trim_ascii().is_empty() || signs.iter().any(|sign| output.contains_str(sign))
            }
            _ => false,
        }
    }

    /// Is it about the source, and not about the machine, the course or us?
    #[must_use]
    pub fn is_of_the_source(&self) -> bool {
        matches!(
            self,
            Self::Refused { .. }
                | Self::Empty { .. }
                | Self::Link { .. }
                | Self::TooLong { .. }
                | Self::TooSlow { .. }
        )
    }
}

/// Builds programs.
#[derive(Debug)]
pub struct Builder<'a> {
    /// Where compilers run.
    pub lab: &'a Lab,
    /// Where results are kept.
    pub cache: &'a Cache,
    /// The compilers.
    pub tools: &'a Tools,
    /// Whether compilers colour their messages.
    pub has_colour: bool,
    /// Readable once the user wants to stop.
    pub interrupt: BorrowedFd<'a>,
}

impl Builder<'_> {
    /// The program that a source file makes. Compilers may be made to read anything that they see, so in a box
    /// they see the folder of the source and nothing else of the user's.
    ///
    /// # Errors
    /// See [`BuildError`].
    pub fn build(&self, file: &Path) -> Result<Built, BuildError> {
        let unreadable = |source| BuildError::Unreadable { file: file.to_owned(), source };
        // Whoever follows a link reads what the learner may not: the grader can see more than a program.
        let is_link = |path: &Path| path.symlink_metadata().is_ok_and(|data| data.is_symlink());
        if is_link(file) || file.parent().is_some_and(is_link) {
            return Err(BuildError::Link { file: file.to_owned() });
        }
        let file = file.canonicalize().map_err(unreadable)?;
        if std::fs::metadata(&file).map_err(unreadable)?.len() > MOST_SOURCE_BYTES {
            return Err(BuildError::TooLong { file });
        }
        let source = std::fs::read(&file).map_err(unreadable)?;
        if source.trim_ascii().is_empty() {
            return Err(BuildError::Empty { file });
        }
        let tool = match file.extension().and_then(OsStr::to_str) {
            Some("rs") => Tool::Rustc,
            Some("c") => Tool::Cc,
            Some("py") => Tool::Python,
            _ => return Err(BuildError::UnknownLanguage { file }),
        };
        let path = self.tools.find(tool).ok_or(BuildError::Missing { tool })?;
        let key = key(&source, &file, tool, &path);
        if let Some(warnings) = self.cache.find(&key) {
            return Ok(self.built(tool, &path, &file, &key, None, warnings));
        }
        let (took, warnings) = self.compile(tool, &path, &file, &key)?;
        Ok(self.built(tool, &path, &file, &key, Some(took), warnings))
    }

    fn built(
        &self,
        tool: Tool,
        path: &Path,
        file: &Path,
        key: &str,
        took: Option<Duration>,
        warnings: Vec<u8>,
    ) -> Built {
        let text = |path: &Path| path.to_string_lossy().into_owned();
        let (command, needs) = match tool {
            // -B and -s: leave nothing beside the source, and load nothing from the learner's home.
            Tool::Python => (vec![text(path), "-B".into(), "-s".into(), text(file)], sources(path, file)),
            Tool::Rustc | Tool::Cc => {
                let program = self.cache.program(key);
                (vec![text(&program)], vec![program])
            }
        };
        Built { command, needs, took, warnings }
    }

    fn compile(
        &self,
        tool: Tool,
        path: &Path,
        file: &Path,
        key: &str,
    ) -> Result<(Duration, Vec<u8>), BuildError> {
        let store = |source| BuildError::Store { folder: self.cache.folder().to_owned(), source };
        if tool != Tool::Python && !self.cache.may_run_programs() {
            return Err(BuildError::NoPrograms { folder: self.cache.folder().to_owned() });
        }
        let slot = self.cache.new_slot().map_err(store)?;
        // A kept slot has another name by then.
        self.lab.remove_at_end(slot.folder())?;
        let notes = self.cache.notes(file).map_err(store)?;
        let target = if tool == Tool::Rustc { notes.program() } else { slot.program() };
        let command = compile::Command { tool, path, file, target: &target, incremental: notes.folder() };
        let plan = Plan {
            readable: sources(path, file),
            writable: vec![notes.folder().to_owned(), slot.folder().to_owned()],
            ..Plan::default()
        };
        let outcome =
            compile::run(self, &plan, &command.arguments(self.has_colour)).map_err(|error| match error {
                LaunchError::Launcher(error) => BuildError::Launcher(error),
                LaunchError::NotStarted(_) => BuildError::Missing { tool },
            })?;
        match outcome {
            compile::Outcome::Done { took, output } => {
                if tool == Tool::Rustc {
                    slot.take(&target).map_err(store)?;
                }
                if tool != Tool::Python && !slot.has_program() {
                    return Err(BuildError::Refused { file: file.to_owned(), output });
                }
                slot.keep(key, &output).map_err(store)?;
                Ok((took, output))
            }
            compile::Outcome::Refused { output } if self.cache.is_full(&output) => {
                Err(store(io::ErrorKind::StorageFull.into()))
            }
            compile::Outcome::Refused { output } => {
                Err(BuildError::Refused { file: file.to_owned(), output })
            }
            compile::Outcome::Interrupted => Err(BuildError::Interrupted),
            compile::Outcome::TooSlow { limit } => Err(BuildError::TooSlow { file: file.to_owned(), limit }),
        }
    }
}

/// What a compiler or interpreter reads: itself, the source, and what lies beside that.
fn sources(tool: &Path, file: &Path) -> Vec<PathBuf> {
    tools::places(tool).into_iter().chain(file.ancestors().take(2).map(Path::to_owned)).collect()
}

/// What a result depends on: the source, the compiler and how it is called. The source's path counts too,
/// because messages and panics name it.
fn key(source: &[u8], file: &Path, tool: Tool, path: &Path) -> String {
    let mut hash = Sha256::new();
    let mut add = |bytes: &[u8]| {
        hash.update(bytes.len().to_le_bytes());
        hash.update(bytes);
    };
    add(source);
    add(file.as_os_str().as_encoded_bytes());
    add(path.as_os_str().as_encoded_bytes());
    add(tools::stamp(path).as_bytes());
    let none = Path::new("");
    let command = compile::Command { tool, path, file, target: none, incremental: none };
    command.arguments(false).iter().for_each(|argument| add(argument.as_bytes()));
    hash.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}
