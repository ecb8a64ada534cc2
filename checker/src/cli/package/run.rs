//! `workbook package run`: grades one submission in a container of Gradescope's.
//!
//! What it prints is all that becomes `results.json`: a fault of ours has words and no score.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::Context;
use bstr::ByteSlice;
use jiff::Timestamp;
use tempfile::TempDir;

use super::metadata::Metadata;
use super::submission::{self, Found};
use super::{VisibilityWord, rights};
use crate::cli::exercise::{Ready, Subject};
use crate::cli::gradebook::submission::{class, of_policy, with_points};
use crate::cli::workplace::{self, Containment, Workplace};
use crate::cli::{HOLDS, out};
use crate::course::{Course, Lesson};
use crate::grade::handed_in::{Content, Digest, HandedIn, Program};
use crate::grade::policy::Policy;
use crate::judge::{self, Verdict};
use crate::lab::build::BuildError;
use crate::report::export::gradescope::{self, Visibility};
use crate::report::export::{self, Outcome, Submission};
use crate::report::{self, Heading};
use crate::run::Check;
use crate::trace::Level;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The lesson
    #[arg(long, value_name = "LESSON")]
    lesson: String,
    /// Where the submission lies
    #[arg(long, value_name = "DIR")]
    submission: PathBuf,
    /// What Gradescope tells of it
    #[arg(long, value_name = "FILE")]
    metadata: PathBuf,
    /// Points, lateness and what is hidden
    #[arg(long, value_name = "FILE")]
    policy: Option<PathBuf>,
    /// When learners may see results
    #[arg(long, value_enum, default_value = "visible")]
    visibility: VisibilityWord,
    /// Become this user before anything is built or run
    #[arg(long, value_name = "NUMBER")]
    user: Option<u32>,
    #[command(flatten)]
    containment: Containment,
}

pub(super) fn run(arguments: &Arguments, course: Option<&Path>) -> anyhow::Result<u8> {
    let text = grade(arguments, course).unwrap_or_else(|error| {
        let why = format!("{error:#}");
        out::error(&why);
        gradescope::without_score(&format!(
            "This was not graded, so there is no score: {why}.\nHand it in again, or tell your instructor."
        ))
    });
    out::print(&text)?;
    Ok(HOLDS)
}

fn grade(arguments: &Arguments, course: Option<&Path>) -> anyhow::Result<String> {
    let course = workplace::course(course)?;
    let lesson = course.lesson(&arguments.lesson)?;
    let policy = arguments.policy.as_ref().map(|file| Policy::read(file, &course)).transpose()?;
    let policy = policy.unwrap_or_default();
    let metadata = Metadata::read(&arguments.metadata)?;
    let found = submission::find(&arguments.submission, &lesson.id)
        .with_context(|| format!("cannot read {}", arguments.submission.display()))?;
    let learner = metadata.learner(policy.extended());
    let job = Job { arguments, course: &course, lesson, policy: &policy, learner, at: metadata.created_at };
    let (submission, notes) = match found {
        Found::Problem(problem) => (job.nothing_to_run(), vec![problem]),
        Found::Program { name, language, content } => {
            let folder = job.place()?;
            let file = folder.path().join(language.file_name());
            job.write(&file, &content)?;
            job.become_user()?;
            let (submission, notes) = job.check(&name, &file)?;
            export::require_score(&submission)?;
            (submission, notes)
        }
    };
    Ok(gradescope::visible(&job.with_score(submission, notes), arguments.visibility.into()))
}

/// One submission to one lesson.
struct Job<'a> {
    arguments: &'a Arguments,
    course: &'a Course,
    lesson: &'a Lesson,
    policy: &'a Policy,
    learner: String,
    at: Timestamp,
}

impl Job<'_> {
    /// A folder for the source, which is all that the unprivileged user gets.
    fn place(&self) -> anyhow::Result<TempDir> {
        let folder =
            tempfile::Builder::new().prefix("submission-").tempdir().context("no temporary folder")?;
        self.give(folder.path())?;
        Ok(folder)
    }

    fn write(&self, file: &Path, content: &[u8]) -> anyhow::Result<()> {
        fs::write(file, content).with_context(|| format!("cannot write {}", file.display()))?;
        self.give(file)
    }

    fn give(&self, path: &Path) -> anyhow::Result<()> {
        let Some(user) = self.arguments.user else { return Ok(()) };
        std::os::unix::fs::chown(path, Some(user), Some(user))
            .with_context(|| format!("cannot give {} to user {user}", path.display()))
    }

    fn become_user(&self) -> anyhow::Result<()> {
        let Some(user) = self.arguments.user else { return Ok(()) };
        rights::give_up(user).with_context(|| format!("cannot become user {user}"))
    }

    /// What came of it, and what is to be said of how.
    fn check(&self, name: &str, file: &Path) -> anyhow::Result<(Submission, Vec<String>)> {
        let workplace = Workplace::open(&self.course.root, &self.arguments.containment)?;
        let subject = Subject::Source(file.to_owned());
        let ready = match subject.make_ready(&workplace.builder(false), workplace.scratch.path()) {
            Ok(ready) => ready,
            Err(error) => return Ok((self.does_not_build(name, file, error)?, Vec::new())),
        };
        let seed = workplace::seed(self.policy.seed());
        let start = Instant::now();
        let check = Check {
            lesson: self.lesson,
            invocation: &ready.invocation,
            seed,
            only: None,
            stops_at_failure: false,
            round_trip: None,
        };
        let verdict = check.run(&workplace.team(&check.plan())?)?;
        let notes = self.notes(&workplace, seed);
        let heading = heading(name, &ready, start, &workplace, seed);
        Ok((self.submission(name, Outcome::Judged(Box::new(verdict), heading)), notes))
    }

    /// How programs were contained, and how to see the same run again.
    fn notes(&self, workplace: &Workplace, seed: u64) -> Vec<String> {
        let lab = workplace.lab();
        let why = lab.obstacle().map(|obstacle| format!(", for no other is to be had here ({obstacle})"));
        let alone = match (lab.level(), self.arguments.user) {
            (Level::Loopback, None) => {
                " The program ran as the user who grades: nothing kept it from writing results."
            }
            _ => "",
        };
        vec![format!(
            "Graded at the {} level{}, seed {}.{alone}",
            lab.level(),
            why.unwrap_or_default(),
            report::seed(seed)
        )]
    }

    fn does_not_build(&self, name: &str, file: &Path, error: BuildError) -> anyhow::Result<Submission> {
        if !error.is_of_the_source() {
            return Err(error.into());
        }
        let output = match error {
            BuildError::Refused { output, .. } => output,
            error => error.to_string().into_bytes(),
        };
        // Learners know nothing of our folder.
        let output = output.replace(file.as_os_str().as_encoded_bytes(), name);
        let criteria = judge::nothing_held(self.lesson);
        Ok(self.submission(name, Outcome::DoesNotBuild { criteria, output }))
    }

    /// None of the criteria holds where there is no program.
    fn nothing_to_run(&self) -> Submission {
        let Lesson { id, title, .. } = self.lesson;
        let criteria = judge::nothing_held(self.lesson);
        let verdict = Verdict { lesson: id.clone(), title: title.clone(), criteria, scenarios: Vec::new() };
        let heading = Heading {
            program: String::new(),
            built_in: None,
            took: Duration::ZERO,
            level: Level::Loopback,
            seed: 0,
            next: None,
            hint: None,
        };
        self.submission("", Outcome::Judged(Box::new(verdict), heading))
    }

    fn submission(&self, program: &str, outcome: Outcome) -> Submission {
        Submission {
            lesson: self.lesson.id.clone(),
            title: self.lesson.title.clone(),
            program: program.to_owned(),
            source: None,
            outcome,
            class: None,
        }
    }

    /// The same with the points of the policy, and what is to be said first.
    fn with_score(&self, submission: Submission, notes: Vec<String>) -> Submission {
        let counted = submission.verdict().map(Verdict::counted);
        let counted = counted.unwrap_or_else(|| judge::nothing_held(self.lesson));
        let score = self.policy.score(&self.lesson.id, &counted, &self.handed_in());
        let mut class = class(&self.learner, &score, None);
        class.notes.splice(0..0, notes);
        let outcome = match submission.outcome {
            Outcome::Judged(verdict, heading) => Outcome::Judged(with_points(verdict, &score), heading),
            Outcome::DoesNotBuild { criteria, output } => {
                let criteria = criteria.into_iter().map(|criterion| of_policy(criterion, &score));
                Outcome::DoesNotBuild { criteria: criteria.collect(), output }
            }
            Outcome::NoProgram { criteria, reason } => {
                let criteria = criteria.into_iter().map(|criterion| of_policy(criterion, &score));
                Outcome::NoProgram { criteria: criteria.collect(), reason }
            }
        };
        Submission { outcome, class: Some(class), ..submission }
    }

    fn handed_in(&self) -> HandedIn {
        HandedIn {
            learner: self.learner.clone(),
            lesson: self.lesson.id.clone(),
            attempt: 1,
            origin: String::new(),
            at: Some(self.at),
            // No policy looks at it.
            content: Content::Program(Program { digest: Digest(String::new()), file: String::new() }),
        }
    }
}

fn heading(name: &str, ready: &Ready, start: Instant, workplace: &Workplace, seed: u64) -> Heading {
    Heading {
        program: name.to_owned(),
        built_in: ready.built_in,
        took: start.elapsed(),
        level: workplace.lab().level(),
        seed,
        next: None,
        hint: None,
    }
}

impl From<VisibilityWord> for Visibility {
    fn from(word: VisibilityWord) -> Self {
        match word {
            VisibilityWord::Visible => Self::Visible,
            VisibilityWord::Hidden => Self::Hidden,
            VisibilityWord::AfterDueDate => Self::AfterDueDate,
            VisibilityWord::AfterPublished => Self::AfterPublished,
        }
    }
}
