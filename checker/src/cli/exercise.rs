//! Which program a learner means.

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use anyhow::{Context, bail};

use crate::course::{Course, Language, Lesson};
use crate::lab::build::{BuildError, Builder, Built, tools};
use crate::run::Invocation;

/// Files of a fresh clone are written within this time: none of them is then "edited last".
const SAME_TIME: Duration = Duration::from_secs(5);

/// What is to be checked.
pub(super) enum Subject {
    /// A source file of the learner's (or a solution).
    Source(PathBuf),
    /// A command line.
    Command(Invocation),
}

/// A program that is ready to run, with how it is shown.
pub(super) struct Ready {
    pub(super) invocation: Invocation,
    pub(super) name: String,
    pub(super) built_in: Option<Duration>,
    /// What the compiler had to say although it succeeded.
    pub(super) warnings: Vec<u8>,
}

impl Subject {
    /// A command line given with `--program`, for a lesson of the course at `root`.
    ///
    /// # Errors
    /// When it is not one.
    pub(super) fn command(line: &str, root: &Path) -> anyhow::Result<Self> {
        let folder = std::env::current_dir().context("cannot tell the current folder")?;
        let mut invocation = Invocation::parse(line, folder)?;
        let program = &invocation.words[0];
        if program.contains('/') {
            let file = Path::new(program);
            if !file.is_file() {
                bail!("--program: there is no file {}", file.display());
            }
            if !tools::is_executable(file) {
                bail!("--program: {0} is not executable; make it so: chmod +x {0}", file.display());
            }
        } else if tools::on_path(program).is_none() {
            bail!(
                "--program: there is no command `{program}` on the PATH; for a file here write ./{program}"
            );
        }
        name_files(&mut invocation, root);
        Ok(Self::Command(invocation))
    }

    /// The learner's file for a lesson, or the reference solution: in the language asked for, else the one
    /// edited last, else Rust.
    ///
    /// # Errors
    /// When there is no such file.
    pub(super) fn file(
        course: &Course,
        lesson: &Lesson,
        language: Option<Language>,
        is_solution: bool,
    ) -> anyhow::Result<Self> {
        let kind = if is_solution { "solutions" } else { "exercises" };
        let folder = course.root.join(kind).join(&lesson.id);
        let shown = Path::new(kind).join(&lesson.id);
        if let Some(language) = language {
            let file = folder.join(language.file_name());
            if !file.is_file() {
                bail!(
                    "there is no {}; write your program into it",
                    shown.join(language.file_name()).display()
                );
            }
            return Ok(Self::Source(file));
        }
        match last_edited(&folder) {
            Some(file) => Ok(Self::Source(file)),
            None => bail!(
                "there is no program for {} in {}: expected main.rs, main.c or main.py.\n\
                 Get the starter back with: git checkout -- {}",
                lesson.id,
                shown.display(),
                shown.display()
            ),
        }
    }

    /// Builds it if it must be built. What is built runs in the folder `scratch`.
    ///
    /// # Errors
    /// See [`BuildError`].
    pub(super) fn make_ready(&self, builder: &Builder<'_>, scratch: &Path) -> Result<Ready, BuildError> {
        match self {
            Self::Command(invocation) => Ok(Ready {
                invocation: invocation.clone(),
                name: invocation.words.join(" "),
                built_in: None,
                warnings: Vec::new(),
            }),
            Self::Source(file) => {
                let Built { command, needs, took, warnings } = builder.build(file)?;
                let name =
                    file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
                Ok(Ready {
                    invocation: Invocation { words: command, folder: scratch.to_owned(), needs },
                    name,
                    built_in: took,
                    warnings,
                })
            }
        }
    }
}

/// Finds the files that a command line names: a box shows them, with what lies beside them, and nothing else.
fn name_files(invocation: &mut Invocation, root: &Path) {
    let mut needs = Vec::new();
    for (index, word) in invocation.words.iter_mut().enumerate() {
        let file = if index == 0 { tools::on_path(word).filter(|_| !word.contains('/')) } else { None };
        if let Some(command) = file {
            needs.extend(tools::places(&command));
            continue;
        }
        let file = invocation.folder.join(&*word);
        // A bare word that happens to be the name of a file here may mean anything.
        if !word.contains(['/', '.']) || !file.exists() {
            continue;
        }
        if file.is_dir() {
            needs.extend(file.canonicalize().into_iter().filter(|folder| is_harmless(folder, root)));
            continue;
        }
        *word = file.to_string_lossy().into_owned();
        needs.extend(
            [file.clone()].into_iter().chain(file.canonicalize()).flat_map(|file| with_folder(file, root)),
        );
    }
    invocation.needs = needs;
}

/// A file, and its folder where that holds no more than a program does.
fn with_folder(file: PathBuf, root: &Path) -> Vec<PathBuf> {
    let folder = file.parent().filter(|folder| is_harmless(folder, root)).map(Path::to_owned);
    folder.into_iter().chain([file]).collect()
}

/// Holds the folder neither a course nor all that belongs to a user?
fn is_harmless(folder: &Path, root: &Path) -> bool {
    !tools::is_wide(folder) && !root.starts_with(folder)
}

/// The source file that was edited last; Rust first when all were written together.
fn last_edited(folder: &Path) -> Option<PathBuf> {
    let files = Language::ALL.map(|language| folder.join(language.file_name()));
    let edited = |file: &PathBuf| file.metadata().and_then(|data| data.modified()).ok();
    let dated: Vec<(SystemTime, &PathBuf)> =
        files.iter().filter_map(|file| Some((edited(file)?, file))).collect();
    let newest = dated.iter().map(|(time, _)| *time).max()?;
    let is_newest = |time: SystemTime| newest.duration_since(time).is_ok_and(|age| age <= SAME_TIME);
    dated.iter().find(|(time, _)| is_newest(*time)).map(|(_, file)| (*file).clone())
}
