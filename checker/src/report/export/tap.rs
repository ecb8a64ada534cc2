//! TAP 14: a test line for each scenario of all lessons, with a YAML block where something is to be told.
//!
//! A harness takes a skipped test for a success, so a fault of ours bails out at the end: every verdict that there
//! is has been told then, and the whole counts neither as passed nor as failed.

use super::Submission;
use super::case::{Case, CaseState, cases};
use super::compact;
use super::document::{Document, whole};
use super::words::{facts, one_line};

/// The report on all submissions.
#[must_use]
pub fn of_all(submissions: &[Submission]) -> String {
    whole(Tap::default(), submissions)
}

/// The same, one submission at a time.
#[derive(Debug, Default)]
pub struct Tap {
    /// So many tests were told.
    amount: usize,
    /// The first fault of ours.
    fault: Option<String>,
}

impl Document for Tap {
    fn part(&mut self, submission: &Submission) -> String {
        let cases = cases(submission);
        let before = self.amount;
        self.amount += cases.len();
        if self.fault.is_none() {
            self.fault = cases.iter().find(|case| case.state == CaseState::Fault).map(fault);
        }
        cases.iter().zip(before + 1..).map(|(case, number)| test(number, case)).collect()
    }

    fn head(&self) -> String {
        format!("TAP version 14\n1..{}\n", self.amount)
    }

    fn tail(&self) -> String {
        self.fault.as_ref().map(|fault| format!("Bail out! {fault}\n")).unwrap_or_default()
    }
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
    let said = case.said.iter().filter(|_| case.scenario.is_some()).map(|note| ("note", note.clone()));
    let lines = head
        .into_iter()
        .chain(said)
        .chain(more)
        .map(|(key, value)| format!("  {key}: {}\n", compact(&value)));
    format!("  ---\n{}  ...\n", lines.collect::<String>())
}

fn fault(case: &Case<'_>) -> String {
    one_line(&format!("{} {}: {}", case.suite, case.id, case.text))
}

/// A text in which nothing begins a directive.
fn escaped(text: &str) -> String {
    one_line(text).replace('\\', "\\\\").replace('#', "\\#")
}
