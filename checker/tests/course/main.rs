//! Courses as authors write them: loaded, played, and refused with a message that helps.
#![allow(missing_docs, unreachable_pub, clippy::unwrap_used, reason = "tests")]

mod fixture;
mod plays;
