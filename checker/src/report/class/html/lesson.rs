//! A lesson in the overview: how many have reached what, how its criteria fare, and what fails alike.

use std::fmt::Write;

use crate::report::class::{Cluster, CriterionOverview, Kind, LessonOverview};
use crate::report::diagram::sentence;
use crate::report::text::grouped;

use super::bars;
use super::words::{encoded, isolated, key, line, named};

/// So many learners of a cluster are named; the table has all.
const NAMED: usize = 8;
/// So many clusters are shown; the others can be opened.
const SHOWN_CLUSTERS: usize = 5;

pub(super) fn section(lesson: &LessonOverview, number: usize) -> String {
    format!(
        "<section class=\"lesson\" aria-labelledby=\"lesson-{number}\">\n\
         <h2 id=\"lesson-{number}\"><span class=\"id\">{id}</span> {title}</h2>\n{said}{bar}{kinds}\
         <div class=\"beside\">\n{criteria}{scores}</div>\n{clusters}</section>\n",
        id = line(&lesson.id),
        title = line(&lesson.title),
        said = said(lesson),
        bar = bars::kinds(&lesson.counts),
        kinds = kinds(lesson),
        criteria = criteria(lesson),
        scores = bars::scores(&lesson.scores),
        clusters = clusters(lesson),
    )
}

/// The result in a sentence or two.
fn said(lesson: &LessonOverview) -> String {
    let (held, total) = (lesson.counts.of(Kind::Held), lesson.counts.total());
    let percent = (100 * held).checked_div(total).unwrap_or(0);
    let mut out = format!(
        "<p class=\"said\"><b>{percent} %</b> hold all criteria: {} of {}.",
        grouped(held),
        grouped(total)
    );
    if let Some(passed) = lesson.passed {
        write!(out, " {} reach the pass mark.", grouped(passed)).unwrap_or_default();
    }
    if let Some(hardest) = lesson.hardest() {
        let text = sentence(&hardest.text);
        write!(out, " Hardest: “{text}”, which {} miss.", grouped(hardest.failed)).unwrap_or_default();
    }
    out + "</p>\n"
}

/// A link that shows some lines of the table. Without the script it leads to the table.
fn view(filter: &str, text: &str) -> String {
    format!("<a href=\"#table\" data-view=\"{filter}\">{text}</a>")
}

fn kinds(lesson: &LessonOverview) -> String {
    let mut out = String::from("<ul class=\"kinds\" role=\"list\">\n");
    for kind in Kind::ALL.into_iter().filter(|kind| lesson.counts.of(*kind) > 0) {
        let filter = format!("lesson={}&amp;result={}", encoded(&lesson.id), key(kind));
        let text = format!("<b>{}</b> {}", grouped(lesson.counts.of(kind)), kind.words());
        writeln!(out, "<li class=\"{}\">{}</li>", key(kind), view(&filter, &text)).unwrap_or_default();
    }
    out + "</ul>\n"
}

fn criteria(lesson: &LessonOverview) -> String {
    let rows: String = lesson.criteria.iter().map(|criterion| criterion_row(&lesson.id, criterion)).collect();
    format!(
        "<table class=\"criteria\">\n<caption>Criteria</caption>\n<thead><tr><th scope=\"col\">Criterion</th>\
         <th scope=\"col\" class=\"number spare\">Points</th><th scope=\"col\" class=\"number\">Holds</th>\
         <th scope=\"col\" class=\"number\">Does not</th><th scope=\"col\" class=\"number\">Not judged</th></tr></thead>\n\
         <tbody>\n{rows}</tbody>\n</table>\n"
    )
}

fn criterion_row(lesson: &str, criterion: &CriterionOverview) -> String {
    let CriterionOverview { id, text, points, is_hidden, held, failed, not_judged } = criterion;
    let hidden = if *is_hidden { " <span class=\"chip\">hidden from learners</span>" } else { "" };
    let failed_link = match failed {
        0 => "0".to_owned(),
        _ => {
            let filter = format!("criterion={}", encoded(&format!("{lesson}/{id}")));
            view(&filter, &grouped(*failed))
        }
    };
    format!(
        "<tr><th scope=\"row\">{}{hidden}{}</th><td class=\"number spare\">{points}</td><td class=\"number\">{}</td>\
         <td class=\"number\">{failed_link}</td><td class=\"number\">{}</td></tr>\n",
        sentence(text),
        bars::bar(&[("held", *held), ("failed", *failed), ("not-judged", *not_judged)]),
        grouped(*held),
        grouped(*not_judged),
    )
}

fn clusters(lesson: &LessonOverview) -> String {
    if lesson.clusters.is_empty() {
        return String::new();
    }
    let items: Vec<String> = lesson.clusters.iter().map(|each| cluster(&lesson.id, each)).collect();
    let (shown, others) = items.split_at(items.len().min(SHOWN_CLUSTERS));
    let more = match others.len() {
        0 => String::new(),
        number => format!(
            "<details>\n<summary>{number} smaller</summary>\n<ol class=\"clusters\">\n{}</ol>\n</details>\n",
            others.concat()
        ),
    };
    format!("<h3>What fails alike</h3>\n<ol class=\"clusters\">\n{}</ol>\n{more}", shown.concat())
}

fn cluster(lesson: &str, cluster: &Cluster) -> String {
    let who: Vec<String> = cluster.learners.iter().take(NAMED).map(named).collect();
    let more = cluster.size.saturating_sub(who.len());
    let more = if more > 0 { format!(" and {} more", grouped(more)) } else { String::new() };
    let comment = cluster.comment.as_ref().map(|comment| {
        format!("<p class=\"comment\"><span class=\"quiet\">Comment:</span> {}</p>", isolated(comment))
    });
    let filter = format!("cluster={}", encoded(&format!("{lesson}/{}", cluster.id)));
    format!(
        "<li><b class=\"size\">{size}</b><div><p class=\"what\">{title} <code class=\"quiet\">{id}</code></p>{comment}\
         <p class=\"who\">{who}{more}. {see}</p></div></li>\n",
        size = grouped(cluster.size),
        title = sentence(&cluster.title),
        id = line(&cluster.id),
        comment = comment.unwrap_or_default(),
        who = who.join(", "),
        see = view(&filter, "In the table"),
    )
}
