//! A lesson of the class: how many have reached what, its criteria, its scores, and what fails alike.

use crate::report::class::{Cluster, CriterionOverview, Histogram, Kind, LessonOverview};
use crate::report::line::{Line, Tone};
use crate::report::look::Look;
use crate::report::terminal::indented;
use crate::report::text::{fit, grouped, shown, width, wrap};

use super::name;

/// Columns of a bar.
const BAR: usize = 16;
/// Columns of the numbers beside it.
const NUMBER: usize = 6;
/// So many clusters are told of.
const SHOWN_CLUSTERS: usize = 10;

pub(super) fn lines(lesson: &LessonOverview, look: &Look) -> Vec<Line> {
    let title = fit(&shown(&format!("{} {}", lesson.id, lesson.title), look), look.columns(), look);
    let mut lines = vec![Line::of(Tone::Strong, title)];
    lines.extend(indented(&said(lesson), Tone::Plain, look));
    lines.extend(indented(&kinds(lesson, look), Tone::Plain, look));
    lines.push(Line::empty());
    lines.push(Line::of(Tone::Quiet, heads(look)));
    lines.extend(lesson.criteria.iter().flat_map(|criterion| criterion_lines(criterion, look)));
    lines.push(Line::empty());
    lines.extend(scores(&lesson.scores, look));
    lines.extend(clusters(&lesson.clusters, look));
    lines
}

fn said(lesson: &LessonOverview) -> String {
    let (held, total) = (lesson.counts.of(Kind::Held), lesson.counts.total());
    let percent = (100 * held).checked_div(total).unwrap_or(0);
    let passed = lesson.passed.map(|passed| format!(" {} reach the pass mark.", grouped(passed)));
    format!(
        "{percent} % hold all criteria: {} of {}.{}",
        grouped(held),
        grouped(total),
        passed.unwrap_or_default()
    )
}

fn kinds(lesson: &LessonOverview, look: &Look) -> String {
    let there = Kind::ALL.into_iter().filter(|kind| lesson.counts.of(*kind) > 0);
    let told = there.map(|kind| format!("{} {}", grouped(lesson.counts.of(kind)), kind.words()));
    told.collect::<Vec<_>>().join(&format!(" {} ", look.dot()))
}

fn bar(part: usize, whole: usize, look: &Look) -> String {
    let [counts, rest] = look.glyphs().bar;
    let full = (BAR * part).checked_div(whole).unwrap_or(0);
    format!("{}{}", counts.repeat(full), rest.repeat(BAR - full))
}

/// Columns before the text of a criterion.
const BEFORE_TEXT: usize = 2 + 3 * NUMBER + 2;

fn heads(look: &Look) -> String {
    let bar = if look.is_narrow() { String::new() } else { " ".repeat(BAR + 1) };
    format!("  {bar}{:>NUMBER$}{:>NUMBER$}{:>NUMBER$}", "holds", "fails", "open")
}

fn criterion_lines(criterion: &CriterionOverview, look: &Look) -> Vec<Line> {
    let CriterionOverview { text, points, is_hidden, held, failed, not_judged, .. } = criterion;
    let hidden = if *is_hidden { ", hidden from learners" } else { "" };
    let text = format!("{text} ({points} points{hidden})");
    let (bar, before) = match look.is_narrow() {
        true => (String::new(), BEFORE_TEXT),
        false => (format!("{} ", bar(*held, held + failed + not_judged, look)), BEFORE_TEXT + BAR + 1),
    };
    let numbers = [held, failed, not_judged].map(|number| format!("{:>NUMBER$}", grouped(*number)));
    let start = Line::of(Tone::Plain, "  ").with(Tone::Quiet, bar).with(Tone::Plain, numbers.concat());
    let mut texts = wrap(&shown(&text, look), look.columns() - before).into_iter();
    let first = texts.next().unwrap_or_default();
    let mut lines = vec![start.with(Tone::Plain, format!("  {first}"))];
    lines.extend(texts.map(|text| Line::of(Tone::Plain, format!("{}{text}", " ".repeat(before)))));
    lines
}

fn scores(scores: &Histogram, look: &Look) -> Vec<Line> {
    let whole = scores.tenths.iter().sum();
    let line = |(tenth, amount): (usize, &usize)| {
        let label = match tenth {
            10 => "all points".to_owned(),
            _ => format!("{:>2} to {:>2} %", 10 * tenth, 10 * tenth + 9),
        };
        Line::of(Tone::Plain, format!("  {label:<10}{:>NUMBER$}  ", grouped(*amount)))
            .with(Tone::Quiet, bar(*amount, whole, look))
    };
    let mut lines: Vec<Line> =
        scores.tenths.iter().enumerate().filter(|(_, amount)| **amount > 0).map(line).collect();
    let without = format!("  {:<10}{:>NUMBER$}", "no score", grouped(scores.without));
    lines.extend((scores.without > 0).then(|| Line::of(Tone::Plain, without)));
    lines
}

fn clusters(clusters: &[Cluster], look: &Look) -> Vec<Line> {
    if clusters.is_empty() {
        return Vec::new();
    }
    let mut lines = vec![Line::empty(), Line::of(Tone::Strong, "  What fails alike")];
    lines.extend(clusters.iter().take(SHOWN_CLUSTERS).flat_map(|cluster| cluster_lines(cluster, look)));
    let more = clusters.len().saturating_sub(SHOWN_CLUSTERS);
    lines.extend((more > 0).then(|| Line::of(Tone::Quiet, format!("  and {} smaller", grouped(more)))));
    lines
}

fn cluster_lines(cluster: &Cluster, look: &Look) -> Vec<Line> {
    let before = 2 + NUMBER + 2;
    let title = shown(&format!("{} [{}]", cluster.title, cluster.id), look);
    let comment = cluster.comment.as_ref().map(|comment| format!("Comment: {}", shown(comment, look)));
    let who: Vec<String> =
        cluster.learners.iter().take(3).map(|person| fit(&name(&person.login, look), 16, look)).collect();
    let more = cluster.size.saturating_sub(who.len());
    let more = if more > 0 { format!(" and {} more", grouped(more)) } else { String::new() };
    let texts = [Some(title), comment, Some(format!("{}{more}", who.join(", ")))];
    let room = look.columns() - before;
    let texts = texts.into_iter().flatten().flat_map(|text| wrap(&text, room));
    let number = grouped(cluster.size);
    let lines = texts.enumerate().map(|(index, text)| {
        let number = if index == 0 { number.as_str() } else { "" };
        let gap = " ".repeat(NUMBER.saturating_sub(width(number)));
        Line::of(Tone::Strong, format!("  {gap}{number}  ")).with(Tone::Plain, text)
    });
    lines.collect()
}
