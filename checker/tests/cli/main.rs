//! The command line as people use it, on a course of one lesson.
#![allow(missing_docs, unreachable_pub, clippy::unwrap_used, reason = "tests")]

mod check;
mod diagram;
mod exports;
mod files;
mod grade;
mod gradebook;
mod hostile;
mod instructor;
mod kit;
mod learning;
mod look;
#[cfg(target_os = "linux")]
mod losses;
mod obstacles;
mod others;
#[cfg(target_os = "linux")]
mod package;
mod packets;
#[cfg(target_os = "linux")]
mod places;
mod read;
mod serve;
mod shell;
#[path = "../support/mod.rs"]
mod support;
mod traces;
mod watch;

use predicates::prelude::*;
use predicates::str::{contains, starts_with};
use serde_json::Value;
use support::Fixture;

/// The scenario that comes first.
const FIRST: &str = "server-keeps-the-connection-open";

/// How every failure of ours looks: told as ours, and no panic.
fn is_an_error(text: &str) -> impl Predicate<str> {
    starts_with("workbook: ").and(contains(text.to_owned())).and(contains("panicked").not())
}

/// The verdict on the exercise in Python, as JSON.
fn verdict(fixture: &Fixture, more: &[&str]) -> Value {
    let arguments = [&["check", "l01", "--lang", "py", "--format", "json"], more].concat();
    let output = fixture.workbook(&arguments).output().unwrap();
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {output:?}"))
}
