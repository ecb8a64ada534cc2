//! Scripts that can be played to their end.

use std::ops::Range;

use toml::Spanned;

use super::context::Context;
use super::message;
use crate::course::checks::{ConnectionScript, HoldSpec, Scenario, Segments, StepSpec};
use crate::trace::{Close, Listen};

/// Checks all scripts of a scenario.
pub(super) fn check(context: &mut Context<'_>, scenario: &Scenario) {
    if scenario.listen == Listen::Refuse && !scenario.connections.is_empty() {
        let message =
            format!("the scenario `{}` refuses connections, and scripts them", scenario.id.get_ref());
        context.wrong(scenario.id.span(), message, "leave out `listen = \"refuse\"` or the connections");
    }
    one_sweep(context, scenario);
    for connection in &scenario.connections {
        ends(context, scenario, connection);
        for step in &connection.script {
            check_step(context, scenario, step);
        }
    }
}

fn is_sweep(step: &StepSpec) -> bool {
    matches!(step, StepSpec::Send(send) if send.segments == Segments::EverySplit)
}

fn one_sweep(context: &mut Context<'_>, scenario: &Scenario) {
    for second in scenario.steps().filter(|step| is_sweep(step.get_ref())).skip(1) {
        let span = context.file.find_in(second.span(), "\"every-split\"");
        context.wrong(span, "a second sweep in one scenario", "write a scenario for each sweep");
    }
}

/// Nothing comes after the end of a connection, and nothing is sent after a FIN.
fn ends(context: &mut Context<'_>, scenario: &Scenario, connection: &ConnectionScript) {
    let steps = &connection.script;
    if steps.is_empty() {
        let message = format!("an empty script in the scenario `{}`", scenario.id.get_ref());
        context.wrong(scenario.id.span(), message, "write { stay = \"open\" } for a peer that does nothing");
    }
    let mut has_sent_fin = false;
    for (index, step) in steps.iter().enumerate() {
        let is_last = index + 1 == steps.len();
        match step.get_ref() {
            StepSpec::Stay(_) if !is_last => not_last(context, step, "stay"),
            StepSpec::Vanish(_) if !is_last => not_last(context, step, "vanish"),
            StepSpec::Close(Close::Reset) if !is_last => not_last(context, step, "close"),
            StepSpec::Send(_) if has_sent_fin => after_fin(context, step, "send"),
            StepSpec::Close(Close::Fin) if has_sent_fin => after_fin(context, step, "close"),
            _ => {}
        }
        has_sent_fin |= match step.get_ref() {
            StepSpec::Close(Close::Fin) => true,
            StepSpec::Send(send) => send.fin,
            _ => false,
        };
    }
}

fn not_last(context: &mut Context<'_>, step: &Spanned<StepSpec>, word: &str) {
    let span = context.file.find_in(step.span(), word);
    context.wrong(span, "this step must be the last", "the steps behind it would never be played");
}

fn after_fin(context: &mut Context<'_>, step: &Spanned<StepSpec>, word: &str) {
    let span = context.file.find_in(step.span(), word);
    context.wrong(span, "nothing can be sent after a FIN", "an earlier step has closed the peer's side");
}

fn check_step(context: &mut Context<'_>, scenario: &Scenario, step: &Spanned<StepSpec>) {
    let span = step.span();
    match step.get_ref() {
        StepSpec::Expect(request) => check_expect(context, request, &span),
        StepSpec::Send(send) => message::check(context, send, &span),
        StepSpec::Hold(hold) => check_hold(context, scenario, hold, span),
        StepSpec::Vanish(false) => {
            context.wrong(span, "this step does nothing", "write { vanish = true }, or { stay = \"open\" }");
        }
        StepSpec::Pause(_) | StepSpec::Close(_) | StepSpec::Stay(_) | StepSpec::Vanish(true) => {}
    }
}

fn check_expect(context: &mut Context<'_>, request: &str, span: &Range<usize>) {
    let words: Vec<_> = request.split(' ').collect();
    if words.len() != 2 || words.contains(&"") {
        let span = context.file.find_in(span.clone(), &format!("\"{request}\""));
        let message = format!("`{request}` is not a method and a target");
        context.wrong(span, message, "write such as { expect = \"GET /\" }");
    }
}

fn check_hold(context: &mut Context<'_>, scenario: &Scenario, hold: &HoldSpec, span: Range<usize>) {
    match hold {
        HoldSpec::Received(body) => context.known_body(body),
        HoldSpec::Printed(parts) => {
            context.printed(parts, &span);
            if parts.is_empty() {
                context.wrong(span, "this holds for nothing", "name what must be printed first");
            }
        }
        HoldSpec::Requests(0) | HoldSpec::ProgramClosed(false) => {
            context.wrong(
                span,
                "this holds for nothing",
                "write { requests = 1 } or { program-closed = true }",
            );
        }
        HoldSpec::Requests(_) | HoldSpec::ProgramClosed(true) => {}
        HoldSpec::Opened(connection) => connection_exists(context, scenario, *connection, &span),
    }
}

/// Connections are counted from 1, and only scripted ones can be meant.
pub(super) fn connection_exists(
    context: &mut Context<'_>,
    scenario: &Scenario,
    connection: usize,
    span: &Range<usize>,
) {
    let scripted = scenario.connections.len();
    if !(1..=scripted).contains(&connection) {
        let message = format!("there is no connection {connection}");
        let error = context.file.error(span.clone(), message);
        context.errors.push(error.label(format!("the scenario scripts {scripted}, counted from 1")));
    }
}
