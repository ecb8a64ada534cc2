//! One file per rule. A rule looks at the evidence and says what does not hold.

mod closes;
mod connections;
mod ending;
mod exit;
mod expects;
mod half_close;
mod output;
mod prints;
mod request;
mod requests;
mod sends;

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
    }
}
