//! What chooses lines of the table. It is shown by the script that it needs.

use std::fmt::Write;

use crate::report::class::{Kind, LessonOverview, Overview};

use super::words::{key, line};

/// Other reasons to choose a line, each with its words.
const ONLY: [(&str, &str); 5] = [
    ("look", "needs a look"),
    ("late", "late"),
    ("duplicate", "the same as another's"),
    ("below", "below the pass mark"),
    ("hidden", "a hidden criterion fails"),
];

pub(super) fn form(overview: &Overview) -> String {
    let lessons: String = overview
        .lessons
        .iter()
        .map(|lesson| option(&lesson.id, &format!("{} {}", lesson.id, lesson.title)))
        .collect();
    let kinds: String = Kind::ALL.iter().map(|kind| option(key(*kind), kind.words())).collect();
    let only: String = ONLY.iter().map(|(value, words)| option(value, words)).collect();
    let criteria = groups(overview, |lesson| {
        lesson.criteria.iter().map(|each| (each.id.as_str(), each.text.replace('`', ""))).collect()
    });
    let clusters = groups(overview, |lesson| {
        let words = |title: &str, size| format!("{size}: {}", title.replace('`', ""));
        lesson.clusters.iter().map(|each| (each.id.as_str(), words(&each.title, each.size))).collect()
    });
    let lesson =
        if overview.lessons.len() > 1 { select("lesson", "Lesson", "all", &lessons) } else { String::new() };
    let cluster =
        if clusters.is_empty() { String::new() } else { select("cluster", "Cluster", "any", &clusters) };
    format!(
        "<section id=\"table\" aria-labelledby=\"all\">\n<h2 id=\"all\">All results</h2>\n\
         <form class=\"filters\" hidden>\n\
         <label>Find <input type=\"search\" name=\"text\" autocomplete=\"off\" placeholder=\"name, login, program\"></label>\n\
         {lesson}{}{}{cluster}{}<button type=\"reset\">Show all</button>\n\
         <p class=\"count\" role=\"status\"></p>\n</form>\n",
        select("result", "Result", "any", &kinds),
        select("criterion", "Does not hold", "any criterion", &criteria),
        select("only", "Only", "everything", &only),
    )
}

fn select(name: &str, label: &str, all: &str, options: &str) -> String {
    format!(
        "<label>{label} <select name=\"{name}\"><option value=\"\">{all}</option>\n{options}</select></label>\n"
    )
}

fn option(value: &str, text: &str) -> String {
    format!("<option value=\"{}\">{}</option>\n", line(value), line(text))
}

/// Options of each lesson, below the lesson's name where there are several.
fn groups<'a>(
    overview: &'a Overview,
    options: impl Fn(&'a LessonOverview) -> Vec<(&'a str, String)>,
) -> String {
    let mut out = String::new();
    for lesson in &overview.lessons {
        let options: String =
            options(lesson).iter().map(|(id, text)| option(&format!("{}/{id}", lesson.id), text)).collect();
        if overview.lessons.len() == 1 || options.is_empty() {
            out.push_str(&options);
        } else {
            write!(out, "<optgroup label=\"{}\">\n{options}</optgroup>\n", line(&lesson.id))
                .unwrap_or_default();
        }
    }
    out
}
