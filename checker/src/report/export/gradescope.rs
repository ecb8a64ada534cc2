//! Gradescope's `results.json`: a test for each criterion.
//!
//! All output is of format `text`, so nothing in it can become markup. A program's own output is hidden by
//! `stdout_visibility`: only the file is read for points.

use serde::Serialize;
use serde_json::Number;

use super::score::{Part, notes, number, parts, worth};
use super::words::harmless;
use super::{Outcome, Submission, pretty};

#[derive(Serialize)]
struct Results<'a> {
    score: Number,
    #[serde(skip_serializing_if = "Option::is_none")]
    execution_time: Option<f64>,
    #[serde(skip_serializing_if = "String::is_empty")]
    output: String,
    output_format: &'static str,
    test_output_format: &'static str,
    test_name_format: &'static str,
    visibility: &'static str,
    stdout_visibility: &'static str,
    tests: Vec<Test<'a>>,
}

#[derive(Serialize)]
struct Test<'a> {
    score: u32,
    max_score: u32,
    status: &'static str,
    name: String,
    number: String,
    #[serde(skip_serializing_if = "str::is_empty")]
    output: &'a str,
    /// One that is hidden hides the total from learners as well.
    #[serde(skip_serializing_if = "Option::is_none")]
    visibility: Option<&'static str>,
}

/// The results of one submission; see [`require_score`](super::require_score).
#[must_use]
pub fn of(submission: &Submission) -> String {
    let parts = parts(submission);
    let test = |(index, part): (usize, _)| test(index + 1, part, submission);
    pretty(&Results {
        score: number(worth(submission).0),
        execution_time: seconds(submission),
        output: notes(submission),
        output_format: "text",
        test_output_format: "text",
        test_name_format: "text",
        visibility: "visible",
        stdout_visibility: "hidden",
        tests: parts.iter().enumerate().map(test).collect(),
    })
}

fn test<'a>(number: usize, part: &'a Part<'_>, submission: &Submission) -> Test<'a> {
    Test {
        score: part.earned,
        max_score: part.points,
        status: if part.is_held() { "passed" } else { "failed" },
        name: harmless(&part.criterion.text),
        number: number.to_string(),
        output: &part.text,
        visibility: submission.hides(&part.criterion.id).then_some("hidden"),
    }
}

/// Seconds, exact to the millisecond.
fn seconds(submission: &Submission) -> Option<f64> {
    match &submission.outcome {
        Outcome::Judged(_, heading) => Some((heading.took.as_secs_f64() * 1e3).round() / 1e3),
        Outcome::DoesNotBuild { .. } => None,
    }
}
