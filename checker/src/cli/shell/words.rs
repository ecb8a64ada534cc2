//! What can be typed at the prompt: completed, hinted at, and understood.

use std::borrow::Cow;

use clap::CommandFactory;
use rustyline::completion::{Completer, Pair};
use rustyline::highlight::Highlighter;
use rustyline::hint::{Hinter, HistoryHinter};
use rustyline::validate::Validator;
use rustyline::{Context, Helper};

use crate::course::{Course, Language};
use crate::report::Look;
use crate::report::line::{Line, Tone, render};
use crate::report::text::fit;

/// What each command is for, in the order in which it is needed.
const COMMANDS: [(&str, &str); 18] = [
    ("next", "where you stand, and the one next thing to do"),
    ("read", "read the lesson"),
    ("open", "open the exercise in your editor"),
    ("check", "check it; --all shows every failure"),
    ("watch", "check it at every save"),
    ("hint", "the next hint"),
    ("diagram", "the last run, drawn"),
    ("run", "run it against a small server"),
    ("serve", "a server to talk to by hand"),
    ("measure", "what keeping a connection is worth"),
    ("progress", "what is done"),
    ("list", "all lessons"),
    ("lang", "choose your language: lang c"),
    ("solution", "a solution, when you are done"),
    ("reset", "put the starter back"),
    ("doctor", "what this machine has, and what it lacks"),
    ("help", "this list; check --help tells more about check"),
    ("quit", "leave"),
];

/// Commands that are about a lesson, and need its name.
const ABOUT_LESSONS: [&str; 10] =
    ["read", "open", "check", "watch", "hint", "diagram", "run", "serve", "measure", "reset"];

/// What a line asks for.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Order {
    Leave,
    Help,
    /// Another command, with its words.
    Call(Vec<String>),
    /// Nothing that can be understood, and why.
    Unclear(String),
}

/// Understands a line, in the lesson that one is in.
pub(super) fn order(line: &str, course: &Course, lesson: Option<&str>) -> Order {
    let Some(mut words) = shlex::split(line) else {
        return Order::Unclear("a quotation mark is missing its other half".to_owned());
    };
    if words.first().is_some_and(|word| word == "workbook") {
        words.remove(0);
    }
    let Some(first) = words.first().cloned() else { return Order::Help };
    match first.as_str() {
        "quit" | "exit" | "q" => Order::Leave,
        "help" | "?" if words.len() == 1 => Order::Help,
        _ => {
            let names_lesson = words[1..].iter().any(|word| course.lesson(word).is_ok());
            let asks_for_help = words.iter().any(|word| matches!(word.as_str(), "--help" | "-h" | "--trace"));
            if ABOUT_LESSONS.contains(&first.as_str()) && !names_lesson && !asks_for_help {
                let is_named = |word: &&String| !word.starts_with('-');
                // What is there in its place may be a name with a mistake in it, which the command tells.
                if words.get(1).filter(is_named).is_none() {
                    words.splice(1..1, lesson.map(ToOwned::to_owned));
                }
            }
            Order::Call(words)
        }
    }
}

/// Every command with what it is for.
pub(super) fn help(look: &Look) -> String {
    let line = |(name, purpose): &(&str, &str)| {
        let line = Line::of(Tone::Plain, "  ").with(Tone::Command, format!("{name:<10}"));
        line.with(Tone::Plain, fit(purpose, look.columns() - 12, look))
    };
    let mut lines: Vec<Line> = COMMANDS.iter().map(line).collect();
    lines.push(Line::of(Tone::Quiet, "Without a lesson, they are about the one in the prompt."));
    render(lines, look)
}

/// Knows the words.
pub(super) struct Words {
    lessons: Vec<String>,
    history: HistoryHinter,
    /// Hints are grey; without colour nobody could tell them from what was typed.
    shows_hints: bool,
}

impl Words {
    pub(super) fn new(course: &Course, shows_hints: bool) -> Self {
        let lessons = course.lessons.iter().map(|lesson| lesson.id.clone()).collect();
        Self { lessons, history: HistoryHinter::new(), shows_hints }
    }

    /// All that may stand in the place of the last of these words.
    fn candidates(&self, words: &[&str]) -> Vec<String> {
        let (last, before) = words.split_last().unwrap_or((&"", &[]));
        let all: Vec<String> = match before.first() {
            None => COMMANDS.iter().map(|(name, _)| (*name).to_owned()).collect(),
            Some(&command) if last.starts_with('-') => options(command),
            Some(&"lang") => languages().chain(["any".to_owned()]).collect(),
            Some(_) if before.last() == Some(&"--lang") => languages().collect(),
            Some(_) => self.lessons.clone(),
        };
        all.into_iter().filter(|word| word.starts_with(last)).collect()
    }
}

fn languages() -> impl Iterator<Item = String> {
    Language::ALL.into_iter().map(|language| language.word().to_owned())
}

/// The options of a command, as the command line knows them.
fn options(command: &str) -> Vec<String> {
    let all = crate::cli::Arguments::command();
    let command = all.find_subcommand(command);
    let options = command.into_iter().flat_map(clap::Command::get_opts);
    let mut options: Vec<String> =
        options.filter_map(|option| option.get_long().map(|long| format!("--{long}"))).collect();
    options.extend(["--help".to_owned()]);
    options
}

impl Completer for Words {
    type Candidate = Pair;

    fn complete(&self, line: &str, end: usize, _: &Context<'_>) -> rustyline::Result<(usize, Vec<Pair>)> {
        let before = &line[..end];
        let start = before.rfind(' ').map_or(0, |blank| blank + 1);
        let words: Vec<&str> = before[..start].split_whitespace().chain([&before[start..]]).collect();
        let pair = |word: String| Pair { replacement: format!("{word} "), display: word };
        Ok((start, self.candidates(&words).into_iter().map(pair).collect()))
    }
}

impl Hinter for Words {
    type Hint = String;

    fn hint(&self, line: &str, end: usize, context: &Context<'_>) -> Option<String> {
        if !self.shows_hints || line.is_empty() || end < line.len() {
            return None;
        }
        let words: Vec<&str> = line.split(' ').collect();
        let rest = |word: &String| {
            let typed = words.last().copied().unwrap_or_default();
            word.strip_prefix(typed).filter(|rest| !rest.is_empty()).map(ToOwned::to_owned)
        };
        self.history.hint(line, end, context).or_else(|| self.candidates(&words).iter().find_map(rest))
    }
}

impl Highlighter for Words {
    fn highlight_hint<'h>(&self, hint: &'h str) -> Cow<'h, str> {
        Cow::Owned(format!("\x1b[2m{hint}\x1b[0m"))
    }

    fn highlight_prompt<'b, 's: 'b, 'p: 'b>(&'s self, prompt: &'p str, _default: bool) -> Cow<'b, str> {
        Cow::Borrowed(prompt)
    }
}

impl Validator for Words {}
impl Helper for Words {}

#[cfg(test)]
mod tests {
    use super::*;

    fn course() -> Course {
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        Course::load(&root).expect("the course of this repository")
    }

    fn called(line: &str) -> String {
        match order(line, &course(), Some("w04-l02")) {
            Order::Call(words) => words.join(" "),
            other => format!("{other:?}"),
        }
    }

    #[test]
    fn a_command_about_no_lesson_is_about_the_one_in_the_prompt() {
        assert_eq!(called("check"), "check w04-l02");
        assert_eq!(called("workbook check --all"), "check w04-l02 --all");
        assert_eq!(called("check l03 --lang c"), "check l03 --lang c");
        assert_eq!(called("check --lang c l03"), "check --lang c l03");
        assert_eq!(called("check keep-alife"), "check keep-alife");
        assert_eq!(called("check --help"), "check --help");
        assert_eq!(called("progress"), "progress");
        assert_eq!(called("help"), "Help");
        assert_eq!(called("exit"), "Leave");
        assert_eq!(called("workbook"), "Help");
    }

    #[test]
    fn words_are_completed_by_their_place() {
        let words = Words::new(&course(), true);
        assert_eq!(words.candidates(&["ch"]), ["check"]);
        assert_eq!(words.candidates(&["check", "w04-l03"]), ["w04-l03"]);
        assert_eq!(words.candidates(&["lang", ""]), ["rust", "c", "python", "any"]);
        assert_eq!(words.candidates(&["check", "--lang", "p"]), ["python"]);
        assert_eq!(words.candidates(&["check", "--sc"]), ["--scenario"]);
    }

    #[test]
    fn every_command_of_the_prompt_is_one_of_the_command_line() {
        let all = crate::cli::Arguments::command();
        let own = ["quit"];
        for (name, _) in COMMANDS {
            assert!(own.contains(&name) || name == "help" || all.find_subcommand(name).is_some(), "{name}");
        }
    }
}
