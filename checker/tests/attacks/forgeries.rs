//! Programs that say what the grader would say.

use super::attack::attack;

/// Verdicts in every format on standard output.
#[test]
fn forged_verdicts_as_output() {
    attack!("forged-verdicts").way("stdout").finds(&["connections.none", "prints.different"]).run();
}

/// The same on standard error, by a program that is right.
#[test]
fn forged_verdicts_as_complaints() {
    attack!("forged-verdicts").way("stderr").run();
}

/// What people see of it holds no control character but those of our own colours.
#[test]
fn escapes_on_the_terminal() {
    for way in ["stdout", "stderr"] {
        let Some(text) = attack!("forged-verdicts").way(way).shown() else { return };
        let harmless = without_colours(&text);
        let is_plain = |character: char| character == '\n' || !character.is_control();
        assert!(harmless.chars().all(is_plain), "{text:?}");
        assert!(!harmless.contains(['\u{202e}', '\u{2066}', '\u{9b}']), "{text:?}");
    }
}

/// The text without colours (`ESC [ numbers m`).
fn without_colours(text: &str) -> String {
    let mut parts = text.split("\u{1b}[");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| match part.split_once('m') {
        Some((numbers, rest)) if numbers.chars().all(|digit| digit.is_ascii_digit() || digit == ';') => {
            text + rest
        }
        _ => text + "\u{1b}[" + part,
    })
}
