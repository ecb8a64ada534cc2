//! What all formats that list tests share: a test for each scenario, and one for a program that cannot run.

use crate::judge::{NotRun, ScenarioVerdict, State};
use crate::report::terminal::NOT_JUDGED;

use super::words::{DOES_NOT_BUILD, compiler, explanation, harmless, one_line, sentence};
use super::{Outcome, Submission, place};

/// The test that stands for all others when a program does not build.
const BUILD: &str = "build";
/// The same where there is none.
const PROGRAM: &str = "program";

/// One test of a report. All texts are harmless.
#[derive(Debug)]
pub(super) struct Case<'a> {
    pub(super) lesson: &'a str,
    /// Tells the submission apart from others; on one line.
    pub(super) suite: String,
    /// Unique among the tests of the lesson.
    pub(super) id: &'a str,
    /// What the peer did.
    pub(super) title: String,
    pub(super) state: CaseState,
    /// The verdict on one line; empty where all is well.
    pub(super) message: String,
    /// All that is known, on several lines; empty where all is well.
    pub(super) text: String,
    /// The source.
    pub(super) file: Option<&'a str>,
    /// Line and column in it, where they are known.
    pub(super) place: Option<(u32, Option<u32>)>,
    /// What a class says; with the first failure alone, at the beginning of its text.
    pub(super) said: Vec<String>,
    /// The scenario; none for what comes before all of them.
    pub(super) scenario: Option<&'a ScenarioVerdict>,
}

/// How a test ended. What is no failure of the program is told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CaseState {
    Held,
    Failed,
    /// Something worth knowing, which takes no points.
    Advice,
    /// We or the machine failed.
    Fault,
    /// Not played, for a reason that is nobody's fault or was told in other tests.
    Skipped,
}

/// The tests of a submission that learners may see, in order of the lesson.
pub(super) fn cases(submission: &Submission) -> Vec<Case<'_>> {
    let mut cases = match &submission.outcome {
        Outcome::Judged(verdict, _) => {
            let is_hidden = |scenario: &&ScenarioVerdict| {
                submission.hides_all(&scenario.criteria) || submission.hides_all(&scenario.failed)
            };
            let shown = verdict.scenarios.iter().filter(|scenario| !is_hidden(scenario));
            shown.map(|scenario| case(submission, scenario)).collect()
        }
        Outcome::DoesNotBuild { output, .. } => vec![build_failure(submission, output)],
        Outcome::NoProgram { reason, .. } => vec![no_program(submission, reason)],
    };
    let is_first = |case: &&mut Case<'_>| case.state == CaseState::Failed;
    if let (Some(first), Some(class)) = (cases.iter_mut().find(is_first), &submission.class) {
        first.said = class.notes.iter().map(|note| harmless(note)).collect();
        let text = std::mem::take(&mut first.text);
        first.text = first.said.iter().cloned().chain([text]).collect::<Vec<_>>().join("\n");
    }
    cases
}

fn case<'a>(submission: &'a Submission, scenario: &'a ScenarioVerdict) -> Case<'a> {
    let state = state(scenario);
    let (message, text) = match state {
        CaseState::Held => (String::new(), String::new()),
        CaseState::Failed => (sentence(scenario), explanation(&submission.lesson, scenario)),
        CaseState::Advice => {
            let message = format!("Worth knowing, no points: {}", sentence(scenario));
            (message, explanation(&submission.lesson, scenario))
        }
        CaseState::Fault | CaseState::Skipped => unjudged(scenario),
    };
    Case {
        lesson: &submission.lesson,
        suite: one_line(&submission.suite()),
        id: &scenario.id,
        title: one_line(&scenario.title),
        state,
        message,
        text,
        file: submission.source.as_deref(),
        place: None,
        said: Vec::new(),
        scenario: Some(scenario),
    }
}

fn state(scenario: &ScenarioVerdict) -> CaseState {
    match (scenario.state, &scenario.not_run_because) {
        (State::Held, _) => CaseState::Held,
        (State::Failed, _) if scenario.is_advice => CaseState::Advice,
        (State::Failed, _) => CaseState::Failed,
        (State::NotRun, Some(NotRun::GivenUp | NotRun::NeedsPrivate)) => CaseState::Skipped,
        (State::NotRun, Some(NotRun::Fault(_)) | None) => CaseState::Fault,
    }
}

/// Message and text of what was not judged.
fn unjudged(scenario: &ScenarioVerdict) -> (String, String) {
    let reason = scenario.not_run_because.as_ref().map(ToString::to_string).unwrap_or_default();
    match state(scenario) {
        CaseState::Fault => (NOT_JUDGED.to_owned(), format!("{NOT_JUDGED}\nreason: {}", harmless(&reason))),
        _ => {
            let message = format!("Not played: {}.", one_line(&reason));
            (message.clone(), message)
        }
    }
}

fn build_failure<'a>(submission: &'a Submission, output: &[u8]) -> Case<'a> {
    let said = compiler(output);
    Case {
        id: BUILD,
        title: "The program is built.".to_owned(),
        message: DOES_NOT_BUILD.to_owned(),
        place: place::first(&said, &submission.program),
        text: format!("{DOES_NOT_BUILD} The compiler says:\n{said}"),
        ..no_program(submission, "")
    }
}

fn no_program<'a>(submission: &'a Submission, reason: &str) -> Case<'a> {
    Case {
        lesson: &submission.lesson,
        suite: one_line(&submission.suite()),
        id: PROGRAM,
        title: "There is a program.".to_owned(),
        state: CaseState::Failed,
        message: one_line(reason),
        text: one_line(reason),
        file: submission.source.as_deref(),
        place: None,
        said: Vec::new(),
        scenario: None,
    }
}
