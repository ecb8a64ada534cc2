//! `workbook check`: the verdict on a program.

mod choice;
mod evidence;
pub(super) mod facts;
mod format;

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::bail;

use self::choice::lessons;
use self::evidence::{require_places, save_evidence};
use self::facts::Fact;
use self::format::Format;
use super::exercise::{Choice, Ready, Subject};
use super::journal::Journal;
use super::workplace::{self, Containment, Workplace};
use super::{CANNOT_JUDGE, FAILS, HOLDS, out};
use crate::course::{Course, Lesson};
use crate::judge::{self, ScenarioVerdict, State, Verdict};
use crate::lab::build::BuildError;
use crate::lab::{Lab, LauncherError, Plan};
use crate::report::export::{Outcome, Submission};
use crate::report::terminal::Detail;
use crate::report::{self, Heading, Look, NextLesson};
use crate::run::Check;
use crate::trace::{End, ExitStatus, Level};

#[derive(Debug, clap::Args)]
#[allow(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
pub(super) struct Arguments {
    /// Lessons such as w04-l03, l03 or keep-alive; without any, the one that you are in
    lessons: Vec<String>,
    #[command(flatten)]
    choice: Choice,
    /// Play only this scenario
    #[arg(long, value_name = "ID")]
    scenario: Option<String>,
    /// Repeat a run: the seed that its report shows
    #[arg(long, value_name = "SEED", value_parser = workplace::parse_seed)]
    seed: Option<u64>,
    /// What to print, or to write into the file of --out
    #[arg(long, value_enum, default_value = "terminal")]
    format: Format,
    /// Write the report into this file, whole or not at all
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// For classroom50: what its runner does not tell, such as owner=alice
    #[arg(long, value_name = "NAME=VALUE")]
    fact: Vec<Fact>,
    /// Show every failure, not only the first
    #[arg(long)]
    all: bool,
    /// One line a criterion
    #[arg(long, short, conflicts_with = "all")]
    quiet: bool,
    /// Save what happened, for `workbook explain`
    #[arg(long, value_name = "FILE")]
    trace: Option<PathBuf>,
    /// Have packets take their time, such as 100ms there and back; at the private level
    #[arg(long, value_name = "TIME", value_parser = workplace::parse_round_trip)]
    rtt: Option<Duration>,
    /// Save the packets that passed, for Wireshark; needs the private level
    #[arg(long, value_name = "FILE")]
    pcap: Option<PathBuf>,
    /// Draw packets in the place of what they carried; needs the private level
    #[arg(long)]
    packets: bool,
    #[command(flatten)]
    containment: Containment,
}

impl Arguments {
    fn wants_packets(&self) -> bool {
        self.packets || self.pcap.is_some()
    }
}

pub(super) fn run(arguments: &Arguments, course: Option<&Path>) -> anyhow::Result<u8> {
    require_places(arguments)?;
    let root = workplace::root(course)?;
    // First, because its helpers start while the course is read.
    let containment = match arguments.rtt {
        Some(_) => arguments.containment.with_wire("--rtt")?,
        None => arguments.containment.clone(),
    };
    let workplace = Workplace::open(&root, &containment)?;
    let course = Course::load(&root)?;
    let journal = Journal::open(&root);
    let lessons = lessons(arguments, &course, journal.progress())?;
    require_fitting(arguments, &lessons)?;
    let facts = arguments.format.facts(&arguments.fact, &root)?;
    if arguments.wants_packets() {
        require_packets(workplace.lab())?;
    }
    out::tell_narrow();
    let look = if arguments.out.is_some() { Look::of_a_file() } else { out::look() };
    let text = String::new();
    let mut session = Session { arguments, course: &course, workplace: &workplace, look, journal, text };
    let (code, submissions) = session.check_all(lessons)?;
    let delivery = match arguments.format.export(&submissions, facts.as_ref()) {
        Ok(Some(text)) => arguments.format.deliver(&text, arguments.out.as_deref()),
        Ok(None) if arguments.out.is_some() => {
            arguments.format.deliver(&session.text, arguments.out.as_deref())
        }
        Ok(None) => Ok(()),
        Err(no_score) => Err(no_score.into()),
    };
    save_evidence(arguments, &submissions)?;
    delivery?;
    Ok(arguments.format.code(code))
}

/// Can the format hold what was asked for?
fn require_fitting(arguments: &Arguments, lessons: &[&Lesson]) -> anyhow::Result<()> {
    let format = arguments.format;
    if let ([first, _, ..], false) = (lessons, format.holds_several()) {
        bail!(
            "--format {} holds one lesson; name it, as in: workbook check {} --format {}",
            format.word(),
            first.id,
            format.word()
        );
    }
    if format.is_a_score() && arguments.scenario.is_some() {
        bail!("--format {} is the score of a whole lesson: leave out --scenario", format.word());
    }
    if !arguments.fact.is_empty() && format != Format::Classroom50 {
        bail!("--fact is for --format classroom50");
    }
    Ok(())
}

/// One call of the command.
struct Session<'a> {
    arguments: &'a Arguments,
    course: &'a Course,
    workplace: &'a Workplace,
    look: Look,
    journal: Journal,
    /// Reports for a file.
    text: String,
}

impl Session<'_> {
    fn check_all(&mut self, lessons: Vec<&Lesson>) -> anyhow::Result<(u8, Vec<Submission>)> {
        let mut code = HOLDS;
        let mut submissions = Vec::new();
        for lesson in lessons {
            let outcome = self.check(lesson);
            let (lesson_code, submission) = match self.arguments.rtt {
                Some(_) => workplace::needed_for("--rtt", outcome)?,
                None => outcome?,
            };
            code = code.max(lesson_code);
            submissions.push(submission);
            if self.arguments.lessons.is_empty() && lesson_code != HOLDS {
                break; // the first lesson that is not done is the one to work on
            }
        }
        Ok((code, submissions))
    }

    /// Checks, reports and remembers.
    fn check(&mut self, lesson: &Lesson) -> anyhow::Result<(u8, Submission)> {
        let subject = self.arguments.choice.subject(self.course, lesson, self.journal.progress())?;
        let (code, program, outcome) = self.check_subject(lesson, &subject)?;
        let submission = Submission {
            lesson: lesson.id.clone(),
            title: lesson.title.clone(),
            program,
            source: subject.source().map(|file| format::path_for_readers(file, &self.course.root)),
            outcome,
            class: None,
        };
        self.remember(lesson, &subject, submission.verdict());
        Ok((code, submission))
    }

    /// What counts as progress is a whole check of an exercise; every run can be drawn afterwards.
    fn remember(&mut self, lesson: &Lesson, subject: &Subject, verdict: Option<&Verdict>) {
        let is_judged = verdict.is_none_or(|verdict| report::result(verdict) != State::NotRun);
        let is_whole = self.arguments.scenario.is_none() && self.arguments.rtt.is_none();
        let is_mine = is_judged && self.arguments.choice.is_exercise();
        match (subject.language().filter(|_| is_mine), verdict) {
            (Some(language), verdict) if is_whole => self.journal.record(lesson, language, verdict),
            (Some(_), Some(verdict)) => self.journal.note_mistake(lesson, verdict),
            _ => {}
        }
        if let Some(verdict) = verdict {
            self.journal.keep(verdict);
        }
    }

    /// The exit code, what was checked, and what came of it.
    fn check_subject(&mut self, lesson: &Lesson, subject: &Subject) -> anyhow::Result<(u8, String, Outcome)> {
        let has_colour = self.look.has_colour && self.arguments.format == Format::Terminal;
        let ready =
            match subject.make_ready(&self.workplace.builder(has_colour), self.workplace.scratch.path()) {
                Ok(ready) => ready,
                Err(error) => return self.does_not_build(lesson, subject, error),
            };
        let start = Instant::now();
        let check = Check {
            lesson,
            invocation: &ready.invocation,
            seed: workplace::seed(self.arguments.seed),
            only: self.arguments.scenario.as_deref(),
            stops_at_failure: false,
            round_trip: self.arguments.rtt,
        };
        let plan = Plan { captures: self.arguments.wants_packets(), ..check.plan() };
        let team = self.workplace.team(&plan)?;
        if self.arguments.wants_packets() {
            require_packets(self.workplace.lab())?; // only a box tells for sure that there can be one
        }
        if let Some(obstacle) = team.wire_obstacle().filter(|_| self.arguments.rtt.is_some()) {
            return Err(LauncherError::NoBox(obstacle.clone()).into());
        }
        self.tell_obstacle();
        let verdict = check.run(&team)?;
        let heading = self.heading(lesson, &ready, &verdict, (start.elapsed(), check.seed));
        self.report(&verdict, &heading, &ready)?;
        if self.arguments.choice.is_command() && verdict.scenarios.iter().any(misses_a_file) {
            self.tell_what_is_seen(&ready);
        }
        let code = match report::result(&verdict) {
            State::Held => HOLDS,
            State::Failed => FAILS,
            State::NotRun => CANNOT_JUDGE,
        };
        Ok((code, ready.name, Outcome::Judged(Box::new(verdict), heading)))
    }

    /// Where a box was asked for and cannot be had, that is no secret.
    fn tell_obstacle(&self) {
        if let Some(obstacle) =
            self.workplace.lab().obstacle().filter(|_| self.arguments.containment.is_explicit())
        {
            out::note(&format!(
                "workbook: the private level is not to be had here ({obstacle}); this is the loopback level.\n  {}",
                obstacle.advice()
            ));
        }
    }

    /// A program that looks for what a box does not show is told apart from one that is wrong.
    fn tell_what_is_seen(&self, ready: &Ready) {
        if self.workplace.lab().level() == Level::Private {
            let seen: Vec<String> =
                ready.invocation.needs.iter().map(|path| format!("  {}\n", path.display())).collect();
            out::note(&format!(
                "workbook: a command was not found, perhaps because the box does not show it. Beside the system's \
                 own, it shows\n{}  Name what else is needed in --program, or use --level loopback.",
                seen.concat()
            ));
        }
    }

    fn heading(
        &self,
        lesson: &Lesson,
        ready: &Ready,
        verdict: &Verdict,
        (took, seed): (Duration, u64),
    ) -> Heading {
        let next = self.course.lessons.iter().skip_while(|other| other.id != lesson.id).nth(1);
        Heading {
            program: ready.name.clone(),
            choice: self.arguments.choice.words(),
            built_in: ready.built_in,
            took,
            level: self.workplace.lab().level(),
            seed,
            next: next.map(|next| NextLesson { lesson: next.id.clone(), title: next.title.clone() }),
            hint: self.journal.hint_after(lesson, verdict).filter(|_| self.arguments.choice.is_exercise()),
        }
    }

    fn report(&mut self, verdict: &Verdict, heading: &Heading, ready: &Ready) -> anyhow::Result<()> {
        let text = match self.arguments.format {
            Format::Json => report::json::full(verdict, heading),
            Format::Terminal if self.arguments.quiet => report::terminal::quiet(verdict, &self.look),
            Format::Terminal => {
                if !ready.warnings.is_empty() {
                    out::note(&report::terminal::compiler_notes(&ready.warnings, &self.look));
                }
                report::terminal::full(verdict, heading, &self.look, self.detail())
            }
            _ => return Ok(()), // an export tells of all lessons at once
        };
        self.tell(&text)
    }

    fn tell(&mut self, text: &str) -> anyhow::Result<()> {
        if self.arguments.out.is_none() {
            return out::print(text);
        }
        self.text.push_str(text);
        Ok(())
    }

    fn detail(&self) -> Detail {
        Detail { all: self.arguments.all, packets: self.arguments.packets, is_brief: false }
    }

    fn does_not_build(
        &mut self,
        lesson: &Lesson,
        subject: &Subject,
        error: BuildError,
    ) -> anyhow::Result<(u8, String, Outcome)> {
        if !error.is_of_the_source() {
            return Err(error.into());
        }
        let output = match error {
            BuildError::Refused { file, output } => {
                let program = file.strip_prefix(&self.course.root).unwrap_or(&file).display().to_string();
                match self.arguments.format {
                    Format::Terminal => {
                        let look = self.look;
                        self.tell(&report::terminal::build_failure(&lesson.id, &program, &output, &look))?;
                    }
                    Format::Json => self.tell(&report::json::build_failure(&lesson.id, &program, &output))?,
                    _ => {}
                }
                output
            }
            error => {
                out::error(&error.to_string());
                error.to_string().into_bytes()
            }
        };
        let criteria = judge::nothing_held(lesson);
        let name = subject.source().and_then(Path::file_name).unwrap_or_default();
        let name = name.to_string_lossy().into_owned();
        Ok((FAILS, name, Outcome::DoesNotBuild { criteria, output }))
    }
}

/// Does the run end as shells and loaders end when a file is not there?
fn misses_a_file(scenario: &ScenarioVerdict) -> bool {
    const NOT_FOUND: ExitStatus = ExitStatus::Code(127);
    match scenario.trace.as_ref().map(|trace| &trace.end) {
        Some(End::Exited { status, .. }) => *status == NOT_FOUND,
        Some(End::NotStarted { .. }) => true,
        _ => false,
    }
}

/// Packets can be seen only where the program has a network of its own.
fn require_packets(lab: &Lab) -> anyhow::Result<()> {
    if lab.level() == Level::Private {
        return Ok(());
    }
    let Some(obstacle) = lab.obstacle() else {
        bail!("packets can be seen only at the private level: leave out --level loopback");
    };
    bail!(
        "packets can be seen only at the private level, and that is not to be had here ({obstacle})\n  {}",
        obstacle.advice()
    )
}
