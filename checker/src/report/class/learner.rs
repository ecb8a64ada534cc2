//! What is told of one learner.

use std::time::Duration;

use crate::judge::{State, Verdict};
use crate::report::diagram::Expectation;

use super::points::{Points, Score};
use super::row::{Flag, Kind, Person};

/// Everything that a learner has handed in, with what came of it.
#[derive(Debug, Clone)]
pub struct LearnerPage {
    /// Who.
    pub person: Person,
    /// The address of the overview, relative to this page; none where the page stands alone.
    pub overview: Option<String>,
    /// In order of lesson; of each lesson the submission that counts first, then the others, the latest first.
    pub submissions: Vec<Submission>,
}

/// One submission with what came of it.
#[derive(Debug, Clone)]
pub struct Submission {
    /// The lesson's id.
    pub lesson: String,
    /// The lesson's title.
    pub title: String,
    /// Which one of the learner's submissions for the lesson it is, from 1.
    pub attempt: u32,
    /// How many there are.
    pub attempts: u32,
    /// Whether it is the one that counts.
    pub is_counting: bool,
    /// When it was handed in, in words; none where nobody knows.
    pub handed_in: Option<String>,
    /// By how much it came too late.
    pub late: Option<Duration>,
    /// What was found where: `alice/main.c`.
    pub origin: String,
    /// What was graded: `main.c`; none where there was no program.
    pub program: Option<String>,
    /// What came of it.
    pub kind: Kind,
    /// What it is worth, with all deductions; none where that cannot be told.
    pub score: Option<Score>,
    /// What being late has cost.
    pub deducted: Option<Points>,
    /// Whether the score reaches the pass mark; none where there is no score or no mark.
    pub has_passed: Option<bool>,
    /// The criteria of the lesson, in order.
    pub criteria: Vec<CriterionResult>,
    /// What else is worth knowing.
    pub flags: Vec<Flag>,
    /// What the instructor says.
    pub comment: Option<String>,
    /// What the verdict rests on.
    pub evidence: Evidence,
    /// The command that plays all of it again: `workbook check w04-l03 --seed 7f3a --program …`, quoted for a shell;
    /// none where there is nothing to play.
    pub again: Option<String>,
    /// What was handed in.
    pub files: Vec<SourceFile>,
}

impl Submission {
    /// Why somebody has to look at it.
    #[must_use]
    pub fn needs_look(&self) -> Option<&str> {
        super::row::needs_look(&self.flags)
    }
}

/// How a criterion fares in a submission.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CriterionResult {
    /// Its id.
    pub id: String,
    /// The bullet of "Done when".
    pub text: String,
    /// Whether it holds.
    pub state: State,
    /// In how many scenarios it holds.
    pub held: usize,
    /// In how many it was judged; none where nothing ran.
    pub of: usize,
    /// What it is worth here; none where no score can be told.
    pub score: Option<Score>,
    /// Whether learners are not shown it.
    pub is_hidden: bool,
}

/// What a verdict rests on.
#[derive(Debug, Clone)]
pub enum Evidence {
    /// The program ran.
    Judged {
        /// What came of it, with the trace of every scenario.
        verdict: Box<Verdict>,
        /// What the first failing scenario expects, to be drawn beside what happened, where it is known.
        expectation: Option<Box<Expectation>>,
    },
    /// It ran more than once, and differently.
    Unstable(Vec<Verdict>),
    /// What the compiler printed.
    DoesNotBuild(Vec<u8>),
    /// Nothing ran; why, in one sentence.
    Nothing(String),
}

/// A file of a submission.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceFile {
    /// Its path in the submission; printable.
    pub name: String,
    /// What is in it, to be shown; none where it is not to be shown, or is no text.
    pub content: Option<Vec<u8>>,
}
