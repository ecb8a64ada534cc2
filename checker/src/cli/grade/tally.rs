//! How many submissions of a class came to what.

use std::collections::{BTreeMap, BTreeSet};

use crate::grade::handed_in::{Content, Fault};
use crate::grade::plan::{Entry, Plan};
use crate::grade::record::Key;
use crate::grade::standing::Kind;
use crate::report::Look;
use crate::report::text::{count, fit, shown, wrap};

/// So many of those who need a look are named.
const MOST_NAMED: usize = 5;

/// How many submissions came to what; of those that need a look, whose they are.
#[derive(Default)]
pub(super) struct Tally<'a> {
    of: usize,
    held: usize,
    failed: usize,
    do_not_build: usize,
    nothing: usize,
    unstable: Vec<&'a str>,
    not_judged: Vec<&'a str>,
    unclear: Vec<&'a str>,
    missing: usize,
    /// Programs that several have handed in.
    duplicates: usize,
}

impl<'a> Tally<'a> {
    /// Counts the submissions of a plan by the kinds of their results.
    pub(super) fn of(plan: &'a Plan, kinds: &BTreeMap<Key, Kind>) -> Self {
        let mut tally = Self { of: plan.entries.len(), ..Self::default() };
        let mut learners: BTreeMap<&Key, BTreeSet<&str>> = BTreeMap::new();
        for Entry { handed_in, key } in &plan.entries {
            match (&handed_in.content, key.as_ref().and_then(|key| kinds.get(key))) {
                (Content::Problem(problem), _) if problem.fault == Fault::Learner => tally.nothing += 1,
                (Content::Problem(_), _) => tally.unclear.push(&handed_in.learner),
                (Content::Program(_), kind) => {
                    tally.add(&handed_in.learner, kind.copied().unwrap_or(Kind::NotJudged));
                }
            }
            if let Some(key) = key {
                learners.entry(key).or_default().insert(&handed_in.learner);
            }
        }
        tally.duplicates = learners.values().filter(|learners| learners.len() > 1).count();
        let handed_in: BTreeSet<(&str, &str)> = plan
            .entries
            .iter()
            .map(|entry| (entry.handed_in.learner.as_str(), entry.handed_in.lesson.as_str()))
            .collect();
        tally.missing = plan.learners.len() * plan.lessons.len();
        tally.missing = tally.missing.saturating_sub(handed_in.len());
        tally
    }

    fn add(&mut self, learner: &'a str, kind: Kind) {
        match kind {
            Kind::Held => self.held += 1,
            Kind::Failed => self.failed += 1,
            Kind::DoesNotBuild => self.do_not_build += 1,
            Kind::Unstable => self.unstable.push(learner),
            Kind::NotJudged => self.not_judged.push(learner),
        }
    }

    /// How many need a look.
    pub(super) fn needs_look(&self) -> usize {
        self.unstable.len() + self.not_judged.len() + self.unclear.len()
    }

    /// A line for each number that is not 0.
    pub(super) fn told(&self, look: &Look) -> String {
        let (unstable, not_judged, unclear) = (&self.unstable, &self.not_judged, &self.unclear);
        let nobody = Vec::new();
        let lines = [
            (self.held, "all criteria hold", &nobody),
            (self.failed, "some criteria fail", &nobody),
            (self.do_not_build, "the program does not build", &nobody),
            (self.nothing, "there is no program in it", &nobody),
            (unstable.len(), "needs a look: not the same each time", unstable),
            (not_judged.len(), "needs a look: could not be judged, by no fault of the learner", not_judged),
            (unclear.len(), "needs a look: cannot be taken in as it is", unclear),
            (self.missing, "nothing was handed in", &nobody),
            (self.duplicates, "programs were handed in by more than one learner", &nobody),
        ];
        let lines = lines.iter().filter(|(amount, ..)| *amount > 0);
        let line = |(amount, what, who): &(usize, &str, &Vec<&str>)| {
            format!("  {amount:>6}  {what}\n{}", named(who, look))
        };
        format!("{}\n{}", count(self.of, "submission"), lines.map(line).collect::<String>())
    }
}

/// The first of them, beneath the line that counts them.
fn named(learners: &[&str], look: &Look) -> String {
    let first = learners.iter().take(MOST_NAMED);
    let mut names: Vec<String> =
        first.map(|name| fit(&shown(&name.replace('\n', "\\n"), look), look.columns() / 2, look)).collect();
    if let [_, ..] = learners.get(MOST_NAMED..).unwrap_or_default() {
        names.push(format!("{} more", learners.len() - MOST_NAMED));
    }
    let lines = wrap(&names.join(", "), look.columns() - 10);
    lines.iter().filter(|line| !line.is_empty()).map(|line| format!("{:10}{line}\n", "")).collect()
}
