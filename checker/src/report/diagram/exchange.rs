//! What a picture of an exchange is made from.

use crate::judge::{ScenarioVerdict, State};
use crate::report::terminal;
use crate::trace::{Trace, escape};

use super::Expectation;

/// One run with its verdict, and with what was expected of it.
#[derive(Debug, Clone, Copy)]
pub struct Exchange<'a> {
    /// The verdict.
    pub verdict: &'a ScenarioVerdict,
    /// What happened.
    pub trace: &'a Trace,
    /// What was expected.
    pub expectation: &'a Expectation,
    /// The lesson's id.
    pub lesson: &'a str,
    /// The lesson's title.
    pub title: &'a str,
}

impl Exchange<'_> {
    /// The verdict in one sentence.
    pub(super) fn sentence(&self) -> &str {
        sentence_of(self.verdict)
    }

    /// As much of it as stands beneath the row that it is about.
    pub(super) fn first_sentence(&self) -> &str {
        first_sentence(self.sentence())
    }

    /// Sign and word for the verdict.
    pub(super) fn state(&self) -> (&'static str, &'static str) {
        match self.verdict.state {
            State::Held => ("✓", "held"),
            State::Failed => ("✗", "failed"),
            State::NotRun => ("○", "not judged"),
        }
    }

    /// What plays it again.
    pub(super) fn again(&self) -> String {
        let Trace { scenario, seed, .. } = self.trace;
        format!("workbook check {} --scenario {scenario} --seed {}", self.lesson, crate::report::seed(*seed))
    }

    /// The program's command line.
    pub(super) fn command(&self) -> String {
        let words: Vec<String> = self.trace.command.iter().map(|word| escape(word.as_bytes())).collect();
        words.join(" ")
    }

    /// What helps, each with its label: as in the report of a check.
    pub(super) fn explanation(&self) -> Vec<(&'static str, &str)> {
        if self.verdict.state != State::Failed {
            return Vec::new();
        }
        let mut lines = Vec::new();
        if let Some(finding) = self.verdict.findings.first() {
            lines.push(("expected", finding.expected.as_str()));
            lines.push(("actual", &finding.actual));
        }
        lines.extend(self.verdict.findings.iter().skip(1).map(|finding| ("also", finding.sentence.as_str())));
        if let Some(diagnosis) = &self.verdict.mistake {
            lines.push(("mistake", &diagnosis.mistake));
            lines.push(("instead", &diagnosis.fix));
        }
        lines.push(("why", self.verdict.source.as_deref().unwrap_or_default()));
        lines.retain(|(_, text)| !text.trim().is_empty());
        lines
    }
}

/// The verdict on a scenario in words.
pub(in crate::report) fn sentence_of(verdict: &ScenarioVerdict) -> &str {
    match verdict.state {
        State::Held => terminal::ALL_HAPPENED,
        State::Failed => verdict.findings.first().map_or(terminal::NOT_ALL, |finding| &finding.sentence),
        State::NotRun => terminal::NOT_JUDGED,
    }
}

/// The first of several sentences.
pub(super) fn first_sentence(text: &str) -> &str {
    let end = text.match_indices(". ").find(|(at, _)| {
        let next = text[at + 2..].chars().next();
        next.is_some_and(char::is_uppercase)
    });
    end.map_or(text, |(at, _)| &text[..=at])
}
