//! One file per rule. A rule looks at the evidence and says what does not hold.

mod closes;
mod connections;
mod ending;
mod exit;
mod expects;
mod half_close;
mod keepalive;
mod output;
mod prints;
mod request;
mod requests;
mod sends;

pub(super) use exit::has_thrown;
pub(super) use keepalive::unseen;

use crate::course::FindingKind;
use crate::course::checks::Rule;

use super::Finding;
use super::evidence::Evidence;

/// What a rule found; which criterion it counts for is the scenario's business.
struct Breach {
    kind: FindingKind,
    sentence: String,
    expected: String,
    actual: String,
    event: Option<usize>,
}

impl Breach {
    fn count_for(self, criterion: &str) -> Finding {
        let Self { kind, sentence, expected, actual, event } = self;
        Finding { kind, criterion: criterion.to_owned(), sentence, expected, actual, event }
    }
}

/// Everything that does not hold, of what every scenario requires and of what this one does.
pub(super) fn check_all(evidence: &Evidence) -> Vec<Finding> {
    let scenario = evidence.scenario;
    let everywhere = expects::check(evidence).into_iter().chain(ending::check(evidence));
    let mut findings: Vec<Finding> =
        everywhere.map(|breach| breach.count_for(scenario.criterion.get_ref())).collect();
    for requirement in scenario.require.iter().map(|requirement| requirement.get_ref()) {
        let criterion = requirement.criterion.as_ref().unwrap_or(&scenario.criterion).get_ref();
        findings
            .extend(check(&requirement.rule, evidence).into_iter().map(|breach| breach.count_for(criterion)));
    }
    findings
}

fn check(rule: &Rule, evidence: &Evidence) -> Vec<Breach> {
    match rule {
        Rule::Connections(number) => connections::check_used(*number, evidence).into_iter().collect(),
        Rule::Opened(number) => connections::check_opened(*number, evidence).into_iter().collect(),
        Rule::Requests(numbers) => requests::check(numbers, evidence).into_iter().collect(),
        Rule::Prints(parts) => prints::check(parts, evidence).into_iter().collect(),
        Rule::PrintsAtMost(parts) => prints::check_at_most(parts, evidence).into_iter().collect(),
        Rule::Exit(rule) => exit::check(*rule, evidence).into_iter().collect(),
        Rule::Request(rule) => request::check(rule, evidence),
        Rule::Sends(body) => sends::check(body.get_ref(), evidence).into_iter().collect(),
        Rule::HalfClose(is_allowed) => half_close::check(*is_allowed, evidence).into_iter().collect(),
        Rule::Closes(rule) => closes::check(rule, evidence).into_iter().collect(),
        Rule::Keepalive(rule) => keepalive::check(rule, evidence).into_iter().collect(),
    }
}

#[cfg(test)]
mod tests {
    use std::num::Wrapping;

    use crate::judge::testing::{Case, PAGE_1, PAGE_2, Run, answer};
    use crate::judge::{ScenarioVerdict, State};
    use crate::trace::{Connection, End, Flood, Hang, KeepaliveTimes, Moment, What};

    const ALL: &str = "
        { connections = 1 }, { opened = 1 }, { requests = [2] }, { prints = [{ body = 'page-1' }, { line = 'x' }] },
        { prints-at-most = [{ body = 'bytes' }] }, { exit = 'success' }, { exit = 'failure' }, { sends = 'bytes' },
        { request = { nth = 2, line = 'GET /', with = ['Host: {host}:{port}'], without = ['Connection: close'] } },
        { half-close = false }, { closes = { connection = 1, before = 2 } },
        { keepalive = { idle = '10s', probes = 3 } }";

    /// Numbers that look random and are the same each time.
    struct Numbers(Wrapping<u64>);

    impl Numbers {
        fn below(&mut self, end: usize) -> usize {
            self.0 = self.0 * Wrapping(6_364_136_223_846_793_005) + Wrapping(1_442_695_040_888_963_407);
            (self.0.0 >> 33) as usize % end
        }

        fn bytes(&mut self) -> Vec<u8> {
            let whole = match self.below(4) {
                0 => answer(PAGE_1).into_bytes(),
                1 => PAGE_1.into(),
                2 => "GET / HTTP/1.1\r\nHost: \u{202e}\r\nContent-Length: 3\r\n\r\nabc".into(),
                _ => (0..40).map(|_| self.below(256) as u8).collect(),
            };
            let from = self.below(whole.len());
            whole[from / 4..].to_vec()
        }

        fn event(&mut self, connection: Connection) -> What {
            match self.below(11) {
                0 => What::opened(connection),
                1 => What::Reached { connection, script: self.below(4), step: self.below(6) },
                2 => What::Received { connection, bytes: self.bytes().into() },
                3 => What::Sent { connection, bytes: self.bytes().into() },
                4 => What::ProgramClosed { connection },
                5 => What::ProgramReset { connection },
                6 => What::PeerClosed { connection },
                7 => What::Vanished { connection },
                8 => {
                    let times = KeepaliveTimes { idle: 7200, interval: 75, probes: 9 };
                    What::Keepalive { connection, armed: (self.below(2) == 0).then_some(times) }
                }
                9 => What::Printed { stream: crate::trace::Stream::Stderr, bytes: self.bytes().into() },
                _ => What::Printed { stream: crate::trace::Stream::Stdout, bytes: self.bytes().into() },
            }
        }

        fn run(&mut self) -> Run {
            let mut run = Run::new();
            for _ in 0..self.below(12) {
                let connection = 1 + self.below(3);
                run = run.and(self.event(connection));
            }
            let text = || "evil \x1b[2J".to_owned();
            match self.below(6) {
                0 => run.exits(0),
                1 => run.dies_of(13),
                2 => run.ends(End::Hung(Hang {
                    call: text(),
                    connection: Some(1 + self.below(4)),
                    threads: 1,
                })),
                3 => run.ends(End::DeadlinePassed { still_for: Moment(0), doing: text() }),
                4 => run.ends(End::Flooded { what: Flood::Stderr, amount: 9 }),
                _ => run.exits(1),
            }
        }
    }

    fn assert_is_told_well(verdict: &ScenarioVerdict) {
        let is_harmless = |text: &str| text.chars().all(|c| !c.is_control() && c != '\u{202e}');
        assert_eq!(verdict.findings.is_empty(), verdict.state != State::Failed);
        for finding in &verdict.findings {
            assert!(finding.sentence.starts_with("Your program "), "{finding:?}");
            assert!(finding.sentence.ends_with('.') && finding.sentence.len() < 300, "{finding:?}");
            for text in [&finding.sentence, &finding.expected, &finding.actual] {
                assert!(is_harmless(text) && !text.is_empty(), "{finding:?}");
            }
            let events = verdict.trace.as_ref().map_or(0, |trace| trace.events.len());
            assert!(finding.event.is_some_and(|event| event < events), "{finding:?}");
        }
    }

    #[test]
    fn whatever_happened_is_told_in_harmless_sentences() {
        let case = Case::new(ALL);
        let mut numbers = Numbers(Wrapping(1));
        for _ in 0..3000 {
            assert_is_told_well(&case.judge(numbers.run()));
        }
    }

    #[test]
    fn a_correct_program_holds_however_its_bytes_are_cut() {
        let case = Case::new(
            "{ connections = 1 }, { opened = 1 }, { requests = [2] }, { exit = 'success' }, { half-close = false },
             { prints = [{ line = 'HTTP/1.1 200 OK' }, { body = 'page-1' }, { line = 'HTTP/1.1 200 OK' }, { body = 'page-2' }] },
             { request = { nth = 2, line = 'GET / HTTP/1.1', with = ['Host: {host}:{port}'] } }",
        );
        let request = "GET / HTTP/1.1\r\nHost: 127.0.0.1:4080\r\n\r\n";
        let output = format!("HTTP/1.1 200 OK\n{PAGE_1}HTTP/1.1 200 OK\n{PAGE_2}");
        for cut in 1..request.len() {
            let (run, [first, second]) = (Run::new().opened(1), [&request[..cut], &request[cut..]]);
            let run =
                run.received(1, first).received(1, second).sent(1, answer(PAGE_1)).printed(&output[..cut]);
            let run =
                run.received(1, first).received(1, second).sent(1, answer(PAGE_2)).printed(&output[cut..]);
            assert_eq!(case.told(run.program_closed(1).exits(0)), [""; 0], "cut at {cut}");
        }
    }
}
