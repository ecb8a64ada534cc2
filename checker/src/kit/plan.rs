//! What is to be done with each file: decided from what is carried, what was installed, and what lies there.

use std::borrow::Cow;

use super::carried::{self, hash};
use super::folder::{Folder, Seen};
use super::obstacle::Obstacle;
use super::record::{Entry, Record};
use super::{File, Kind, layout};

/// What it is done for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// All that is missing is to be there; nothing else is touched.
    Complete,
    /// What nobody has edited is to be as it is today; what the learner has deleted stays deleted.
    Update,
}

/// What is to be done with one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// Its path below the learner's folder.
    pub path: Cow<'static, str>,
    /// What.
    pub what: What,
    /// What it is today; nothing where the course has no such file.
    pub(super) content: Cow<'static, [u8]>,
    /// What lay there when this was planned.
    pub(super) before: Seen,
}

/// What is to be done with a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// It was never installed: written.
    New,
    /// It was installed and is gone: written again.
    Restored,
    /// It is an earlier one that nobody has edited: replaced.
    Replaced,
    /// It is as it is today.
    Current,
    /// It is an earlier one that nobody has edited, and stays until the update.
    Earlier,
    /// The learner has edited it: stays.
    Edited {
        /// Is there a later one that the learner has not been told of?
        is_news: bool,
    },
    /// The learner has deleted it: stays away.
    Deleted,
    /// Something is in its place, or in that of a folder above: stays.
    InTheWay(Obstacle),
    /// The course has it no more, and nobody has edited it: removed.
    Removed,
    /// The course has it no more, but it was edited: stays, as the learner's own.
    Disowned,
    /// The course has it no more, nor has the learner.
    Forgotten,
    /// A folder of a lesson that the course has no more, with something of the learner's in it: moved out of the
    /// lessons, where the checker would take it for one.
    MovedOut {
        /// The new path, or one like it.
        to: String,
    },
}

impl Step {
    /// What it is today, as text.
    #[must_use]
    pub fn today(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(&self.content)
    }
}

impl What {
    /// Does this change any file?
    #[must_use]
    pub fn is_change(&self) -> bool {
        let is_written = matches!(self, Self::New | Self::Restored | Self::Replaced);
        is_written || matches!(self, Self::Removed | Self::MovedOut { .. })
    }
}

/// What is to be done in a folder.
#[must_use]
pub fn plan(folder: &Folder, record: &Record, purpose: Purpose) -> Vec<Step> {
    let today = today(folder, record, purpose);
    let step = |file: File| {
        let before = folder.look(&file.path);
        let what = decide(
            purpose,
            Kind::of(&file.path),
            record.files.get(&*file.path),
            &before,
            &hash(&file.content),
        );
        Step { path: file.path, what, content: file.content, before }
    };
    let mut steps: Vec<Step> = today.iter().cloned().map(step).collect();
    if purpose == Purpose::Update {
        steps.extend(farewells(folder, record, &today));
    }
    steps
}

/// All files as they are to be today. Cargo refuses a project that names a file which is not there.
fn today(folder: &Folder, record: &Record, purpose: Purpose) -> Vec<File> {
    let mut files: Vec<File> = carried::files().collect();
    let is_deleted = |path: &str| record.files.contains_key(path) && folder.look(path) == Seen::Nothing;
    let programs: Vec<String> = files
        .iter()
        .map(|file| &*file.path)
        .filter(|path| path.ends_with("/main.rs"))
        .filter(|path| purpose == Purpose::Complete || !is_deleted(path))
        .map(str::to_owned)
        .collect();
    files.extend(layout::files(programs.iter().map(String::as_str)));
    files
}

fn decide(purpose: Purpose, kind: Kind, entry: Option<&Entry>, seen: &Seen, today: &str) -> What {
    let installed = entry.and_then(|entry| entry.sha256.as_deref());
    match (seen, purpose) {
        (Seen::Obstacle(obstacle), _) => What::InTheWay(obstacle.clone()),
        (Seen::Nothing, _) if entry.is_none() => What::New,
        (Seen::Nothing, Purpose::Update) if kind != Kind::Lesson => What::Deleted,
        (Seen::Nothing, _) => What::Restored,
        (Seen::File(hash), _) if hash == today => What::Current,
        (Seen::File(hash), Purpose::Update) if Some(hash.as_str()) == installed => What::Replaced,
        (Seen::File(hash), Purpose::Complete) if Some(hash.as_str()) == installed => What::Earlier,
        (Seen::File(_) | Seen::LongFile | Seen::Link, _) => {
            let told = entry.and_then(|entry| entry.told.as_deref());
            What::Edited { is_news: installed != Some(today) && told != Some(today) }
        }
    }
}

/// What is to be done with all that was installed and that the course has no more.
fn farewells(folder: &Folder, record: &Record, today: &[File]) -> Vec<Step> {
    let is_today = |path: &str| today.iter().any(|file| file.path == path);
    let step = |path: &str, what, before| Step {
        path: path.to_owned().into(),
        what,
        content: Cow::Borrowed(&[]),
        before,
    };
    let gone = record.files.keys().filter(|path| !is_today(path));
    let mut steps: Vec<Step> = gone
        .map(|path| {
            let before = folder.look(path);
            let what = match &before {
                Seen::Nothing => What::Forgotten,
                seen if record.is_untouched(path, seen) => What::Removed,
                _ => What::Disowned,
            };
            step(path, what, before)
        })
        .collect();
    let has_today = |start: &str| today.iter().any(|file| file.path.starts_with(start));
    for old in record.old_lessons(has_today) {
        let is_removed =
            |path: &String| steps.iter().any(|step| step.path == *path && step.what == What::Removed);
        let left = folder.files_below(&old);
        let is_empty = left.is_empty() && folder.root().join(&old).is_dir();
        if is_empty || !left.iter().all(is_removed) {
            let is_inside =
                |step: &Step| step.path.strip_prefix(&*old).is_some_and(|rest| rest.starts_with('/'));
            steps.retain(|step| !(is_inside(step) && step.what == What::Disowned));
            let what = What::MovedOut { to: format!("kept/{old}") };
            steps.push(step(&old, what, Seen::Nothing));
        }
    }
    steps
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(installed: &str, told: Option<&str>) -> Entry {
        Entry { told: told.map(str::to_owned), ..Entry::of(installed.to_owned()) }
    }

    fn file(hash: &str) -> Seen {
        Seen::File(hash.to_owned())
    }

    fn update(entry: Option<&Entry>, seen: &Seen) -> [What; 3] {
        [Kind::Lesson, Kind::Exercise, Kind::Layout]
            .map(|kind| decide(Purpose::Update, kind, entry, seen, "today"))
    }

    #[test]
    fn what_was_never_there_is_new_and_what_is_as_today_stays() {
        assert_eq!(update(None, &Seen::Nothing), [What::New, What::New, What::New]);
        for entry in [None, Some(entry("old", None)), Some(entry("today", None))] {
            assert_eq!(update(entry.as_ref(), &file("today"))[1], What::Current);
        }
    }

    #[test]
    fn what_nobody_has_edited_is_replaced() {
        assert_eq!(
            update(Some(&entry("old", None)), &file("old")),
            [What::Replaced, What::Replaced, What::Replaced]
        );
        let complete =
            decide(Purpose::Complete, Kind::Exercise, Some(&entry("old", None)), &file("old"), "today");
        assert_eq!(complete, What::Earlier);
    }

    #[test]
    fn what_is_edited_stays_and_is_told_once() {
        let edited = |entry: Option<Entry>, seen: Seen| update(entry.as_ref(), &seen)[1].clone();
        let (news, no_news) = (What::Edited { is_news: true }, What::Edited { is_news: false });
        assert_eq!(edited(Some(entry("old", None)), file("mine")), news);
        assert_eq!(edited(Some(entry("old", None)), Seen::Link), news);
        assert_eq!(edited(Some(entry("old", Some("older"))), Seen::LongFile), news);
        assert_eq!(edited(None, file("mine")), news);
        assert_eq!(edited(Some(entry("old", Some("today"))), file("mine")), no_news);
        assert_eq!(edited(Some(entry("today", None)), file("mine")), no_news);
    }

    #[test]
    fn what_is_deleted_stays_away_unless_it_is_a_lesson() {
        let entry = entry("old", None);
        assert_eq!(update(Some(&entry), &Seen::Nothing), [What::Restored, What::Deleted, What::Deleted]);
        let complete = decide(Purpose::Complete, Kind::Exercise, Some(&entry), &Seen::Nothing, "today");
        assert_eq!(complete, What::Restored);
    }
}
