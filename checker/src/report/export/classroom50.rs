//! Classroom 50's `result.json` (`classroom50/result/v1`): a test for each criterion.

use serde::Serialize;

use super::score::{Part, told_parts, worth};
use super::words::harmless;
use super::{Submission, pretty};

/// What the platform knows of a submission and a check does not. None may be empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// The classroom's short name.
    pub classroom: String,
    /// The assignment's short name.
    pub assignment: String,
    /// `individual`, `group` or `team`.
    pub assignment_type: String,
    /// Whose repository it is.
    pub owner: String,
    /// The submission's tag, such as `submit/…`.
    pub submission: String,
    /// Address of the commit.
    pub commit: String,
    /// Address of the release.
    pub release: String,
    /// Address at which the change can be read.
    pub review: String,
    /// When the commit was made, such as `2026-09-12T09:00:00Z`.
    pub datetime: String,
}

#[derive(Serialize)]
struct Results<'a> {
    schema: &'static str,
    classroom: &'a str,
    assignment: &'a str,
    assignment_type: &'a str,
    owner: &'a str,
    submission: &'a str,
    commit: &'a str,
    release: &'a str,
    review: &'a str,
    datetime: &'a str,
    score: u64,
    #[serde(rename = "max-score")]
    max_score: u64,
    tests: Vec<Test<'a>>,
}

#[derive(Serialize)]
struct Test<'a> {
    #[serde(rename = "test-name")]
    name: String,
    passed: bool,
    score: u32,
    #[serde(rename = "max-score")]
    max_score: u32,
    #[serde(skip_serializing_if = "str::is_empty")]
    message: &'a str,
}

/// The results of one submission; scores are whole points there, rounded down. See [`require_score`](super::require_score).
#[must_use]
pub fn of(submission: &Submission, facts: &Facts) -> String {
    let parts = told_parts(submission);
    let (score, max_score) = worth(submission);
    pretty(&Results {
        schema: "classroom50/result/v1",
        classroom: &facts.classroom,
        assignment: &facts.assignment,
        assignment_type: &facts.assignment_type,
        owner: &facts.owner,
        submission: &facts.submission,
        commit: &facts.commit,
        release: &facts.release,
        review: &facts.review,
        datetime: &facts.datetime,
        score: score / 100,
        max_score: max_score / 100,
        tests: parts.iter().map(test).collect(),
    })
}

fn test<'a>(part: &'a Part<'_>) -> Test<'a> {
    Test {
        name: harmless(&part.criterion.text),
        passed: part.is_held(),
        score: part.earned,
        max_score: part.points,
        message: &part.text,
    }
}
