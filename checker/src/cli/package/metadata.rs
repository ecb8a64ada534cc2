//! What Gradescope tells of a submission.

use std::path::Path;

use anyhow::Context;
use jiff::Timestamp;
use serde::Deserialize;

/// The part of `submission_metadata.json` that policies go by.
#[derive(Debug, Deserialize)]
pub(super) struct Metadata {
    /// When it was handed in, also where it is graded again later.
    pub(super) created_at: Timestamp,
    /// Who has handed it in: several people where a group has.
    #[serde(default)]
    users: Vec<User>,
}

#[derive(Debug, Deserialize)]
struct User {
    #[serde(default)]
    email: String,
}

impl Metadata {
    /// # Errors
    /// When it cannot be read or understood.
    pub(super) fn read(file: &Path) -> anyhow::Result<Self> {
        let read = || -> anyhow::Result<Self> { Ok(serde_json::from_str(&std::fs::read_to_string(file)?)?) };
        read().with_context(|| format!("cannot read {}", file.display()))
    }

    /// The name under which a policy knows one of the learners, where it does: an address, or what is before its @.
    pub(super) fn learner<'a>(&self, mut known: impl Iterator<Item = &'a str>) -> String {
        let names = || {
            let emails = self.users.iter().map(|user| user.email.as_str());
            emails.flat_map(|email| [email, email.split('@').next().unwrap_or_default()])
        };
        let is_named = |known: &&str| names().any(|name| name == *known);
        known.find(is_named).or_else(|| names().next()).unwrap_or_default().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = r#"{"id": 1, "created_at": "2026-09-12T02:00:00.365935-07:00", "assignment": {"id": 2},
        "users": [{"email": "ada@example.com", "id": 3}, {"email": "bob@example.com"}], "previous_submissions": []}"#;

    #[test]
    fn time_and_people_are_found_among_all_else() {
        let metadata: Metadata = serde_json::from_str(TEXT).expect("readable");
        assert_eq!(metadata.created_at.to_string(), "2026-09-12T09:00:00.365935Z");
        let learner = |known: &[&str]| metadata.learner(known.iter().copied());
        assert_eq!(learner(&[]), "ada@example.com");
        assert_eq!(learner(&["eve", "bob"]), "bob");
        assert_eq!(learner(&["bob@example.com"]), "bob@example.com");
    }

    #[test]
    fn what_cannot_be_read_is_named() {
        let error = Metadata::read(Path::new("no-such-file.json")).expect_err("there is none");
        assert_eq!(error.to_string(), "cannot read no-such-file.json");
    }
}
