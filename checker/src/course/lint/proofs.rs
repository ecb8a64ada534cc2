//! Solutions and starters in every language, and a mutant for every mistake.

use std::path::{Path, PathBuf};

use toml::Spanned;

use super::LessonText;
use crate::course::error::{CourseError, SourceFile};
use crate::course::proofs::{self, EXERCISES, Edit, Proofs, SOLUTIONS, mutants_path};
use crate::course::{Language, words};

/// Fewer wrong programs than these prove little about a grader.
const FEWEST_MUTANTS: usize = 12;

/// Checks that the lesson can be proved.
pub(super) fn check(root: &Path, text: &LessonText<'_>, errors: &mut Vec<CourseError>) {
    let proofs = match Proofs::load(root, &text.lesson.id) {
        Ok(proofs) => proofs,
        Err(found) => return errors.extend(found.0),
    };
    let id = &text.lesson.id;
    missing_programs(EXERCISES, "starter", id, &proofs.starters, errors);
    missing_programs(SOLUTIONS, "solution", id, &proofs.solutions, errors);
    let Ok(file) = SourceFile::read(root, &mutants_path(id)) else { return };
    if proofs.mutants.len() < FEWEST_MUTANTS {
        let message = format!("{} mutants are too few", proofs.mutants.len());
        errors.push(
            CourseError::about_file(&file.path, message).help(format!("write at least {FEWEST_MUTANTS}")),
        );
    }
    mistakes_and_mutants(text, &file, &proofs, errors);
    edits_fit(&file, &proofs, errors);
}

fn missing_programs(
    folder: &str,
    noun: &str,
    lesson: &str,
    programs: &[(Language, PathBuf)],
    errors: &mut Vec<CourseError>,
) {
    let is_missing = |language: &Language| !programs.iter().any(|(there, _)| there == language);
    for language in Language::ALL.into_iter().filter(is_missing) {
        let path = Path::new(folder).join(lesson).join(language.file_name());
        errors.push(CourseError::about_file(&path, format!("there is no {noun} in {language}")));
    }
}

/// Each mutant names a mistake of the lesson, and each mistake has a mutant.
fn mistakes_and_mutants(
    text: &LessonText<'_>,
    file: &SourceFile,
    proofs: &Proofs,
    errors: &mut Vec<CourseError>,
) {
    let mistakes = &text.lesson.checks.mistakes;
    let known: Vec<_> = mistakes.iter().map(|mistake| mistake.id.get_ref().as_str()).collect();
    let named: Vec<_> = proofs.mutants.iter().map(|mutant| &mutant.mistake).collect();
    for name in named.iter().filter(|name| !known.contains(&name.get_ref().as_str())) {
        errors.push(words::unknown(file, name.span(), "mistake", name.get_ref(), &known));
    }
    for mistake in mistakes.iter().filter(|one| !named.iter().any(|name| name.get_ref() == one.id.get_ref()))
    {
        let message = format!("no mutant makes the mistake `{}`", mistake.id.get_ref());
        let help = format!("write a [[mutant]] in {}", file.path.display());
        errors.push(text.checks.error(mistake.id.span(), message).help(help));
    }
}

fn edits_fit(file: &SourceFile, proofs: &Proofs, errors: &mut Vec<CourseError>) {
    let mutants = proofs.mutants.iter().map(|mutant| (&mutant.id, mutant.of, &mutant.edits));
    let variants = proofs.variants.iter().map(|variant| (&variant.id, variant.of, &variant.edits));
    for (id, of, edits) in mutants.chain(variants) {
        let Some((_, path)) = proofs.solutions.iter().find(|(language, _)| *language == of) else { continue };
        let Ok(solution) = std::fs::read_to_string(path) else { continue };
        errors.extend(edit_error(file, id, edits, &solution));
    }
}

fn edit_error(
    file: &SourceFile,
    id: &Spanned<String>,
    edits: &[Edit],
    solution: &str,
) -> Option<CourseError> {
    match proofs::apply(edits, solution) {
        Err(error) => {
            let message = format!("`{}`: {error}", id.get_ref());
            let error = file.error(edits[error.index].replace.span(), message);
            Some(error.help("the text of an edit occurs exactly once"))
        }
        Ok(edited) if edited == solution => {
            let message = format!("`{}` does not differ from its solution", id.get_ref());
            Some(file.error(id.span(), message))
        }
        Ok(_) => None,
    }
}
