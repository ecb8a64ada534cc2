//! From the words of a policy's file to a policy; everything that is wrong is said at once.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use jiff::Span;
use toml::Spanned;

use super::due::{Due, LateRules};
use super::file::{DueWords, LateWords, LearnerWords, LessonWords, PolicyFile};
use super::times::{self, Zone};
use super::{Extension, LessonPolicy, Percent, Policy, length};
use crate::course::{Course, CourseError, CourseErrors, Lesson, SourceFile, toml_error, words};

/// Reads a policy for the lessons of a course.
pub(super) fn policy(file: &SourceFile, course: &Course) -> Result<Policy, CourseErrors> {
    let written: PolicyFile =
        toml::from_str(&file.text).map_err(|error| CourseErrors(vec![toml_error::explain(file, &error)]))?;
    let mut checker = Checker { file, course, zone: Zone::Unsaid, errors: Vec::new() };
    let policy = checker.policy(&written);
    CourseErrors::check(checker.errors)?;
    Ok(policy)
}

/// A policy's file, what it is about, and what is wrong with it so far.
struct Checker<'a> {
    file: &'a SourceFile,
    course: &'a Course,
    zone: Zone,
    errors: Vec<CourseError>,
}

impl<'a> Checker<'a> {
    fn policy(&mut self, written: &PolicyFile) -> Policy {
        let late = self.late(&written.late);
        let lessons = written.lessons.iter().filter_map(|(id, words)| self.lesson(id, words)).collect();
        let mut policy = Policy {
            seed: written.seed.as_ref().and_then(|seed| self.seed(seed)),
            attempts: written.attempts,
            pass: self.percent(written.pass.as_ref()),
            late,
            lessons,
            learners: BTreeMap::new(),
        };
        for (login, words) in &written.learners {
            let extension = self.learner(&policy, login, words);
            policy.learners.insert(login.get_ref().clone(), extension);
        }
        self.cost_without_due(&policy, &written.late);
        policy
    }

    /// Adds an error about a value, with what was expected in its place.
    fn wrong(&mut self, span: Range<usize>, message: impl Into<String>, label: impl Into<Box<str>>) {
        self.errors.push(self.file.error(span, message).label(label));
    }

    fn written(&self, span: &Range<usize>) -> &'a str {
        self.file.text.get(span.clone()).unwrap_or_default()
    }

    fn seed(&mut self, seed: &Spanned<String>) -> Option<u64> {
        let number = u64::from_str_radix(seed.get_ref().trim_start_matches("0x"), 16).ok();
        if number.is_none() {
            let message = format!("{} is no seed", self.written(&seed.span()));
            self.wrong(
                seed.span(),
                message,
                "expected hexadecimal digits as reports show them, such as \"7f3a\"",
            );
        }
        number
    }

    fn percent(&mut self, written: Option<&Spanned<String>>) -> Option<Percent> {
        let written = written?;
        let percent = written.get_ref().parse().ok();
        if percent.is_none() {
            let message = format!("{} is no percentage", self.written(&written.span()));
            self.wrong(
                written.span(),
                message,
                "expected one from \"0%\" to \"100%\", such as \"60%\" or \"12.5%\"",
            );
        }
        percent
    }

    fn length(&mut self, written: Option<&Spanned<String>>) -> Option<Span> {
        let written = written?;
        match length::parse(written.get_ref()) {
            Ok(span) => Some(span),
            Err(label) => {
                let message = format!("{} cannot stand here", self.written(&written.span()));
                self.wrong(written.span(), message, label);
                None
            }
        }
    }

    fn due(&mut self, written: &Spanned<toml::value::Datetime>) -> Option<Due> {
        match times::due(self.file, written, &self.zone) {
            Ok(due) => due,
            Err(error) => {
                self.errors.push(error);
                None
            }
        }
    }

    fn late(&mut self, written: &LateWords) -> LateRules {
        if let Some(name) = &written.time_zone {
            self.zone = times::zone(self.file, name, &mut self.errors);
        }
        let rules = LateRules {
            due: written.due.as_ref().and_then(|due| self.due(due)),
            grace: self.length(written.grace.as_ref()),
            per_day: self.percent(written.per_day.as_ref()),
            most: self.percent(written.most.as_ref()),
            after: self.length(written.after.as_ref()),
        };
        let Some(most) = &written.most else { return rules };
        if written.per_day.is_none() {
            self.wrong(most.span(), "`most` without `per-day`", "days cost nothing here");
        } else if let (Some(one), Some(all)) = (rules.per_day, rules.most)
            && all < one
        {
            let label = format!("one day alone costs {one}");
            self.wrong(most.span(), format!("all days together cost at most {all}"), label);
        }
        rules
    }

    /// What lateness costs never applies where nothing can be late.
    fn cost_without_due(&mut self, policy: &Policy, written: &LateWords) {
        let is_anything_due =
            written.due.is_some() || policy.lessons.values().any(|lesson| lesson.due.is_some());
        let costs = [&written.grace, &written.per_day, &written.after];
        if let (false, true, Some(cost)) =
            (is_anything_due, self.errors.is_empty(), costs.into_iter().flatten().next())
        {
            let error = self.file.error(cost.span(), "nothing can be late, because nothing is due");
            self.errors.push(error.help("add `due` to [late] or to a lesson"));
        }
    }

    /// The lesson of the course, or an error about its name.
    fn known_lesson(&mut self, id: &Spanned<String>) -> Option<&'a Lesson> {
        let lesson = self.course.lessons.iter().find(|lesson| lesson.id == *id.get_ref());
        if lesson.is_none() {
            let known: Vec<_> = self.course.lessons.iter().map(|lesson| lesson.id.as_str()).collect();
            self.errors.push(words::unknown(self.file, id.span(), "lesson", id.get_ref(), &known));
        }
        lesson
    }

    fn known_criterion(&mut self, lesson: &Lesson, id: &Spanned<String>) -> bool {
        let criteria = lesson.checks.criteria.iter();
        let known: Vec<_> = criteria.map(|criterion| criterion.id.get_ref().as_str()).collect();
        let is_known = known.contains(&id.get_ref().as_str());
        if !is_known {
            let noun = format!("criterion of {}", lesson.id);
            self.errors.push(words::unknown(self.file, id.span(), &noun, id.get_ref(), &known));
        }
        is_known
    }

    fn lesson(&mut self, id: &Spanned<String>, written: &LessonWords) -> Option<(String, LessonPolicy)> {
        let due = written.due.as_ref().and_then(|due| self.due(due));
        let pass = self.percent(written.pass.as_ref());
        let lesson = self.known_lesson(id)?;
        let points: Vec<_> =
            written.points.iter().filter(|(id, _)| self.known_criterion(lesson, id)).collect();
        let points = points.into_iter().map(|(id, points)| (id.get_ref().clone(), *points)).collect();
        self.worth_something(lesson, id, &points);
        let hidden = self.hidden(lesson, &written.hidden);
        Some((lesson.id.clone(), LessonPolicy { due, points, hidden, pass }))
    }

    fn worth_something(&mut self, lesson: &Lesson, id: &Spanned<String>, points: &BTreeMap<String, u32>) {
        let worth = |id: &str, own: u32| points.get(id).copied().unwrap_or(own);
        let mut criteria = lesson.checks.criteria.iter();
        if !points.is_empty()
            && criteria.all(|criterion| worth(criterion.id.get_ref(), criterion.points) == 0)
        {
            let message = format!("no criterion of {} is worth anything", lesson.id);
            self.wrong(id.span(), message, "nobody can earn points here");
        }
    }

    fn hidden(&mut self, lesson: &Lesson, written: &[Spanned<String>]) -> BTreeSet<String> {
        let mut hidden = BTreeSet::new();
        for id in written.iter().filter(|id| self.known_criterion(lesson, id)).collect::<Vec<_>>() {
            if !hidden.insert(id.get_ref().clone()) {
                self.wrong(id.span(), format!("`{}` is hidden twice", id.get_ref()), "once is enough");
            }
        }
        hidden
    }

    fn learner(&mut self, policy: &Policy, login: &Spanned<String>, written: &LearnerWords) -> Extension {
        if written.due.is_none() && written.lessons.is_empty() {
            let error = self.file.error(login.span(), "this extends nothing");
            self.errors.push(error.help("add `due`"));
        }
        let everybody = |lesson: &str| {
            let own = policy.lessons.get(lesson).and_then(|lesson| lesson.due.as_ref());
            own.or(policy.late.due.as_ref())
        };
        let all = self.course.lessons.iter().filter_map(|lesson| everybody(&lesson.id));
        let earliest = all.min_by_key(|due| due.instant());
        let due = written.due.as_ref().and_then(|due| self.extension(due, earliest));
        let mut lessons = BTreeMap::new();
        for (id, DueWords { due }) in &written.lessons {
            let Some(lesson) = self.known_lesson(id) else { continue };
            if let Some(due) = self.extension(due, everybody(&lesson.id)) {
                lessons.insert(lesson.id.clone(), due);
            }
        }
        Extension { due, lessons }
    }

    /// One that gives no more time than everybody has is a slip of the pen.
    fn extension(
        &mut self,
        written: &Spanned<toml::value::Datetime>,
        everybody: Option<&Due>,
    ) -> Option<Due> {
        let due = self.due(written)?;
        match everybody {
            Some(everybody) if due.instant() <= everybody.instant() => {
                let label = format!("it is due at {} for everybody", everybody.instant());
                self.wrong(written.span(), "this extends nothing", label);
            }
            // Where a time is wrong, nothing may be due only because of it.
            None if self.errors.is_empty() => {
                self.wrong(written.span(), "this extends nothing", "nothing is due for everybody");
            }
            _ => {}
        }
        Some(due)
    }
}
