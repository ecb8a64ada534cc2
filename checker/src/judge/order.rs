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
pub(super) fn settle(mut findings: Vec<Finding>, end: &End) -> Settled {
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
        if !is_repeated && !is_consequence(finding.kind, end) {
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
        "connections" | "opened" | "requests" | "prints" | "half-close" | "closes" => 2,
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
