//! TAP 14: a test line for each scenario of all lessons, with a YAML block where something is to be told.
//!
//! A harness takes a skipped test for a success, so a fault of ours bails out at the end: every verdict that there
//! is has been told then, and the whole counts neither as passed nor as failed.

use super::Submission;
use super::case::{Case, CaseState, all_cases};
use super::compact;
use super::words::{facts, one_line};

/// The report on all submissions.
#[must_use]
pub fn of_all(submissions: &[Submission]) -> String {
    let cases = all_cases(submissions);
    let tests: String = cases.iter().enumerate().map(|(index, case)| test(index + 1, case)).collect();
    format!("TAP version 14\n1..{}\n{tests}{}", cases.len(), bail_out(&cases))
}

fn test(number: usize, case: &Case<'_>) -> String {
    let name = escaped(&format!("{} {}", case.suite, case.id));
    match case.state {
        CaseState::Held => format!("ok {number} - {name}\n"),
        CaseState::Failed => format!("not ok {number} - {name}\n{}", block(case)),
        CaseState::Advice | CaseState::Fault | CaseState::Skipped => {
            format!("ok {number} - {name} # SKIP {}\n{}", escaped(&case.message), block(case))
        }
    }
}

/// A scalar between double quotes means the same in YAML as in JSON, as long as it is one line without controls.
fn block(case: &Case<'_>) -> String {
    let known = case.scenario.map(|scenario| facts(case.lesson, scenario)).unwrap_or_default();
    let text = ("text", case.text.clone());
    let more = if case.scenario.is_none() || case.state == CaseState::Fault { vec![text] } else { known };
    let head = [("title", case.title.clone()), ("message", case.message.clone())];
    let lines = head.into_iter().chain(more).map(|(key, value)| format!("  {key}: {}\n", compact(&value)));
    format!("  ---\n{}  ...\n", lines.collect::<String>())
}

fn bail_out(cases: &[Case<'_>]) -> String {
    let mut faults = cases.iter().filter(|case| case.state == CaseState::Fault);
    let Some(first) = faults.next() else { return String::new() };
    let name = format!("{} {}", first.suite, first.id);
    format!("Bail out! {}\n", one_line(&format!("{name}: {}", first.text)))
}

/// A text in which nothing begins a directive.
fn escaped(text: &str) -> String {
    one_line(text).replace('\\', "\\\\").replace('#', "\\#")
}
