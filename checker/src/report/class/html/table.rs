//! The table of all results: a line for each learner and lesson.

use crate::report::class::{Flag, Person, Row};

use super::words::{isolated, key, line, named, person, sign, span};

/// The columns, each with the class of its cells.
const COLUMNS: [(&str, &str); 8] = [
    ("Learner", "learner"),
    ("Lesson", "of-lesson"),
    ("Result", "result"),
    ("Score", "score"),
    ("Late", "late"),
    ("Attempts", "attempts"),
    ("Program", "program"),
    ("What it has in common", "cluster"),
];

/// So many others are named in a line.
const NAMED: usize = 2;

pub(super) fn begin(has_lessons: bool) -> String {
    let column = |(title, class): &(&str, &str)| {
        format!("<th scope=\"col\" class=\"{class}\" data-sort=\"{class}\">{title}</th>")
    };
    let class = if has_lessons { "results" } else { "results of-one" };
    format!(
        "<table class=\"{class}\">\n<caption class=\"unseen\">Every learner in every lesson</caption>\n\
         <thead><tr>{}</tr></thead>\n<tbody>\n",
        COLUMNS.iter().map(column).collect::<String>()
    )
}

pub(super) fn end(rows: usize) -> String {
    let none = if rows == 0 { "<p>Nobody has handed in anything.</p>\n" } else { "" };
    format!(
        "</tbody>\n</table>\n{none}<p class=\"more\" hidden><button type=\"button\"></button></p>\n</section>\n"
    )
}

/// A line. What it is chosen and sorted by stands in its attributes.
pub(super) fn row(row: &Row, cluster: Option<&str>) -> String {
    let kind = key(row.kind);
    let late = row.late.map(|late| late.as_secs());
    format!(
        "<tr class=\"{kind}\"{lesson}{failed}{cluster_id}{only}{score}{seconds}><th scope=\"row\">{who}</th><td>{of}</td>\
         <td><span class=\"sign\" aria-hidden=\"true\">{sign}</span> {words}{remarks}</td><td>{points}</td><td>{late}</td>\
         <td>{attempts}</td><td>{program}</td><td>{cluster}</td></tr>\n",
        lesson = attribute("lesson", &row.lesson),
        failed = attribute("failed", &row.failed.join(" ")),
        cluster_id = attribute("cluster", row.cluster.as_deref().unwrap_or_default()),
        only = attribute("only", &only(row).join(" ")),
        score = attribute("score", &row.score.map(|score| score.earned.0.to_string()).unwrap_or_default()),
        seconds = attribute("late", &late.map(|late| late.to_string()).unwrap_or_default()),
        who = person(&row.person),
        of = line(&row.lesson),
        sign = sign(row.kind),
        words = row.words(),
        remarks = remarks(row),
        points = row.score.map(|score| score.to_string()).unwrap_or_default(),
        late = row.late.map(span).unwrap_or_default(),
        attempts = row.attempts,
        program = row.program.as_deref().map(isolated).unwrap_or_default(),
        cluster = cluster.map(|title| line(&title.replace('`', ""))).unwrap_or_default(),
    )
}

fn attribute(name: &str, value: &str) -> String {
    if value.is_empty() { String::new() } else { format!(" data-{name}=\"{}\"", line(value)) }
}

/// For what else the line can be chosen.
fn only(row: &Row) -> Vec<&'static str> {
    let flags = row.flags.iter().map(|flag| match flag {
        Flag::NeedsLook(_) => "look",
        Flag::DuplicateOf { .. } => "duplicate",
        Flag::HiddenFailed => "hidden",
    });
    let late = row.late.is_some().then_some("late");
    let below = (row.has_passed == Some(false)).then_some("below");
    flags.chain(late).chain(below).collect()
}

fn remarks(row: &Row) -> String {
    let remarks: Vec<String> = row.flags.iter().map(|flag| remark(flag, NAMED)).collect();
    let below = (row.has_passed == Some(false)).then(|| "below the pass mark".to_owned());
    let remarks: Vec<String> = remarks.into_iter().chain(below).collect();
    if remarks.is_empty() { String::new() } else { format!(" <small>{}</small>", remarks.join("; ")) }
}

/// What is worth knowing, in a few words; of others, at most so many are named.
pub(super) fn remark(flag: &Flag, most: usize) -> String {
    match flag {
        Flag::NeedsLook(why) => format!("<b>needs a look:</b> {}", line(why)),
        Flag::DuplicateOf { others, first } => {
            format!("the same files as {}", others_named(&first[..first.len().min(most)], *others))
        }
        Flag::HiddenFailed => "a hidden criterion fails".to_owned(),
    }
}

fn others_named(first: &[Person], others: usize) -> String {
    let mut named: Vec<String> = first.iter().map(named).collect();
    let more = others.saturating_sub(named.len());
    if more > 0 {
        named.push(format!("{more} more"));
    }
    match named.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, before)) => format!("{} and {last}", before.join(", ")),
        None => String::new(),
    }
}
