//! The languages that a lesson has starters and solutions in.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A language that learners write in. In files it goes by the name of its source file, such as `main.rs`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Language {
    /// Compiled with rustc.
    #[serde(rename = "main.rs")]
    Rust,
    /// Compiled with the system's C compiler.
    #[serde(rename = "main.c")]
    C,
    /// Interpreted.
    #[serde(rename = "main.py")]
    Python,
}

impl Language {
    /// All of them, in the order in which texts show them.
    pub const ALL: [Language; 3] = [Language::Rust, Language::C, Language::Python];

    /// The name of a program's source file.
    #[must_use]
    pub fn file_name(self) -> &'static str {
        match self {
            Language::Rust => "main.rs",
            Language::C => "main.c",
            Language::Python => "main.py",
        }
    }

    /// What people type for it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Language::Rust => "rust",
            Language::C => "c",
            Language::Python => "python",
        }
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Language::Rust => "Rust",
            Language::C => "C",
            Language::Python => "Python",
        })
    }
}

/// The name of no language of the course.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown language `{0}`: there are rust (rs), c and python (py)")]
pub struct UnknownLanguage(pub String);

impl FromStr for Language {
    type Err = UnknownLanguage;

    fn from_str(name: &str) -> Result<Self, UnknownLanguage> {
        match name.to_ascii_lowercase().as_str() {
            "rs" | "rust" => Ok(Language::Rust),
            "c" => Ok(Language::C),
            "py" | "python" => Ok(Language::Python),
            _ => Err(UnknownLanguage(name.to_owned())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_short_forms_are_understood() {
        for (name, language) in [("rs", Language::Rust), ("Rust", Language::Rust), ("C", Language::C)] {
            assert_eq!(name.parse(), Ok(language));
        }
        for (name, language) in [("py", Language::Python), ("python", Language::Python)] {
            assert_eq!(name.parse(), Ok(language));
        }
        let unknown = "go".parse::<Language>().expect_err("no such language");
        assert_eq!(unknown.to_string(), "unknown language `go`: there are rust (rs), c and python (py)");
    }
}
