//! Which program a learner means.

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use anyhow::{Context, bail};

use super::kit::word;
use super::out;
use crate::course::{Course, Language, Lesson};
use crate::kit;
use crate::lab::build::{BuildError, Builder, Built, tools};
use crate::report;
use crate::run::Invocation;

/// Files of a fresh clone are written within this time: none of them is then "edited last".
const SAME_TIME: Duration = Duration::from_secs(5);

/// Which program, as the command line says it.
#[derive(Debug, clap::Args)]
pub(super) struct Choice {
    /// The language of the exercise: rust, c or python; without it, the file that was edited last
    #[arg(long)]
    lang: Option<Language>,
    /// Take this command instead of the exercise; the arguments are appended, or go where
    /// {host}, {port} and {paths} stand
    #[arg(long, value_name = "CMD", conflicts_with_all = ["lang", "solution"])]
    program: Option<String>,
    /// Take the reference solution
    #[arg(long)]
    solution: bool,
}

impl Choice {
    /// Was a command named?
    pub(super) fn is_command(&self) -> bool {
        self.program.is_some()
    }

    /// What was chosen.
    ///
    /// # Errors
    /// When there is no such program.
    pub(super) fn subject(&self, course: &Course, lesson: &Lesson) -> anyhow::Result<Subject> {
        match &self.program {
            Some(line) => Subject::command(line, &course.root),
            None => Subject::file(course, lesson, self.lang, self.solution),
        }
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
        match self.subject(course, lesson)?.make_ready(builder, folder) {
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
    fn file(
        course: &Course,
        lesson: &Lesson,
        language: Option<Language>,
        is_solution: bool,
    ) -> anyhow::Result<Self> {
        let kind = if is_solution { "solutions" } else { "exercises" };
        let folder = course.root.join(kind).join(&lesson.id);
        let shown = Path::new(kind).join(&lesson.id);
        let advice = missing(lesson, language, is_solution);
        let Some(chosen) = language.or_else(|| last_edited(&folder, lesson)) else {
            bail!(
                "there is no program for {} in {}: expected main.rs, main.c or main.py.\n{advice}",
                lesson.id,
                shown.display()
            );
        };
        let file = folder.join(chosen.file_name());
        if !file.is_file() {
            bail!("there is no {}.\n{advice}", shown.join(chosen.file_name()).display());
        }
        Ok(Self::Source(file))
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

/// What to do where there is no program.
fn missing(lesson: &Lesson, language: Option<Language>, is_solution: bool) -> String {
    if is_solution {
        return "A folder that `workbook init` made holds no solutions".to_owned();
    }
    let lang = language.map(|language| format!(" --lang {}", word(language))).unwrap_or_default();
    format!("Get the starter with: workbook reset {}{lang}", lesson.id)
}

/// The language of the source file in this folder that was edited last; Rust first when all were written together.
/// A starter as it came was not edited, however new it is, where there is something else.
pub(super) fn last_edited(folder: &Path, lesson: &Lesson) -> Option<Language> {
    let edited =
        |language: Language| folder.join(language.file_name()).metadata().and_then(|data| data.modified());
    let dated: Vec<(SystemTime, Language)> =
        Language::ALL.into_iter().filter_map(|language| Some((edited(language).ok()?, language))).collect();
    let is_work = |(_, language): &&(SystemTime, Language)| !is_starter(folder, lesson, *language);
    let work: Vec<_> = dated.iter().filter(is_work).copied().collect();
    let dated = if work.is_empty() { dated } else { work };
    let newest = dated.iter().map(|(time, _)| *time).max()?;
    let is_newest = |time: SystemTime| newest.duration_since(time).is_ok_and(|age| age <= SAME_TIME);
    dated.iter().find(|(time, _)| is_newest(*time)).map(|(_, language)| *language)
}

fn is_starter(folder: &Path, lesson: &Lesson, language: Language) -> bool {
    let file = folder.join(language.file_name());
    kit::starter(&lesson.id, language).is_some_and(|starter| {
        file.metadata().is_ok_and(|data| data.is_file() && data.len() == starter.len() as u64)
            && std::fs::read(&file).is_ok_and(|content| content == starter)
    })
}
