//! A learner's submissions, each with its criteria and what was wrong.

use crate::judge::{ScenarioVerdict, State, Verdict};
use crate::report::class::html::span;
use crate::report::class::{CriterionResult, Evidence, LearnerPage, Submission};
use crate::report::line::{Line, Tone, render};
use crate::report::look::Look;
use crate::report::terminal::{self, Detail, command_lines, indented, labelled};
use crate::report::text::{fit, shown, wrap};

use super::table::remark;
use super::{mark, name};

/// Columns before the text of a criterion.
const INDENT: usize = 4;

/// Everything of a learner, in order; what is wrong with submissions that do not count is left out.
#[must_use]
pub fn learner(page: &LearnerPage, look: &Look) -> String {
    let login = name(&page.person.login, look);
    let title = match &page.person.name {
        Some(person) => format!("{} ({login})", name(person, look)),
        None => login,
    };
    let mut out = render(vec![Line::of(Tone::Strong, fit(&title, look.columns(), look))], look);
    if page.submissions.is_empty() {
        out.push_str("Nothing was handed in.\n");
    }
    for submission in &page.submissions {
        out.push('\n');
        out.push_str(&render(head(submission, look), look));
        if submission.is_counting {
            out.push_str(&render(criteria(&submission.criteria, look), look));
            out.push_str(&evidence(submission, look));
            out.push_str(&again(submission, look));
        }
    }
    out
}

fn head(submission: &Submission, look: &Look) -> Vec<Line> {
    let title = shown(&format!("{} {}", submission.lesson, submission.title), look);
    let (tone, sign) = mark(submission.kind, look);
    let score = submission.score.map_or_else(|| "no score yet".to_owned(), |score| format!("{score} points"));
    let passed = match submission.has_passed {
        Some(true) => ", reaches the pass mark",
        Some(false) => ", below the pass mark",
        None => "",
    };
    let mut lines = vec![Line::of(Tone::Strong, fit(&title, look.columns(), look))];
    let words = format!(" {}, {score}{passed}", submission.kind.words_after(submission.attempts));
    lines.push(Line::of(tone, sign).with(Tone::Plain, fit(&words, look.columns() - 2, look)));
    lines.extend(indented(&facts(submission, look), Tone::Quiet, look));
    let remarks = submission.flags.iter().map(|flag| capitalised(&format!("{}.", remark(flag, look))));
    lines.extend(remarks.flat_map(|remark| indented(&remark, Tone::Strong, look)));
    lines.extend(labelled("comment", submission.comment.as_deref().unwrap_or_default(), look));
    lines
}

/// As a sentence begins.
fn capitalised(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map_or_else(String::new, |first| first.to_uppercase().chain(characters).collect())
}

fn facts(submission: &Submission, look: &Look) -> String {
    let late = submission.late.map(|late| match submission.deducted {
        Some(deducted) => format!("{} late, which costs {deducted} points", span(late)),
        None => format!("{} late", span(late)),
    });
    let attempt = (submission.attempts > 0).then(|| {
        let counting = if submission.is_counting { "" } else { ", which does not count" };
        format!("attempt {} of {}{counting}", submission.attempt, submission.attempts)
    });
    let handed_in = submission.handed_in.as_ref().map(|time| format!("handed in {time}"));
    let program = submission.program.as_ref().map(|program| name(program, look));
    let facts: Vec<String> = [program, attempt, handed_in, late].into_iter().flatten().collect();
    facts.join(&format!(" {} ", look.dot()))
}

fn criteria(criteria: &[CriterionResult], look: &Look) -> Vec<Line> {
    let mut lines = vec![Line::empty()];
    lines.extend(criteria.iter().flat_map(|criterion| criterion_lines(criterion, look)));
    if lines.len() > 1 { lines } else { Vec::new() }
}

fn criterion_lines(criterion: &CriterionResult, look: &Look) -> Vec<Line> {
    let (tone, sign) = terminal::mark(criterion.state, look);
    let scenarios = (criterion.of > 0).then(|| format!("{} of {} scenarios", criterion.held, criterion.of));
    let score = criterion.score.map(|score| format!("{score} points"));
    let hidden = criterion.is_hidden.then(|| "hidden from learners".to_owned());
    let facts: Vec<String> = [scenarios, score, hidden].into_iter().flatten().collect();
    let facts = if facts.is_empty() { String::new() } else { format!(" ({})", facts.join(", ")) };
    let texts = wrap(&shown(&format!("{}{facts}", criterion.text), look), look.columns() - INDENT);
    let line = |(index, text): (usize, String)| match index {
        0 => Line::of(Tone::Plain, "  ").with(tone, sign).with(Tone::Plain, format!(" {text}")),
        _ => Line::of(Tone::Plain, format!("{:INDENT$}{text}", "")),
    };
    texts.into_iter().enumerate().map(line).collect()
}

fn evidence(submission: &Submission, look: &Look) -> String {
    match &submission.evidence {
        Evidence::Judged { verdict, .. } => judged(verdict, look),
        Evidence::Unstable(verdicts) => unstable(verdicts, look),
        Evidence::DoesNotBuild(output) => {
            format!("\n  The compiler says:\n{}", terminal::compiler_notes(output, look))
        }
        Evidence::Nothing(reason) if submission.needs_look() == Some(reason) => String::new(),
        Evidence::Nothing(reason) => render(indented(reason, Tone::Plain, look), look),
    }
}

/// The telling scenario with its drawing, and the others by name.
fn judged(verdict: &Verdict, look: &Look) -> String {
    let failed = failures(verdict);
    let Some((telling, others)) = failed.split_first() else { return String::new() };
    let mut out = format!("\n{}", terminal::explain(telling, look, Detail::default()));
    if !others.is_empty() {
        let names: Vec<&str> = others.iter().map(|other| other.id.as_str()).collect();
        let verb = if names.len() == 1 { "fails" } else { "fail" };
        let text = format!("{} more {verb}: {}", names.len(), names.join(", "));
        out.push_str(&render(indented(&text, Tone::Quiet, look), look));
    }
    out
}

fn failures(verdict: &Verdict) -> Vec<&ScenarioVerdict> {
    verdict.scenarios.iter().filter(|each| each.state == State::Failed && !each.is_advice).collect()
}

fn unstable(verdicts: &[Verdict], look: &Look) -> String {
    let line = |(index, verdict): (usize, &Verdict)| {
        let what = match (verdict.state(), failures(verdict).first()) {
            (State::Held, _) => "all criteria hold".to_owned(),
            (_, Some(first)) => format!("{} fails", first.id),
            (_, None) => "it could not be judged".to_owned(),
        };
        indented(&format!("time {}: {what}", index + 1), Tone::Plain, look)
    };
    render(verdicts.iter().enumerate().flat_map(line).collect(), look)
}

fn again(submission: &Submission, look: &Look) -> String {
    submission.again.as_ref().map_or_else(String::new, |command| {
        let mut lines = vec![Line::empty()];
        lines.extend(command_lines(&[("again", command.clone())], look));
        render(lines, look)
    })
}
