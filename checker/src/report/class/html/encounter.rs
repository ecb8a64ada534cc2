//! What a verdict rests on: the telling scenario with its drawing, the others folded.

use crate::judge::{ScenarioVerdict, State, Verdict};
use crate::report::Look;
use crate::report::class::{Evidence, Submission};
use crate::report::diagram::{self, Expectation, sentence, sentence_of};
use crate::report::terminal::{self, Detail, compiler_notes};
use crate::trace::{Stream, Trace, What};

use super::learner::block;
use super::words::line;

/// What came of the program, in detail.
pub(super) fn evidence(submission: &Submission) -> String {
    match &submission.evidence {
        Evidence::Judged { verdict, expectation } => judged(submission, verdict, expectation.as_deref()),
        Evidence::Unstable(verdicts) => unstable(verdicts),
        Evidence::DoesNotBuild(output) => {
            let said = block("output", &compiler_notes(output, &Look::of_a_file()));
            format!("<h3>The compiler says</h3>\n{said}")
        }
        Evidence::Nothing(reason) if submission.needs_look() == Some(reason) => String::new(),
        Evidence::Nothing(reason) => format!("<p class=\"reason\">{}</p>\n", sentence(reason)),
    }
}

fn judged(submission: &Submission, verdict: &Verdict, expectation: Option<&Expectation>) -> String {
    let failed = failures(verdict);
    let unjudged: Vec<_> = verdict
        .scenarios
        .iter()
        .filter(|each| each.state == State::NotRun && !each.needs_private())
        .collect();
    let telling = failed.first().or(unjudged.first());
    let Some(telling) = telling else {
        let first = verdict.scenarios.iter().find_map(|each| each.trace.as_ref());
        return first.map(|trace| printed(trace, "h3")).unwrap_or_default();
    };
    let mut out = telling_scenario(submission, telling, expectation);
    let is_other = |each: &&ScenarioVerdict| each.id != telling.id;
    let others: Vec<&ScenarioVerdict> = failed.iter().chain(&unjudged).copied().filter(is_other).collect();
    let advice =
        verdict.scenarios.iter().filter(|each| each.is_advice && each.state == State::Failed).collect();
    out.push_str(&folded("Other scenarios that fail", others));
    out.push_str(&folded("Worth knowing, no points", advice));
    out
}

/// The failing scenarios that take points, in order of the lesson: the basic ones first.
fn failures(verdict: &Verdict) -> Vec<&ScenarioVerdict> {
    verdict.scenarios.iter().filter(|each| each.state == State::Failed && !each.is_advice).collect()
}

/// The scenario that tells most: verdict, expected and actual, why, drawing and output.
fn telling_scenario(
    submission: &Submission,
    scenario: &ScenarioVerdict,
    expectation: Option<&Expectation>,
) -> String {
    let seen = submission.again.as_ref().map(|command| format!("{command} --scenario {}", scenario.id));
    format!(
        "<div class=\"telling\">\n<h3><span class=\"unseen\">The telling scenario: </span>{}</h3>\n\
         <p class=\"scenario\"><code>{}</code> {}</p>\n{}{}{}{}</div>\n",
        sentence(sentence_of(scenario)),
        line(&scenario.id),
        sentence(&scenario.title),
        explanation(scenario, seen),
        diagram::drawing(scenario, expectation).unwrap_or_default(),
        scenario.trace.as_ref().map(|trace| printed(trace, "h4")).unwrap_or_default(),
        as_text(scenario),
    )
}

/// Expected, actual, mistake and source, each with its label.
fn explanation(scenario: &ScenarioVerdict, again: Option<String>) -> String {
    let mut lines: Vec<(&str, String)> = Vec::new();
    if let Some(finding) = scenario.findings.first() {
        lines.push(("expected", sentence(&finding.expected)));
        lines.push(("actual", sentence(&finding.actual)));
    }
    lines.extend(scenario.findings.iter().skip(1).map(|finding| ("also", sentence(&finding.sentence))));
    if let Some(diagnosis) = &scenario.mistake {
        lines.push(("mistake", sentence(&diagnosis.mistake)));
        lines.push(("instead", sentence(&diagnosis.fix)));
    }
    lines.extend(scenario.source.as_ref().map(|source| ("why", line(source))));
    lines.extend(scenario.not_run_because.as_ref().map(|reason| ("reason", sentence(&reason.to_string()))));
    lines.extend(again.map(|command| ("again", format!("<code>{}</code>", line(&command)))));
    lines.retain(|(_, text)| !text.trim().is_empty());
    let rows =
        lines.iter().map(|(label, text)| format!("<dt>{label}</dt><dd class=\"{label}\">{text}</dd>\n"));
    format!("<dl class=\"why\">\n{}</dl>\n", rows.collect::<String>())
}

/// What the program wrote, below titles in elements `heading`.
fn printed(trace: &Trace, heading: &str) -> String {
    [(Stream::Stdout, "What it printed"), (Stream::Stderr, "What it wrote to standard error")]
        .into_iter()
        .map(|(stream, title)| match written(trace, stream) {
            bytes if bytes.is_empty() => String::new(),
            bytes => format!("<{heading}>{title}</{heading}>\n{}", block("output", &diagram::output(&bytes))),
        })
        .collect()
}

fn written(trace: &Trace, wanted: Stream) -> Vec<u8> {
    let pieces = trace.events.iter().filter_map(|event| match &event.what {
        What::Printed { stream, bytes } if *stream == wanted => Some(bytes.0.as_slice()),
        _ => None,
    });
    pieces.collect::<Vec<_>>().concat()
}

/// The same for those who copy it or hear it.
fn as_text(scenario: &ScenarioVerdict) -> String {
    format!("<details>\n<summary>The same as plain text</summary>\n{}</details>\n", explained(scenario))
}

fn explained(scenario: &ScenarioVerdict) -> String {
    block("plain", &terminal::explain(scenario, &Look::of_a_file(), Detail::default()))
}

/// Scenarios that can be opened, each with its verdict.
fn folded(title: &str, scenarios: Vec<&ScenarioVerdict>) -> String {
    if scenarios.is_empty() {
        return String::new();
    }
    let item = |scenario: &ScenarioVerdict| {
        format!(
            "<details class=\"other\">\n<summary><code>{}</code> {}</summary>\n{}</details>\n",
            line(&scenario.id),
            sentence(sentence_of(scenario)),
            explained(scenario),
        )
    };
    format!("<h3>{title}</h3>\n{}", scenarios.into_iter().map(item).collect::<String>())
}

/// What came of it each time, for somebody to decide.
fn unstable(verdicts: &[Verdict]) -> String {
    let mut out = String::from("<h3>What came of it each time</h3>\n<ol class=\"times\">\n");
    for verdict in verdicts {
        let failed = failures(verdict);
        let what = match (verdict.state(), failed.first()) {
            (State::Held, _) => "All criteria hold.".to_owned(),
            (_, Some(first)) => format!("<code>{}</code> {}", line(&first.id), sentence(sentence_of(first))),
            (_, None) => "It could not be judged.".to_owned(),
        };
        out.push_str(&format!("<li>{what}</li>\n"));
    }
    out.push_str("</ol>\n");
    let telling = verdicts.iter().find_map(|verdict| failures(verdict).first().copied());
    out + &telling.map(|telling| folded("Where it failed", vec![telling])).unwrap_or_default()
}
