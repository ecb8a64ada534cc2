//! `workbook watch`: checks the exercise whenever it is saved.

mod attempt;
mod files;
mod keys;
mod screen;

use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::Path;
use std::process::Command;
use std::thread::Scope;
use std::time::Instant;

use anyhow::Context;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use signal_hook::consts::{SIGCONT, SIGWINCH};

use super::exercise::Subject;
use super::journal::Journal;
use super::workplace::{self, Containment, Workplace};
use super::{HOLDS, hint, interrupt, out};
use crate::course::{Course, Language, Lesson};
use crate::lab::build::BuildError;
use crate::report::terminal::{self, Detail};
use crate::report::{self, Heading, NextLesson};
use attempt::{Attempt, Judged, Outcome};
use files::Files;
use keys::{Key, Keys};
use screen::Screen;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The lesson; without it, the one that you are in
    lesson: Option<String>,
    /// Check only this language: rust, c or python; without it, the file that was saved
    #[arg(long)]
    lang: Option<Language>,
    /// Look for changes again and again, where the system does not tell of them
    #[arg(long)]
    poll: bool,
    #[command(flatten)]
    containment: Containment,
}

pub(super) fn run(arguments: &Arguments, course: Option<&Path>) -> anyhow::Result<u8> {
    let root = workplace::root(course)?;
    let interrupt = interrupt::patient().context("cannot handle signals")?;
    let workplace = Workplace::open_until(interrupt, &root, &arguments.containment)?;
    let course = Course::load(&root)?;
    let journal = Journal::open(&root);
    let mut lesson = journal.lesson(&course, arguments.lesson.as_deref())?;
    let redraw = interrupt::on(&[SIGWINCH, SIGCONT]).context("cannot handle signals")?;
    let is_terminal = std::io::IsTerminal::is_terminal(&std::io::stdout());
    let keys = if is_terminal { Keys::open() } else { None };
    let clears = is_terminal && std::env::var_os("TERM").is_some_and(|term| term != "dumb");
    let mut desk = Desk { arguments, course: &course, journal, keys, redraw, clears };
    while let Some(next) = desk.watch(&workplace, lesson)? {
        lesson = next;
    }
    Ok(HOLDS)
}

/// What stays the same from lesson to lesson.
struct Desk<'a> {
    arguments: &'a Arguments,
    course: &'a Course,
    journal: Journal,
    keys: Option<Keys>,
    /// Readable when the window has another size, or we have the terminal again.
    redraw: OwnedFd,
    clears: bool,
}

impl<'a> Desk<'a> {
    /// Watches one lesson, to the one that is wanted next, or to the end.
    fn watch(&mut self, workplace: &Workplace, lesson: &'a Lesson) -> anyhow::Result<Option<&'a Lesson>> {
        self.journal.update(|progress| {
            progress.turn_to(&lesson.id);
        });
        let files = Files::of(self.course, lesson, self.arguments.poll);
        std::thread::scope(|scope| {
            let (attempt, shown) = (None, Shown::default());
            Watch { desk: self, workplace, lesson, files, attempt, shown }.run(scope)
        })
    }
}

/// One lesson that is watched.
struct Watch<'a, 'd, 'scope, 'env> {
    desk: &'d mut Desk<'a>,
    workplace: &'env Workplace,
    lesson: &'a Lesson,
    files: Files,
    attempt: Option<Attempt<'scope>>,
    shown: Shown,
}

/// What is to be seen, in forms of different length, the longest first.
#[derive(Default)]
struct Shown {
    forms: Vec<String>,
    /// Further words at the end.
    note: String,
    /// The longest form was asked for, whether it fits or not.
    is_whole: bool,
}

/// Something that happened.
#[derive(Debug, Default)]
struct News {
    stop: bool,
    redraw: bool,
    ended: bool,
    keys: bool,
}

impl<'a, 'scope, 'env: 'scope> Watch<'a, '_, 'scope, 'env>
where
    'a: 'env,
{
    fn run(mut self, scope: &'scope Scope<'scope, 'env>) -> anyhow::Result<Option<&'a Lesson>> {
        let outcome = self.events(scope);
        if let Some(attempt) = self.attempt.take() {
            attempt.give_up();
        }
        outcome
    }

    fn events(&mut self, scope: &'scope Scope<'scope, 'env>) -> anyhow::Result<Option<&'a Lesson>> {
        self.check(scope)?;
        loop {
            let news = self.wait()?;
            if news.stop {
                return Ok(None);
            }
            if self.files.has_changed() {
                self.check(scope)?;
            }
            if news.ended {
                self.show_outcome()?;
            }
            if news.redraw {
                self.begin_keys()?;
                self.draw()?;
            }
            for key in self.keys(news.keys)? {
                match key {
                    Key::Quit => return Ok(None),
                    Key::Next => match self.next() {
                        Some(next) => return Ok(Some(next)),
                        None => self.add("  This is the last lesson.")?,
                    },
                    Key::Again => self.check(scope)?,
                    other => self.obey(other)?,
                }
            }
        }
    }

    /// Waits until something happens; files tell for themselves what happened to them.
    fn wait(&self) -> anyhow::Result<News> {
        let none = || self.workplace.interrupt();
        let attempt = self.attempt.as_ref();
        let keys = self.desk.keys.as_ref();
        let watched: [Option<BorrowedFd<'_>>; 5] = [
            Some(self.workplace.interrupt()),
            Some(self.desk.redraw.as_fd()),
            attempt.map(Attempt::descriptor),
            keys.map(Keys::descriptor),
            self.files.descriptor(),
        ];
        let mut waited = watched.map(|fd| match fd {
            Some(fd) => PollFd::from_borrowed_fd(fd, PollFlags::IN),
            None => PollFd::from_borrowed_fd(none(), PollFlags::empty()),
        });
        let timeout = self.files.look_again().map(|at| at.saturating_duration_since(Instant::now()));
        let timeout = timeout.and_then(|time| Timespec::try_from(time).ok());
        match poll(&mut waited, timeout.as_ref()) {
            Ok(_) | Err(rustix::io::Errno::INTR) => {}
            Err(error) => return Err(std::io::Error::from(error).into()),
        }
        let is_ready = |index: usize| watched[index].is_some() && !waited[index].revents().is_empty();
        let news = News { stop: is_ready(0), redraw: is_ready(1), ended: is_ready(2), keys: is_ready(3) };
        if news.redraw {
            let _ = rustix::io::read(&self.desk.redraw, &mut [0; 64]);
        }
        Ok(news)
    }

    /// Checks what there is now; a check that is still under way is given up.
    fn check(&mut self, scope: &'scope Scope<'scope, 'env>) -> anyhow::Result<()> {
        if let Some(attempt) = self.attempt.take() {
            attempt.give_up();
        }
        let language = self.desk.arguments.lang.or(self.files.saved());
        let file = match self.files.choose(language.or(self.desk.journal.progress().language)) {
            Ok(file) => file,
            Err(error) => return self.show(vec![format!("workbook: {error:#}\n")]),
        };
        let has_colour = out::look().has_colour;
        let subject = Subject::Source(file);
        self.attempt = Some(Attempt::start(scope, self.workplace, self.lesson, subject, has_colour)?);
        Ok(())
    }

    fn show_outcome(&mut self) -> anyhow::Result<()> {
        let Some(attempt) = self.attempt.take() else { return Ok(()) };
        match attempt.outcome()? {
            Outcome::GivenUp => Ok(()),
            Outcome::DoesNotBuild(error) => self.show_refusal(&error),
            Outcome::Judged(judged) => self.show_verdict(&judged),
        }
    }

    fn show_refusal(&mut self, error: &BuildError) -> anyhow::Result<()> {
        let BuildError::Refused { file, output } = error else {
            return self.show(vec![format!("workbook: {error}\n")]);
        };
        self.record(file, None);
        let program = file.strip_prefix(&self.desk.course.root).unwrap_or(file).display().to_string();
        self.show(vec![terminal::build_failure(&self.lesson.id, &program, output, &out::look())])
    }

    fn show_verdict(&mut self, judged: &Judged) -> anyhow::Result<()> {
        let verdict = &judged.verdict;
        let heading = self.heading(judged);
        let look = out::look();
        let forms = [(true, false), (false, false), (false, true)]
            .map(|(all, is_brief)| Detail { all, is_brief, ..Detail::default() })
            .map(|detail| terminal::full(verdict, &heading, &look, detail));
        if report::result(verdict) != crate::judge::State::NotRun {
            self.record(Path::new(&judged.ready.name), Some(judged));
        }
        self.desk.journal.keep(verdict);
        self.show(forms.into())
    }

    fn record(&mut self, file: &Path, judged: Option<&Judged>) {
        let language = Subject::Source(file.to_owned()).language();
        if let Some(language) = language {
            self.desk.journal.record(self.lesson, language, judged.map(|judged| &judged.verdict));
        }
    }

    fn heading(&self, judged: &Judged) -> Heading {
        let next = self.lesson_behind();
        Heading {
            program: judged.ready.name.clone(),
            built_in: judged.ready.built_in,
            took: judged.took,
            level: self.workplace.lab().level(),
            seed: judged.seed,
            next: next.map(|next| NextLesson { lesson: next.id.clone(), title: next.title.clone() }),
            hint: self.desk.journal.hint_after(self.lesson, &judged.verdict),
        }
    }

    fn lesson_behind(&self) -> Option<&'a Lesson> {
        let course = self.desk.course;
        course.lessons.iter().skip_while(|other| other.id != self.lesson.id).nth(1)
    }

    /// The lesson to go on with: the next that is not done, or the next at all.
    fn next(&self) -> Option<&'a Lesson> {
        let course: &'a Course = self.desk.course;
        let behind = || course.lessons.iter().skip_while(|other| other.id != self.lesson.id).skip(1);
        let progress = self.desk.journal.progress();
        behind().find(|lesson| !progress.is_done(lesson)).or_else(|| behind().next())
    }

    fn keys(&mut self, are_there: bool) -> anyhow::Result<Vec<Key>> {
        let Some(keys) = self.desk.keys.as_ref().filter(|_| are_there) else { return Ok(Vec::new()) };
        Ok(keys.take().unwrap_or_else(|| vec![Key::Quit]))
    }

    fn obey(&mut self, key: Key) -> anyhow::Result<()> {
        match key {
            Key::Hint => {
                let hint = hint::show_next(&mut self.desk.journal, self.lesson);
                self.add(&hint)
            }
            Key::All => {
                self.shown.is_whole = true;
                self.draw()
            }
            Key::Diagram => self.call("diagram"),
            Key::Read => self.call("read"),
            _ => Ok(()),
        }
    }

    /// Lets another command have the terminal until it ends.
    fn call(&mut self, command: &str) -> anyhow::Result<()> {
        if let Some(keys) = &self.desk.keys {
            keys.end();
        }
        let called = Command::new(std::env::current_exe()?)
            .arg("--course")
            .arg(&self.desk.course.root)
            .args([command, &self.lesson.id])
            .status();
        self.begin_keys()?;
        // Ctrl-C was meant for the command.
        let _ = rustix::io::read(self.workplace.interrupt(), &mut [0; 64]);
        match called {
            Ok(_) => self.draw(),
            Err(error) => self.add(&format!("  workbook {command} could not be started: {error}")),
        }
    }

    fn begin_keys(&self) -> anyhow::Result<()> {
        Ok(self.desk.keys.as_ref().map_or(Ok(()), Keys::begin)?)
    }

    fn show(&mut self, forms: Vec<String>) -> anyhow::Result<()> {
        self.shown = Shown { forms, ..Shown::default() };
        self.draw()
    }

    /// Adds words beneath what is shown.
    fn add(&mut self, note: &str) -> anyhow::Result<()> {
        self.shown.note = format!("\n{}\n", note.trim_end());
        self.draw()
    }

    fn draw(&self) -> anyhow::Result<()> {
        let screen = Screen::now(self.desk.clears);
        let footer = screen.footer(&self.files.told(), self.desk.keys.is_some());
        let footer = format!("{}{footer}", self.shown.note);
        let forms = &self.shown.forms;
        let text = match (self.shown.is_whole || !self.desk.clears, forms.as_slice()) {
            (true, [whole, first, ..]) => if self.shown.is_whole { whole } else { first }.clone(),
            _ => screen.fitting(forms.iter().skip(forms.len().saturating_sub(2)).cloned().collect(), &footer),
        };
        out::print(&screen.frame(&text, &footer))
    }
}
