//! What is told of the class as a whole.

use super::class::{Class, points, score_of};
use crate::cli::gradebook::run_title;
use crate::grade::clusters::{Member, clusters};
use crate::grade::gradebook::{Gradebook, GradebookError, Tally, Worth, unearned};
use crate::grade::plan::PlannedLesson;
use crate::grade::policy::Part;
use crate::judge::State;
use crate::report::class::{
    Cluster, Counts, CriterionOverview, Histogram, LessonOverview, Overview, Person, Row,
};

/// So many lines that need a look stand above the table; the table has all.
const MOST_LOOKS: usize = 50;
/// So many learners of a cluster are named.
const MOST_NAMED: usize = 20;

/// Counts the class.
///
/// # Errors
/// When the gradebook cannot be read.
pub(in crate::cli::gradebook) fn overview(
    class: &Class<'_>,
    book: &Gradebook,
) -> Result<Overview, GradebookError> {
    let planned: Vec<&PlannedLesson> =
        class.run.lessons.iter().filter(|lesson| class.is_asked_for(&lesson.id)).collect();
    let mut overview = Overview {
        title: run_title(class.run.number, &planned),
        learners: 0,
        submissions: 0,
        programs: book.programs(class.run)?,
        seed: class.run.seed,
        level: class.run.level,
        checker: class.run.checker.clone(),
        lessons: planned.iter().map(|lesson| begun(class, lesson)).collect(),
        needs_look: Vec::new(),
    };
    let mut members = Vec::new();
    class.each_learner(book, |tallies| {
        overview.learners += 1;
        for tally in &tallies {
            count(class, tally, &mut overview);
            members.extend(tally.failure());
        }
        Ok::<(), GradebookError>(())
    })?;
    add_clusters(class, &members, &mut overview.lessons);
    Ok(overview)
}

/// A lesson of which nothing is counted yet.
fn begun(class: &Class<'_>, planned: &PlannedLesson) -> LessonOverview {
    let rules = class.rules;
    let lesson = rules.course.lessons.iter().find(|lesson| lesson.id == planned.id);
    let criteria = lesson.map(|lesson| unearned(lesson, class.run.level)).unwrap_or_default();
    LessonOverview {
        id: planned.id.clone(),
        title: planned.title.clone(),
        counts: Counts::default(),
        passed: rules.policy.has_pass_mark(&planned.id).then_some(0),
        criteria: rules.policy.parts(&planned.id, &criteria).iter().map(criterion).collect(),
        scores: Histogram::default(),
        clusters: Vec::new(),
    }
}

fn criterion(part: &Part) -> CriterionOverview {
    CriterionOverview {
        id: part.id.clone(),
        text: part.text.clone(),
        points: points(part.points),
        is_hidden: part.is_hidden,
        held: 0,
        failed: 0,
        not_judged: 0,
    }
}

fn count(class: &Class<'_>, tally: &Tally, overview: &mut Overview) {
    overview.submissions += tally.attempts;
    let row = class.row(tally);
    if let Some(lesson) = overview.lessons.iter_mut().find(|lesson| lesson.id == tally.lesson) {
        count_in_lesson(tally, &row, lesson);
    }
    if row.needs_look().is_some() && overview.needs_look.len() < MOST_LOOKS {
        overview.needs_look.push(row);
    }
}

fn count_in_lesson(tally: &Tally, row: &Row, lesson: &mut LessonOverview) {
    lesson.counts.add(row.kind);
    lesson.scores.add(row.score.as_ref());
    if let Some(passed) = &mut lesson.passed {
        *passed += usize::from(row.has_passed == Some(true));
    }
    if matches!(tally.worth, Worth::NeedsLook(_)) {
        lesson.criteria.iter_mut().for_each(|criterion| criterion.not_judged += 1);
    }
    for part in score_of(&tally.worth).iter().flat_map(|score| &score.parts) {
        let known = lesson.criteria.iter().position(|criterion| criterion.id == part.id);
        // The course has changed since: what it was graded by counts.
        let place = known.unwrap_or(lesson.criteria.len());
        if known.is_none() {
            lesson.criteria.push(criterion(part));
        }
        let criterion = &mut lesson.criteria[place];
        match part.state {
            State::Held => criterion.held += 1,
            State::Failed => criterion.failed += 1,
            State::NotRun => criterion.not_judged += 1,
        }
    }
}

fn add_clusters(class: &Class<'_>, members: &[Member], lessons: &mut [LessonOverview]) {
    for found in clusters(members) {
        let Some(lesson) = lessons.iter_mut().find(|lesson| lesson.id == found.lesson) else { continue };
        let first = found.learners.iter().take(MOST_NAMED);
        let learners: Vec<Person> = first.map(|login| class.person(login)).collect();
        lesson.clusters.push(Cluster {
            size: found.learners.len(),
            comment: class.comments.get(&found.mark.id).cloned(),
            id: found.mark.id,
            title: found.mark.title,
            learners,
        });
    }
}
