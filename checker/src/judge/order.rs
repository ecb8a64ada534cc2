//! Causes before consequences: which findings are told, and in which order.

use crate::course::FindingKind as Kind;
use crate::trace::{End, ExitStatus, Flood};

use super::Finding;

/// What is told, and what it costs.
pub(super) struct Settled {
    /// In the order in which they are told.
    pub(super) findings: Vec<Finding>,
    /// Criteria of all findings, told or not.
    pub(super) failed: Vec<String>,
}

/// Sorts the findings, and drops those that only repeat or follow from another one.
///
/// A program that was stopped could not do any more what it had not done: that is not told a second time,
/// but its criterion fails all the same.
///
/// So it is with a program that an uncaught exception or a panic has ended (`has_thrown`): it leaves with an
/// exit code like any other, but what it has not done tells nothing about why.
pub(super) fn settle(mut findings: Vec<Finding>, end: &End, has_thrown: bool) -> Settled {
    let has_thrown = has_thrown && findings.iter().any(|finding| finding.kind == Kind::ExitFailure);
    let mut failed = Vec::new();
    for finding in &findings {
        if !failed.contains(&finding.criterion) {
            failed.push(finding.criterion.clone());
        }
    }
    findings.sort_by_key(|finding| (stage(finding.kind), finding.event.unwrap_or(usize::MAX), finding.kind));
    let mut told: Vec<Finding> = Vec::new();
    for finding in findings {
        let is_repeated = told.iter().any(|other| is_same(other, &finding));
        let is_of_throw = has_thrown && finding.kind != Kind::ExitFailure && is_omission(finding.kind);
        if !is_repeated && !is_of_throw && !is_consequence(finding.kind, end) {
            told.push(finding);
        }
    }
    Settled { findings: told, failed }
}

fn is_same(one: &Finding, other: &Finding) -> bool {
    (one.kind, one.event, &one.sentence) == (other.kind, other.event, &other.sentence)
}

/// The order of telling: no start; the shape of what was sent; what was done on the wire and printed;
/// how it stopped; the exit code. Within a stage the earlier event comes first.
fn stage(kind: Kind) -> u8 {
    match kind.family() {
        "build" | "not-started" => 0,
        "request" | "sends" => 1,
        "connections" | "opened" | "requests" | "prints" | "half-close" | "closes" | "keepalive" => 2,
        "hang" | "deadline" | "crash" | "flood" => 3,
        _ => 4,
    }
}

/// Does this only say that the program, once it was stopped, did no more?
fn is_consequence(kind: Kind, end: &End) -> bool {
    match end {
        End::Exited { status: ExitStatus::Code(_), .. } | End::Fault { .. } => false,
        End::NotStarted { .. } => kind != Kind::NotStarted,
        End::Flooded { what: Flood::Stdout, .. } => kind.family() == "prints" || is_omission(kind),
        End::Exited { .. } | End::Hung(_) | End::DeadlinePassed { .. } | End::Flooded { .. } => {
            is_omission(kind)
        }
    }
}

/// Kinds that say what was not done, rather than what was done wrong.
fn is_omission(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::PrintsNothing
            | Kind::PrintsShort
            | Kind::ExitFailure
            | Kind::ExitSuccess
            | Kind::ConnectionsNone
            | Kind::ConnectionsFewer
            | Kind::OpenedFewer
            | Kind::RequestsMissing
            | Kind::SendsNothing
            | Kind::SendsShort
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::course::FindingKind as Kind;
    use crate::trace::Hang;

    fn finding(kind: Kind, event: usize, criterion: &str) -> Finding {
        let sentence = format!("Your program did {kind}.");
        Finding {
            kind,
            criterion: criterion.to_owned(),
            sentence,
            expected: String::new(),
            actual: String::new(),
            event: Some(event),
        }
    }

    fn kinds(settled: &Settled) -> Vec<Kind> {
        settled.findings.iter().map(|finding| finding.kind).collect()
    }

    #[test]
    fn what_an_exception_left_undone_is_not_told() {
        let found = || {
            let missing = finding(Kind::RequestsMissing, 5, "one");
            vec![missing, finding(Kind::PrintsExtra, 4, "two"), finding(Kind::ExitFailure, 9, "three")]
        };
        let settled = settle(found(), &exit(1), false);
        assert_eq!(kinds(&settled), [Kind::PrintsExtra, Kind::RequestsMissing, Kind::ExitFailure]);
        let settled = settle(found(), &exit(1), true);
        assert_eq!(kinds(&settled), [Kind::PrintsExtra, Kind::ExitFailure]);
        assert_eq!(settled.failed, ["one", "two", "three"]);
    }

    fn exit(code: i32) -> End {
        End::Exited { status: ExitStatus::Code(code), left_behind: Vec::new() }
    }

    fn hang() -> End {
        End::Hung(Hang { call: "recv".to_owned(), connection: None, threads: 1 })
    }

    #[test]
    fn requests_before_output_before_exit() {
        let found = vec![
            finding(Kind::ExitFailure, 2, "c"),
            finding(Kind::PrintsShort, 5, "c"),
            finding(Kind::RequestsReconnected, 4, "c"),
            finding(Kind::RequestsMissing, 5, "c"),
            finding(Kind::RequestLine, 9, "c"),
        ];
        let settled = settle(found, &exit(1), false);
        let order = [
            Kind::RequestLine,
            Kind::RequestsReconnected,
            Kind::RequestsMissing,
            Kind::PrintsShort,
            Kind::ExitFailure,
        ];
        assert_eq!(kinds(&settled), order);
    }

    #[test]
    fn what_follows_from_a_hang_is_not_told_but_fails() {
        let found =
            || vec![finding(Kind::PrintsNothing, 5, "output"), finding(Kind::HangBeforeOutput, 5, "end")];
        assert_eq!(kinds(&settle(found(), &exit(0), false)), [Kind::PrintsNothing, Kind::HangBeforeOutput]);
        let settled = settle(found(), &hang(), false);
        assert_eq!(kinds(&settled), [Kind::HangBeforeOutput]);
        assert_eq!(settled.failed, ["output", "end"]);
    }

    #[test]
    fn what_was_done_wrong_is_told_before_a_hang() {
        let found = vec![finding(Kind::HangAfterOutput, 3, "end"), finding(Kind::PrintsExtra, 3, "output")];
        assert_eq!(kinds(&settle(found, &hang(), false)), [Kind::PrintsExtra, Kind::HangAfterOutput]);
    }

    #[test]
    fn the_same_is_told_once_but_fails_every_criterion() {
        let found = vec![finding(Kind::Crash, 3, "end"), finding(Kind::Crash, 3, "exit")];
        let settled = settle(found, &exit(0), false);
        assert_eq!((kinds(&settled), settled.failed.len()), (vec![Kind::Crash], 2));
    }

    #[test]
    fn a_program_that_never_started_did_nothing_wrong() {
        let found = vec![finding(Kind::PrintsDifferent, 0, "c"), finding(Kind::NotStarted, 0, "c")];
        assert_eq!(
            kinds(&settle(found, &End::NotStarted { reason: String::new() }, false)),
            [Kind::NotStarted]
        );
    }
}
