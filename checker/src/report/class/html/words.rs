//! Names and numbers as they stand on pages and in addresses.

use std::fmt::Write;
use std::time::Duration;

use sha2::{Digest, Sha256};

use crate::report::class::{Kind, Person};
use crate::report::diagram::marked_up;

/// Bytes of a file name that every file system takes, with an ending.
const MOST_NAME: usize = 120;

/// The text on one line, as markup.
pub(super) fn line(text: &str) -> String {
    marked_up(&text.replace('\n', "\\n"))
}

/// Somebody's words, kept apart from what stands around them in whatever direction they are read.
pub(super) fn isolated(text: &str) -> String {
    format!("<bdi>{}</bdi>", line(text))
}

/// A learner by name, with the login behind it, linked to the learner's page where there is one.
pub(super) fn person(person: &Person) -> String {
    let login =
        person.name.as_ref().map(|_| format!(" <span class=\"login\">{}</span>", isolated(&person.login)));
    format!("{}{}", named(person), login.unwrap_or_default())
}

/// A learner by name alone, linked likewise.
pub(super) fn named(person: &Person) -> String {
    let shown = isolated(person.name.as_ref().unwrap_or(&person.login));
    match &person.page {
        Some(page) => format!("<a href=\"{}\">{shown}</a>", line(page)),
        None => shown,
    }
}

/// The name of a learner's page: different for different logins, also where case does not count, and harmless in
/// addresses and on every file system.
#[must_use]
pub fn page_name(login: &str) -> String {
    let is_harmless = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    let mut name = String::new();
    for byte in login.bytes() {
        match is_harmless(byte) {
            true => name.push(char::from(byte)),
            false => write!(name, "_{byte:02x}").unwrap_or_default(),
        }
    }
    if name.len() > MOST_NAME {
        let digest: String =
            Sha256::digest(login.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect();
        // No other name has two of these in a row.
        name = format!("{}__{digest}", &name[..MOST_NAME / 2]);
    }
    // Alone, some names are those of devices.
    format!("learner-{name}.html")
}

/// A value in the part of an address behind `#`.
pub(super) fn encoded(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'/' => out.push(char::from(byte)),
            _ => write!(out, "%{byte:02X}").unwrap_or_default(),
        }
    }
    out
}

/// The word for a kind of result in classes and addresses.
pub(super) fn key(kind: Kind) -> &'static str {
    match kind {
        Kind::Held => "held",
        Kind::Failed => "failed",
        Kind::DoesNotBuild => "does-not-build",
        Kind::NothingHandedIn => "nothing",
        Kind::Unstable => "unstable",
        Kind::NotJudged => "not-judged",
    }
}

/// The sign for a kind of result; the word stands beside it.
pub(super) fn sign(kind: Kind) -> &'static str {
    match kind {
        Kind::Held => "✓",
        Kind::Failed | Kind::DoesNotBuild => "✗",
        Kind::NothingHandedIn => "–",
        Kind::Unstable => "≈",
        Kind::NotJudged => "○",
    }
}

/// How late something was: `40 s`, `15 min`, `2 h`, `3 days`.
pub(in crate::report::class) fn span(late: Duration) -> String {
    let seconds = late.as_secs();
    match seconds {
        0..60 => format!("{} s", seconds.max(1)),
        60..3600 => format!("{} min", seconds / 60),
        3600..172_800 => match (seconds / 3600, seconds % 3600 / 60) {
            (hours, 0) => format!("{hours} h"),
            (hours, minutes) => format!("{hours} h {minutes} min"),
        },
        _ => format!("{} days", seconds / 86_400),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_of_different_learners_have_different_harmless_names() {
        assert_eq!(page_name("ada-7"), "learner-ada-7.html");
        assert_eq!(page_name("Ada/../é"), "learner-_41da_2f_2e_2e_2f_c3_a9.html");
        assert_ne!(page_name("Ada"), page_name("ada"));
        let long = |end: &str| page_name(&format!("{}{end}", "x".repeat(300)));
        assert_ne!(long("a"), long("b"));
        assert!(long("a").len() < 200);
    }

    #[test]
    fn names_stay_names() {
        let person_of = |login: &str| Person { login: login.to_owned(), name: None, page: None };
        assert_eq!(person(&person_of("<b>\u{202e}\n")), "<bdi>&lt;b&gt;\\xE2\\x80\\xAE\\n</bdi>");
        assert_eq!(encoded("a b&c=#é/d"), "a%20b%26c%3D%23%C3%A9/d");
    }

    #[test]
    fn lateness_is_told_in_the_unit_that_fits() {
        let seconds = [0, 59, 60, 3599, 3600, 9000, 172_799, 172_800, 900_000];
        let told = seconds.map(|seconds| span(Duration::from_secs(seconds)));
        assert_eq!(
            told,
            ["1 s", "59 s", "1 min", "59 min", "1 h", "2 h 30 min", "47 h 59 min", "2 days", "10 days"]
        );
    }
}
