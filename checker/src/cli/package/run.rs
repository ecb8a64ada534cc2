//! `workbook package run`: grades one submission in a container of Gradescope's.
//!
//! What it prints is all that becomes `results.json`: a fault of ours has words and no score.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};

use super::metadata::Metadata;
use super::{VisibilityWord, rights};
use crate::cli::gradebook::submission;
use crate::cli::workplace::{self, Containment, Workplace};
use crate::cli::{HOLDS, out};
use crate::course::{Course, Lesson};
use crate::grade::Load;
use crate::grade::gradebook::unearned;
use crate::grade::handed_in::{Content, Fault, HandedIn, Program};
use crate::grade::intake::{self, Options};
use crate::grade::policy::Policy;
use crate::grade::record::{self, Key};
use crate::grade::store::Store;
use crate::grade::worker::Worker;
use crate::kit;
use crate::report::export::gradescope::{self, Visibility};
use crate::report::export::{self, Outcome, Submission};
use crate::report::{self, Heading};
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
    let place = tempfile::Builder::new().prefix("submission-").tempdir().context("no temporary folder")?;
    let store = Store::open(place.path()).context("no temporary folder")?;
    let handed_in = HandedIn {
        learner: metadata.learner(policy.extended()),
        lesson: lesson.id.clone(),
        attempt: 1,
        origin: String::new(),
        at: Some(metadata.created_at),
        content: take_in(&arguments.submission, &course, lesson, &store)?,
    };
    let job = Job { arguments, course: &course, lesson, policy: &policy, handed_in: &handed_in };
    let (outcome, notes) = match &handed_in.content {
        Content::Program(program) => {
            job.become_user(place.path())?;
            job.check(program, &store)?
        }
        Content::Problem(_) => (job.told(None, job.heading(Level::Loopback, 0))?, Vec::new()),
    };
    Ok(gradescope::visible(&job.submission(outcome, notes)?, arguments.visibility.into()))
}

/// The program, found as in a class.
fn take_in(submission: &Path, course: &Course, lesson: &Lesson, store: &Store) -> anyhow::Result<Content> {
    let lessons = [lesson.id.clone()];
    let all: Vec<String> = course.lessons.iter().map(|lesson| lesson.id.clone()).collect();
    let options = Options {
        lessons: &lessons,
        course: &all,
        roster: None,
        is_starter: &|_, content| kit::is_any_starter(content),
        is_interrupted: &|| false,
    };
    let taken = intake::take_in_one(submission, &options, store)?;
    let content = taken.into_iter().next().map(|(_, content)| content);
    content.with_context(|| format!("there is nothing in {}", submission.display()))
}

/// One submission to one lesson.
struct Job<'a> {
    arguments: &'a Arguments,
    course: &'a Course,
    lesson: &'a Lesson,
    policy: &'a Policy,
    handed_in: &'a HandedIn,
}

impl Job<'_> {
    /// The unprivileged user gets this folder and nothing else.
    fn become_user(&self, folder: &Path) -> anyhow::Result<()> {
        let Some(user) = self.arguments.user else { return Ok(()) };
        rights::give(folder, user)
            .with_context(|| format!("cannot give {} to user {user}", folder.display()))?;
        rights::give_up(user).with_context(|| format!("cannot become user {user}"))
    }

    /// What came of it, and what is to be said of how: graded as in a class, but alone.
    fn check(&self, program: &Program, store: &Store) -> anyhow::Result<(Outcome, Vec<String>)> {
        let workplace = Workplace::open(&self.course.root, &self.arguments.containment)?;
        let (level, seed) = (workplace.lab().level(), workplace::seed(self.policy.seed()));
        let worker = Worker {
            lab: workplace.lab(),
            builder: workplace.builder(false),
            store,
            load: &Load::of(1),
            scratch: workplace.scratch.path(),
            level,
            seed,
            interrupt: workplace.interrupt(),
        };
        let start = Instant::now();
        let record = worker.grade(&Key(program.digest.clone()), self.lesson, program)?;
        let heading = Heading { took: start.elapsed(), ..self.heading(level, seed) };
        let is_judged = matches!(record.outcome, record::Outcome::Judged { .. });
        let notes = if is_judged { vec![self.note(&workplace, seed)] } else { Vec::new() };
        Ok((self.told(Some(record.outcome), heading)?, notes))
    }

    /// # Errors
    /// When somebody has to look at it, so that there is no score.
    fn told(&self, outcome: Option<record::Outcome>, heading: Heading) -> anyhow::Result<Outcome> {
        match (&self.handed_in.content, &outcome) {
            (_, Some(record::Outcome::Unstable { .. })) => bail!(
                "it was not the same each time, perhaps because it is too slow or depends on chance; somebody has to \
                 look at it"
            ),
            (_, Some(record::Outcome::NotJudged { reason })) => bail!("{}", reason.clone()),
            (Content::Problem(problem), _) if problem.fault == Fault::Unclear => {
                bail!("{}", problem.reason.trim_end_matches('.'))
            }
            _ => {}
        }
        let unearned = unearned(self.lesson, heading.level);
        let told = submission::told(&self.handed_in.content, outcome, unearned, heading);
        told.context("there is no verdict to tell of")
    }

    /// How the program was contained, and how to see the same run again.
    fn note(&self, workplace: &Workplace, seed: u64) -> String {
        let lab = workplace.lab();
        let why = lab.obstacle().map(|obstacle| format!(", for no other is to be had here ({obstacle})"));
        let alone = match (lab.level(), self.arguments.user) {
            (Level::Loopback, None) => {
                " The program ran as the user who grades: nothing kept it from writing results."
            }
            _ => "",
        };
        format!(
            "Graded at the {} level{}, seed {}.{alone}",
            lab.level(),
            why.unwrap_or_default(),
            report::seed(seed)
        )
    }

    fn heading(&self, level: Level, seed: u64) -> Heading {
        let program = match &self.handed_in.content {
            Content::Program(program) => program.file.clone(),
            Content::Problem(_) => String::new(),
        };
        Heading {
            program,
            choice: String::new(),
            built_in: None,
            took: Duration::ZERO,
            level,
            seed,
            next: None,
            hint: None,
        }
    }

    /// With the points of the policy, and what is to be said first.
    ///
    /// # Errors
    /// When not everything could be judged.
    fn submission(&self, outcome: Outcome, notes: Vec<String>) -> anyhow::Result<Submission> {
        let Lesson { id, title, .. } = self.lesson;
        let program = self.heading(Level::Loopback, 0).program;
        let submission = Submission {
            lesson: id.clone(),
            title: title.clone(),
            program,
            source: None,
            outcome,
            class: None,
        };
        export::require_score(&submission)?;
        let counted = match &submission.outcome {
            Outcome::Judged(verdict, _) => verdict.counted(),
            Outcome::DoesNotBuild { criteria, .. } | Outcome::NoProgram { criteria, .. } => criteria.clone(),
        };
        let score = self.policy.score(id, &counted, self.handed_in);
        let mut class = submission::class(&self.handed_in.learner, &score, None);
        class.notes.splice(0..0, notes);
        let outcome = submission::with_points(submission.outcome, &score);
        Ok(Submission { outcome, class: Some(class), ..submission })
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
