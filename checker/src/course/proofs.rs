//! How a lesson's grader is proved right: solutions that pass, starters and mutants that fail.

use std::path::{Path, PathBuf};

use serde::Deserialize;
use toml::Spanned;

use super::error::{CourseError, CourseErrors, SourceFile};
use super::{FindingKind, Language, toml_error, words};
use crate::trace::Level;

/// The folder of all starters, below the course's root.
pub(crate) const EXERCISES: &str = "exercises";

/// The folder of all solutions and mutants, below the course's root.
pub(crate) const SOLUTIONS: &str = "solutions";

/// The programs that a lesson is proved with.
#[derive(Debug, Clone)]
pub struct Proofs {
    /// Where each starter is, as far as there is one.
    pub starters: Vec<(Language, PathBuf)>,
    /// Where each solution is, as far as there is one.
    pub solutions: Vec<(Language, PathBuf)>,
    /// The kind of finding, or its family, by which every starter fails first.
    pub starter_finding: String,
    /// Wrong programs.
    pub mutants: Vec<Mutant>,
    /// Odd but correct programs.
    pub variants: Vec<Variant>,
}

/// A whole `mutants.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct MutantsFile {
    starter: Starter,
    #[serde(default, rename = "mutant")]
    mutants: Vec<Mutant>,
    #[serde(default, rename = "variant")]
    variants: Vec<Variant>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Starter {
    finding: Spanned<String>,
}

/// A wrong program that must be caught.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mutant {
    /// Unique among mutants and variants.
    pub id: Spanned<String>,
    /// What it does wrong, in one sentence.
    pub title: String,
    /// The solution that it is an edit of, by its language.
    pub of: Language,
    /// The mistake that must be diagnosed.
    pub mistake: Spanned<String>,
    /// A finding (kind or family) that must be there.
    pub finding: Spanned<String>,
    /// The only level at which it is wrong, where it is right at the other.
    pub level: Option<Level>,
    /// The edits, in order.
    #[serde(default, rename = "edit")]
    pub edits: Vec<Edit>,
}

/// An odd or slow program that must pass everything.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Variant {
    /// Unique among mutants and variants.
    pub id: Spanned<String>,
    /// What is odd about it, in one sentence.
    pub title: String,
    /// The solution that it is an edit of, by its language.
    pub of: Language,
    /// The edits, in order.
    #[serde(default, rename = "edit")]
    pub edits: Vec<Edit>,
}

/// One replacement.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Edit {
    /// Text that occurs exactly once.
    pub replace: Spanned<String>,
    /// What comes in its place.
    pub with: String,
}

/// An edit that does not fit the source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{}", count_of(*found))]
pub struct EditError {
    /// Which of the edits, counted from 0.
    pub index: usize,
    /// How often its text was found.
    pub found: usize,
}

fn count_of(found: usize) -> String {
    match found {
        0 => "the text to replace is not in the solution".to_owned(),
        found => format!("the text to replace is in the solution {found} times"),
    }
}

impl Mutant {
    /// The wrong program.
    ///
    /// # Errors
    /// When the text of an edit is not there exactly once.
    pub fn apply(&self, solution: &str) -> Result<String, EditError> {
        apply(&self.edits, solution)
    }
}

impl Variant {
    /// The odd program.
    ///
    /// # Errors
    /// When the text of an edit is not there exactly once.
    pub fn apply(&self, solution: &str) -> Result<String, EditError> {
        apply(&self.edits, solution)
    }
}

/// Applies edits one after the other; each sees what those before it have left.
pub(crate) fn apply(edits: &[Edit], source: &str) -> Result<String, EditError> {
    let mut source = source.to_owned();
    for (index, edit) in edits.iter().enumerate() {
        let replace = edit.replace.get_ref().as_str();
        let found = if replace.is_empty() { 0 } else { source.matches(replace).count() };
        if found != 1 {
            return Err(EditError { index, found });
        }
        source = source.replacen(replace, &edit.with, 1);
    }
    Ok(source)
}

impl Proofs {
    /// Reads what there is for a lesson; `root` is the course's.
    ///
    /// # Errors
    /// When `mutants.toml` is missing or wrong. Whether it fits lesson and solutions is left to the lint.
    pub fn load(root: &Path, lesson: &str) -> Result<Self, CourseErrors> {
        let file =
            SourceFile::read(root, &mutants_path(lesson)).map_err(|error| CourseErrors(vec![error]))?;
        let mutants: MutantsFile = toml::from_str(&file.text)
            .map_err(|error| CourseErrors(vec![toml_error::explain(&file, &error)]))?;
        CourseErrors::check(mutants.errors(&file))?;
        Ok(Self {
            starters: programs(root, EXERCISES, lesson),
            solutions: programs(root, SOLUTIONS, lesson),
            starter_finding: mutants.starter.finding.into_inner(),
            mutants: mutants.mutants,
            variants: mutants.variants,
        })
    }
}

/// Where the mutants of a lesson are, relative to the root.
pub(crate) fn mutants_path(lesson: &str) -> PathBuf {
    Path::new(SOLUTIONS).join(lesson).join("mutants.toml")
}

/// The programs that exist for a lesson below `folder`, in the order of the languages.
fn programs(root: &Path, folder: &str, lesson: &str) -> Vec<(Language, PathBuf)> {
    let path = |language: Language| root.join(folder).join(lesson).join(language.file_name());
    let programs = Language::ALL.into_iter().map(|language| (language, path(language)));
    programs.filter(|(_, path)| path.is_file()).collect()
}

impl MutantsFile {
    fn errors(&self, file: &SourceFile) -> Vec<CourseError> {
        let mutants = self.mutants.iter().map(|mutant| (&mutant.id, &mutant.edits));
        let variants = self.variants.iter().map(|variant| (&variant.id, &variant.edits));
        let edited: Vec<_> = mutants.chain(variants).collect();
        let ids: Vec<_> = edited.iter().map(|(id, _)| *id).collect();
        let mut errors = words::bad_ids(file, "mutant", &ids);
        for (id, _) in edited.iter().filter(|(_, edits)| edits.is_empty()) {
            let message = format!("`{}` does not differ from its solution", id.get_ref());
            errors.push(file.error(id.span(), message).help("write at least one edit"));
        }
        let findings = self.mutants.iter().map(|mutant| &mutant.finding).chain([&self.starter.finding]);
        let known = FindingKind::known_words();
        for finding in findings.filter(|finding| !known.contains(&finding.get_ref().as_str())) {
            errors.push(words::unknown(file, finding.span(), "kind of finding", finding.get_ref(), &known));
        }
        errors
    }
}
