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
    let said = last_words(evidence).unwrap_or_else(|| "nothing".to_owned());
    Breach {
        kind: FindingKind::ExitFailure,
        sentence: format!(
            "Your program ended with exit code {code} where 0 was expected; on standard error it said {said}."
        ),
        expected: EXIT_0.to_owned(),
        actual: format!("exit code {code}, and {said} on standard error"),
        event: evidence.exited,
    }
}

fn success(evidence: &Evidence) -> Breach {
    Breach {
        kind: FindingKind::ExitSuccess,
        sentence: "Your program ended with exit code 0 although the exchange failed: whoever called it takes that for success."
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
        event: evidence.end_event(),
    }
}

const EXIT_0: &str = "exit code 0";
const EXIT_OTHER: &str = "an exit code other than 0";

/// The line of standard error that says what went wrong, quoted: that of a panic in Rust, else the last one.
fn last_words(evidence: &Evidence) -> Option<String> {
    let is_telling = |line: &&[u8]| !line.trim().is_empty() && !line.starts_with(b"note: ");
    let lines = || evidence.stderr.bytes().lines();
    let mut behind_panic = lines().skip_while(|line| !is_panic(line)).skip(1);
    let line = behind_panic.find(is_telling).or_else(|| lines().rfind(is_telling))?;
    Some(quote(line.trim()))
}

/// Did an uncaught exception or a panic end the program?
pub(in crate::judge) fn has_thrown(evidence: &Evidence) -> bool {
    let is_trace = |line: &[u8]| is_panic(line) || line.starts_with(b"Traceback (most recent call last):");
    evidence.stderr.bytes().lines().any(is_trace)
}

/// The line that says where; what went wrong stands in the next one, and a backtrace may follow.
fn is_panic(line: &[u8]) -> bool {
    line.starts_with(b"thread '") && line.contains_str(" panicked at ")
}

#[cfg(test)]
mod tests {
    use crate::judge::testing::{Case, Run};
    use crate::trace::{End, Moment};

    fn run() -> Run {
        Run::exchanged()
    }

    #[test]
    fn success_is_code_0() {
        let case = Case::new("{ exit = 'success' }");
        assert_eq!(case.told(run().exits(0)), [""; 0]);
        assert_eq!(
            case.told(run().exits(1)),
            [
                "exit.failure: Your program ended with exit code 1 where 0 was expected; on standard error it said nothing."
            ]
        );
        let panic = run().complained("thread panicked: \x1b[2Joops\nnote: run with RUST_BACKTRACE\n\n");
        assert_eq!(
            case.told(panic.exits(101)),
            [
                "exit.failure: Your program ended with exit code 101 where 0 was expected; on standard error it said \"thread panicked: \\x1B[2Joops\"."
            ]
        );
        let traced = run().complained(
            "\nthread 'main' (7) panicked at main.rs:3:5:\nindex out of bounds\nstack backtrace:\n   0: rust_begin_unwind\n",
        );
        assert_eq!(
            case.compared(traced.exits(101)),
            ["exit.failure: exit code 0 | exit code 101, and \"index out of bounds\" on standard error"]
        );
        assert_eq!(
            case.compared(run().exits(-1)),
            ["exit.failure: exit code 0 | exit code -1, and nothing on standard error"]
        );
    }

    #[test]
    fn failure_is_another_code_and_no_crash() {
        let case = Case::new("{ exit = 'failure' }");
        assert_eq!(case.told(run().exits(2)), [""; 0]);
        assert_eq!(
            case.told(run().exits(0)),
            [
                "exit.success: Your program ended with exit code 0 although the exchange failed: whoever called it takes that for success."
            ]
        );
        assert_eq!(
            case.told(run().dies_of(11)),
            ["crash: Your program was killed by SIGSEGV (signal 11): it used memory that is not its own."]
        );
    }

    #[test]
    fn a_stopped_program_is_told_once_and_fails_both_criteria() {
        let case = Case::new("{ exit = 'success', criterion = 'other' }");
        let deadline = End::DeadlinePassed { still_for: Moment::from_millis(2000), doing: String::new() };
        for run in [run().hangs(1), run().ends(deadline)] {
            let verdict = case.judge(run);
            assert_eq!(verdict.findings.len(), 1);
            assert_eq!(verdict.failed, ["c", "other"]);
        }
        let verdict = case.judge(run().exits(3));
        assert_eq!((verdict.findings.len(), verdict.failed), (1, vec!["other".to_owned()]));
    }
}
