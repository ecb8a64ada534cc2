//! What all formats say in the same words. Every text from here is harmless on a terminal: nothing but
//! characters that show themselves, and line feeds.

use crate::judge::ScenarioVerdict;
use crate::report::look::Look;
use crate::report::seed;
use crate::report::terminal::{NOT_ALL, compiler_notes};
use crate::report::text::shown;
use crate::trace::{Stream, Trace, What, escape};

/// The verdict on a program that does not build.
pub(super) const DOES_NOT_BUILD: &str = "Your program does not build, so nothing was run.";

/// Where there is no program.
pub(super) const NOTHING_TO_RUN: &str = "Nothing was run.";

/// Bytes of standard error that anybody will read in a report of a machine.
const MOST_STDERR: usize = 4096;

/// The text without what could move, hide or end anything.
pub(super) fn harmless(text: &str) -> String {
    shown(text, &Look::of_a_file())
}

/// The same on a single line.
pub(super) fn one_line(text: &str) -> String {
    harmless(text).lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join(" ")
}

/// At most so many characters, an ellipsis among them where something was left out.
pub(super) fn shortened(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    text.chars().take(most.saturating_sub(1)).chain(['…']).collect()
}

/// What did not hold, in one sentence.
pub(super) fn sentence(scenario: &ScenarioVerdict) -> String {
    one_line(scenario.findings.first().map_or(NOT_ALL, |finding| &finding.sentence))
}

/// All that helps to mend a failure, a line each; the verdict comes first.
pub(super) fn explanation(lesson: &str, scenario: &ScenarioVerdict) -> String {
    let mut lines = vec![sentence(scenario), one_line(&scenario.title)];
    for (label, text) in facts(lesson, scenario) {
        lines.push(format!("{label}: {text}"));
    }
    lines.join("\n")
}

/// Expected, actual, mistake and source, as far as they are known, and how to see it again.
pub(super) fn facts(lesson: &str, scenario: &ScenarioVerdict) -> Vec<(&'static str, String)> {
    let (first, others) = (scenario.findings.first(), scenario.findings.iter().skip(1));
    let mistake = scenario.mistake.as_ref();
    let known = [
        ("expected", first.map(|finding| &finding.expected)),
        ("actual", first.map(|finding| &finding.actual)),
    ];
    let advice = [
        ("mistake", mistake.map(|mistake| &mistake.mistake)),
        ("instead", mistake.map(|mistake| &mistake.fix)),
        ("why", scenario.source.as_ref()),
    ];
    let also = others.map(|finding| ("also", Some(&finding.sentence)));
    let all = known.into_iter().chain(also).chain(advice);
    let given = all.filter_map(|(label, text)| text.map(|text| (label, one_line(text))));
    given.filter(|(_, text)| !text.is_empty()).chain([("again", again(lesson, scenario))]).collect()
}

/// The command that plays the scenario again.
fn again(lesson: &str, scenario: &ScenarioVerdict) -> String {
    let seed = scenario.trace.as_ref().map(|trace| format!(" --seed {}", seed(trace.seed)));
    one_line(&format!("workbook check {lesson} --scenario {}{}", scenario.id, seed.unwrap_or_default()))
}

/// What a compiler said, without colours.
pub(super) fn compiler(output: &[u8]) -> String {
    compiler_notes(output, &Look::of_a_file()).trim_end().to_owned()
}

/// What the program wrote for people, a line each.
pub(super) fn stderr(trace: &Trace) -> String {
    let said = trace.events.iter().filter_map(|event| match &event.what {
        What::Printed { stream: Stream::Stderr, bytes } => Some(bytes.0.as_slice()),
        _ => None,
    });
    let said: Vec<u8> = said.flatten().copied().take(MOST_STDERR).collect();
    let lines = said.trim_ascii_end().split(|&byte| byte == b'\n').map(escape);
    lines.collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_made_harmless_and_as_short_as_they_must_be() {
        assert_eq!(
            one_line("a\n  ::error::\u{1b}[31m\r\n\u{202e}b"),
            "a ::error::\\x1B[31m\\r \\xE2\\x80\\xAEb"
        );
        assert_eq!([5, 4, 0].map(|most| shortened("abcdé", most)), ["abcdé", "abc…", "…"]);
        assert_eq!(compiler(b"\x1b[31merror\x1b[0m\x07\n\n"), "error\\x07");
    }
}
