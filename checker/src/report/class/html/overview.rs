//! The page of the class: what needs a look, then the class, then the table.

use std::collections::BTreeMap;
use std::io::{self, Write};

use crate::report::class::{Overview, Row};
use crate::report::seed;
use crate::report::text::{count, grouped};

use super::document;
use super::filters;
use super::lesson;
use super::table;
use super::words::{line, person};

const SCRIPT: &str = include_str!("class.js");

/// The page of the class in the making. The table's lines are written as they come, and none is kept.
#[derive(Debug)]
pub struct OverviewPage<W: Write> {
    out: W,
    /// What the clusters have in common, by lesson and id.
    clusters: BTreeMap<(String, String), String>,
    rows: usize,
}

impl<W: Write> OverviewPage<W> {
    /// Writes all that stands above the table's lines.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn begin(mut out: W, overview: &Overview) -> io::Result<Self> {
        let title = format!("{} · class report", overview.title);
        out.write_all(document::begin(&title, Some(SCRIPT), "").as_bytes())?;
        out.write_all(header(overview).as_bytes())?;
        out.write_all(b"<main id=\"main\" tabindex=\"-1\">\n")?;
        out.write_all(needs_look(overview).as_bytes())?;
        for (index, lesson) in overview.lessons.iter().enumerate() {
            out.write_all(lesson::section(lesson, index + 1).as_bytes())?;
        }
        out.write_all(filters::form(overview).as_bytes())?;
        out.write_all(table::begin(overview.lessons.len() > 1).as_bytes())?;
        let clusters = overview.lessons.iter().flat_map(|lesson| {
            lesson.clusters.iter().map(|each| ((lesson.id.clone(), each.id.clone()), each.title.clone()))
        });
        Ok(Self { clusters: clusters.collect(), out, rows: 0 })
    }

    /// Writes one line of the table.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn row(&mut self, row: &Row) -> io::Result<()> {
        let cluster =
            row.cluster.as_ref().and_then(|id| self.clusters.get(&(row.lesson.clone(), id.clone())));
        self.rows += 1;
        self.out.write_all(table::row(row, cluster.map(String::as_str)).as_bytes())
    }

    /// Writes what stands beneath the table.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn finish(mut self) -> io::Result<()> {
        self.out.write_all(table::end(self.rows).as_bytes())?;
        self.out.write_all(b"</main>\n")?;
        self.out.write_all(document::end(Some(SCRIPT)).as_bytes())?;
        self.out.flush()
    }
}

/// What the class is called, and the facts that a run can be repeated from.
fn header(overview: &Overview) -> String {
    let facts = [
        count(overview.learners, "learner"),
        count(overview.submissions, "submission"),
        count(overview.programs, "different program"),
        format!("seed <code>{}</code>", seed(overview.seed)),
        format!("{} level", overview.level),
        format!("workbook {}", line(&overview.checker)),
    ];
    format!(
        "<header class=\"top\">\n<p class=\"where\">Class report</p>\n<h1><bdi>{}</bdi></h1>\n\
         <p class=\"facts\">{}</p>\n</header>\n",
        line(&overview.title),
        facts.map(|fact| format!("<span>{fact}</span>")).join(" · "),
    )
}

/// What somebody has to decide before anything counts.
fn needs_look(overview: &Overview) -> String {
    let total = overview.undecided();
    if total == 0 {
        return "<p class=\"settled\"><span aria-hidden=\"true\">✓</span> Nothing needs a look: every result counts as it is.</p>\n"
            .to_owned();
    }
    let items: String = overview.needs_look.iter().map(look).collect();
    let more = match total.saturating_sub(overview.needs_look.len()) {
        0 => String::new(),
        more => format!(
            "<p><a href=\"#table\" data-view=\"only=look\">{} more in the table</a></p>\n",
            grouped(more)
        ),
    };
    let verb = if total == 1 { "needs" } else { "need" };
    format!(
        "<section class=\"looks\" aria-labelledby=\"looks\">\n<h2 id=\"looks\"><span aria-hidden=\"true\">≈</span> \
         {} {verb} a look</h2>\n<p>Without a score until somebody has decided; all others count.</p>\n\
         <ul role=\"list\">\n{items}</ul>\n{more}</section>\n",
        grouped(total),
    )
}

fn look(row: &Row) -> String {
    format!(
        "<li><span class=\"who\">{}</span> <span class=\"id\">{}</span> <span class=\"why\">{}</span></li>\n",
        person(&row.person),
        line(&row.lesson),
        line(row.needs_look().unwrap_or(row.words())),
    )
}
