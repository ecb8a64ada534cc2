//! `exit`: with which code the program ends.

use bstr::ByteSlice;

use crate::course::FindingKind;
use crate::course::checks::ExitRule;
use crate::judge::evidence::Evidence;
use crate::judge::words::quote;
use crate::trace::{End, ExitStatus};

use super::{Breach, ending};

/// The program ends by itself, with code 0 or with another one.
pub(super) fn check(rule: ExitRule, evidence: &Evidence) -> Option<Breach> {
    let status = match &evidence.trace.end {
        End::Exited { status, .. } => Some(*status),
        _ => None,
    };
    match (rule, status) {
        (_, Some(ExitStatus::Signal(signal))) => Some(ending::crash(signal, evidence)),
        (ExitRule::Success, Some(ExitStatus::Code(0))) => None,
        (ExitRule::Success, Some(ExitStatus::Code(code))) => Some(failure(code, evidence)),
        (ExitRule::Failure, Some(ExitStatus::Code(0))) => Some(success(evidence)),
        (ExitRule::Failure, Some(ExitStatus::Code(_))) => None,
        (_, None) => Some(no_exit(rule, evidence)),
    }
}

fn failure(code: i32, evidence: &Evidence) -> Breach {
    let said =
        last_words(evidence).map_or("nothing on standard error".to_owned(), |line| format!("saying {line}"));
    Breach {
        kind: FindingKind::ExitFailure,
        sentence: format!(
            "Your program ended with exit code {code} where all went well and 0 was expected, {said}."
        ),
        expected: EXIT_0.to_owned(),
        actual: format!("exit code {code}, {said}"),
        event: evidence.exited,
    }
}

fn success(evidence: &Evidence) -> Breach {
    Breach {
        kind: FindingKind::ExitSuccess,
        sentence: "Your program ended with exit code 0 although the exchange failed; its caller cannot know."
            .to_owned(),
        expected: EXIT_OTHER.to_owned(),
        actual: EXIT_0.to_owned(),
        event: evidence.exited,
    }
}

/// The program was stopped: how is told by another finding, but the rule does not hold.
fn no_exit(rule: ExitRule, evidence: &Evidence) -> Breach {
    let (kind, expected) = match rule {
        ExitRule::Success => (FindingKind::ExitFailure, EXIT_0),
        ExitRule::Failure => (FindingKind::ExitSuccess, EXIT_OTHER),
    };
    Breach {
        kind,
        sentence: "Your program did not end by itself.".to_owned(),
        expected: expected.to_owned(),
        actual: "no exit".to_owned(),
        event: evidence.last_event(),
    }
}

const EXIT_0: &str = "exit code 0";
const EXIT_OTHER: &str = "an exit code other than 0";

/// The last line of standard error that says what went wrong, quoted.
fn last_words(evidence: &Evidence) -> Option<String> {
    let is_telling = |line: &&[u8]| !line.trim().is_empty() && !line.starts_with(b"note: ");
    evidence.stderr.bytes().lines().filter(is_telling).last().map(|line| quote(line.trim()))
}
