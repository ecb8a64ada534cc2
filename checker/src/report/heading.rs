//! The first line of a report, and how long things took in words.

use std::time::Duration;

use crate::judge::{State, Verdict};
use crate::trace::Level;

use super::line::{Line, Tone};
use super::look::Look;
use super::text;

/// Facts about a check that are not part of its verdict.
#[derive(Debug, Clone)]
pub struct Heading {
    /// What was checked, such as `main.rs`.
    pub program: String,
    /// How the call chose it, such as ` --program ./main`; empty for the exercise.
    pub choice: String,
    /// How long the compiler took; none where nothing was compiled.
    pub built_in: Option<Duration>,
    /// How long all scenarios took.
    pub took: Duration,
    /// How the program was contained.
    pub level: Level,
    /// What bodies were made from.
    pub seed: u64,
    /// What to turn to when all criteria hold; none behind the last lesson.
    pub next: Option<NextLesson>,
    /// The hint that comes next, where there is one: its number, and of how many.
    pub hint: Option<(usize, usize)>,
}

impl Heading {
    /// What a call begins with that checks the same program again.
    pub(super) fn lesson_and_choice(&self, verdict: &Verdict) -> String {
        format!("{}{}", verdict.lesson, self.choice)
    }
}

/// The lesson behind the one that was checked.
#[derive(Debug, Clone)]
pub struct NextLesson {
    /// Such as `w04-l04`.
    pub lesson: String,
    /// Its title.
    pub title: String,
}

/// Lesson, program, times, and the verdict where all is well.
pub(super) fn lines(verdict: &Verdict, heading: &Heading, look: &Look) -> Vec<Line> {
    let is_held = is_complete(verdict);
    let mut facts = vec![heading.program.clone()];
    let built_in = heading.built_in.filter(|_| !is_held);
    facts.extend(built_in.map(|time| format!("built in {}", seconds(time))));
    let played = verdict.scenarios.iter().filter(|scenario| !scenario.needs_private()).count();
    facts.push(format!("{} in {}", text::count(played, "scenario"), span(heading.took)));
    // In a box is the rule where there can be one; beside everything else should be known.
    facts.extend((heading.level == Level::Loopback).then(|| format!("{} level", heading.level)));
    let title = text::shown(&format!("{} {}", verdict.lesson, verdict.title), look);
    let end = is_held.then_some("all criteria hold");
    join(&title, &facts, end, look)
}

/// Do all criteria of the lesson hold?
pub(super) fn is_complete(verdict: &Verdict) -> bool {
    !verdict.criteria.is_empty() && verdict.criteria.iter().all(|criterion| criterion.state == State::Held)
}

/// Facts in a row, as many as fit on a line.
fn join(title: &str, facts: &[String], end: Option<&str>, look: &Look) -> Vec<Line> {
    let dot = format!(" {} ", look.glyphs().dot);
    let title = text::fit(title, look.columns(), look);
    let facts =
        facts.iter().map(|fact| (Tone::Plain, text::fit(&text::shown(fact, look), look.columns() - 2, look)));
    let mut lines = vec![Line::of(Tone::Strong, title)];
    for (tone, fact) in facts.chain(end.map(|end| (Tone::Good, end.to_owned()))) {
        let last = lines.pop().unwrap_or_default();
        if last.width() + text::width(&dot) + text::width(&fact) <= look.columns() {
            lines.push(last.with(Tone::Quiet, dot.clone()).with(tone, fact));
        } else {
            lines.push(last);
            lines.push(Line::of(Tone::Plain, "  ").with(tone, fact));
        }
    }
    lines
}

/// A short time in words: `48 ms`, `1.2 s`.
pub(super) fn span(time: Duration) -> String {
    match time.as_millis() {
        0..1 => format!("{:.1} ms", time.as_secs_f64() * 1e3),
        1..1000 => format!("{} ms", time.as_millis()),
        1000..10_000 => format!("{:.1} s", time.as_secs_f64()),
        _ => format!("{} s", time.as_secs()),
    }
}

/// A time that is usually around a second: `0.13 s`.
pub(super) fn seconds(time: Duration) -> String {
    format!("{:.2} s", time.as_secs_f64())
}

/// A moment at the left of a drawing: at most seven columns.
pub(super) fn moment(time: Duration) -> String {
    match time.as_millis() {
        // Cut, not rounded: 99.96 ms would become too wide.
        millis @ 0..100 => format!("{millis}.{} ms", time.as_micros() / 100 % 10),
        100..1000 => format!("{} ms", time.as_millis()),
        1000..100_000 => format!("{:.2} s", time.as_secs_f64()),
        _ => format!("{} s", time.as_secs()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_short_at_every_size() {
        let moments = [0, 140, 99_949, 99_999, 100_000, 999_999, 1_000_000, 99_990_000, 100_000_000];
        let moments = moments.map(|micros| moment(Duration::from_micros(micros)));
        let expected =
            ["0.0 ms", "0.1 ms", "99.9 ms", "99.9 ms", "100 ms", "999 ms", "1.00 s", "99.99 s", "100 s"];
        assert_eq!(moments, expected);
        let spans = [400, 48_000, 1_240_000, 12_000_000].map(|micros| span(Duration::from_micros(micros)));
        assert_eq!(spans, ["0.4 ms", "48 ms", "1.2 s", "12 s"]);
    }
}
