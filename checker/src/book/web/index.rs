//! The page that a reader begins with.

use super::escape::escape;
use super::{frame, page_name};
use crate::course::Course;

/// All parts with their lessons.
pub(super) fn page(course: &Course) -> String {
    let parts: String = course
        .parts
        .iter()
        .map(|part| {
            let (address, title) = (escape(&page_name(&part.id)), escape(&part.title));
            let list = frame::lesson_list(course, part);
            format!(
                "<h2><a href=\"{address}\"><span class=\"id\">{}</span> {title}</a></h2>\n{list}",
                escape(&part.id)
            )
        })
        .collect();
    let text = format!(
        "<header>\n<h1>Workbook</h1>\n</header>\n\
         <p>Read a lesson, write its program in Rust, C or Python, and check it as often as you like: \
         <code>workbook check LESSON</code>.</p>\n{parts}"
    );
    frame::document("Workbook", &frame::plain_main(&text))
}
