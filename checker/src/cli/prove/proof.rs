//! Is a program's verdict the one that it must get?

use crate::course::Mutant;
use crate::judge::{NotRun, State, Verdict};
use crate::report;
use crate::trace::Level;

/// What the verdict must be.
pub(super) enum Expected<'a> {
    Pass,
    FailBy { finding: String },
    CaughtAs { mutant: &'a Mutant },
}

impl Expected<'_> {
    /// The only level at which that is so.
    pub(super) fn level(&self) -> Option<Level> {
        match self {
            Expected::CaughtAs { mutant } => mutant.level,
            Expected::Pass | Expected::FailBy { .. } => None,
        }
    }
}

/// What became of a case.
pub(super) enum Proof {
    /// As expected; for a wrong program, the scenarios that caught it.
    Good(String),
    Bad(String),
    Skipped(String),
}

pub(super) fn with_seed(proof: Proof, seed: u64) -> Proof {
    match proof {
        Proof::Bad(text) => Proof::Bad(format!("{text} (seed {})", report::seed(seed))),
        proof => proof,
    }
}

/// Is the verdict what it must be?
pub(super) fn compare(expected: &Expected<'_>, verdict: &Verdict) -> Proof {
    let failing: Vec<&str> = verdict
        .scenarios
        .iter()
        .filter(|scenario| !scenario.is_advice && scenario.state == State::Failed)
        .map(|scenario| scenario.id.as_str())
        .collect();
    let faults = verdict.scenarios.iter().find_map(|scenario| match &scenario.not_run_because {
        Some(NotRun::Fault(reason)) => Some((&scenario.id, reason)),
        _ => None,
    });
    if let Some((id, reason)) = faults {
        return Proof::Bad(format!("{id} could not be judged: {reason}"));
    }
    let left_out = verdict.scenarios.iter().filter(|scenario| scenario.needs_private()).count();
    let Some(first) = verdict.first_failure().filter(|scenario| !scenario.is_advice) else {
        let played = verdict.scenarios.len() - left_out;
        return match (expected, left_out) {
            (Expected::Pass, 0) => Proof::Good(format!("passes {played} scenarios")),
            (Expected::Pass, _) if played > 0 => {
                Proof::Good(format!("passes {played} scenarios; {left_out} cannot run at this level"))
            }
            (_, 0) => Proof::Bad("passes, and must not".to_owned()),
            _ => Proof::Skipped(format!("passes, but {left_out} of the scenarios cannot run at this level")),
        };
    };
    let kinds: Vec<&str> = first.findings.iter().map(|finding| finding.kind.name()).collect();
    let seen = format!("{}: {}", first.id, kinds.join(", "));
    match expected {
        Expected::Pass => Proof::Bad(format!("fails {} ({seen})", failing.join(", "))),
        Expected::FailBy { finding } if first.findings.iter().any(|found| found.kind.is_named(finding)) => {
            Proof::Good(format!("fails by {finding} in {} scenarios", failing.len()))
        }
        Expected::FailBy { finding } => Proof::Bad(format!("must fail by {finding}, fails by {seen}")),
        Expected::CaughtAs { mutant } => match caught(mutant, verdict, &seen, &failing) {
            // What would have caught it may be among what was left out.
            Proof::Bad(text) if left_out > 0 => {
                Proof::Skipped(format!("{text}; {left_out} of the scenarios cannot run at this level"))
            }
            proof => proof,
        },
    }
}

/// Is the mistake diagnosed in the first scenario that fails, and the finding somewhere among the graded ones?
fn caught(mutant: &Mutant, verdict: &Verdict, seen: &str, failing: &[&str]) -> Proof {
    let diagnosed =
        verdict.first_failure().and_then(|first| first.mistake.as_ref()).map(|mistake| mistake.id.as_str());
    let (mistake, finding) = (mutant.mistake.get_ref(), mutant.finding.get_ref());
    let has_finding = verdict
        .scenarios
        .iter()
        .filter(|scenario| !scenario.is_advice)
        .flat_map(|scenario| &scenario.findings)
        .any(|found| found.kind.is_named(finding));
    match diagnosed {
        Some(diagnosed) if diagnosed == mistake && has_finding => {
            Proof::Good(format!("{mistake} ({finding}) in {}", failing.join(", ")))
        }
        Some(diagnosed) if diagnosed == mistake => {
            Proof::Bad(format!("{mistake}, but without {finding}; {seen}"))
        }
        Some(diagnosed) => Proof::Bad(format!("must be {mistake}, is called {diagnosed}; {seen}")),
        None => Proof::Bad(format!("must be {mistake}, is not explained; {seen}")),
    }
}
