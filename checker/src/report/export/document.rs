//! Texts on many submissions, made of one at a time: all verdicts of a class are larger than memory.

use super::Submission;

/// A text on many submissions.
pub trait Document {
    /// The part on a submission. Parts stand one behind the other.
    fn part(&mut self, submission: &Submission) -> String;

    /// What stands before all parts. It may count them, so it is known when all have been made.
    fn head(&self) -> String {
        String::new()
    }

    /// What stands behind all parts.
    fn tail(&self) -> String {
        String::new()
    }
}

/// The whole text on a few submissions.
pub(super) fn whole(mut document: impl Document, submissions: &[Submission]) -> String {
    let parts: String = submissions.iter().map(|submission| document.part(submission)).collect();
    format!("{}{parts}{}", document.head(), document.tail())
}
