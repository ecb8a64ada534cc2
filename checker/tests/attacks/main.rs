//! Programs and sources that attack the grader, the machine, or others: each gets the verdict that it deserves,
//! in bounded time, and everything is as it was.
//!
//! An attack tries something, says `BREACH` when it succeeds, and then does what the lesson asks for: where the
//! verdict is that all criteria hold, the attack came to nothing and the program was judged by the wire alone.
#![cfg(target_os = "linux")]
#![allow(missing_docs, unreachable_pub, clippy::unwrap_used, reason = "tests")]

mod attack;
mod bombs;
mod builds;
mod escapes;
mod forgeries;
mod neighbours;
mod place;
mod processes;
#[path = "../support/mod.rs"]
mod support;
