//! The command that shows a learner the very same run.

use std::path::{Path, PathBuf};

use crate::cli::kit::quoted;
use crate::course::Course;
use crate::grade::gradebook::{Graded, Run};
use crate::grade::handed_in::{Content, Program};
use crate::grade::store::Store;
use crate::report;

/// What all commands of a run have in common.
pub(super) struct Again {
    /// `--seed 7f3a --level private`.
    facts: String,
    /// ` --course DIR`, where the course is not the one of this folder.
    course: String,
    /// Ids of the lessons that the course has.
    lessons: Vec<String>,
    store: Option<Store>,
    /// The current folder.
    here: Option<PathBuf>,
}

impl Again {
    /// For somebody in the current folder.
    pub(super) fn here(run: &Run, course: &Course, store: Option<&Store>) -> Self {
        let here = std::env::current_dir().and_then(|here| here.canonicalize()).ok();
        let root = course.root.canonicalize().unwrap_or_else(|_| course.root.clone());
        let is_here = here.as_ref().is_some_and(|here| here.starts_with(&root));
        Self {
            facts: format!("--seed {} --level {}", report::seed(run.seed), run.level),
            course: if is_here { String::new() } else { format!(" --course {}", quoted(&root)) },
            lessons: course.lessons.iter().map(|lesson| lesson.id.clone()).collect(),
            store: store.cloned(),
            here,
        }
    }

    /// The command; none where there is no program, or the course has no such lesson any more.
    pub(super) fn command(&self, graded: &Graded) -> Option<String> {
        let Content::Program(program) = &graded.entry.handed_in.content else { return None };
        let lesson = self.lessons.iter().find(|id| **id == graded.entry.handed_in.lesson)?;
        // Whoever has no store knows where the program is.
        let file = self.file(program).map_or_else(|| "FILE".to_owned(), |file| quoted(&file));
        Some(format!("workbook check {lesson} {} --program {file}{}", self.facts, self.course))
    }

    /// Where the program lies, as one would type it here.
    fn file(&self, program: &Program) -> Option<PathBuf> {
        let file = self.store.as_ref()?.folder(&program.digest).join(&program.file);
        let short = self.here.as_ref().and_then(|here| file.strip_prefix(here).ok()).map(Path::to_owned);
        file.is_file().then(|| short.unwrap_or(file))
    }
}
