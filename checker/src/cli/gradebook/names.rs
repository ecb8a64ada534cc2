//! Names of files that are made of names of people.

use std::collections::BTreeSet;

use sha2::{Digest as _, Sha256};

/// Longer names are cut.
const MOST: usize = 64;

/// Gives every learner a name that is safe in every folder, and no two the same: not even where case does not count.
#[derive(Debug, Default)]
pub(super) struct Names(BTreeSet<String>);

impl Names {
    /// The name of the file for this learner and lesson, without a suffix. The same learners in the same order get the
    /// same names.
    pub(super) fn name(&mut self, learner: &str, lesson: &str) -> String {
        let safe = safe(learner);
        let plain = format!("{safe}.{lesson}");
        let name = if safe == learner && !self.0.contains(&plain.to_lowercase()) {
            plain
        } else {
            format!("{safe}-{}.{lesson}", short_hash(learner))
        };
        self.0.insert(name.to_lowercase());
        name
    }
}

fn safe(learner: &str) -> String {
    let is_safe = |character: char| character.is_ascii_alphanumeric() || "._-".contains(character);
    let safe = learner.chars().map(|character| if is_safe(character) { character } else { '_' });
    let safe: String = safe.take(MOST).collect();
    let safe = safe.trim_start_matches(['.', '-']);
    if safe.is_empty() { "_".to_owned() } else { safe.to_owned() }
}

fn short_hash(learner: &str) -> String {
    Sha256::digest(learner).iter().take(4).map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_safe_and_no_two_the_same() {
        let mut names = Names::default();
        let learners = ["ada", "Ada", "../x", "a/b", "a\nb", "=cmd()", "\u{202e}", "", ".", "ada"];
        let named: Vec<String> = learners.iter().map(|learner| names.name(learner, "l1")).collect();
        assert_eq!(named[0], "ada.l1");
        assert_eq!(named[1], format!("Ada-{}.l1", short_hash("Ada")));
        let is_safe = |name: &String| {
            !name.starts_with(['.', '-'])
                && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
        };
        assert!(named.iter().all(is_safe), "{named:?}");
        let mut different: Vec<String> = named[..9].iter().map(|name| name.to_lowercase()).collect();
        different.sort_unstable();
        different.dedup();
        assert_eq!(different.len(), 9, "{named:?}");
        assert!(names.name(&"x".repeat(500), "l1").len() < 100);
    }
}
