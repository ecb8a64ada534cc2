//! Gradescope's `results.json`: a test for each criterion.
//!
//! All output is of format `text`, so nothing in it can become markup. A program's own output is hidden by
//! `stdout_visibility`: only the file is read for points.

use serde::Serialize;
use serde_json::Number;

use super::score::{Part, advice, number, parts, worth};
use super::words::harmless;
use super::{Outcome, Submission, pretty};
use crate::judge::{CriterionVerdict, State};

/// What is told of a submission beside what happened: its points by the rules of a class, and who may see it.
/// Amounts are in hundredths of a point.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sheet {
    /// What all is worth in the end.
    pub total: u64,
    /// One for each criterion that counts, in order.
    pub marks: Vec<Mark>,
    /// Sentences about all of it.
    pub notes: Vec<String>,
    /// When learners may see it.
    pub visibility: Visibility,
}

/// What a criterion has earned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// Its id.
    pub id: String,
    /// What it is worth.
    pub points: u64,
    /// What was earned.
    pub earned: u64,
    /// Whether learners never see it.
    pub is_hidden: bool,
}

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
    score: Number,
    max_score: Number,
    status: &'static str,
    name: String,
    number: String,
    #[serde(skip_serializing_if = "str::is_empty")]
    output: &'a str,
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
    let hundredths = |points: u32| u64::from(points) * 100;
    let parts = parts(submission);
    let mark = |part: &Part<'_>| Mark {
        id: part.criterion.id.clone(),
        points: hundredths(part.points),
        earned: hundredths(part.earned),
        is_hidden: submission.hides(&part.criterion.id),
    };
    let notes = submission.class.iter().flat_map(|class| class.notes.clone()).collect();
    let (total, marks) = (worth(submission).0, parts.iter().map(mark).collect());
    with_sheet(submission, &Sheet { total, marks, notes, ..Sheet::default() })
}

/// The same with the points of a class.
#[must_use]
pub fn with_sheet(submission: &Submission, sheet: &Sheet) -> String {
    let parts = parts(submission);
    let tests = parts.iter().filter_map(|part| {
        let mark = sheet.marks.iter().find(|mark| mark.id == part.criterion.id)?;
        Some((part.criterion, &*part.text, mark))
    });
    results(sheet, tests, seconds(submission), advice(submission))
}

/// The results where nothing was handed in that could be run, with a sentence that says so.
#[must_use]
pub fn without_program(criteria: &[CriterionVerdict], sheet: &Sheet, why: &str) -> String {
    let why = harmless(why);
    let tests = criteria.iter().filter_map(|criterion| {
        let mark = sheet.marks.iter().find(|mark| mark.id == criterion.id)?;
        Some((criterion, "", mark))
    });
    results(sheet, tests, None, why)
}

fn results<'a>(
    sheet: &Sheet,
    tests: impl Iterator<Item = (&'a CriterionVerdict, &'a str, &'a Mark)>,
    execution_time: Option<f64>,
    output: String,
) -> String {
    let notes = sheet.notes.iter().map(|note| harmless(note));
    let output: Vec<String> = notes.chain([output]).filter(|text| !text.is_empty()).collect();
    let test = |(index, (criterion, output, mark)): (usize, (&CriterionVerdict, &'a str, &Mark))| Test {
        score: number(mark.earned),
        max_score: number(mark.points),
        status: if criterion.state == State::Held { "passed" } else { "failed" },
        name: harmless(&criterion.text),
        number: (index + 1).to_string(),
        output,
        visibility: mark.is_hidden.then_some(Visibility::Hidden),
    };
    pretty(&Results {
        score: number(sheet.total),
        execution_time,
        output: output.join("\n"),
        output_format: "text",
        test_output_format: "text",
        test_name_format: "text",
        visibility: sheet.visibility,
        stdout_visibility: "hidden",
        tests: tests.enumerate().map(test).collect(),
    })
}

/// What there is to say of a submission that has no score, by no fault of the learner.
#[must_use]
pub fn without_score(why: &str) -> String {
    pretty(&NoResults { output: harmless(why), output_format: "text", stdout_visibility: "hidden" })
}

/// Seconds, exact to the millisecond.
fn seconds(submission: &Submission) -> Option<f64> {
    match &submission.outcome {
        Outcome::Judged(_, heading) => Some((heading.took.as_secs_f64() * 1e3).round() / 1e3),
        Outcome::DoesNotBuild { .. } => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_have_no_more_digits_than_they_need() {
        let printed = [600, 650, 625, 5, 0].map(|hundredths| number(hundredths).to_string());
        assert_eq!(printed, ["6", "6.5", "6.25", "0.05", "0"]);
    }

    #[test]
    fn without_a_score_there_are_words_that_command_nothing() {
        let results = without_score("the disk is full\u{1b}[2J");
        let results: serde_json::Value = serde_json::from_str(&results).expect("JSON");
        assert!(results.get("score").is_none() && results.get("tests").is_none(), "{results}");
        let output = results["output"].as_str().expect("a text");
        assert!(output.starts_with("the disk is full") && !output.contains('\u{1b}'), "{output}");
    }
}
