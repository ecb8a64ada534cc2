//! The course as it was when the binary was built.

use std::borrow::Cow;

use sha2::{Digest, Sha256};

use super::File;
use crate::course::Language;

// `CARRIED`, sorted by path: made by build.rs.
include!(concat!(env!("OUT_DIR"), "/carried.rs"));

/// What the starters are, in the format of sha256sum: in a checkout, learners write into the same files.
const STARTERS: &str = include_str!("../../starters.sha256");

/// The starter of a lesson; none for a lesson that is not carried.
#[must_use]
pub fn starter(lesson: &str, language: Language) -> Option<&'static [u8]> {
    let path = path("exercises", lesson, language);
    find(&path).filter(|content| is_starter(&path, content))
}

/// The reference solution of a lesson; none for a lesson that is not carried.
#[must_use]
pub fn solution(lesson: &str, language: Language) -> Option<&'static [u8]> {
    find(&path("solutions", lesson, language))
}

/// Exercises that are no starters, for somebody had edited them in the checkout that the binary was built from.
#[must_use]
pub fn edited_starters() -> Vec<&'static str> {
    below("exercises/").filter(|(path, content)| !is_starter(path, content)).map(|(path, _)| path).collect()
}

/// Is it the starter of any lesson, in any language, as it came?
#[must_use]
pub fn is_any_starter(content: &[u8]) -> bool {
    let hash = hash(content);
    STARTERS.lines().any(|known| known.split_whitespace().next() == Some(hash.as_str()))
}

/// All lessons and starters.
pub(super) fn files() -> impl Iterator<Item = File> {
    let starters = below("exercises/").filter(|(path, content)| is_starter(path, content));
    let file = |(path, content)| File { path: Cow::Borrowed(path), content: Cow::Borrowed(content) };
    below("lessons/").chain(starters).map(file)
}

/// The path of a program, below the course's root.
pub(super) fn path(kind: &str, lesson: &str, language: Language) -> String {
    format!("{kind}/{lesson}/{}", language.file_name())
}

/// What names a content.
pub(super) fn hash(content: &[u8]) -> String {
    Sha256::digest(content).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn find(path: &str) -> Option<&'static [u8]> {
    let at = CARRIED.binary_search_by_key(&path, |(path, _)| path).ok()?;
    Some(CARRIED[at].1)
}

fn below(folder: &str) -> impl Iterator<Item = (&'static str, &'static [u8])> {
    CARRIED.iter().copied().filter(move |(path, _)| path.starts_with(folder))
}

fn is_starter(path: &str, content: &[u8]) -> bool {
    let line = format!("{}  {path}", hash(content));
    STARTERS.lines().any(|known| known == line)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn paths_are_sorted_and_of_the_course() {
        assert!(CARRIED.is_sorted_by(|(one, _), (other, _)| one < other));
        let programs = ["main.rs", "main.c", "main.py"];
        for (path, content) in CARRIED {
            let name = path.rsplit('/').next().unwrap();
            assert!(path.starts_with("lessons/") || programs.contains(&name), "{path}");
            assert!(!content.is_empty(), "{path}");
        }
    }

    #[test]
    fn programs_are_found_by_lesson_and_language() {
        let solution_in_c = solution("w04-l03", Language::C).expect("the lesson is carried");
        assert_ne!(Some(solution_in_c), solution("w04-l03", Language::Rust));
        assert_eq!((starter("w04-l99", Language::C), solution("../w04-l03", Language::C)), (None, None));
    }

    #[test]
    fn what_is_not_in_the_list_is_no_starter() {
        let known = STARTERS.lines().next().and_then(|line| line.split_once("  ")).unwrap();
        assert_eq!(known.0.len(), hash(b"").len());
        assert!(!is_starter(known.1, b"edited"));
    }
}
