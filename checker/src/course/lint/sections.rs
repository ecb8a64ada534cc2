//! The sections that every lesson has, in the same order.

use pulldown_cmark::HeadingLevel;

use super::LessonText;
use crate::course::document::Heading;
use crate::course::error::CourseError;
use crate::course::words;

/// The `##` headings, in order.
const SECTIONS: [&str; 9] = [
    "Goal",
    "What you build",
    "Why it matters",
    "Training session",
    "Done when",
    "Common mistakes",
    "Proof",
    "Hero visual",
    "Future lock",
];

/// The `###` headings of the training session, in order.
const TRAINING: [&str; 2] = ["Warmup", "Work"];

/// The headings below `Work`, of any level, in order.
const WORK: [&str; 5] = ["Do", "Test", "Expected", "Prove", "Ship"];

/// Checks that all sections are there, and in order.
pub(super) fn check(text: &LessonText<'_>, errors: &mut Vec<CourseError>) {
    let headings = &text.document.headings;
    let sections: Vec<_> = headings.iter().filter(|heading| heading.level == HeadingLevel::H2).collect();
    in_order(text, &sections, &SECTIONS, "##", errors);
    for section in sections.iter().filter(|section| !SECTIONS.contains(&section.text.as_str())) {
        errors.push(words::unknown(&text.file, section.span.clone(), "section", &section.text, &SECTIONS));
    }
    let Some(training) = text.document.section("Training session") else { return };
    let inside: Vec<_> = headings.iter().filter(|heading| training.contains(&heading.span.start)).collect();
    let parts: Vec<_> = inside.iter().copied().filter(|heading| heading.level == HeadingLevel::H3).collect();
    in_order(text, &parts, &TRAINING, "###", errors);
    let steps: Vec<_> = inside.iter().copied().filter(|heading| heading.level > HeadingLevel::H3).collect();
    in_order(text, &steps, &WORK, "####", errors);
}

/// Each wanted heading must be among `headings`, behind those before it.
fn in_order(
    text: &LessonText<'_>,
    headings: &[&Heading],
    wanted: &[&str],
    marks: &str,
    errors: &mut Vec<CourseError>,
) {
    let mut last: Option<&Heading> = None;
    for name in wanted {
        let Some(found) = headings.iter().find(|heading| heading.text == *name) else {
            let error = CourseError::about_file(&text.file.path, format!("missing section `{marks} {name}`"));
            errors.push(error.help(order(wanted)));
            continue;
        };
        match last {
            Some(last) if last.span.start > found.span.start => {
                let message = format!("the section `{name}` stands before `{}`", last.text);
                errors.push(text.file.error(found.span.clone(), message).help(order(wanted)));
            }
            _ => last = Some(found),
        }
    }
}

fn order(wanted: &[&str]) -> String {
    format!("the order is {}", wanted.join(" · "))
}
