//! Courses as authors write them: loaded, played, and refused with a message that helps.
#![expect(missing_docs, clippy::unwrap_used, reason = "tests")]

mod fixture;
mod plays;
