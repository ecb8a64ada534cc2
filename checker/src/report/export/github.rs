//! Annotations of GitHub Actions: workflow commands, a line each.
//!
//! Everything from a program stands behind `::` with its line ends escaped, so it cannot begin a command.

use super::Submission;
use super::case::{Case, CaseState, all_cases};
use super::words::shortened;

/// GitHub shows so many of a kind for a step, and drops the rest.
const MOST: usize = 10;
/// Characters of one message; GitHub takes 64 KiB, with all escapes.
const MOST_CHARACTERS: usize = 4096;

/// The annotations of all submissions, failures first; none where all is well.
#[must_use]
pub fn annotations(submissions: &[Submission]) -> String {
    let cases = all_cases(submissions);
    let mut told: Vec<(&str, &Case<'_>)> =
        cases.iter().filter_map(|case| command(case.state).map(|command| (command, case))).collect();
    told.sort_by_key(|(command, _)| ["error", "warning", "notice"].iter().position(|known| known == command));
    let shown = if told.len() > MOST { MOST - 1 } else { told.len() };
    let mut out: String = told.iter().take(shown).map(|(command, case)| annotation(command, case)).collect();
    if let Some(rest) = told.get(shown) {
        let sentence = format!("{} more are not shown here.", told.len() - shown);
        out.push_str(&format!("::{} title=workbook::{}\n", rest.0, data(&sentence)));
    }
    out
}

fn command(state: CaseState) -> Option<&'static str> {
    match state {
        CaseState::Failed => Some("error"),
        CaseState::Fault => Some("warning"),
        CaseState::Advice => Some("notice"),
        CaseState::Held | CaseState::Skipped => None,
    }
}

fn annotation(command: &str, case: &Case<'_>) -> String {
    let file = case.file.map(|file| format!("file={},", property(file))).unwrap_or_default();
    let line = case.place.map(|(line, _)| format!("line={line},")).unwrap_or_default();
    let column = case.place.and_then(|(_, column)| column);
    let column = column.map(|column| format!("col={column},")).unwrap_or_default();
    // Without a file, a line would be one of whatever file is shown.
    let place = if file.is_empty() { String::new() } else { format!("{file}{line}{column}") };
    let title = property(&format!("{} {}", case.suite, case.id));
    format!("::{command} {place}title={title}::{}\n", data(&shortened(&case.text, MOST_CHARACTERS)))
}

fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_those_of_the_runner() {
        assert_eq!(data("50%\r\n::error::,"), "50%25%0D%0A::error::,");
        assert_eq!(property("a:b,c%\n"), "a%3Ab%2Cc%25%0A");
    }
}
