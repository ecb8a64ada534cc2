//! JUnit XML: a suite for each lesson, a case for each scenario.
//!
//! A fault of ours is an `error`, a fault of the program a `failure`; what was not played, and advice, which takes
//! no points, is `skipped`. GitLab shows the content of these elements, others their `message`.

use std::fmt;
use std::time::Duration;

use crate::report::diagram::marked_up;

use super::case::{Case, CaseState, cases};
use super::document::{Document, whole};
use super::words::stderr;
use super::{Outcome, Submission};

/// The report on all submissions.
#[must_use]
pub fn of_all(submissions: &[Submission]) -> String {
    whole(Junit::default(), submissions)
}

/// The same, one submission at a time.
#[derive(Debug, Default)]
pub struct Junit {
    counts: Counts,
}

impl Document for Junit {
    fn part(&mut self, submission: &Submission) -> String {
        let cases = cases(submission);
        let counts = Counts::of(&cases, took(submission));
        self.counts.add(counts);
        let name = marked_up(&format!("{} {}", submission.suite(), submission.title));
        let elements: String = cases.iter().map(element).collect();
        format!("  <testsuite name=\"{name}\" {counts}>\n{elements}  </testsuite>\n")
    }

    fn head(&self) -> String {
        format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"workbook\" {}>\n",
            self.counts
        )
    }

    fn tail(&self) -> String {
        "</testsuites>\n".to_owned()
    }
}

/// How many cases ended how, and how long they took.
#[derive(Debug, Default, Clone, Copy)]
struct Counts {
    tests: usize,
    failures: usize,
    errors: usize,
    skipped: usize,
    took: Duration,
}

impl Counts {
    fn of(cases: &[Case<'_>], took: Duration) -> Self {
        let amount = |states: &[CaseState]| cases.iter().filter(|case| states.contains(&case.state)).count();
        Self {
            tests: cases.len(),
            failures: amount(&[CaseState::Failed]),
            errors: amount(&[CaseState::Fault]),
            skipped: amount(&[CaseState::Skipped, CaseState::Advice]),
            took,
        }
    }

    fn add(&mut self, other: Self) {
        self.tests += other.tests;
        self.failures += other.failures;
        self.errors += other.errors;
        self.skipped += other.skipped;
        self.took += other.took;
    }
}

/// As attributes.
impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { tests, failures, errors, skipped, took } = self;
        write!(f, "tests=\"{tests}\" failures=\"{failures}\" errors=\"{errors}\" skipped=\"{skipped}\" ")?;
        write!(f, "time=\"{:.3}\"", took.as_secs_f64())
    }
}

fn took(submission: &Submission) -> Duration {
    match &submission.outcome {
        Outcome::Judged(_, heading) => heading.took,
        Outcome::DoesNotBuild { .. } | Outcome::NoProgram { .. } => Duration::ZERO,
    }
}

fn element(case: &Case<'_>) -> String {
    let trace = case.scenario.and_then(|scenario| scenario.trace.as_ref());
    let took = trace.map_or(Duration::ZERO, |trace| trace.ended_at.since_start());
    let file = case.file.map(|file| format!(" file=\"{}\"", marked_up(file))).unwrap_or_default();
    let start = format!(
        "    <testcase classname=\"{}\" name=\"{}\"{file} time=\"{:.6}\"",
        marked_up(&case.suite),
        marked_up(case.id),
        took.as_secs_f64()
    );
    let Some(kind) = kind(case.state) else { return format!("{start}/>\n") };
    let said = trace.map(stderr).filter(|said| !said.is_empty());
    let said = said.map(|said| format!("      <system-err>{}</system-err>\n", marked_up(&said)));
    format!(
        "{start}>\n      <{kind} message=\"{}\">{}</{kind}>\n{}    </testcase>\n",
        marked_up(&case.message),
        marked_up(&case.text),
        said.unwrap_or_default()
    )
}

/// The element that tells how a case ended; none where all is well.
fn kind(state: CaseState) -> Option<&'static str> {
    match state {
        CaseState::Held => None,
        CaseState::Failed => Some("failure"),
        CaseState::Fault => Some("error"),
        CaseState::Advice | CaseState::Skipped => Some("skipped"),
    }
}
