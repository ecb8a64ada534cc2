//! Annotations of GitHub Actions: workflow commands, a line each.
//!
//! Everything from a program stands behind `::` with its line ends escaped, so it cannot begin a command.

use super::Submission;
use super::case::{Case, CaseState, cases};
use super::document::{Document, whole};
use super::words::shortened;

/// The worst first.
const COMMANDS: [&str; 3] = ["error", "warning", "notice"];
/// GitHub shows so many of a kind for a step, and drops the rest.
const MOST: usize = 10;
/// Characters of one message; GitHub takes 64 KiB, with all escapes.
const MOST_CHARACTERS: usize = 4096;

/// The annotations of all submissions, failures first; none where all is well.
#[must_use]
pub fn annotations(submissions: &[Submission]) -> String {
    whole(Annotations::default(), submissions)
}

/// The same, one submission at a time.
#[derive(Debug, Default)]
pub struct Annotations {
    /// Those that may be shown, of each kind the first.
    told: [Vec<String>; COMMANDS.len()],
    /// How many there are.
    amount: usize,
}

impl Document for Annotations {
    fn part(&mut self, submission: &Submission) -> String {
        for case in cases(submission) {
            let Some(command) = command(case.state) else { continue };
            self.amount += 1;
            let told = &mut self.told[command];
            if told.len() < MOST {
                told.push(annotation(COMMANDS[command], &case));
            }
        }
        String::new()
    }

    fn tail(&self) -> String {
        let shown = if self.amount > MOST { MOST - 1 } else { self.amount };
        let told = || {
            self.told
                .iter()
                .zip(COMMANDS)
                .flat_map(|(told, command)| told.iter().map(move |one| (one, command)))
        };
        let mut out: String = told().take(shown).map(|(annotation, _)| annotation.as_str()).collect();
        if let Some((_, command)) = told().nth(shown) {
            let sentence = format!("{} more are not shown here.", self.amount - shown);
            out.push_str(&format!("::{command} title=workbook::{}\n", data(&sentence)));
        }
        out
    }
}

/// Which of the commands.
fn command(state: CaseState) -> Option<usize> {
    match state {
        CaseState::Failed => Some(0),
        CaseState::Fault => Some(1),
        CaseState::Advice => Some(2),
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
