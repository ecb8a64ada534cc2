//! What is told of the class as a whole.

use crate::trace::Level;

use super::points::Points;
use super::row::{Kind, Person, Row};

/// All that stands above the table. It holds no time: the same results make the same page.
#[derive(Debug, Clone)]
pub struct Overview {
    /// What the class is called.
    pub title: String,
    /// How many learners there are.
    pub learners: usize,
    /// How many submissions they have handed in.
    pub submissions: usize,
    /// How many different programs were graded.
    pub programs: usize,
    /// What bodies were made from.
    pub seed: u64,
    /// How programs were contained.
    pub level: Level,
    /// The checker's version.
    pub checker: String,
    /// The lessons, in order.
    pub lessons: Vec<LessonOverview>,
    /// The lines that somebody has to look at; where there are very many, the first of them
    /// ([`Counts`] says how many there are).
    pub needs_look: Vec<Row>,
}

/// What is told of a lesson.
#[derive(Debug, Clone)]
pub struct LessonOverview {
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// How many learners have reached what.
    pub counts: Counts,
    /// How many reach the pass mark; none where there is no mark.
    pub passed: Option<usize>,
    /// Its criteria, in order.
    pub criteria: Vec<CriterionOverview>,
    /// How the scores are spread.
    pub scores: Histogram,
    /// Failures that are alike, the largest cluster first.
    pub clusters: Vec<Cluster>,
}

impl Overview {
    /// How many lines somebody has to look at.
    #[must_use]
    pub fn undecided(&self) -> usize {
        let counted =
            |lesson: &LessonOverview| lesson.counts.of(Kind::Unstable) + lesson.counts.of(Kind::NotJudged);
        self.lessons.iter().map(counted).sum::<usize>().max(self.needs_look.len())
    }
}

impl LessonOverview {
    /// The criterion that most learners miss, where any does.
    #[must_use]
    pub fn hardest(&self) -> Option<&CriterionOverview> {
        // Of equals the first: it is the more basic one.
        self.criteria
            .iter()
            .rev()
            .max_by_key(|criterion| criterion.failed)
            .filter(|hardest| hardest.failed > 0)
    }
}

/// How many learners have reached what: one number for each [`Kind`], in order of [`Kind::ALL`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts([usize; Kind::ALL.len()]);

impl Counts {
    /// Counts one more.
    pub fn add(&mut self, kind: Kind) {
        self.0[Self::place(kind)] += 1;
    }

    /// How many of this kind there are.
    #[must_use]
    pub fn of(&self, kind: Kind) -> usize {
        self.0[Self::place(kind)]
    }

    /// How many there are.
    #[must_use]
    pub fn total(&self) -> usize {
        self.0.iter().sum()
    }

    fn place(kind: Kind) -> usize {
        Kind::ALL.iter().position(|known| *known == kind).unwrap_or(0)
    }
}

/// How a criterion fares in the class.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CriterionOverview {
    /// Its id.
    pub id: String,
    /// The bullet of "Done when".
    pub text: String,
    /// What it is worth.
    pub points: Points,
    /// Whether learners are not shown it.
    pub is_hidden: bool,
    /// For how many learners it holds.
    pub held: usize,
    /// For how many it does not. Programs that do not build count here: nothing holds of them.
    pub failed: usize,
    /// For how many nobody can say.
    pub not_judged: usize,
}

/// How scores are spread over tenths of what can be earned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Histogram {
    /// How many earn less than 10 %, less than 20 %, …, less than 100 %, and all.
    pub tenths: [usize; 11],
    /// How many have no score yet.
    pub without: usize,
}

impl Histogram {
    /// Counts one more score, or its absence.
    pub fn add(&mut self, score: Option<&super::Score>) {
        match score {
            Some(score) => self.tenths[(score.percent() / 10) as usize] += 1,
            None => self.without += 1,
        }
    }
}

/// Failures that are alike.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cluster {
    /// A short id that is the same in the next run.
    pub id: String,
    /// What they have in common, in one sentence.
    pub title: String,
    /// How many there are.
    pub size: usize,
    /// What their instructor says to all of them.
    pub comment: Option<String>,
    /// Who; where there are very many, the first of them.
    pub learners: Vec<Person>,
}

#[cfg(test)]
mod tests {
    use super::super::Score;
    use super::*;

    #[test]
    fn what_is_counted_is_found_again() {
        let mut counts = Counts::default();
        Kind::ALL.iter().enumerate().for_each(|(index, kind)| (0..=index).for_each(|_| counts.add(*kind)));
        assert_eq!(Kind::ALL.map(|kind| counts.of(kind)), [1, 2, 3, 4, 5, 6]);
        assert_eq!(counts.total(), 21);
    }

    #[test]
    fn only_a_full_score_is_in_the_last_place() {
        let mut histogram = Histogram::default();
        for earned in [0, 99, 100, 999, 1000] {
            histogram.add(Some(&Score { earned: Points(earned), of: Points(1000) }));
        }
        histogram.add(None);
        assert_eq!(histogram.tenths, [2, 1, 0, 0, 0, 0, 0, 0, 0, 1, 1]);
        assert_eq!(histogram.without, 1);
    }
}
