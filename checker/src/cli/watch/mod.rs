//! `workbook watch`: checks the exercise whenever it is saved.

mod attempt;
mod files;
mod keys;
mod news;
mod screen;
mod shown;
mod signals;

use std::io;
use std::os::fd::BorrowedFd;
use std::path::Path;
use std::process::Command;
use std::rc::Rc;
use std::thread::Scope;
use std::time::Instant;

use anyhow::Context;

use super::exercise::Subject;
use super::journal::Journal;
use super::workplace::{self, Containment, Workplace};
use super::{HOLDS, hint, interrupt, out};
use crate::course::{Course, Language, Lesson};
use crate::deadlines::CHECK_TOLD;
use crate::judge::{State, Verdict};
use crate::lab::build::BuildError;
use crate::report::{self, Heading, NextLesson};
use attempt::{Attempt, Judged, Outcome};
use files::Files;
use keys::{Key, Keys};
use news::News;
use screen::Screen;
use shown::{Content, Shown};
use signals::Signals;

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
    let journal = Journal::open_silent(&root);
    let mut lesson = journal.lesson(&course, arguments.lesson.as_deref())?;
    let signals = Signals::handle().context("cannot handle signals")?;
    let is_terminal = std::io::IsTerminal::is_terminal(&std::io::stdout());
    let keys = if is_terminal { Keys::open() } else { None };
    let clears = is_terminal && std::env::var_os("TERM").is_some_and(|term| term != "dumb");
    let mut desk = Desk { arguments, course: &course, journal, keys, signals, clears, trouble: None };
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
    signals: Signals,
    clears: bool,
    /// Why nothing is remembered.
    trouble: Option<String>,
}

impl<'a> Desk<'a> {
    /// Watches one lesson, to the one that is wanted next, or to the end.
    fn watch(&mut self, workplace: &Workplace, lesson: &'a Lesson) -> anyhow::Result<Option<&'a Lesson>> {
        self.journal.update(|progress| {
            progress.turn_to(&lesson.id);
        });
        let files = Files::of(self.course, lesson, self.arguments.poll);
        std::thread::scope(|scope| {
            let (running, shown) = (None, Shown::default());
            Watch { desk: self, workplace, lesson, files, running, shown }.run(scope)
        })
    }
}

/// One lesson that is watched.
struct Watch<'a, 'd, 'scope, 'env> {
    desk: &'d mut Desk<'a>,
    workplace: &'env Workplace,
    lesson: &'a Lesson,
    files: Files,
    running: Option<Running<'scope>>,
    shown: Shown,
}

/// A check that is under way.
struct Running<'scope> {
    attempt: Attempt<'scope>,
    program: String,
    /// Which other files were edited.
    others: Vec<String>,
    /// When it is told that there is no verdict yet; none once that was done.
    told_at: Option<Instant>,
}

impl<'a, 'scope, 'env: 'scope> Watch<'a, '_, 'scope, 'env>
where
    'a: 'env,
{
    fn run(mut self, scope: &'scope Scope<'scope, 'env>) -> anyhow::Result<Option<&'a Lesson>> {
        let outcome = self.events(scope);
        self.give_up();
        outcome
    }

    fn events(&mut self, scope: &'scope Scope<'scope, 'env>) -> anyhow::Result<Option<&'a Lesson>> {
        self.check(scope)?;
        self.tell_trouble()?;
        loop {
            let news = self.wait()?;
            if news.stop {
                return Ok(None);
            }
            self.heed_terminal(&news, scope)?;
            if self.files.has_changed() {
                self.check(scope)?; // what has ended meanwhile was about another file
            } else if news.ended {
                self.show_outcome()?;
            }
            self.tell_running()?;
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

    /// Waits until something happens.
    fn wait(&self) -> io::Result<News> {
        let (signals, running) = (&self.desk.signals, self.running.as_ref());
        let watched: [Option<BorrowedFd<'_>>; 7] = [
            Some(self.workplace.interrupt()),
            Some(signals.resized()),
            Some(signals.resumed()),
            Some(signals.suspended()),
            running.map(|running| running.attempt.descriptor()),
            self.desk.keys.as_ref().map(Keys::descriptor),
            self.files.descriptor(),
        ];
        let next = [self.files.look_again(), running.and_then(|running| running.told_at)];
        News::wait(watched, next.into_iter().flatten().min())
    }

    /// Another size, and Ctrl-Z with what comes behind it. While this process stood still, a program may have run on:
    /// whatever would be said about it now may be wrong.
    fn heed_terminal(&mut self, news: &News, scope: &'scope Scope<'scope, 'env>) -> anyhow::Result<()> {
        let signals = &self.desk.signals;
        for (has_come, descriptor) in [
            (news.resized, signals.resized()),
            (news.resumed, signals.resumed()),
            (news.suspended, signals.suspended()),
        ] {
            if has_come {
                signals::forget(descriptor);
            }
        }
        let is_suspended = news.suspended && signals::has_shell();
        let was_running = self.running.is_some();
        if is_suspended {
            self.give_up();
            if let Some(keys) = &self.desk.keys {
                keys.end();
            }
            self.desk.signals.suspend()?;
        }
        if is_suspended || news.resumed {
            self.begin_keys()?;
            if was_running {
                self.check(scope)?;
            }
        }
        if is_suspended || news.resumed || news.resized { self.draw() } else { Ok(()) }
    }

    fn give_up(&mut self) {
        if let Some(running) = self.running.take() {
            running.attempt.give_up();
        }
    }

    /// Checks what there is now; a check that is still under way is given up.
    fn check(&mut self, scope: &'scope Scope<'scope, 'env>) -> anyhow::Result<()> {
        self.give_up();
        self.desk.journal.refresh();
        let progress = self.desk.journal.progress();
        let language = self.desk.arguments.lang.or(self.files.saved()).or(progress.language);
        let file = match self.files.choose(language) {
            Ok(file) => file,
            Err(error) => return self.show(Content::Text(format!("workbook: {error:#}\n"))),
        };
        let checked_at = progress.lessons.get(&self.lesson.id).and_then(|lesson| lesson.checked_at);
        let program = file.file_name().map(|name| name.to_string_lossy().into_owned());
        let subject = Subject::Source(file);
        let others = subject.others(&self.files.edited_since(checked_at));
        let has_colour = out::look().has_colour;
        self.running = Some(Running {
            attempt: Attempt::start(scope, self.workplace, self.lesson, subject, has_colour)?,
            program: program.unwrap_or_default(),
            others,
            told_at: Some(Instant::now() + CHECK_TOLD).filter(|_| self.desk.clears),
        });
        Ok(())
    }

    /// Nobody should take the last verdict for the one on what was just saved.
    fn tell_running(&mut self) -> anyhow::Result<()> {
        let Some(running) = &mut self.running else { return Ok(()) };
        if running.told_at.take_if(|at| *at <= Instant::now()).is_some() { self.draw() } else { Ok(()) }
    }

    /// Shows what came out of a check. Whatever went wrong, the next save is another chance.
    fn show_outcome(&mut self) -> anyhow::Result<()> {
        let Some(running) = self.running.take() else { return Ok(()) };
        match running.attempt.outcome() {
            Ok(Outcome::GivenUp) => Ok(()),
            Ok(Outcome::DoesNotBuild(error)) => self.show_refusal(error, &running.others),
            Ok(Outcome::Judged(judged)) => self.show_verdict(*judged, &running.others),
            Err(error) => self.show(Content::Text(format!("workbook: {error:#}\n"))),
        }
    }

    fn show_refusal(&mut self, error: BuildError, others: &[String]) -> anyhow::Result<()> {
        let BuildError::Refused { file, output } = error else {
            return self.show(Content::Text(format!("workbook: {error}\n")));
        };
        let program = file.strip_prefix(&self.desk.course.root).unwrap_or(&file).display().to_string();
        self.show_with(Content::DoesNotBuild { lesson: self.lesson.id.clone(), program, output }, others)?;
        self.record(&file, None)
    }

    /// Shows a verdict, and only then writes down what disks may take their time for.
    fn show_verdict(&mut self, judged: Judged, others: &[String]) -> anyhow::Result<()> {
        let heading = self.heading(&judged);
        let told = Rc::new((judged.verdict, heading));
        let verdict = &told.0;
        self.show_with(Content::Verdict(told.clone()), others)?;
        self.desk.journal.keep(verdict);
        let counts = report::result(verdict) != State::NotRun;
        if counts { self.record(Path::new(&judged.ready.name), Some(verdict)) } else { Ok(()) }
    }

    fn record(&mut self, file: &Path, verdict: Option<&Verdict>) -> anyhow::Result<()> {
        if let Some(language) = Subject::Source(file.to_owned()).language() {
            self.desk.journal.record(self.lesson, language, verdict);
        }
        self.tell_trouble()
    }

    /// What cannot be remembered is told as soon as it is known, and from then on.
    fn tell_trouble(&mut self) -> anyhow::Result<()> {
        let Some(trouble) = self.desk.journal.take_trouble() else { return Ok(()) };
        self.desk.trouble = Some(trouble);
        self.draw()
    }

    fn heading(&self, judged: &Judged) -> Heading {
        let next = self.lesson_behind();
        Heading {
            program: judged.ready.name.clone(),
            choice: String::new(),
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
        self.desk.signals.set_away(true);
        let called = Command::new(std::env::current_exe()?)
            .arg("--course")
            .arg(&self.desk.course.root)
            .args([command, &self.lesson.id])
            .status();
        self.desk.signals.set_away(false);
        self.begin_keys()?;
        // Ctrl-C was meant for the command.
        signals::forget(self.workplace.interrupt());
        match called {
            Ok(_) => self.draw(),
            Err(error) => self.add(&format!("  workbook {command} could not be started: {error}")),
        }
    }

    fn begin_keys(&self) -> anyhow::Result<()> {
        Ok(self.desk.keys.as_ref().map_or(Ok(()), Keys::begin)?)
    }

    fn show(&mut self, content: Content) -> anyhow::Result<()> {
        self.show_with(content, &[])
    }

    fn show_with(&mut self, content: Content, notes: &[String]) -> anyhow::Result<()> {
        self.shown = Shown::of(content);
        if !notes.is_empty() {
            let notes: Vec<String> = notes.iter().map(|note| format!("  {note}")).collect();
            self.shown.set_note(&notes.join("\n"));
        }
        self.draw()
    }

    /// Adds words beneath what is shown.
    fn add(&mut self, note: &str) -> anyhow::Result<()> {
        self.shown.set_note(note);
        self.draw()
    }

    fn draw(&self) -> anyhow::Result<()> {
        let screen = Screen::now(self.desk.clears);
        let watched = match self.running.as_ref().filter(|running| running.told_at.is_none()) {
            Some(running) if self.desk.clears => self.told_running(&running.program),
            _ => format!("watching {}", self.files.told()),
        };
        let footer = screen.footer(self.desk.trouble.as_deref(), &watched, self.desk.keys.is_some());
        let footer = format!("{}{footer}", self.shown.note());
        let forms = self.shown.forms(&screen.look);
        let text = match (self.shown.is_whole || !self.desk.clears, forms.as_slice()) {
            (true, [whole, first, ..]) => if self.shown.is_whole { whole } else { first }.clone(),
            _ => screen.fitting(forms.iter().skip(forms.len().saturating_sub(2)).cloned().collect(), &footer),
        };
        out::print(&screen.frame(&text, &footer))
    }

    fn told_running(&self, program: &str) -> String {
        let what_stands = if self.shown.is_empty() { "" } else { "; above is what was before" };
        format!("checking {program}{what_stands}")
    }
}
