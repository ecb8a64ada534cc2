//! Autolab: a line for people and, as the last line, the scores.
//!
//! Autolab takes the last line of the output for the score, so both lines are JSON without line ends: whatever a
//! program has printed stays within its string.

use std::collections::BTreeMap;

use serde::{Serialize, Serializer};
use serde_json::Number;

use super::score::{Part, number, told_parts, worth};
use super::words::harmless;
use super::{Outcome, Submission, compact};

#[derive(Serialize)]
struct Feedback<'a> {
    #[serde(rename = "_presentation")]
    presentation: &'static str,
    stages: [&'static str; 2],
    #[serde(rename = "Build")]
    build: Steps<'a>,
    #[serde(rename = "Check")]
    check: Steps<'a>,
}

#[derive(Serialize)]
struct Scores<'a> {
    scores: BTreeMap<&'a str, Number>,
}

/// Steps by name, in order.
struct Steps<'a>(Vec<(String, Step<'a>)>);

impl Serialize for Steps<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, step)| (name, step)))
    }
}

#[derive(Serialize)]
struct Step<'a> {
    passed: bool,
    #[serde(skip_serializing_if = "str::is_empty")]
    hint: &'a str,
}

/// The last two lines of a run; the score is that of the problem named like the lesson. See
/// [`require_score`](super::require_score).
#[must_use]
pub fn of(submission: &Submission) -> String {
    let parts = told_parts(submission);
    let scores = Scores { scores: [(submission.lesson.as_str(), number(worth(submission).0))].into() };
    format!("{}\n{}\n", compact(&feedback(submission, &parts)), compact(&scores))
}

fn feedback<'a>(submission: &Submission, parts: &'a [Part<'_>]) -> Feedback<'a> {
    let is_built = matches!(submission.outcome, Outcome::Judged(..));
    let hint = parts.first().filter(|_| !is_built).map_or("", |part| &part.text);
    let build = Steps(vec![("program".to_owned(), Step { passed: is_built, hint })]);
    let step = |part: &'a Part<'_>| Step { passed: part.is_held(), hint: &part.text };
    let check = parts.iter().filter(|_| is_built).map(|part| (harmless(&part.criterion.text), step(part)));
    Feedback { presentation: "semantic", stages: ["Build", "Check"], build, check: Steps(check.collect()) }
}
