//! The program that shows a long text page by page.

use std::io::{self, IsTerminal, Write};
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};
use std::sync::Arc;

use signal_hook::consts::SIGINT;

use super::out;
use crate::report::Look;

/// What `less` does where nobody has told it otherwise: end on a text of one screen, let colours through, and
/// leave the text on the screen.
const LESS: &str = "FRX";

/// The first `less` that lets links through.
const LESS_WITH_HYPERLINKS: u32 = 566;

/// Prints a text, by a pager where it is longer than the terminal.
///
/// # Errors
/// When the output cannot be written.
pub(super) fn print(text: &str, pager: Option<Pager>, look: &Look) -> anyhow::Result<()> {
    let size = terminal_size::terminal_size_of(io::stdout());
    let is_longer = size.is_some_and(|(_, rows)| text.lines().count() >= usize::from(rows.0));
    let Some(pager) = pager.filter(|_| is_longer) else { return out::print(text) };
    if let Err(why) = pager.show(text, look.is_unicode) {
        out::print(text)?;
        // Behind the text, for what stands above it is out of sight.
        out::note(&format!("\n{why}"));
    }
    Ok(())
}

/// A program that shows a long text page by page.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Pager {
    /// As it was named.
    line: String,
    words: Vec<String>,
}

impl Pager {
    /// The pager that the environment names; none on a terminal where none can work, or where none is wanted.
    pub(super) fn choose(variable: impl Fn(&str) -> Option<String>) -> Option<Self> {
        if matches!(variable("TERM").as_deref(), None | Some("" | "dumb")) {
            return None;
        }
        let line = variable("WORKBOOK_PAGER").or_else(|| variable("PAGER"));
        let line = line.unwrap_or_else(|| "less".to_owned());
        // A line with an open quotation mark is no command; it is tried as a name, and the failure told.
        let words = shlex::split(&line).unwrap_or_else(|| vec![line.clone()]);
        let is_wanted = words.first().is_some_and(|program| name(program) != "cat");
        is_wanted.then_some(Self { line, words })
    }

    /// The pager for standard output; none where that is no terminal.
    pub(super) fn on_terminal() -> Option<Self> {
        if io::stdout().is_terminal() { Self::choose(|name| std::env::var(name).ok()) } else { None }
    }

    /// Does it let links through to the terminal?
    pub(super) fn has_hyperlinks(&self) -> bool {
        if !self.is_less() {
            return false;
        }
        let asked = Command::new(&self.words[0]).arg("--version").stdin(Stdio::null()).output();
        let text =
            asked.map(|output| String::from_utf8_lossy(&output.stdout).into_owned()).unwrap_or_default();
        less_version(&text).is_some_and(|version| version >= LESS_WITH_HYPERLINKS)
    }

    fn is_less(&self) -> bool {
        name(&self.words[0]) == "less"
    }

    /// Shows the text until the reader has had enough.
    ///
    /// # Errors
    /// When it has not been shown: what happened, and what to do.
    pub(super) fn show(&self, text: &str, is_unicode: bool) -> Result<(), String> {
        // Ctrl-C is for the pager while it runs. A handler of ours is not handed on to it.
        let kept = signal_hook::flag::register(SIGINT, Arc::default());
        let outcome = self.feed(text, is_unicode);
        if let Ok(kept) = kept {
            signal_hook::low_level::unregister(kept);
        }
        let why = match outcome {
            Ok(status) if self.has_shown(status) => return Ok(()),
            Ok(status) => format!("ended with {status}"),
            Err(error) if error.kind() == io::ErrorKind::NotFound => "is not installed".to_owned(),
            Err(error) => format!("cannot be started: {error}"),
        };
        Err(format!(
            "workbook: the pager `{}` {why}.\n\
             So the text came all at once. PAGER names another pager, --no-pager none.",
            self.line
        ))
    }

    fn feed(&self, text: &str, is_unicode: bool) -> io::Result<ExitStatus> {
        let mut command = Command::new(&self.words[0]);
        command.args(&self.words[1..]).stdin(Stdio::piped());
        let options = std::env::var("LESS").ok().filter(|options| !options.is_empty());
        // Without -R it shows the codes of colours instead of the colours.
        command.env("LESS", options.map_or_else(|| LESS.to_owned(), |options| format!("-R {options}")));
        if is_unicode && std::env::var_os("LESSCHARSET").is_none() {
            command.env("LESSCHARSET", "utf-8");
        }
        let mut child = command.spawn()?;
        // A reader who leaves early closes the pipe, which is no error.
        let _ = child.stdin.take().expect("it is a pipe").write_all(text.as_bytes());
        child.wait()
    }

    /// Whoever ends a pager with a signal has seen it; `less` says 2 when Ctrl-C has ended it.
    fn has_shown(&self, status: ExitStatus) -> bool {
        status.success() || status.code().is_none_or(|code| code == 2 && self.is_less() || code > 128)
    }
}

/// The name of a program, without its folder.
fn name(program: &str) -> String {
    Path::new(program).file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

/// The version that `less --version` tells in its first line: `less 590 (GNU regular expressions)`.
fn less_version(text: &str) -> Option<u32> {
    let number = text.strip_prefix("less ")?;
    let end = number.find(|character: char| !character.is_ascii_digit()).unwrap_or(number.len());
    number[..end].parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn choose(variables: &[(&str, &str)]) -> Option<Vec<String>> {
        let variable = |name: &str| {
            let found = variables.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| (*value).to_owned())
        };
        Pager::choose(variable).map(|pager| pager.words)
    }

    #[test]
    fn the_pager_is_the_one_that_is_named() {
        let words = |words: &[&str]| Some(words.iter().map(|word| (*word).to_owned()).collect());
        let term = ("TERM", "xterm");
        assert_eq!(choose(&[term]), words(&["less"]));
        assert_eq!(choose(&[term, ("PAGER", "more -s")]), words(&["more", "-s"]));
        assert_eq!(
            choose(&[term, ("PAGER", "more"), ("WORKBOOK_PAGER", "'my pager' x")]),
            words(&["my pager", "x"])
        );
        assert_eq!(choose(&[term, ("PAGER", "it's")]), words(&["it's"]));
        for without in [&[term, ("PAGER", "cat")][..], &[term, ("PAGER", "")], &[("TERM", "dumb")], &[]] {
            assert_eq!(choose(without), None, "{without:?}");
        }
    }

    #[test]
    fn versions_of_less_are_understood() {
        assert_eq!(less_version("less 590 (GNU regular expressions)\nCopyright\n"), Some(590));
        assert_eq!(less_version("less 581.2 (POSIX regular expressions)\n"), Some(581));
        assert_eq!(less_version("BusyBox v1.36\n"), None);
    }
}
