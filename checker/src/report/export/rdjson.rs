//! Diagnostics for editors and reviewdog: one for each scenario that did not hold.

use std::borrow::Cow;

use serde::Serialize;

use super::case::{Case, CaseState, cases};
use super::words::one_line;
use super::{Submission, pretty};

#[derive(Serialize)]
struct Diagnostics<'a> {
    source: Source,
    severity: &'static str,
    diagnostics: Vec<Diagnostic<'a>>,
}

#[derive(Serialize)]
struct Source {
    name: &'static str,
}

#[derive(Serialize)]
struct Diagnostic<'a> {
    message: String,
    location: Location<'a>,
    severity: &'static str,
    code: Code,
}

#[derive(Serialize)]
struct Location<'a> {
    path: Cow<'a, str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    range: Option<Range>,
}

#[derive(Serialize)]
struct Range {
    start: Start,
}

#[derive(Serialize)]
struct Start {
    line: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    column: Option<u32>,
}

#[derive(Serialize)]
struct Code {
    value: String,
}

/// What is to be told of all submissions; an empty list where all is well.
#[must_use]
pub fn of_all(submissions: &[Submission]) -> String {
    let of_one = |submission| cases(submission).into_iter().filter_map(|case| diagnostic(submission, &case));
    let diagnostics = submissions.iter().flat_map(of_one).collect();
    pretty(&Diagnostics { source: Source { name: "workbook" }, severity: "ERROR", diagnostics })
}

fn diagnostic<'a>(submission: &'a Submission, case: &Case<'_>) -> Option<Diagnostic<'a>> {
    let severity = match case.state {
        CaseState::Failed => "ERROR",
        CaseState::Fault => "WARNING",
        CaseState::Advice => "INFO",
        CaseState::Held | CaseState::Skipped => return None,
    };
    let range = case.place.map(|(line, column)| Range { start: Start { line, column } });
    let path = submission.source.as_deref().map_or_else(|| one_line(&submission.program).into(), Cow::from);
    Some(Diagnostic {
        message: case.text.clone(),
        location: Location { path, range },
        severity,
        code: Code { value: format!("{}.{}", case.lesson, case.id) },
    })
}
