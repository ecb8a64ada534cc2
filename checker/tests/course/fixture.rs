//! A small course that nothing is wrong with, and ways to spoil it.

use std::fs;
use std::path::Path;

use tempfile::TempDir;
use workbook::course::lint::lint;
use workbook::course::{Course, Lesson, Proofs};

pub const LESSON: &str = "lessons/w04/02-length/lesson.md";
pub const CHECKS: &str = "lessons/w04/02-length/checks.toml";
pub const MUTANTS: &str = "solutions/w04-l02/mutants.toml";

/// A course in a folder of its own, removed when dropped.
pub struct Fixture(TempDir);

impl Fixture {
    /// A course with nothing wrong.
    pub fn new() -> Self {
        let fixture = Self(tempfile::tempdir().expect("a temporary folder"));
        fixture.write("lessons/w04/part.md", "# HTTP clients\n");
        fixture.write(LESSON, include_str!("fixture/lesson.md"));
        fixture.write(CHECKS, include_str!("fixture/checks.toml"));
        fixture.write(MUTANTS, &mutants());
        for folder in ["exercises", "solutions"] {
            for (name, text) in SOURCES {
                fixture.write(&format!("{folder}/w04-l02/{name}"), text);
            }
        }
        fixture
    }

    /// The same course with one piece of text replaced.
    pub fn edited(file: &str, replace: &str, with: &str) -> Self {
        Self::new().edit(file, replace, with)
    }

    /// Replaces a piece of text that occurs exactly once.
    pub fn edit(self, file: &str, replace: &str, with: &str) -> Self {
        let text = fs::read_to_string(self.root().join(file)).expect("the fixture has the file");
        assert_eq!(text.matches(replace).count(), 1, "{replace:?} occurs once in {file}");
        self.write(file, &text.replace(replace, with));
        self
    }

    pub fn write(&self, file: &str, text: &str) {
        let path = self.root().join(file);
        fs::create_dir_all(path.parent().expect("the file lies in a folder")).expect("folders can be made");
        fs::write(path, text).expect("files can be written");
    }

    pub fn remove(self, file: &str) -> Self {
        fs::remove_file(self.root().join(file)).expect("the fixture has the file");
        self
    }

    pub fn root(&self) -> &Path {
        self.0.path()
    }

    pub fn load(&self) -> Course {
        Course::load(self.root()).expect("nothing is wrong")
    }

    /// Everything that loading finds wrong.
    pub fn load_errors(&self) -> String {
        Course::load(self.root()).expect_err("something is wrong").to_string()
    }

    /// Everything that the lint finds wrong.
    pub fn lint_errors(&self) -> String {
        let errors: Vec<_> = lint(&self.load()).iter().map(ToString::to_string).collect();
        errors.join("\n\n")
    }

    /// Everything that is wrong with the only lesson's mutants.
    pub fn proofs_errors(&self) -> String {
        Proofs::load(self.root(), "w04-l02").expect_err("something is wrong").to_string()
    }

    /// The only lesson.
    pub fn lesson(&self) -> Lesson {
        self.load().lessons.remove(0)
    }
}

const SOURCES: [(&str, &str); 3] = [
    ("main.rs", "fn main() {\n    // TODO\n}\n"),
    ("main.c", "int main(void) { return 0; }\n"),
    ("main.py", "import socket\nprint(\"a\")\n"),
];

/// A dozen mutants, the first two worth reading.
fn mutants() -> String {
    let mut text = include_str!("fixture/mutants.toml").to_owned();
    for number in 3..=12 {
        text += &format!(
            "\n[[mutant]]\nid = \"mutant-{number}\"\ntitle = \"T.\"\nof = \"main.py\"\nmistake = \"reads-to-eof\"\n\
             finding = \"prints\"\n[[mutant.edit]]\nreplace = \"import socket\"\nwith = \"import mutant{number}\"\n"
        );
    }
    text
}
