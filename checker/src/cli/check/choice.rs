//! Which lessons are checked.

use anyhow::bail;

use super::Arguments;
use crate::course::{Course, Lesson};
use crate::learner::Progress;

/// Those that were named, or those that are to be done.
///
/// # Errors
/// When there is no such lesson or scenario, or nothing to do.
pub(super) fn lessons<'a>(
    arguments: &Arguments,
    course: &'a Course,
    progress: &Progress,
) -> anyhow::Result<Vec<&'a Lesson>> {
    if arguments.lessons.is_empty() {
        if arguments.choice.is_command() || arguments.scenario.is_some() {
            bail!("name the lesson, as in: workbook check w04-l03 --scenario …");
        }
        return lessons_to_do(arguments, course, progress);
    }
    let lessons: Vec<&Lesson> =
        arguments.lessons.iter().map(|name| course.lesson(name)).collect::<Result<_, _>>()?;
    if let Some(wanted) = &arguments.scenario {
        for lesson in &lessons {
            let known: Vec<&str> =
                lesson.checks.scenarios.iter().map(|scenario| scenario.id.get_ref().as_str()).collect();
            if !known.contains(&wanted.as_str()) {
                bail!("{} has no scenario `{wanted}`; there are:\n  {}", lesson.id, known.join("\n  "));
            }
        }
    }
    Ok(lessons)
}

/// The exercise of the lesson that the learner is in; solutions of all lessons.
fn lessons_to_do<'a>(
    arguments: &Arguments,
    course: &'a Course,
    progress: &Progress,
) -> anyhow::Result<Vec<&'a Lesson>> {
    if !arguments.choice.is_exercise() {
        return Ok(course.lessons.iter().collect());
    }
    let Some(current) = progress.current(course) else {
        bail!(
            "all lessons are done; name the one to check again, as in: workbook check {}",
            course.lessons[0].id
        );
    };
    Ok(vec![current])
}
