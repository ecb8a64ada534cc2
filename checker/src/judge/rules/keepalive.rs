//! `keepalive`: TCP keepalive is armed on every used connection.

use crate::course::FindingKind;
use crate::course::checks::{KeepaliveRule, Requirement, Rule};
use crate::judge::evidence::{ConnectionRecord, Evidence};
use crate::judge::words::{count, grouped};
use crate::trace::{Connection, KeepaliveTimes};

use super::{Breach, connections};

/// The last look at each connection that carried a whole request found SO_KEEPALIVE on, with the times that
/// the rule names. A connection that could not be looked at breaks nothing, see [`unseen`].
pub(super) fn check(rule: &KeepaliveRule, evidence: &Evidence) -> Option<Breach> {
    if evidence.used().is_empty() {
        return Some(Breach {
            kind: FindingKind::ConnectionsNone,
            sentence: connections::nothing_sent(evidence),
            expected: "a connection with TCP keepalive".to_owned(),
            actual: "no connection with a request".to_owned(),
            event: evidence.end_event(),
        });
    }
    asking(evidence).find_map(|record| {
        let (event, armed) = record.keepalive?;
        match armed {
            None => Some(missing(record.number, event)),
            Some(times) => other_times(rule, times, record.number, event),
        }
    })
}

/// A keepalive rule about which nothing can be said, because the system did not show a socket, and the
/// connection it is about.
pub(in crate::judge) fn unseen<'a>(evidence: &Evidence<'a>) -> Option<(&'a Requirement, Connection)> {
    let mut required = evidence.scenario.require.iter().map(|requirement| requirement.get_ref());
    let requirement = required.find(|requirement| matches!(requirement.rule, Rule::Keepalive(_)))?;
    let record = asking(evidence).find(|record| record.keepalive.is_none())?;
    Some((requirement, record.number))
}

/// Connections that carried a whole request: by then the program is done with setting its socket up.
fn asking<'e>(evidence: &'e Evidence) -> impl Iterator<Item = &'e ConnectionRecord> {
    let has_asked = |record: &&ConnectionRecord| record.requests.iter().any(|one| one.request.is_whole);
    evidence.connections.iter().filter(has_asked)
}

fn missing(connection: Connection, event: usize) -> Breach {
    Breach {
        kind: FindingKind::KeepaliveMissing,
        sentence: format!(
            "Your program left TCP keepalive off on connection {connection}: the kernel never asks whether the server is still there."
        ),
        expected: format!("SO_KEEPALIVE on for connection {connection}"),
        actual: format!("SO_KEEPALIVE off for connection {connection}"),
        event: Some(event),
    }
}

fn other_times(
    rule: &KeepaliveRule,
    times: KeepaliveTimes,
    connection: Connection,
    event: usize,
) -> Option<Breach> {
    let seconds = |number: u64| format!("{} s", grouped(usize::try_from(number).unwrap_or(usize::MAX)));
    let probes = |number: u32| count(number as usize, "probe");
    let compared = [
        rule.idle.map(|idle| {
            (idle.0.as_secs() == times.idle, "idle ", seconds(idle.0.as_secs()), seconds(times.idle))
        }),
        rule.interval.map(|interval| {
            (
                interval.0.as_secs() == times.interval,
                "interval ",
                seconds(interval.0.as_secs()),
                seconds(times.interval),
            )
        }),
        rule.probes.map(|wanted| (wanted == times.probes, "", probes(wanted), probes(times.probes))),
    ];
    let compared: Vec<_> = compared.into_iter().flatten().collect();
    let wrong: Vec<String> = compared
        .iter()
        .filter(|(is_right, ..)| !is_right)
        .map(|(_, name, wanted, found)| format!("{name}{found} instead of {wanted}"))
        .collect();
    if wrong.is_empty() {
        return None;
    }
    let list = |all: Vec<String>| all.join(", ");
    Some(Breach {
        kind: FindingKind::KeepaliveTimes,
        sentence: format!(
            "Your program armed TCP keepalive on connection {connection} with other times: {}.",
            wrong.join(", ")
        ),
        expected: list(compared.iter().map(|(_, name, wanted, _)| format!("{name}{wanted}")).collect()),
        actual: list(compared.iter().map(|(_, name, _, found)| format!("{name}{found}")).collect()),
        event: Some(event),
    })
}

#[cfg(test)]
mod tests {
    use crate::judge::testing::{Case, Run};
    use crate::judge::{NotRun, State};
    use crate::trace::{KeepaliveTimes, What};

    const TIMES: KeepaliveTimes = KeepaliveTimes { idle: 10, interval: 5, probes: 3 };

    fn case() -> Case {
        Case::new("{ keepalive = { idle = '10s', interval = '5s', probes = 3 } }")
    }

    fn run(armed: Option<KeepaliveTimes>) -> Run {
        Run::new().opened(1).requested(1).and(What::Keepalive { connection: 1, armed })
    }

    #[test]
    fn armed_with_the_required_times() {
        assert_eq!(case().told(run(Some(TIMES)).exits(0)), [""; 0]);
        let other = KeepaliveTimes { idle: 7200, interval: 75, probes: 9 };
        assert_eq!(Case::new("{ keepalive = true }").told(run(Some(other)).exits(0)), [""; 0]);
        let opened_only = run(Some(TIMES)).opened(2).exits(0);
        assert_eq!(case().told(opened_only), [""; 0]);
    }

    #[test]
    fn what_was_seen_last_counts() {
        let armed_late = run(None).and(What::Keepalive { connection: 1, armed: Some(TIMES) }).exits(0);
        assert_eq!(case().told(armed_late), [""; 0]);
    }

    #[test]
    fn not_armed() {
        for case in [case(), Case::new("{ keepalive = true }")] {
            assert_eq!(
                case.told(run(None).exits(0)),
                [
                    "keepalive.missing: Your program left TCP keepalive off on connection 1: the kernel never asks whether the server is still there."
                ]
            );
        }
        assert_eq!(
            case().compared(run(None).exits(0)),
            ["keepalive.missing: SO_KEEPALIVE on for connection 1 | SO_KEEPALIVE off for connection 1"]
        );
        let second =
            run(Some(TIMES)).opened(2).requested(2).and(What::Keepalive { connection: 2, armed: None });
        let verdict = case().judge(second.exits(0));
        assert_eq!((verdict.findings.len(), verdict.findings[0].event), (1, Some(8)));
    }

    #[test]
    fn armed_with_other_times() {
        let other = || run(Some(KeepaliveTimes { idle: 7200, interval: 5, probes: 9 })).exits(0);
        assert_eq!(
            case().told(other()),
            [
                "keepalive.times: Your program armed TCP keepalive on connection 1 with other times: idle 7200 s instead of 10 s, 9 probes instead of 3 probes."
            ]
        );
        assert_eq!(
            case().compared(other()),
            ["keepalive.times: idle 10 s, interval 5 s, 3 probes | idle 7200 s, interval 5 s, 9 probes"]
        );
        assert_eq!(Case::new("{ keepalive = { interval = '5s' } }").told(other()), [""; 0]);
    }

    #[test]
    fn a_program_that_never_asked_has_armed_nothing() {
        assert_eq!(case().kinds(Run::new().exits(0)), ["connections.none"]);
    }

    #[test]
    fn what_could_not_be_seen_is_not_judged() {
        let verdict = case().judge(Run::new().opened(1).requested(1).exits(0));
        assert_eq!((verdict.state, verdict.findings.len()), (State::NotRun, 0));
        let reason = "the system did not show whether TCP keepalive was armed on connection 1 (`workbook doctor` tells what it shows)";
        assert_eq!(verdict.not_run_because, Some(NotRun::Fault(reason.to_owned())));
    }

    #[test]
    fn what_else_is_wrong_is_told_but_nothing_about_what_could_not_be_seen() {
        let case = Case::new("{ keepalive = true, criterion = 'armed' }, { exit = 'success' }");
        let verdict = case.judge(Run::new().opened(1).requested(1).exits(3));
        assert_eq!((verdict.state, verdict.criteria), (State::Failed, vec!["c".to_owned()]));
        let seen = case.judge(run(None).exits(3));
        assert_eq!(seen.criteria, ["c", "armed"]);
    }
}
