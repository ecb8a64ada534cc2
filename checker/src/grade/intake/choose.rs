//! Which of the files that were handed in is the program of a lesson, and what belongs to it.

use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;
use std::path::PathBuf;

use jiff::Timestamp;

use super::limits::{MOST_PROGRAM_BYTES, MOST_PROGRAM_FILES};
use super::material::{Found, Material};
use super::path::{Kind, base, folder, stem};
use crate::course::Language;
use crate::grade::handed_in::{Fault, Problem};
use crate::grade::store::File;
use crate::trace::{escape, grouped};

/// What is graded, and what a file of a lesson is told by.
pub(super) struct Question<'a> {
    pub(super) lesson: &'a str,
    /// All lessons of the course: what lies under another's name is another's.
    pub(super) others: &'a [String],
    /// Is no other lesson graded, so that a name need not tell?
    pub(super) is_only: bool,
    pub(super) is_starter: &'a dyn Fn(&str, &[u8]) -> bool,
}

/// What there is of a lesson.
#[derive(Debug)]
pub(super) enum Answer {
    /// Nothing.
    Nothing,
    /// Something that cannot be graded.
    Problem(Problem),
    /// A program.
    Program(Chosen),
}

/// A program, as the store takes it.
#[derive(Debug)]
pub(super) struct Chosen {
    pub(super) files: Vec<File>,
    /// The file to build or run.
    pub(super) file: String,
    pub(super) origin: String,
    /// The time of the newest file.
    pub(super) at: Option<Timestamp>,
}

impl Question<'_> {
    /// What the material has of the lesson.
    pub(super) fn answer(&self, material: &Material) -> Answer {
        let named = material.files.iter().filter(|file| tells(&file.spot.path, self.lesson));
        let mut files: Vec<&Found> = named.collect();
        let is_named = !files.is_empty() || material.paths.iter().any(|path| tells(path, self.lesson));
        if !is_named && !self.is_only {
            return Answer::Nothing;
        }
        if !is_named {
            let is_others = |file: &&Found| {
                self.others.iter().any(|other| other != self.lesson && tells(&file.spot.path, other))
            };
            files = material.files.iter().filter(|file| !is_others(file)).collect();
        }
        match self.program(&files, material) {
            Ok(chosen) => Answer::Program(chosen),
            Err(problem) => Answer::Problem(problem),
        }
    }

    fn program(&self, files: &[&Found], material: &Material) -> Result<Chosen, Problem> {
        if let Some((trouble, _)) = material.troubles.iter().find(|(_, is_grave)| *is_grave) {
            return Err(unclear(trouble.to_string()));
        }
        let main = match self.candidates(files)[..] {
            [] => return Err(nothing(material)),
            [main] => main,
            ref several => return Err(unclear(ambiguous(several))),
        };
        if main.content.iter().all(u8::is_ascii_whitespace) {
            return Err(learner(format!("{} is empty.", escape(&main.spot.path))));
        }
        gather(main, files)
    }

    /// Files of which one is the program, as far as can be told.
    fn candidates<'f>(&self, files: &[&'f Found]) -> Vec<&'f Found> {
        let sources = files.iter().copied().filter(|file| matches!(file.kind, Kind::Source(_)));
        let (mains, others): (Vec<_>, Vec<_>) = sources.partition(|file| is_main(&file.spot.path));
        let runnable: Vec<&Found> = files.iter().copied().filter(|file| file.kind == Kind::Other).collect();
        let (main_runnable, other_runnable): (Vec<_>, Vec<_>) =
            runnable.into_iter().partition(|file| is_main(&file.spot.path));
        let groups = [mains, others, main_runnable, other_runnable];
        let group = groups.into_iter().find(|group| !group.is_empty()).unwrap_or_default();
        let edited: Vec<&Found> =
            group.iter().copied().filter(|file| !(self.is_starter)(self.lesson, &file.content)).collect();
        if edited.is_empty() {
            // Starters only: one is as good as the other.
            return group
                .into_iter()
                .min_by_key(|file| (file.kind, file.spot.path.clone()))
                .into_iter()
                .collect();
        }
        outermost(edited)
    }
}

/// Of several, a `main.c` further out counts for more than one in a folder of old versions.
fn outermost(files: Vec<&Found>) -> Vec<&Found> {
    let depth = |file: &Found| file.spot.path.iter().filter(|&&byte| byte == b'/').count();
    let least = files.iter().map(|file| depth(file)).min();
    if files.iter().any(|file| !is_main(&file.spot.path)) {
        return files;
    }
    files.into_iter().filter(|file| Some(depth(file)) == least).collect()
}

fn is_main(path: &[u8]) -> bool {
    let name = base(path).to_ascii_lowercase();
    name == b"main" || Language::ALL.iter().any(|language| name == language.file_name().as_bytes())
}

/// Does a folder in the path have the lesson's id as its name, or the file in its name?
fn tells(path: &[u8], lesson: &str) -> bool {
    let plain = |text: &[u8]| escape(text).to_lowercase().replace('_', "-");
    let lesson = plain(lesson.as_bytes());
    let name = plain(base(path));
    let name = stem(&name);
    let is_word = |character: Option<char>| character.is_some_and(char::is_alphanumeric);
    let is_in_name = name.match_indices(&lesson).any(|(at, _)| {
        !is_word(name[..at].chars().next_back()) && !is_word(name[at + lesson.len()..].chars().next())
    });
    is_in_name || folder(path).split(|&byte| byte == b'/').any(|part| plain(part) == lesson)
}

/// The program with the files beside and below it that it may use.
fn gather(main: &Found, files: &[&Found]) -> Result<Chosen, Problem> {
    let name = match main.kind {
        Kind::Source(language) => language.file_name(),
        _ => "main",
    };
    let root = folder(&main.spot.path);
    let mut at = main.at;
    let mut gathered = vec![File {
        path: name.into(),
        content: main.content.clone(),
        is_executable: main.kind == Kind::Other,
    }];
    for file in files.iter().filter(|file| !is_main(&file.spot.path) && helps(main, file)) {
        let Some(path) = below(root, &file.spot.path).filter(|path| *path != main.spot.path) else {
            continue;
        };
        at = at.max(file.at);
        let path = PathBuf::from(OsString::from_vec(path.to_vec()));
        gathered.push(File { path, content: file.content.clone(), is_executable: false });
    }
    require_size(&gathered)?;
    Ok(Chosen { files: gathered, file: name.to_owned(), origin: escape(&main.spot.origin), at })
}

fn require_size(files: &[File]) -> Result<(), Problem> {
    if files.len() > MOST_PROGRAM_FILES {
        return Err(unclear(format!("The program has more than {MOST_PROGRAM_FILES} files.")));
    }
    let sources = files.iter().filter(|file| !file.is_executable);
    if sources.map(|file| file.content.len()).sum::<usize>() > MOST_PROGRAM_BYTES {
        let most = grouped(MOST_PROGRAM_BYTES as u64);
        return Err(unclear(format!("The files of the program have more than {most} bytes.")));
    }
    Ok(())
}

/// Can this file be of use to the program? Names that no source can tell are of none.
fn helps(main: &Found, file: &Found) -> bool {
    let is_of_language = match main.kind {
        Kind::Source(Language::C) => matches!(file.kind, Kind::Header | Kind::Source(Language::C)),
        Kind::Source(_) => file.kind == main.kind,
        _ => main.content.starts_with(b"#!") && file.kind == Kind::Source(Language::Python),
    };
    let path = &file.spot.path;
    let is_plain = escape(path).as_bytes() == path.as_slice()
        && path.split(|&byte| byte == b'/').all(|part| part.len() < 256);
    is_of_language && is_plain && !file.content.contains(&0)
}

fn below<'a>(root: &[u8], path: &'a [u8]) -> Option<&'a [u8]> {
    if root.is_empty() { Some(path) } else { path.strip_prefix(root)?.strip_prefix(b"/") }
}

/// Why there is nothing to choose from: what could not be taken in may have been it.
pub(super) fn nothing(material: &Material) -> Problem {
    if let Some((trouble, _)) = material.troubles.first() {
        return unclear(trouble.to_string());
    }
    let is_online = |path: &Vec<u8>| matches!(base(path), b"onlinetext.html" | b"text.html" | b"link.html");
    if material.seen == 0 {
        learner("There is no file.".to_owned())
    } else if material.paths.iter().all(is_online) {
        learner("There is only text that was typed in on the web, and no file.".to_owned())
    } else {
        learner("There is no program: no file ends in .rs, .c or .py, or runs as it is.".to_owned())
    }
}

fn ambiguous(files: &[&Found]) -> String {
    const SHOWN: usize = 5;
    let mut names: Vec<String> = files.iter().map(|file| escape(&file.spot.path)).collect();
    names.sort();
    let more = names.len().saturating_sub(SHOWN);
    names.truncate(SHOWN);
    let last = if more > 0 { format!("{more} more") } else { names.pop().unwrap_or_default() };
    format!("Several files could be the program: {} and {last}.", names.join(", "))
}

fn learner(reason: String) -> Problem {
    Problem { fault: Fault::Learner, reason }
}

pub(super) fn unclear(reason: String) -> Problem {
    Problem { fault: Fault::Unclear, reason }
}
