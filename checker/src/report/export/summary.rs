//! Markdown for the summary of a step of GitHub Actions, or for anybody who reads Markdown.
//!
//! Only texts of the course stand as Markdown; all that comes from a program stands in fences longer than any run
//! of backticks in it.

use crate::judge::{CriterionVerdict, State};
use crate::report::look::Look;
use crate::report::terminal::{self, Detail};

use super::case::{Case, CaseState, cases};
use super::document::{Document, whole};
use super::score::{Part, number, shown_parts, worth};
use super::words::{DOES_NOT_BUILD, compiler, one_line, shortened};
use super::{Outcome, Submission, require_score};

/// GitHub takes 1 MiB a step; this leaves room for other commands of it.
const MOST_BYTES: usize = 512 * 1024;
/// Characters in the fence of one lesson.
const MOST_IN_A_FENCE: usize = 16 * 1024;

/// The summary of all submissions.
#[must_use]
pub fn of_all(submissions: &[Submission]) -> String {
    whole(Summary::default(), submissions)
}

/// The same, one submission at a time.
#[derive(Debug, Default)]
pub struct Summary {
    bytes: usize,
    /// So many found no room.
    left_out: usize,
}

impl Document for Summary {
    fn part(&mut self, submission: &Submission) -> String {
        let section = if self.left_out == 0 { section(submission) } else { String::new() };
        if self.left_out > 0 || self.bytes + section.len() > MOST_BYTES {
            self.left_out += 1;
            return String::new();
        }
        self.bytes += section.len();
        section
    }

    fn tail(&self) -> String {
        match self.left_out {
            0 => String::new(),
            left_out => format!("{left_out} more lessons are not shown here.\n\n"),
        }
    }
}

fn section(submission: &Submission) -> String {
    let mut out = format!("## {}\n\n", prose(&format!("{} {}", submission.suite(), submission.title)));
    out.push_str(&format!("{}\n\n", sentence(submission)));
    for note in submission.class.iter().flat_map(|class| &class.notes) {
        out.push_str(&format!("{}\n\n", prose(note)));
    }
    out.push_str("| | Done when | Scenarios | Points |\n| --- | --- | --- | --- |\n");
    let parts = shown_parts(submission);
    let is_shown = |criterion: &&CriterionVerdict| !submission.hides(&criterion.id);
    submission.criteria().iter().filter(is_shown).for_each(|criterion| out.push_str(&row(criterion, &parts)));
    out.push('\n');
    match &submission.outcome {
        Outcome::DoesNotBuild { output, .. } => {
            out.push_str(&format!("{DOES_NOT_BUILD} The compiler says:\n\n{}\n", fenced(&compiler(output))));
        }
        Outcome::NoProgram { reason, .. } => out.push_str(&format!("{}\n\n", prose(reason))),
        Outcome::Judged(..) => out.push_str(&details(submission)),
    }
    out
}

fn sentence(submission: &Submission) -> String {
    match require_score(submission) {
        Ok(()) => {
            let (earned, points) = worth(submission);
            format!("{} of {} points.", number(earned), number(points))
        }
        Err(_) => "Not everything could be judged; this is not the program's fault.".to_owned(),
    }
}

fn row(criterion: &CriterionVerdict, parts: &[Part<'_>]) -> String {
    let CriterionVerdict { id, text, state, held, of, .. } = criterion;
    let (mark, count) = match state {
        State::Held => ("✅", format!("{held}/{of}")),
        State::Failed if *of == 0 => ("❌", String::new()),
        State::Failed => ("❌", format!("{held}/{of}")),
        State::NotRun => ("⚪", "not run".to_owned()),
    };
    let part = parts.iter().find(|part| part.criterion.id == *id);
    let points = part.map(|part| format!("{}/{}", part.earned, part.points)).unwrap_or_default();
    format!("| {mark} | {} | {count} | {points} |\n", prose(text))
}

/// The first failure drawn, and everything else that is worth a line.
fn details(submission: &Submission) -> String {
    let cases = cases(submission);
    let first = |state| cases.iter().find(|case| case.state == state).and_then(|case| case.scenario);
    let first = first(CaseState::Failed).or_else(|| first(CaseState::Advice));
    let drawing = first.map(|scenario| terminal::explain(scenario, &Look::of_a_file(), Detail::default()));
    let drawing = drawing.map(|text| format!("{}\n", fenced(&shortened(text.trim_end(), MOST_IN_A_FENCE))));
    let is_other = |case: &&Case<'_>| {
        case.state != CaseState::Held && first.is_none_or(|scenario| scenario.id != case.id)
    };
    let others: String = cases.iter().filter(is_other).map(item).collect();
    let end = if others.is_empty() { "" } else { "\n" };
    format!("{}{others}{end}", drawing.unwrap_or_default())
}

fn item(case: &Case<'_>) -> String {
    let state = match case.state {
        CaseState::Failed | CaseState::Held => "failed",
        CaseState::Advice => "worth knowing, no points",
        CaseState::Fault => "could not be judged",
        CaseState::Skipped => "not played",
    };
    format!("- `{}` ({state}): {}\n", case.id, prose(&case.title))
}

/// A text of the course within a line or a cell. Backticks stay, for authors mean them.
fn prose(text: &str) -> String {
    let mut out = String::new();
    for character in one_line(text).chars() {
        match character {
            '<' => out.push_str("&lt;"),
            '|' => out.push_str("\\|"),
            _ => out.push(character),
        }
    }
    out
}

/// The text as it is, whatever is in it.
fn fenced(text: &str) -> String {
    let longest = text.split(|character| character != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(3.max(longest + 1));
    format!("{fence}text\n{}\n{fence}\n", shortened(text, MOST_IN_A_FENCE))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_gets_out_of_a_fence() {
        assert_eq!(fenced("a"), "```text\na\n```\n");
        assert_eq!(fenced("a\n````\n# b"), "`````text\na\n````\n# b\n`````\n");
    }

    #[test]
    fn cells_stay_cells() {
        assert_eq!(prose("a | `b` <c>\nd"), "a \\| `b` &lt;c> d");
    }
}
