//! What is wrong with a policy, and how it is said.

use std::fmt::Write as _;
use std::path::Path;

use super::course;
use crate::grade::policy::Policy;

const DUE: &str = "due = 2026-09-12T09:00:00Z";

fn refusal(text: &str) -> String {
    Policy::parse(text, Path::new("policy.toml"), &course()).expect_err(text).to_string()
}

/// One snapshot with every message, so that they are read side by side.
#[test]
fn every_mistake_is_shown_where_it_stands() {
    let mut all = String::new();
    for text in mistakes() {
        writeln!(all, "{}\n", refusal(&text)).expect("room");
    }
    insta::assert_snapshot!("refusals", all.trim_end());
}

fn mistakes() -> Vec<String> {
    let late = |rest: &str| format!("[late]\n{DUE}\n{rest}\n");
    let lesson = |rest: &str| format!("[lesson.w04-l03]\n{rest}\n");
    let mut mistakes: Vec<String> = [
        "sead = \"1\"",
        "seed = \"xyz\"",
        "seed = 7",
        "attempts = \"lats\"",
        "pass = \"101%\"",
        "pass = 60",
        "pass = \"60%",
        "[lesson.w04-l30]\npass = \"60%\"",
        "[late]\ndue = 2026-09-12",
        "[late]\ndue = 09:00:00",
        "[late]\ndue = \"2026-09-12T09:00:00Z\"",
        "[late]\ndue = 2026-02-30T09:00:00Z",
        "[late]\ndue = 2026-09-12T09:00:00",
        "[late]\ndue = 2026-09-12T09:00:00\ntime-zone = \"Europe/Berlim\"",
        "[late]\ndue = 2027-03-28T02:30:00\ntime-zone = \"Europe/Berlin\"",
        "[late]\ndue = 2026-10-25T02:30:00\ntime-zone = \"Europe/Berlin\"",
        "[late]\nper-day = \"10%\"",
        "[learner.alice]\ndue = 2026-09-12T09:00:00Z",
    ]
    .map(str::to_owned)
    .into();
    mistakes.extend(
        [
            "grace = \"15\"",
            "after = \"1 month\"",
            "most = \"50%\"",
            "per-day = \"20%\"\nmost = \"10%\"",
            "grase = \"1m\"",
        ]
        .map(late),
    );
    mistakes.extend(
        [
            "points = { two-respones = 3 }",
            "points = { one-socket = 2.5 }",
            "points = { one-socket = -1 }",
            "points = { two-responses = 0, exact-length = 0, one-socket = 0 }",
            "hidden = [\"never-waits\"]",
            "hidden = [\"one-socket\", \"one-socket\"]",
            "point = { one-socket = 1 }",
        ]
        .map(lesson),
    );
    mistakes.extend(
        [
            "[learner.alice]",
            "[learner.alice]\ndue = 2026-09-12T09:00:00Z",
            "[learner.\"=cmd()\".lesson.w04-l03]\ndue = 2026-09-11T09:00:00Z",
            "[learner.alice.lesson.w09-l01]\ndue = 2026-09-13T09:00:00Z",
        ]
        .map(late),
    );
    mistakes
}

#[test]
fn several_mistakes_are_said_at_once() {
    let text = format!("seed = \"xyz\"\npass = \"x\"\n[late]\n{DUE}\ngrace = \"soon\"\n[lesson.nothing]\n");
    assert_eq!(refusal(&text).matches("error: ").count(), 4);
}

#[test]
fn a_file_that_is_not_there_is_named() {
    let error = Policy::read(Path::new("no-such-folder/policy.toml"), &course()).expect_err("no file");
    assert_eq!(error.to_string(), "error: there is no such file\n--> no-such-folder/policy.toml");
}
