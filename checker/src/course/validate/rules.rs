//! Rules that can hold.

use std::ops::Range;

use super::context::Context;
use super::script::connection_exists;
use crate::course::checks::{ClosesRule, KeepaliveRule, RequestRule, Rule, Scenario};
use crate::course::template::Place;

/// Checks everything that a scenario requires.
pub(super) fn check(context: &mut Context<'_>, scenario: &Scenario) {
    for requirement in &scenario.require {
        let span = requirement.span();
        let requirement = requirement.get_ref();
        if let Some(criterion) = &requirement.criterion {
            context.known_criterion(criterion);
        }
        match &requirement.rule {
            Rule::Connections(count) | Rule::Opened(count) => {
                count_of_connections(context, scenario, *count, span)
            }
            Rule::Requests(counts) => count_of_connections(context, scenario, counts.len(), span),
            Rule::Prints(parts) | Rule::PrintsAtMost(parts) => context.printed(parts, &span),
            Rule::Request(rule) => request(context, rule, span),
            Rule::Sends(body) => context.known_body(body),
            Rule::Closes(rule) => closes(context, scenario, rule, span),
            Rule::Keepalive(rule) => keepalive(context, rule, span),
            Rule::Exit(_) | Rule::HalfClose(_) => {}
        }
    }
}

fn count_of_connections(context: &mut Context<'_>, scenario: &Scenario, count: usize, span: Range<usize>) {
    if count > 0 {
        connection_exists(context, scenario, count, &span);
    }
}

fn request(context: &mut Context<'_>, rule: &RequestRule, span: Range<usize>) {
    for text in rule.line.iter().chain(&rule.with).chain(&rule.without) {
        context.template(text, Place::Argument, span.clone());
    }
    if rule.nth == 0 {
        let at = context.file.find_in(span.clone(), "nth");
        context.wrong(at, "requests are counted from 1", "write `nth = 1` for the first");
    }
    if rule.line.is_none() && rule.with.is_empty() && rule.without.is_empty() {
        context.wrong(span, "this requires nothing of the request", "give it a `line`, `with` or `without`");
    }
}

fn closes(context: &mut Context<'_>, scenario: &Scenario, rule: &ClosesRule, span: Range<usize>) {
    connection_exists(context, scenario, rule.connection, &span);
    connection_exists(context, scenario, rule.before, &span);
    if rule.connection >= rule.before {
        let message = format!("connection {} comes no earlier than {}", rule.connection, rule.before);
        context.wrong(span, message, "`connection` is the earlier one, `before` the later");
    }
}

fn keepalive(context: &mut Context<'_>, rule: &KeepaliveRule, span: Range<usize>) {
    if !rule.is_required {
        let at = context.file.find_in(span.clone(), "false");
        context.wrong(at, "this requires nothing", "write { keepalive = true }, or leave the rule out");
    }
    // Sockets count these times in whole seconds.
    for (word, time) in [("idle", rule.idle), ("interval", rule.interval)] {
        if time.is_some_and(|time| time.0.is_zero() || time.0.subsec_nanos() != 0) {
            let at = context.file.find_in(span.clone(), word);
            context.wrong(at, "keepalive has no such time", "it is set in whole seconds, from 1 on");
        }
    }
    if rule.probes == Some(0) {
        let at = context.file.find_in(span, "probes");
        context.wrong(at, "keepalive cannot do without a probe", "write `probes = 1` or more");
    }
}
