//! Gradescope's `results.json`: a test for each criterion.
//!
//! All output is of format `text`, so nothing in it can become markup. A program's own output is hidden by
//! `stdout_visibility`: only the file is read for points.

use serde::Serialize;
use serde_json::Number;

use super::score::{Part, notes, number, parts, worth};
use super::words::harmless;
use super::{Outcome, Submission, pretty};

/// When learners may see results.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Visibility {
    /// At once.
    #[default]
    Visible,
    /// Never.
    Hidden,
    /// When nobody can hand in any more.
    AfterDueDate,
    /// When grades are published.
    AfterPublished,
}

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
    visibility: Visibility,
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
    visibility: Option<Visibility>,
}

/// Without a score, Gradescope says that the autograder failed.
#[derive(Serialize)]
struct NoResults {
    output: String,
    output_format: &'static str,
    stdout_visibility: &'static str,
}

/// The results of one submission; see [`require_score`](super::require_score).
#[must_use]
pub fn of(submission: &Submission) -> String {
    visible(submission, Visibility::Visible)
}

/// The same, to be seen when learners may.
#[must_use]
pub fn visible(submission: &Submission, visibility: Visibility) -> String {
    let parts = parts(submission);
    let test = |(index, part)| test(index + 1, part, submission);
    pretty(&Results {
        score: number(worth(submission).0),
        execution_time: seconds(submission),
        output: notes(submission),
        output_format: "text",
        test_output_format: "text",
        test_name_format: "text",
        visibility,
        stdout_visibility: "hidden",
        tests: parts.iter().enumerate().map(test).collect(),
    })
}

/// What there is to say of a submission that has no score, by no fault of the learner.
#[must_use]
pub fn without_score(why: &str) -> String {
    pretty(&NoResults { output: harmless(why), output_format: "text", stdout_visibility: "hidden" })
}

fn test<'a>(number: usize, part: &'a Part<'_>, submission: &Submission) -> Test<'a> {
    Test {
        score: part.earned,
        max_score: part.points,
        status: if part.is_held() { "passed" } else { "failed" },
        name: harmless(&part.criterion.text),
        number: number.to_string(),
        output: &part.text,
        visibility: submission.hides(&part.criterion.id).then_some(Visibility::Hidden),
    }
}

/// Seconds, exact to the millisecond.
fn seconds(submission: &Submission) -> Option<f64> {
    match &submission.outcome {
        Outcome::Judged(_, heading) => Some((heading.took.as_secs_f64() * 1e3).round() / 1e3),
        Outcome::DoesNotBuild { .. } | Outcome::NoProgram { .. } => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_score_there_are_words_that_command_nothing() {
        let results = without_score("the disk is full\u{1b}[2J");
        let results: serde_json::Value = serde_json::from_str(&results).expect("JSON");
        assert!(results.get("score").is_none() && results.get("tests").is_none(), "{results}");
        let output = results["output"].as_str().expect("a text");
        assert!(output.starts_with("the disk is full") && !output.contains('\u{1b}'), "{output}");
    }
}
