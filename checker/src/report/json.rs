//! A verdict for machines.
//!
//! ```text
//! format      version of this layout, now 1
//! lesson, title, program
//! level       how the program was contained: "loopback" or "private"
//! seed        hexadecimal, as people type it
//! result      "held", "failed" or "not-run"
//! built_ms    milliseconds of the compiler, or null
//! took_ms     milliseconds of all scenarios
//! criteria    [{ id, text, result, held, of, points, earned }]
//! scenarios   [{ id, title, source, advice, criteria, result, seed, runs, findings, mistake,
//!                not_run_because, trace }]
//!   findings  [{ kind, criterion, sentence, expected, actual, event }]; event is an index into trace.events
//!   mistake   { id, mistake, fix } or null
//!   trace     what happened, in the format of saved traces, or null
//!   not_run_because
//!             a sentence, or null; a scenario that needs the private level counts for no criterion, and
//!             the whole can be held without it
//! ```

use std::time::Duration;

use serde::Serialize;

use crate::judge::{CriterionVerdict, Diagnosis, Finding, NotRun, ScenarioVerdict, State, Verdict};
use crate::trace::{Level, Trace};

use super::heading::Heading;
use super::{result, seed};

/// Version of the layout.
const FORMAT: u32 = 1;

#[derive(Serialize)]
struct Report<'a> {
    format: u32,
    lesson: &'a str,
    title: &'a str,
    program: &'a str,
    level: Level,
    seed: String,
    result: State,
    built_ms: Option<f64>,
    took_ms: f64,
    criteria: Vec<Criterion<'a>>,
    scenarios: Vec<Scenario<'a>>,
}

#[derive(Serialize)]
struct Criterion<'a> {
    id: &'a str,
    text: &'a str,
    result: State,
    held: usize,
    of: usize,
    points: u32,
    earned: u32,
}

#[derive(Serialize)]
struct Scenario<'a> {
    id: &'a str,
    title: &'a str,
    source: Option<&'a str>,
    advice: bool,
    criteria: &'a [String],
    result: State,
    seed: Option<String>,
    runs: usize,
    findings: &'a [Finding],
    mistake: Option<Mistake<'a>>,
    not_run_because: Option<&'a NotRun>,
    trace: Option<&'a Trace>,
}

#[derive(Serialize)]
struct Mistake<'a> {
    id: &'a str,
    mistake: &'a str,
    fix: &'a str,
}

/// Everything that is known, with all traces, as indented JSON that ends with a line feed.
#[must_use]
pub fn full(verdict: &Verdict, heading: &Heading) -> String {
    pretty(&report(verdict, heading))
}

/// The same on one line.
#[must_use]
pub(super) fn line(verdict: &Verdict, heading: &Heading) -> String {
    compact(&report(verdict, heading)) + "\n"
}

fn report<'a>(verdict: &'a Verdict, heading: &'a Heading) -> Report<'a> {
    Report {
        format: FORMAT,
        lesson: &verdict.lesson,
        title: &verdict.title,
        program: &heading.program,
        level: heading.level,
        seed: seed(heading.seed),
        result: result(verdict),
        built_ms: heading.built_in.map(millis),
        took_ms: millis(heading.took),
        criteria: verdict.criteria.iter().map(criterion).collect(),
        scenarios: verdict.scenarios.iter().map(scenario).collect(),
    }
}

/// A program that was not run because it does not build.
#[derive(Serialize)]
struct BuildFailure<'a> {
    format: u32,
    lesson: &'a str,
    program: &'a str,
    result: State,
    /// What the compiler printed.
    build_failure: std::borrow::Cow<'a, str>,
}

/// The same for a program that does not build: `result` is `failed`, and there are no scenarios.
#[must_use]
pub fn build_failure(lesson: &str, program: &str, output: &[u8]) -> String {
    pretty(&unbuilt(lesson, program, output))
}

/// The same on one line.
#[must_use]
pub(super) fn build_failure_line(lesson: &str, program: &str, output: &[u8]) -> String {
    compact(&unbuilt(lesson, program, output)) + "\n"
}

fn unbuilt<'a>(lesson: &'a str, program: &'a str, output: &'a [u8]) -> BuildFailure<'a> {
    let build_failure = String::from_utf8_lossy(output);
    BuildFailure { format: FORMAT, lesson, program, result: State::Failed, build_failure }
}

/// A submission in which there is no program.
#[derive(Serialize)]
struct NoProgram<'a> {
    format: u32,
    lesson: &'a str,
    result: State,
    /// Why, in one sentence.
    no_program: &'a str,
}

/// Where there is no program: `result` is `failed`, and there are no scenarios.
#[must_use]
pub(super) fn no_program_line(lesson: &str, reason: &str) -> String {
    compact(&NoProgram { format: FORMAT, lesson, result: State::Failed, no_program: reason }) + "\n"
}

/// Indented JSON that ends with a line feed.
pub(super) fn pretty(value: &impl Serialize) -> String {
    serde_json::to_string_pretty(value).expect("plain data with text keys always becomes JSON") + "\n"
}

/// JSON on one line, without its end.
pub(super) fn compact(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("plain data with text keys always becomes JSON")
}

/// Milliseconds, exact to the microsecond.
fn millis(time: Duration) -> f64 {
    (time.as_secs_f64() * 1e6).round() / 1e3
}

fn criterion(verdict: &CriterionVerdict) -> Criterion<'_> {
    let CriterionVerdict { id, text, state, held, of, points, earned } = verdict;
    Criterion { id, text, result: *state, held: *held, of: *of, points: *points, earned: *earned }
}

fn mistake(diagnosis: &Diagnosis) -> Mistake<'_> {
    let Diagnosis { id, mistake, fix, .. } = diagnosis;
    Mistake { id, mistake, fix }
}

fn scenario(verdict: &ScenarioVerdict) -> Scenario<'_> {
    Scenario {
        id: &verdict.id,
        title: &verdict.title,
        source: verdict.source.as_deref(),
        advice: verdict.is_advice,
        criteria: &verdict.criteria,
        result: verdict.state,
        seed: verdict.trace.as_ref().map(|trace| seed(trace.seed)),
        runs: verdict.runs,
        findings: &verdict.findings,
        mistake: verdict.mistake.as_ref().map(mistake),
        not_run_because: verdict.not_run_because.as_ref(),
        trace: verdict.trace.as_ref(),
    }
}
