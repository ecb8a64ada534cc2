//! Which program a learner means.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, bail};

use super::kit::quoted;
use super::out;
use super::sources::Sources;
use crate::course::{Course, Language, Lesson};
use crate::lab::build::{BuildError, Builder, Built, tools};
use crate::learner::{Progress, Store};
use crate::report;
use crate::run::Invocation;

/// Which program, as the command line says it.
#[derive(Debug, clap::Args)]
pub(super) struct Choice {
    /// The language of the exercise: rust, c or python; without it, the file that was edited last
    #[arg(long)]
    lang: Option<Language>,
    /// Take this command instead of the exercise; the arguments are appended, or go where
    /// {host}, {port} and {paths} stand. A source file is built, as an exercise is
    #[arg(long, value_name = "CMD", conflicts_with_all = ["lang", "solution"])]
    program: Option<String>,
    /// Take the reference solution
    #[arg(long)]
    solution: bool,
}

impl Choice {
    /// Is it the learner's own exercise, and neither a solution nor a command?
    pub(super) fn is_exercise(&self) -> bool {
        self.program.is_none() && !self.solution
    }

    /// The words that choose the same in another call, each with a blank before it; none for the exercise, whose
    /// language is remembered.
    pub(super) fn words(&self) -> String {
        let program = self.program.as_ref().map(|line| format!(" --program {}", quoted(Path::new(line))));
        let solution = self.solution.then(|| " --solution".to_owned());
        program.into_iter().chain(solution).collect()
    }

    /// Was a command named?
    pub(super) fn is_command(&self) -> bool {
        self.program.is_some()
    }

    /// What was chosen, here or once for all.
    ///
    /// # Errors
    /// When there is no such program.
    pub(super) fn subject(
        &self,
        course: &Course,
        lesson: &Lesson,
        progress: &Progress,
    ) -> anyhow::Result<Subject> {
        if let Some(line) = &self.program {
            return Subject::command(line, &course.root);
        }
        let kind = if self.solution { "solutions" } else { "exercises" };
        let files = Sources::new(course, lesson, kind);
        if let Some(language) = self.lang {
            return Ok(Subject::Source(files.of(language)?));
        }
        let checked_at = progress.lessons.get(&lesson.id).and_then(|lesson| lesson.checked_at);
        let edited = if self.solution { Vec::new() } else { files.edited_since(checked_at) };
        let subject = Subject::Source(files.choose(progress.language)?);
        subject.others(&edited).iter().for_each(|told| out::error(told));
        Ok(subject)
    }

    /// What was chosen, ready to run in this folder; none when it does not build, which has been told then.
    ///
    /// # Errors
    /// When there is no such program, or the machine fails.
    pub(super) fn make_ready(
        &self,
        course: &Course,
        lesson: &Lesson,
        builder: &Builder<'_>,
        folder: &Path,
    ) -> anyhow::Result<Option<Ready>> {
        let (progress, _) = Store::of(&course.root).read();
        match self.subject(course, lesson, &progress)?.make_ready(builder, folder) {
            Ok(ready) => Ok(Some(ready)),
            Err(BuildError::Refused { file, output }) => {
                let program = file.strip_prefix(&course.root).unwrap_or(&file).display().to_string();
                out::note(&report::terminal::build_failure(&lesson.id, &program, &output, &out::look()));
                Ok(None)
            }
            Err(error) if error.is_of_the_source() => {
                out::error(&error.to_string());
                Ok(None)
            }
            Err(error) => Err(error.into()),
        }
    }
}

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
    fn command(line: &str, root: &Path) -> anyhow::Result<Self> {
        let folder = std::env::current_dir().context("cannot tell the current folder")?;
        let mut invocation = Invocation::parse(line, folder)?;
        let program = &invocation.words[0];
        if program.contains('/') {
            let file = Path::new(program);
            if !file.is_file() {
                bail!("--program: there is no file {}", file.display());
            }
            // As in a class, whatever its mode: what is told of a submission can be seen again by this.
            if invocation.words.len() == 1 && is_source(file) {
                return Ok(Self::Source(file.to_owned()));
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

    /// The source file, where it is one.
    pub(super) fn source(&self) -> Option<&Path> {
        match self {
            Self::Source(file) => Some(file),
            Self::Command(_) => None,
        }
    }

    /// The language of a source file.
    pub(super) fn language(&self) -> Option<Language> {
        match self {
            Self::Source(file) => {
                Language::ALL.into_iter().find(|language| file.ends_with(language.file_name()))
            }
            Self::Command(_) => None,
        }
    }

    /// Says which other files were edited, too: nobody should wonder why a change shows no effect.
    pub(super) fn others(&self, edited: &[Language]) -> Vec<String> {
        let Some(mine) = self.language() else { return Vec::new() };
        let told = |other: &Language| {
            format!(
                "{} was edited, too; this is about {}. For the other: --lang {}",
                other.file_name(),
                mine.file_name(),
                other.word()
            )
        };
        edited.iter().filter(|other| **other != mine).map(told).collect()
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

/// Is it in one of the languages of the course?
fn is_source(file: &Path) -> bool {
    Language::ALL.iter().any(|language| file.extension() == Path::new(language.file_name()).extension())
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
