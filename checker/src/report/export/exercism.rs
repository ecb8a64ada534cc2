//! Exercism's `results.json`, version 3: a test for each graded scenario.
//!
//! Exercism knows no skipped tests, so what was not played is left out, and so is advice. Where nothing could be
//! judged, the whole is an `error` with a message, as for a program that does not build, or is not there.

use serde::Serialize;

use crate::judge::{CriterionVerdict, ScenarioVerdict, State, Verdict};
use crate::report::result;
use crate::report::terminal::NOT_JUDGED;

use super::case::{Case, CaseState, cases};
use super::words::{one_line, shortened, stderr};
use super::{Outcome, Submission, pretty};

/// Characters of the message of the whole.
const MOST_MESSAGE: usize = 65_535 / 4; // each takes up to four bytes where it is stored
/// Characters of a program's output in one test.
const MOST_OUTPUT: usize = 500;

#[derive(Serialize)]
struct Results {
    version: u32,
    status: &'static str,
    message: Option<String>,
    tests: Vec<Test>,
}

#[derive(Serialize)]
struct Test {
    name: String,
    status: &'static str,
    message: Option<String>,
    output: String,
    test_code: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    task_id: Option<usize>,
}

/// The results of one submission.
#[must_use]
pub fn of(submission: &Submission) -> String {
    let cases = cases(submission);
    let results = match &submission.outcome {
        Outcome::DoesNotBuild { .. } | Outcome::NoProgram { .. } => {
            error(cases.first().map_or("", |case| &case.text))
        }
        Outcome::Judged(verdict, _) => match result(verdict) {
            State::NotRun => error(&unjudged(&cases)),
            State::Held => judged("pass", verdict, &cases),
            State::Failed => judged("fail", verdict, &cases),
        },
    };
    pretty(&results)
}

fn error(message: &str) -> Results {
    let message = Some(shortened(message, MOST_MESSAGE));
    Results { version: 3, status: "error", message, tests: Vec::new() }
}

fn unjudged(cases: &[Case<'_>]) -> String {
    let fault = cases.iter().find(|case| case.state == CaseState::Fault);
    fault.map_or_else(|| NOT_JUDGED.to_owned(), |case| format!("{}: {}", case.id, case.text))
}

fn judged(status: &'static str, verdict: &Verdict, cases: &[Case<'_>]) -> Results {
    let is_graded = |scenario: &ScenarioVerdict| !scenario.is_advice;
    let graded = cases.iter().filter(|case| case.scenario.is_some_and(is_graded));
    let tests = graded.filter_map(|case| test(case, &verdict.criteria)).collect();
    Results { version: 3, status, message: None, tests }
}

fn test(case: &Case<'_>, criteria: &[CriterionVerdict]) -> Option<Test> {
    let scenario = case.scenario?;
    let status = match case.state {
        CaseState::Held => "pass",
        CaseState::Failed => "fail",
        CaseState::Fault => "error",
        CaseState::Advice | CaseState::Skipped => return None,
    };
    let said = scenario.trace.as_ref().map(stderr).unwrap_or_default();
    let source = scenario.source.as_deref().map(|source| format!("\n({})", one_line(source)));
    let criterion = scenario.failed.first().or(scenario.criteria.first());
    let task = criteria.iter().position(|known| criterion == Some(&known.id));
    Some(Test {
        name: case.id.to_owned(),
        status,
        message: Some(case.text.clone()).filter(|text| !text.is_empty()),
        output: shortened(&said, MOST_OUTPUT),
        test_code: format!("{}{}", case.title, source.unwrap_or_default()),
        task_id: task.map(|index| index + 1),
    })
}
