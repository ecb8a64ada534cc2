//! From what a course's system hands out to programs in the store: whose, for which lesson, which attempt.
//!
//! ```text
//! class (entries of a folder or archive) ──▶ sort (whose, by names) ──▶ material (bytes, within limits)
//!                                                                        └─▶ choose (the program) ──▶ store
//! ```
//!
//! Nothing is trusted: no link is followed, nothing is unpacked, and nothing is written but through the store.

mod archive;
mod choose;
mod class;
mod columns;
mod folder;
mod limits;
mod list;
mod material;
mod metadata;
mod names;
mod owners;
mod path;
mod roster;
mod sort;
#[cfg(test)]
mod tests;
mod trouble;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use jiff::Timestamp;

pub use roster::{Roster, RosterError};

use super::handed_in::{Content, Digest, Fault, HandedIn, Problem, Program};
use super::plan::Learner;
use super::store::Store;
use choose::{Answer, Chosen, Question, unclear};
use class::Class;
use material::Material;
use names::Known;
use owners::{Owner, Owners};
use sort::Submission;
use trouble::why;

/// What is looked for, and who is known.
#[derive(Clone, Copy)]
pub struct Options<'a> {
    /// The ids of the lessons that are graded.
    pub lessons: &'a [String],
    /// The ids of all lessons of the course: files under another's name are no program of these.
    pub course: &'a [String],
    /// Who should have handed in, where that is known.
    pub roster: Option<&'a Roster>,
    /// Is this the lesson's starter, as it was given out? Of several files it is not the learner's.
    pub is_starter: &'a dyn Fn(&str, &[u8]) -> bool,
    /// Does somebody want it to end?
    pub is_interrupted: &'a dyn Fn() -> bool,
}

impl fmt::Debug for Options<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Options").field("lessons", &self.lessons).finish_non_exhaustive()
    }
}

/// What was handed in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Taken {
    /// Everybody on the roster, and whoever else has handed in; in order of `login`.
    pub learners: Vec<Learner>,
    /// In order of learner, lesson and attempt.
    pub handed_in: Vec<HandedIn>,
    /// What somebody should know, each a sentence.
    pub notes: Vec<String>,
}

/// Why nothing could be taken in.
#[derive(Debug, thiserror::Error)]
pub enum IntakeError {
    /// The folder or archive cannot be read.
    #[error("cannot read {}: {}", .0.display(), why(.1))]
    Read(PathBuf, io::Error),
    /// The archive of all submissions is not sound.
    #[error("cannot use {}: {}\n  download it again, or unpack it and grade the folder", .0.display(), .1)]
    Archive(PathBuf, String),
    /// Files cannot be kept.
    #[error("cannot keep the files of programs in {}: {}\n  put that right; the same command goes on from there", .0.display(), why(.1))]
    Store(PathBuf, io::Error),
    /// Somebody wanted it to end.
    #[error("interrupted")]
    Interrupted,
}

/// Takes in a folder, an archive or a file. What is wrong with one submission is a [`Problem`] of that one.
///
/// # Errors
/// When nothing at all can be read, or the store cannot be written.
pub fn take_in(submissions: &Path, options: &Options<'_>, store: &Store) -> Result<Taken, IntakeError> {
    let kept = store.folder(&Digest(String::new()));
    let class = Class::open(submissions, Some(&kept))?;
    let is_login = |name: &str| options.roster.is_some_and(|roster| roster.is_login(name));
    let assignment = names::assignment(&class.names(), &is_login);
    let known = Known { lessons: options.lessons, is_login: &is_login, assignment: assignment.as_deref() };
    let mut sorted = sort::sort(&class.tops, &known);
    if let Some(sign) =
        sign_of_one(&class, options.lessons).filter(|_| !is_of_roster(&sorted, options.roster))
    {
        sorted = sort::Sorted { submissions: vec![whole(submissions, &class)], notes: Vec::new() };
        if class.names().iter().any(|name| !options.course.contains(name)) {
            sorted.notes.push(format!(
                "{sign} is neither a learner's name nor in a learner's folder: all of it was taken as one learner's. \
                 If it is a class, move that away, or name a roster."
            ));
        }
    }
    let mut notes = class.notes.clone();
    notes.append(&mut sorted.notes);
    let mut owners = Owners::new(&sorted.submissions, options.roster, class.metadata.as_deref());
    let mut drafts = Vec::new();
    class.each(&sorted.submissions, options, &mut |submission, material| {
        let whose = owners.of(submission);
        for (lesson, content) in contents(&material, options, store)? {
            drafts.extend(whose.iter().map(|owner| draft(owner, submission, &lesson, &content)));
        }
        Ok(())
    })?;
    notes.append(&mut owners.notes);
    leave_aside(&mut drafts, &mut notes);
    Ok(Taken { learners: owners.learners(), handed_in: number(drafts, options.roster), notes })
}

/// Takes in what is one learner's: for each lesson that it has anything of, the program or why there is none.
///
/// # Errors
/// When nothing at all can be read, or the store cannot be written.
pub fn take_in_one(
    submission: &Path,
    options: &Options<'_>,
    store: &Store,
) -> Result<Vec<(String, Content)>, IntakeError> {
    let class = Class::open(submission, None)?;
    let mut taken = Vec::new();
    class.each(&[whole(submission, &class)], options, &mut |_, material| {
        let contents = contents(&material, options, store)?.into_iter();
        taken.extend(contents.map(|(lesson, kept)| (lesson, kept.content)));
        Ok(())
    })?;
    Ok(taken)
}

/// What lies where learners should, if all of it may be one learner's: a program or a lesson.
fn sign_of_one(class: &Class, lessons: &[String]) -> Option<String> {
    let is_sign = |top: &&sort::Top| {
        let name = trouble::shown(&top.name).to_lowercase();
        let stem = path::stem(&name);
        let is_source = matches!(path::Kind::of(&top.name), path::Kind::Source(_));
        lessons.iter().any(|lesson| stem == lesson.to_lowercase()) || (is_source && stem == "main")
    };
    class.tops.iter().find(is_sign).map(|top| trouble::shown(&top.name))
}

/// Is anything somebody's who is on the roster?
fn is_of_roster(sorted: &sort::Sorted, roster: Option<&Roster>) -> bool {
    let is_known = |submission: &Submission| {
        let meant = roster.map(|roster| roster.meant(&submission.who, submission.id.as_ref()));
        matches!(meant, Some(roster::Meant::One(_) | roster::Meant::Several(_)))
    };
    sorted.submissions.iter().any(is_known)
}

fn whole(place: &Path, class: &Class) -> Submission {
    use std::os::unix::ffi::OsStrExt;
    let place = place.canonicalize().unwrap_or_else(|_| place.to_owned());
    let name = crate::trace::escape(place.file_name().unwrap_or_default().as_bytes());
    let who = if place.is_dir() { name } else { path::stem(&name).to_owned() };
    let pieces = class.tops.iter().enumerate().map(|(index, top)| (index, top.name.clone())).collect();
    Submission { who, id: None, pieces, order: 0, late: None, is_aside: false, origin: ".".to_owned() }
}

/// A part of a submission before it is known which attempt it is.
struct Draft {
    order: usize,
    /// See [`Submission::is_aside`].
    is_aside: bool,
    handed_in: HandedIn,
    /// On the roster.
    index: Option<usize>,
}

#[derive(Clone)]
struct Kept {
    content: Content,
    at: Option<Timestamp>,
    origin: Option<String>,
}

/// What a submission has of each lesson. Where it has nothing at all, that is so for every lesson.
fn contents(
    material: &Material,
    options: &Options<'_>,
    store: &Store,
) -> Result<Vec<(String, Kept)>, IntakeError> {
    let answers = |is_only: bool| {
        options.lessons.iter().map(move |lesson| {
            let question =
                Question { lesson, others: options.course, is_only, is_starter: options.is_starter };
            (lesson.clone(), question.answer(material))
        })
    };
    let mut all: Vec<(String, Answer)> = answers(options.lessons.len() == 1).collect();
    all.retain(|(_, answer)| !matches!(answer, Answer::Nothing));
    if all.is_empty() {
        all =
            options.lessons.iter().map(|lesson| (lesson.clone(), Answer::Problem(none(material)))).collect();
    }
    all.into_iter().map(|(lesson, answer)| Ok((lesson, keep(answer, material, store)?))).collect()
}

/// Several lessons are graded, and no file or folder has the name of any.
fn none(material: &Material) -> Problem {
    let problem = choose::nothing(material);
    if material.files.is_empty() || !material.troubles.is_empty() {
        return problem;
    }
    unclear("No file or folder has the name of a lesson.".to_owned())
}

fn keep(answer: Answer, material: &Material, store: &Store) -> Result<Kept, IntakeError> {
    let problem = |problem| Kept { content: Content::Problem(problem), at: material.newest, origin: None };
    match answer {
        Answer::Program(Chosen { files, file, origin, at }) => match store.add(&files) {
            Ok(digest) => {
                let content = Content::Program(Program { digest, file });
                Ok(Kept { content, at, origin: Some(origin) })
            }
            Err(error) if is_of_names(&error) => {
                Ok(problem(unclear("Its files have names that cannot be together in a folder.".to_owned())))
            }
            Err(error) => Err(IntakeError::Store(store.folder(&Digest(String::new())), error)),
        },
        Answer::Problem(found) => Ok(problem(found)),
        Answer::Nothing => Ok(problem(choose::nothing(material))),
    }
}

/// A file where another's folder should be is the submission's fault, a full disk is not.
fn is_of_names(error: &io::Error) -> bool {
    use io::ErrorKind::{
        AlreadyExists, InvalidFilename, InvalidInput, IsADirectory, NotADirectory, PermissionDenied,
    };
    let kinds = [AlreadyExists, InvalidFilename, InvalidInput, IsADirectory, NotADirectory];
    kinds.contains(&error.kind()) && error.kind() != PermissionDenied
}

fn draft(owner: &Owner, submission: &Submission, lesson: &str, kept: &Kept) -> Draft {
    // Canvas writes the time of the download.
    let is_of_canvas = matches!(submission.id, Some(names::Id::Canvas(_)));
    let handed_in = HandedIn {
        learner: owner.login.clone(),
        lesson: lesson.to_owned(),
        attempt: 0,
        origin: kept.origin.clone().unwrap_or_else(|| submission.origin.clone()),
        at: owner.at.or(kept.at.filter(|_| !is_of_canvas)),
        content: kept.content.clone(),
    };
    Draft { order: submission.order, is_aside: submission.is_aside, handed_in, index: owner.index }
}

/// `ada_report.pdf` beside `ada.c` is no second attempt.
fn leave_aside(drafts: &mut Vec<Draft>, notes: &mut Vec<String>) {
    let key = |draft: &Draft| (draft.handed_in.learner.clone(), draft.handed_in.lesson.clone());
    let others: BTreeSet<_> = drafts.iter().filter(|draft| !draft.is_aside).map(key).collect();
    drafts.retain(|draft| {
        let is_useless =
            matches!(&draft.handed_in.content, Content::Problem(problem) if problem.fault == Fault::Learner);
        let is_left = draft.is_aside && is_useless && others.contains(&key(draft));
        if is_left {
            notes.push(format!("{} is no program, and was left out.", draft.handed_in.origin));
        }
        !is_left
    });
}

/// Sorts, and counts the attempts of each learner in each lesson. What the roster says of time, it says of the last.
fn number(mut drafts: Vec<Draft>, roster: Option<&Roster>) -> Vec<HandedIn> {
    drafts.sort_by(|one, other| {
        let key = |draft: &Draft| (draft.handed_in.learner.clone(), draft.handed_in.lesson.clone());
        let when = |draft: &Draft| (draft.handed_in.at, draft.order, draft.handed_in.origin.clone());
        key(one).cmp(&key(other)).then_with(|| when(one).cmp(&when(other)))
    });
    let mut counts: BTreeMap<(String, String), u32> = BTreeMap::new();
    for draft in &mut drafts {
        let HandedIn { learner, lesson, attempt, .. } = &mut draft.handed_in;
        let count = counts.entry((learner.clone(), lesson.clone())).or_default();
        *count += 1;
        *attempt = *count;
    }
    let finish = |mut draft: Draft| {
        let HandedIn { learner, lesson, attempt, .. } = &draft.handed_in;
        let is_last = counts.get(&(learner.clone(), lesson.clone())) == Some(attempt);
        let told = draft.index.zip(roster).and_then(|(index, roster)| roster.time(index));
        draft.handed_in.at = told.filter(|_| is_last).or(draft.handed_in.at);
        draft.handed_in
    };
    drafts.into_iter().map(finish).collect()
}
