//! Where a scenario names bodies, and what it asks of the lab.

use toml::Spanned;

use super::checks::{HoldSpec, Printed, Rule, Scenario, SendSpec, StepSpec};

impl Scenario {
    /// All steps of all connections.
    pub(crate) fn steps(&self) -> impl Iterator<Item = &Spanned<StepSpec>> {
        self.connections.iter().flat_map(|connection| &connection.script)
    }

    /// Can it only be played in the private network, with its names, its times and its vanishing peers?
    #[must_use]
    pub fn needs_private(&self) -> bool {
        let vanishes = self.steps().any(|step| matches!(step.get_ref(), StepSpec::Vanish(_)));
        vanishes || !self.names.is_empty() || self.rtt.is_some()
    }

    /// Does a rule ask for TCP keepalive?
    pub(crate) fn watches_keepalive(&self) -> bool {
        self.require.iter().any(|requirement| matches!(requirement.get_ref().rule, Rule::Keepalive(_)))
    }

    /// All messages that the peer sends.
    pub(crate) fn sends(&self) -> impl Iterator<Item = &SendSpec> {
        self.steps().filter_map(|step| match step.get_ref() {
            StepSpec::Send(send) => Some(send),
            _ => None,
        })
    }

    /// Everything that is expected on standard output, in steps and rules.
    pub(crate) fn expected_output(&self) -> impl Iterator<Item = &Printed> {
        let held = self.steps().filter_map(|step| match step.get_ref() {
            StepSpec::Hold(HoldSpec::Printed(parts)) => Some(parts),
            _ => None,
        });
        let required = self.require.iter().filter_map(|requirement| match &requirement.get_ref().rule {
            Rule::Prints(parts) | Rule::PrintsAtMost(parts) => Some(parts),
            _ => None,
        });
        held.chain(required).flatten()
    }

    /// Every place where the scenario names a body.
    pub(crate) fn named_bodies(&self) -> Vec<&Spanned<String>> {
        let received = self.steps().filter_map(|step| match step.get_ref() {
            StepSpec::Hold(HoldSpec::Received(body)) => Some(body),
            _ => None,
        });
        let required = self.require.iter().filter_map(|requirement| match &requirement.get_ref().rule {
            Rule::Sends(body) => Some(body),
            _ => None,
        });
        let printed = self.expected_output().filter_map(|part| match part {
            Printed::Body(body) => Some(body),
            Printed::Line(_) | Printed::Text(_) => None,
        });
        let sent = self.sends().filter_map(|send| send.body.as_ref());
        self.stdin.iter().chain(sent).chain(received).chain(printed).chain(required).collect()
    }
}
