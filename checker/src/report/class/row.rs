//! One line of the class's table: a learner in a lesson.

use std::time::Duration;

use super::points::Score;

/// A learner, as the table names one. All texts may hold anything; nothing of them becomes markup.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// The name by which the course's system knows the learner.
    pub login: String,
    /// The name of the person, where it is known.
    pub name: Option<String>,
    /// The address of the learner's page; none where there is no page. It is relative to the overview and to other
    /// learners' pages, which lie in the same folder.
    pub page: Option<String>,
}

/// What a learner has reached in a lesson.
#[derive(Debug, Clone)]
pub struct Row {
    /// Who.
    pub person: Person,
    /// The lesson's id.
    pub lesson: String,
    /// What was graded: `main.c`; none where there was no program.
    pub program: Option<String>,
    /// What came of it.
    pub kind: Kind,
    /// What it is worth; none where that cannot be told, and never where somebody has to look at it.
    pub score: Option<Score>,
    /// Whether the score reaches the pass mark; none where there is no score or no mark.
    pub has_passed: Option<bool>,
    /// By how much it came too late; none where it was in time or where nobody knows.
    pub late: Option<Duration>,
    /// How often the learner has handed in.
    pub attempts: u32,
    /// Ids of the criteria that do not hold.
    pub failed: Vec<String>,
    /// Ids of the criteria that nobody can say of whether they hold.
    pub not_judged: Vec<String>,
    /// The id of the cluster that it belongs to.
    pub cluster: Option<String>,
    /// What else is worth knowing.
    pub flags: Vec<Flag>,
}

/// What came of a submission.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// All criteria hold.
    Held,
    /// Some do not.
    Failed,
    /// The compiler refuses it.
    DoesNotBuild,
    /// There was nothing that could be graded, which is the learner's own doing.
    NothingHandedIn,
    /// What came of it was not the same each time.
    Unstable,
    /// It could not be judged, or nobody can say what is to be graded.
    NotJudged,
}

/// What else is worth knowing of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Flag {
    /// Somebody has to look at it; why, in one sentence.
    NeedsLook(String),
    /// The same files were handed in by others.
    DuplicateOf {
        /// How many they are.
        others: usize,
        /// Who; where there are very many, the first of them.
        first: Vec<Person>,
    },
    /// Criteria that learners are not shown do not hold.
    HiddenFailed,
}

impl Row {
    /// What came of it, in a few words.
    #[must_use]
    pub fn words(&self) -> &'static str {
        self.kind.words_after(self.attempts)
    }

    /// Why somebody has to look at it.
    #[must_use]
    pub fn needs_look(&self) -> Option<&str> {
        needs_look(&self.flags)
    }
}

/// Why somebody has to look at it, where that is one of them.
pub(super) fn needs_look(flags: &[Flag]) -> Option<&str> {
    flags.iter().find_map(|flag| match flag {
        Flag::NeedsLook(why) => Some(why.as_str()),
        _ => None,
    })
}

impl Kind {
    /// All of them, as they are told of.
    pub const ALL: [Self; 6] = [
        Self::Held,
        Self::Failed,
        Self::DoesNotBuild,
        Self::NothingHandedIn,
        Self::Unstable,
        Self::NotJudged,
    ];

    /// A few words for people.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Held => "all hold",
            Self::Failed => "some fail",
            Self::DoesNotBuild => "does not build",
            Self::NothingHandedIn => "no program",
            Self::Unstable => "unstable",
            Self::NotJudged => "not judged",
        }
    }

    /// The same for somebody who has handed in so often.
    #[must_use]
    pub(super) fn words_after(self, attempts: u32) -> &'static str {
        if self == Self::NothingHandedIn && attempts == 0 { "nothing handed in" } else { self.words() }
    }

    /// Does somebody have to look at it before anything counts?
    #[must_use]
    pub fn is_undecided(self) -> bool {
        matches!(self, Self::Unstable | Self::NotJudged)
    }
}
