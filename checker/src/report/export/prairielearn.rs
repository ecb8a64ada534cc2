//! PrairieLearn's `results.json`: a test for each criterion, with points.
//!
//! What does not build is not gradable there, like other input that is not well formed: it costs no attempt.

use serde::Serialize;

use super::score::{Part, notes, shown_parts, told_parts, worth};
use super::words::harmless;
use super::{Outcome, Submission, pretty};

#[derive(Serialize)]
struct Results<'a> {
    gradable: bool,
    score: f64,
    #[serde(skip_serializing_if = "String::is_empty")]
    output: String,
    tests: Vec<Test<'a>>,
}

#[derive(Serialize)]
struct Test<'a> {
    name: String,
    points: u32,
    max_points: u32,
    message: &'a str,
}

#[derive(Serialize)]
struct NotGradable<'a> {
    gradable: bool,
    message: &'a str,
    format_errors: Vec<&'a str>,
}

/// The results of one submission; see [`require_score`](super::require_score).
#[must_use]
pub fn of(submission: &Submission) -> String {
    if matches!(submission.outcome, Outcome::DoesNotBuild { .. })
        && let Some(part) = told_parts(submission).first()
    {
        return not_gradable(&part.text);
    }
    let parts = shown_parts(submission);
    let (earned, points) = worth(submission);
    let score = if points == 0 { 0.0 } else { earned as f64 / points as f64 };
    let tests = parts.iter().map(test).collect();
    pretty(&Results { gradable: true, score, output: notes(submission), tests })
}

fn test<'a>(part: &'a Part<'_>) -> Test<'a> {
    Test {
        name: harmless(&part.criterion.text),
        points: part.earned,
        max_points: part.points,
        message: &part.text,
    }
}

fn not_gradable(text: &str) -> String {
    pretty(&NotGradable { gradable: false, message: text, format_errors: vec![text] })
}
