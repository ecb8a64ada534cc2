//! Grades of the class as tables for Canvas and Moodle.

use std::collections::{BTreeMap, BTreeSet};
use std::str::FromStr;

use super::export::{Given, LeftOut};
use crate::grade::gradebook::{Gradebook, GradebookError, Rules, Run, Tally, Worth};
use crate::grade::handed_in::Content;
use crate::grade::policy::Score;
use crate::grade::record::Outcome;
use crate::judge::State;
use crate::report::export::sheet::{Column, Grade, Row, Sheet};
use crate::trace::escape;

/// What a system calls a lesson: `w04-l03=HTTP keep-alive (1234)`.
#[derive(Debug, Clone)]
pub(super) struct Title {
    lesson: String,
    title: String,
}

impl FromStr for Title {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (lesson, title) =
            text.split_once('=').ok_or("expected LESSON=TITLE, such as w04-l03='HTTP keep-alive (1234)'")?;
        Ok(Self { lesson: lesson.trim().to_owned(), title: title.trim().to_owned() })
    }
}

/// The table of everyone on the roster; whoever has no grade yet, or is not on it, is told of.
pub(super) fn sheet(
    book: &Gradebook,
    run: &Run,
    rules: Rules<'_>,
    given: &Given<'_>,
    left_out: &mut Vec<LeftOut>,
) -> Result<Sheet, GradebookError> {
    let mut lessons: Vec<Column> = given.lessons.iter().map(|lesson| column(lesson, given.titles)).collect();
    let mut grades: BTreeMap<(String, String), Grade> = BTreeMap::new();
    let learners = book.learners(run)?;
    let on_roster = learners.iter().filter(|learner| !learner.columns.is_empty());
    let known: BTreeSet<String> = on_roster.map(|learner| learner.login.clone()).collect();
    let has_roster = !known.is_empty();
    book.tallies(run, rules, |tally| {
        let Some(column) = lessons.iter_mut().find(|column| column.lesson == tally.lesson) else {
            return Ok(());
        };
        if has_roster && !known.contains(&tally.learner) {
            left_out.push(LeftOut::of(&tally, "is not on the roster".to_owned()));
        } else if let Worth::NeedsLook(why) = &tally.worth {
            left_out.push(LeftOut::of(&tally, why.clone()));
        } else if let Worth::Score(score) = &tally.worth {
            column.most = column.most.max(score.of.hundredths());
            let feedback = feedback(book, &tally, score, given)?;
            let grade = Grade { hundredths: Some(score.total.hundredths()), feedback };
            grades.insert((tally.learner, tally.lesson), grade);
        }
        Ok::<(), GradebookError>(())
    })?;
    let learners = learners.into_iter().filter(|learner| !has_roster || !learner.columns.is_empty());
    let rows = learners.map(|learner| Row {
        grades: given.lessons.iter().map(|lesson| grade(&mut grades, &learner.login, lesson)).collect(),
        login: escape(learner.login.as_bytes()),
        roster: learner.columns,
    });
    let rows = rows.collect();
    Ok(Sheet { lessons, rows })
}

fn column(lesson: &str, titles: &[Title]) -> Column {
    let title = titles.iter().find(|title| title.lesson == lesson).map(|title| title.title.clone());
    Column { lesson: lesson.to_owned(), title: title.unwrap_or_default(), most: 0 }
}

fn grade(grades: &mut BTreeMap<(String, String), Grade>, login: &str, lesson: &str) -> Grade {
    grades.remove(&(login.to_owned(), lesson.to_owned())).unwrap_or_default()
}

/// What the learner reads: points, lateness, what the instructor says, what fails, and what to do about it.
fn feedback(
    book: &Gradebook,
    tally: &Tally,
    score: &Score,
    given: &Given<'_>,
) -> Result<String, GradebookError> {
    let mut sentences = vec![format!("{} of {} points.", score.total, score.of)];
    let content = tally.counting.as_ref().map(|graded| &graded.entry.handed_in.content);
    if let Some(Content::Problem(problem)) = content {
        sentences.push(problem.reason.clone());
        return Ok(one_line(&sentences));
    }
    sentences.extend(score.late.as_ref().map(|late| format!("{late}.")));
    let mark = tally.counting.as_ref().and_then(|graded| graded.mark.as_ref());
    sentences.extend(mark.and_then(|mark| given.comments.get(&mark.id)).cloned());
    let failed = score.parts.iter().filter(|part| part.state != State::Held && !part.is_hidden);
    sentences.extend(failed.map(|part| format!("Does not hold: {}.", part.text.trim_end_matches('.'))));
    if given.wants_feedback {
        let key = tally.counting.as_ref().and_then(|graded| graded.entry.key.as_ref());
        let outcome = key.map_or(Ok(None), |key| book.outcome(key))?;
        sentences.extend(outcome.iter().flat_map(|outcome| advice(outcome, score)));
    }
    Ok(one_line(&sentences))
}

fn one_line(sentences: &[String]) -> String {
    sentences.iter().map(|sentence| escape(sentence.as_bytes())).collect::<Vec<_>>().join(" ")
}

/// The first failure that is not about hidden criteria alone.
fn advice(outcome: &Outcome, score: &Score) -> Vec<String> {
    let is_hidden = |id: &String| score.parts.iter().any(|part| part.id == *id && part.is_hidden);
    match outcome {
        Outcome::Judged { verdict, .. } => {
            let failure = verdict.scenarios.iter().find(|scenario| {
                scenario.state == State::Failed
                    && !scenario.is_advice
                    && !scenario.failed.iter().all(is_hidden)
            });
            let finding = failure.and_then(|scenario| scenario.findings.first());
            let fix =
                failure.and_then(|scenario| scenario.mistake.as_ref()).map(|mistake| mistake.fix.clone());
            finding.map(|finding| finding.sentence.clone()).into_iter().chain(fix).collect()
        }
        Outcome::DoesNotBuild { .. } => vec!["Your program does not build.".to_owned()],
        Outcome::Unstable { .. } | Outcome::NotJudged { .. } => Vec::new(),
    }
}
