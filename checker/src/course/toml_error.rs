//! What the TOML reader says, in the words of an author.

use super::error::{CourseError, SourceFile};
use super::words;

/// A noun for a closed list of words, recognised by one of them.
const LISTS: [(&str, &str); 11] = [
    ("expect", "step"),
    ("connections", "rule"),
    ("received", "thing to hold for"),
    ("each-byte", "way to cut"),
    ("random", "content"),
    ("line", "kind of output"),
    ("reset", "way to close"),
    ("success", "way to exit"),
    ("nxdomain", "answer of the name server"),
    ("main.rs", "file"),
    ("best", "way to choose an attempt"),
];

/// Tables below a scenario, by their keys: another one there was most likely meant for the scenario.
const BELOW_SCENARIO: [(&[&str], &str); 2] = [
    (&["script", "require"], "other keys of the scenario stand before its first [[scenario.connection]]"),
    (
        &["host", "addresses", "dead", "answer", "slow"],
        "other keys of the scenario stand before its first [[scenario.name]]",
    ),
];

/// Turns an error of the TOML reader into one of ours.
pub(crate) fn explain(file: &SourceFile, error: &toml::de::Error) -> CourseError {
    let span = error.span().unwrap_or(0..0);
    let message = error.message();
    if let Some((word, known)) = message.strip_prefix("unknown variant ").and_then(split_known) {
        let noun = LISTS.iter().find(|(member, _)| known.contains(member)).map_or("word", |(_, noun)| noun);
        return words::unknown(file, span, noun, word, &known);
    }
    if let Some((key, known)) = message.strip_prefix("unknown field ").and_then(split_known) {
        let error = words::unknown(file, span, "key", key, &known);
        let help = BELOW_SCENARIO.iter().find(|(keys, _)| *keys == known).map(|(_, help)| *help);
        return match help {
            Some(help) => error.help(help),
            None => error,
        };
    }
    if let Some(key) = message.strip_prefix("missing field ") {
        return file.error(span, format!("missing key {key}"));
    }
    if let Some((found, expected)) = wrong_value(message) {
        return file.error(span, format!("{found} cannot stand here")).label(format!("expected {expected}"));
    }
    if message.starts_with("wanted exactly 1 element") {
        return file.error(span, "one word at a time").help("write each in braces of its own");
    }
    // The reader knows only the value around a word that is refused.
    let word = message.split('`').nth(1).filter(|_| message.starts_with("unknown "));
    let span = word.map_or(span.clone(), |word| file.find_in(span, word));
    file.error(span, message)
}

/// Takes "`clos`, expected one of `expect`, `send`" apart.
fn split_known(text: &str) -> Option<(&str, Vec<&str>)> {
    let mut quoted = text.split('`').skip(1).step_by(2);
    Some((quoted.next()?, quoted.collect()))
}

/// What was found and what was expected, where a value is of another type or out of range.
fn wrong_value(message: &str) -> Option<(&str, &str)> {
    let rest = ["invalid type: ", "invalid value: "].iter().find_map(|start| message.strip_prefix(start))?;
    let (found, expected) = rest.split_once(", expected ")?;
    let expected = match expected {
        "u32" | "u64" | "usize" => "a whole number, 0 or more",
        "a boolean" => "true or false",
        "a sequence" => "a list",
        "a map" => "a table",
        "a string" => "text in quotes",
        "a TOML datetime" => "a date with a time, without quotes, such as 2026-09-12T09:00:00Z",
        expected => expected,
    };
    Some((found, expected))
}
