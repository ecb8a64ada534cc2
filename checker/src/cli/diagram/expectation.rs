//! What a scenario requires, in the words of the drawing.

use crate::course::Play;
use crate::course::checks::{ExitRule, KeepaliveRule, Printed, RequestRule, Rule};
use crate::report::diagram::{Exit, Expectation, Output, OutputPart, RequestForm};
use crate::trace::Trace;

use crate::cli::saved::Origin;

/// All that script and rules require of the run of a trace.
pub(in crate::cli) fn expectation(origin: &Origin<'_>, trace: &Trace) -> Expectation {
    let mut expectation = Expectation { script: origin.play.script.clone(), ..Expectation::default() };
    for requirement in &origin.scenario.require {
        add(&requirement.get_ref().rule, &origin.play, trace, &mut expectation);
    }
    expectation
}

fn add(rule: &Rule, play: &Play, trace: &Trace, to: &mut Expectation) {
    match rule {
        Rule::Prints(parts) => to.output = Some(output(parts, play, false)),
        Rule::PrintsAtMost(parts) => to.output = Some(output(parts, play, true)),
        Rule::Exit(ExitRule::Success) => to.exit = Some(Exit::Success),
        Rule::Exit(ExitRule::Failure) => to.exit = Some(Exit::Failure),
        Rule::Request(rule) => to.requests.push(request(rule, play, trace)),
        Rule::Sends(body) => to.sends = play.bodies.get(body.get_ref()).cloned(),
        Rule::Opened(number) => to.opened = Some(*number),
        Rule::Closes(rule) => to.closed.push(rule.connection),
        Rule::Keepalive(rule) => to.keepalive = rule.is_required.then(|| keepalive(rule)),
        // What these count is what the script plays; an early FIN is no step of anybody's.
        Rule::Connections(_) | Rule::Requests(_) | Rule::HalfClose(_) => {}
    }
}

fn output(parts: &[Printed], play: &Play, is_at_most: bool) -> Output {
    let part = |printed: &Printed| OutputPart {
        bytes: play.bytes_of(printed),
        is_line: matches!(printed, Printed::Line(_)),
    };
    Output { parts: parts.iter().map(part).collect(), is_at_most }
}

/// What a rule asks of a request; of two rules about the same one, the drawing shows the first.
fn request(rule: &RequestRule, play: &Play, trace: &Trace) -> RequestForm {
    let filled = |fields: &[String]| fields.iter().map(|field| filled(field, play, trace)).collect();
    RequestForm {
        nth: rule.nth,
        line: rule.line.as_ref().map(|line| self::filled(line, play, trace)),
        with: filled(&rule.with),
        without: filled(&rule.without),
    }
}

/// The text with host and port as the program was told them. Port 80 may be left out.
fn filled(text: &str, play: &Play, trace: &Trace) -> String {
    let first = trace.command.len().saturating_sub(play.arguments.len());
    let given = |place: &str| {
        let index = play.arguments.iter().position(|argument| argument == place)?;
        trace.command.get(first + index).cloned()
    };
    let mut text = text.to_owned();
    if let Some(port) = given("{port}") {
        text = if port == "80" { text.replace(":{port}", "") } else { text };
        text = text.replace("{port}", &port);
    }
    match given("{host}") {
        Some(host) if host.contains(':') => text.replace("{host}", &format!("[{host}]")),
        Some(host) => text.replace("{host}", &host),
        None => text,
    }
}

fn keepalive(rule: &KeepaliveRule) -> String {
    let seconds = |name: &str, time: Option<crate::course::checks::DurationSpec>| {
        time.map(|time| format!("{name} {} s", time.0.as_secs()))
    };
    let probes = rule.probes.map(|probes| format!("{probes} probes"));
    let times: Vec<String> =
        [seconds("idle", rule.idle), seconds("every", rule.interval), probes].into_iter().flatten().collect();
    match times.as_slice() {
        [] => "arms TCP keepalive".to_owned(),
        _ => format!("arms TCP keepalive: {}", times.join(", ")),
    }
}
