//! `workbook` alone: a prompt, from which every other command can be given.
//!
//! Each command is a process of its own, exactly as it would be outside: whatever happens to it, the prompt comes back.

mod words;

use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use anyhow::Context;
use rustix::termios::{OptionalActions, tcgetattr, tcsetattr};
use rustyline::config::Configurer;
use rustyline::error::ReadlineError;
use rustyline::history::FileHistory;
use rustyline::{CompletionType, Config, Editor};
use signal_hook::consts::SIGINT;

use super::journal::Journal;
use super::{CANNOT_JUDGE, HOLDS, next, out, workplace};
use crate::course::Course;
use crate::report::Look;
use words::{Order, Words};

/// More lines than that nobody looks for.
const MOST_HISTORY: usize = 1000;

/// Is there somebody to talk to?
pub(super) fn is_possible() -> bool {
    io::stdin().is_terminal() && io::stdout().is_terminal()
}

pub(super) fn run(course: Option<&Path>) -> anyhow::Result<u8> {
    let course = workplace::course(course)?;
    let look = out::look();
    // Ctrl-C is for the command that runs; while one is typed, it is a key.
    signal_hook::flag::register(SIGINT, Arc::new(AtomicBool::new(false))).context("cannot handle signals")?;
    let mut shell = Shell::open(course, look)?;
    out::print(&shell.greeting())?;
    loop {
        let (prompt, coloured) = shell.prompt();
        let line = match shell.editor.readline(&(prompt, coloured)) {
            Ok(line) => line,
            Err(ReadlineError::Interrupted) => continue,
            Err(ReadlineError::Eof) => break,
            Err(error) => return Err(error).context("cannot read from the terminal"),
        };
        if !shell.obey(line.trim())? {
            break;
        }
    }
    Ok(HOLDS)
}

struct Shell {
    course: Course,
    editor: Editor<Words, FileHistory>,
    history: PathBuf,
    look: Look,
}

impl Shell {
    fn open(course: Course, look: Look) -> anyhow::Result<Self> {
        let config = Config::builder().completion_type(CompletionType::List).auto_add_history(false).build();
        let mut editor = Editor::with_config(config).context("cannot use this terminal")?;
        editor.set_max_history_size(MOST_HISTORY)?;
        editor.set_helper(Some(Words::new(&course, look.has_colour)));
        let history = crate::learner::folder(&course.root).join("history");
        let mut shell = Self { course, editor, history, look };
        shell.load_history();
        Ok(shell)
    }

    /// A history that cannot be read is begun anew.
    fn load_history(&mut self) {
        if !self.history.exists() || self.editor.load_history(&self.history).is_ok() {
            return;
        }
        let aside = self.history.with_extension("broken");
        let told = match std::fs::rename(&self.history, &aside) {
            Ok(()) => format!("it is now {}", aside.display()),
            Err(error) => format!("nor moved away: {error}"),
        };
        out::note(&format!("workbook: the history of commands could not be read; {told}"));
    }

    fn greeting(&self) -> String {
        let journal = Journal::open(&self.course.root);
        let title = format!("workbook {}", self.look.dot());
        let text = next::text(&self.course, journal.progress(), "", &self.look);
        format!("{title} {text}  type a command, or help; Tab completes, Ctrl-D leaves\n")
    }

    /// The lesson that one is in, without and with colour.
    fn prompt(&self) -> (String, String) {
        let journal = Journal::open(&self.course.root);
        let lesson = journal.lesson(&self.course, None).map_or("workbook", |lesson| lesson.id.as_str());
        let sign = if self.look.is_unicode { "❯" } else { ">" };
        let prompt = format!("{lesson} {sign} ");
        let coloured = if self.look.has_colour { format!("\x1b[1m{prompt}\x1b[0m") } else { prompt.clone() };
        (prompt, coloured)
    }

    /// Does what a line says; false when that is to leave.
    fn obey(&mut self, line: &str) -> anyhow::Result<bool> {
        if line.is_empty() {
            return Ok(true);
        }
        self.remember(line);
        match self.order(line) {
            Order::Leave => return Ok(false),
            Order::Help => out::print(&words::help(&self.look))?,
            Order::Call(words) => self.call(&words)?,
            Order::Unclear(why) => out::note(&format!("workbook: {why}")),
        }
        Ok(true)
    }

    fn order(&self, line: &str) -> Order {
        let journal = Journal::open(&self.course.root);
        let lesson = journal.lesson(&self.course, None).ok();
        words::order(line, &self.course, lesson.map(|lesson| lesson.id.as_str()))
    }

    /// A history that cannot be kept is no reason to stop.
    fn remember(&mut self, line: &str) {
        let is_new = self.editor.add_history_entry(line).unwrap_or(false);
        if is_new && self.history.parent().is_some_and(|folder| std::fs::create_dir_all(folder).is_ok()) {
            // Another shell may have added lines of its own.
            let _ = self.editor.append_history(&self.history);
        }
    }

    fn call(&self, words: &[String]) -> anyhow::Result<()> {
        let executable = std::env::current_exe().context("cannot tell the path of the workbook binary")?;
        let modes = tcgetattr(io::stdin());
        let status = Command::new(executable).arg("--course").arg(&self.course.root).args(words).status();
        if let Err(error) = status {
            out::error(&format!("{} could not be started: {error}", words[0]));
        }
        // A command that was killed has not given the terminal back as it was.
        if let Ok(modes) = modes {
            let _ = tcsetattr(io::stdin(), OptionalActions::Now, &modes);
        }
        Ok(())
    }
}

/// What is told where there is nobody to talk to.
pub(super) fn without_terminal(help: &str) -> u8 {
    out::note(help);
    CANNOT_JUDGE
}
