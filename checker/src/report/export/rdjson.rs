//! Diagnostics for editors and reviewdog: one for each scenario that did not hold.

use std::borrow::Cow;

use serde::Serialize;

use super::case::{Case, CaseState, cases};
use super::document::{Document, whole};
use super::words::one_line;
use super::{Submission, pretty};

/// The document without its diagnostics.
const HEAD: &str = r#"{
  "source": {
    "name": "workbook"
  },
  "severity": "ERROR",
  "diagnostics": ["#;

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
    whole(Rdjson::default(), submissions)
}

/// The same, one submission at a time.
#[derive(Debug, Default)]
pub struct Rdjson {
    /// Was anything told?
    has_diagnostics: bool,
}

impl Document for Rdjson {
    fn part(&mut self, submission: &Submission) -> String {
        let mut part = String::new();
        for diagnostic in cases(submission).iter().filter_map(|case| diagnostic(submission, case)) {
            part.push_str(if self.has_diagnostics { ",\n" } else { "\n" });
            part.push_str(&indented(&pretty(&diagnostic)));
            self.has_diagnostics = true;
        }
        part
    }

    fn head(&self) -> String {
        HEAD.to_owned()
    }

    fn tail(&self) -> String {
        if self.has_diagnostics { "\n  ]\n}\n".to_owned() } else { "]\n}\n".to_owned() }
    }
}

/// As it stands in the list: no text in JSON has an end of a line in it.
fn indented(text: &str) -> String {
    text.lines().map(|line| format!("    {line}")).collect::<Vec<_>>().join("\n")
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
