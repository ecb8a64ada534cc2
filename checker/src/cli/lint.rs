//! `workbook lint`: the author's mistakes.

use std::io::IsTerminal;
use std::path::Path;

use super::{CANNOT_JUDGE, HOLDS, out, workplace};
use crate::course::{Course, CourseErrors, lint};

pub(super) fn run(course: Option<&Path>) -> anyhow::Result<u8> {
    let root = workplace::root(course)?;
    let errors = match Course::load(&root) {
        Ok(course) => {
            let errors = lint::lint(&course);
            if errors.is_empty() {
                out::print(&summary(&course))?;
                return Ok(HOLDS);
            }
            CourseErrors(errors)
        }
        Err(errors) => errors,
    };
    let has_colour = out::look().has_colour && std::io::stderr().is_terminal();
    out::note(&errors.render(has_colour));
    let amount = errors.0.len();
    out::note(&format!(
        "\n{amount} {} in the course's files",
        if amount == 1 { "mistake" } else { "mistakes" }
    ));
    Ok(CANNOT_JUDGE)
}

fn summary(course: &Course) -> String {
    let count = |of: fn(&crate::course::checks::Checks) -> usize| -> usize {
        course.lessons.iter().map(|lesson| of(&lesson.checks)).sum()
    };
    format!(
        "{} lessons, {} criteria, {} scenarios, {} mistakes: nothing to complain about\n",
        course.lessons.len(),
        count(|checks| checks.criteria.len()),
        count(|checks| checks.scenarios.len()),
        count(|checks| checks.mistakes.len()),
    )
}
