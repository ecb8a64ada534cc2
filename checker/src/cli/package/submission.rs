//! Which file of a submission is the program.

use std::fs;
use std::path::{Path, PathBuf};

use crate::course::Language;
use crate::kit;
use crate::trace::escape;

/// Nothing that could be built is longer.
const MOST_BYTES: u64 = 4 * 1024 * 1024;

/// What a submission holds.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// One program.
    Program {
        /// Its name, printable.
        name: String,
        language: Language,
        content: Vec<u8>,
    },
    /// None, or several: in one sentence for the learner.
    Problem(String),
}

/// Finds the program. Links are no programs: they could lead to what is none of the learner's business.
///
/// # Errors
/// When the folder cannot be read.
pub(super) fn find(folder: &Path, lesson: &str) -> std::io::Result<Found> {
    let folder = unpacked(folder)?;
    let own = sources(&folder)?;
    let mains = |sources: &[Source]| sources.iter().filter(|source| source.is_main()).cloned().collect();
    let exercises = folder.join("exercises").join(lesson);
    let exercises = if is_folder(&exercises) { sources(&exercises)? } else { Vec::new() };
    let tiers: [Vec<Source>; 3] = [mains(&own), mains(&exercises), own];
    let sources = tiers.into_iter().find(|tier| !tier.is_empty()).unwrap_or_default();
    Ok(choose(sources, lesson))
}

/// A file that a language claims.
#[derive(Debug, Clone)]
struct Source {
    file: PathBuf,
    language: Language,
}

impl Source {
    fn is_main(&self) -> bool {
        self.file.file_name().is_some_and(|name| name == self.language.file_name())
    }

    fn name(&self) -> String {
        escape(self.file.file_name().unwrap_or_default().as_encoded_bytes())
    }

    fn is_starter(&self, lesson: &str) -> bool {
        let starter = kit::starter(lesson, self.language);
        starter.is_some_and(|starter| fs::read(&self.file).is_ok_and(|content| content == starter))
    }
}

/// Who hands in a whole workbook hands in the starters of other languages, too.
fn choose(mut sources: Vec<Source>, lesson: &str) -> Found {
    if sources.len() > 1 {
        let edited: Vec<_> = sources.iter().filter(|source| !source.is_starter(lesson)).cloned().collect();
        sources = if edited.is_empty() { sources } else { edited };
    }
    match sources.as_slice() {
        [] => Found::Problem("There is no program: hand in main.rs, main.c or main.py.".to_owned()),
        [only] => read(only),
        several => {
            let names: Vec<_> = several.iter().map(Source::name).collect();
            Found::Problem(format!("There are several programs: {}. Hand in only one.", names.join(", ")))
        }
    }
}

fn read(source: &Source) -> Found {
    let name = source.name();
    if fs::metadata(&source.file).is_ok_and(|data| data.len() > MOST_BYTES) {
        return Found::Problem(format!("{name} is longer than any program needs to be."));
    }
    match fs::read(&source.file) {
        Ok(content) => Found::Program { name, language: source.language, content },
        Err(error) => Found::Problem(format!("{name} cannot be read: {error}.")),
    }
}

/// Where a folder holds nothing but another folder, as archives often do, that one.
fn unpacked(folder: &Path) -> std::io::Result<PathBuf> {
    let mut entries = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name();
        if name != "__MACOSX" && !name.as_encoded_bytes().starts_with(b".") {
            entries.push(entry.path());
        }
    }
    match entries.as_slice() {
        [only] if is_folder(only) && only.file_name().is_some_and(|name| name != "exercises") => {
            Ok(only.clone())
        }
        _ => Ok(folder.to_owned()),
    }
}

fn is_folder(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|data| data.is_dir())
}

/// The files of a folder that some language claims, in order of their names.
fn sources(folder: &Path) -> std::io::Result<Vec<Source>> {
    let mut sources = Vec::new();
    for entry in fs::read_dir(folder)? {
        let file = entry?.path();
        let is_file = fs::symlink_metadata(&file).is_ok_and(|data| data.is_file());
        let claims = |language: &Language| file.extension() == Path::new(language.file_name()).extension();
        let language = Language::ALL.into_iter().find(claims);
        sources.extend(language.filter(|_| is_file).map(|language| Source { file, language }));
    }
    sources.sort_by(|one, other| one.file.cmp(&other.file));
    Ok(sources)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is found in a folder with these files.
    fn found(files: &[(&str, &str)]) -> String {
        let folder = tempfile::tempdir().expect("a folder");
        for (path, content) in files {
            let file = folder.path().join(path);
            fs::create_dir_all(file.parent().expect("a folder")).expect("folders");
            fs::write(file, content).expect("a file");
        }
        match find(folder.path(), "w04-l03").expect("readable") {
            Found::Program { name, language, content } => {
                format!("{name} ({}) {}", language.word(), String::from_utf8_lossy(&content))
            }
            Found::Problem(problem) => problem,
        }
    }

    #[test]
    fn a_program_is_found_wherever_people_put_it() {
        assert_eq!(found(&[("main.c", "mine"), ("notes.txt", "")]), "main.c (c) mine");
        assert_eq!(found(&[("main.c", "mine"), ("tool.py", "")]), "main.c (c) mine");
        assert_eq!(found(&[("alice.py", "mine")]), "alice.py (python) mine");
        assert_eq!(
            found(&[("folder/main.rs", "mine"), ("__MACOSX/x", ""), (".DS_Store", "")]),
            "main.rs (rust) mine"
        );
        assert_eq!(found(&[("exercises/w04-l03/main.c", "mine")]), "main.c (c) mine");
        assert_eq!(
            found(&[("me/exercises/w04-l03/main.c", "mine"), ("me/README.md", "")]),
            "main.c (c) mine"
        );
    }

    #[test]
    fn starters_of_other_languages_do_not_count() {
        let starter = kit::starter("w04-l03", Language::Python).expect("the course has it");
        let starter = std::str::from_utf8(starter).expect("text");
        let python = ("exercises/w04-l03/main.py", starter);
        assert_eq!(found(&[("exercises/w04-l03/main.c", "mine"), python]), "main.c (c) mine");
        assert!(found(&[python]).starts_with("main.py (python) "), "alone it is what was handed in");
    }

    #[test]
    fn no_program_and_several_are_told() {
        let none = "There is no program: hand in main.rs, main.c or main.py.";
        assert_eq!(found(&[]), none);
        assert_eq!(found(&[("main.java", ""), ("exercises/w04-l02/main.c", "")]), none);
        assert_eq!(
            found(&[("main.c", ""), ("main.py", "")]),
            "There are several programs: main.c, main.py. Hand in only one."
        );
        assert_eq!(
            found(&[("a\u{202e}\n.c", "1"), ("b.c", "2")]),
            "There are several programs: a\\xE2\\x80\\xAE\\n.c, b.c. Hand in only one."
        );
    }

    #[test]
    fn links_are_no_programs() {
        let folder = tempfile::tempdir().expect("a folder");
        std::os::unix::fs::symlink("/etc/passwd", folder.path().join("main.c")).expect("a link");
        std::os::unix::fs::symlink("/etc", folder.path().join("exercises")).expect("a link");
        let found = find(folder.path(), "w04-l03").expect("readable");
        assert!(matches!(found, Found::Problem(_)), "{found:?}");
    }
}
