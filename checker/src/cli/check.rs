//! `workbook check`: the verdict on a program.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use clap::ValueEnum;

use super::exercise::{Choice, Ready, Subject};
use super::files::{require_place, save};
use super::journal::Journal;
use super::workplace::{self, Containment, Workplace};
use super::{CANNOT_JUDGE, FAILS, HOLDS, out};
use crate::course::{Course, Lesson};
use crate::judge::{ScenarioVerdict, State, Verdict};
use crate::lab::build::BuildError;
use crate::lab::{Lab, LauncherError, Plan};
use crate::learner::Progress;
use crate::report::terminal::Detail;
use crate::report::{self, Heading, Look, NextLesson};
use crate::run::Check;
use crate::trace::{End, ExitStatus, Level, Trace};

#[derive(Debug, clap::Args)]
#[allow(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
pub(super) struct Arguments {
    /// Lessons such as w04-l03, l03 or keep-alive; without any, the first one that is not done
    lessons: Vec<String>,
    #[command(flatten)]
    choice: Choice,
    /// Play only this scenario
    #[arg(long, value_name = "ID")]
    scenario: Option<String>,
    /// Repeat a run: the seed that its report shows
    #[arg(long, value_name = "SEED", value_parser = workplace::parse_seed)]
    seed: Option<u64>,
    /// What to print
    #[arg(long, value_enum, default_value = "terminal")]
    format: Format,
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

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    Terminal,
    /// Everything, with all traces
    Json,
}

pub(super) fn run(arguments: &Arguments, course: Option<&Path>) -> anyhow::Result<u8> {
    if let Some(file) = &arguments.trace {
        require_place(file).with_context(|| format!("cannot save the trace in {}", file.display()))?;
    }
    if let Some(file) = &arguments.pcap {
        require_place(file).with_context(|| format!("cannot save the packets in {}", file.display()))?;
    }
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
    if arguments.wants_packets() {
        require_packets(workplace.lab())?;
    }
    let look = out::look();
    let mut session = Session { arguments, course: &course, workplace: &workplace, look, journal };
    let mut code = HOLDS;
    let mut scenarios = Vec::new();
    for lesson in lessons {
        let outcome = session.check(lesson);
        let (lesson_code, verdict) =
            if arguments.rtt.is_some() { workplace::needed_for("--rtt", outcome)? } else { outcome? };
        code = code.max(lesson_code);
        scenarios.extend(verdict.into_iter().flat_map(|verdict| verdict.scenarios));
        if arguments.lessons.is_empty() && lesson_code != HOLDS {
            break; // the first lesson that is not done is the one to work on
        }
    }
    if let Some(file) = &arguments.trace {
        let traces = || scenarios.iter().filter_map(|verdict| verdict.trace.as_ref());
        save(file, |to| write_traces(traces(), to))
            .with_context(|| format!("cannot save the trace in {}", file.display()))?;
    }
    if let Some(file) = &arguments.pcap {
        save(file, |to| Ok(report::pcapng::write(&scenarios, to)?))
            .with_context(|| format!("cannot save the packets in {}", file.display()))?;
    }
    Ok(code)
}

fn lessons<'a>(
    arguments: &Arguments,
    course: &'a Course,
    progress: &Progress,
) -> anyhow::Result<Vec<&'a Lesson>> {
    if arguments.lessons.is_empty() {
        if arguments.choice.is_command() || arguments.scenario.is_some() {
            bail!("name the lesson, as in: workbook check w04-l03 --scenario …");
        }
        return lessons_to_do(arguments, course, progress);
    }
    let lessons: Vec<&Lesson> =
        arguments.lessons.iter().map(|name| course.lesson(name)).collect::<Result<_, _>>()?;
    if let Some(wanted) = &arguments.scenario {
        for lesson in &lessons {
            let known: Vec<&str> =
                lesson.checks.scenarios.iter().map(|scenario| scenario.id.get_ref().as_str()).collect();
            if !known.contains(&wanted.as_str()) {
                bail!("{} has no scenario `{wanted}`; there are:\n  {}", lesson.id, known.join("\n  "));
            }
        }
    }
    Ok(lessons)
}

/// The lesson that the learner is in, then those behind it that are not done either.
fn lessons_to_do<'a>(
    arguments: &Arguments,
    course: &'a Course,
    progress: &Progress,
) -> anyhow::Result<Vec<&'a Lesson>> {
    if !arguments.choice.is_exercise() {
        return Ok(course.lessons.iter().collect());
    }
    let Some(current) = progress.current(course) else {
        bail!(
            "all lessons are done; name the one to check again, as in: workbook check {}",
            course.lessons[0].id
        );
    };
    let behind = course.lessons.iter().skip_while(|lesson| lesson.id != current.id);
    Ok(behind.filter(|lesson| !progress.is_done(lesson)).collect())
}

/// One call of the command.
struct Session<'a> {
    arguments: &'a Arguments,
    course: &'a Course,
    workplace: &'a Workplace,
    look: Look,
    journal: Journal,
}

impl Session<'_> {
    /// Checks, reports and remembers; no verdict when the program does not build.
    fn check(&mut self, lesson: &Lesson) -> anyhow::Result<(u8, Option<Verdict>)> {
        let subject = self.arguments.choice.subject(self.course, lesson, self.journal.progress())?;
        let outcome = self.check_subject(lesson, &subject)?;
        self.remember(lesson, &subject, outcome.1.as_ref());
        Ok(outcome)
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

    fn check_subject(&self, lesson: &Lesson, subject: &Subject) -> anyhow::Result<(u8, Option<Verdict>)> {
        let has_colour = self.look.has_colour && self.arguments.format == Format::Terminal;
        let ready =
            match subject.make_ready(&self.workplace.builder(has_colour), self.workplace.scratch.path()) {
                Ok(ready) => ready,
                Err(error) => return Ok((self.does_not_build(lesson, error)?, None)),
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
        Ok((code, Some(verdict)))
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
            built_in: ready.built_in,
            took,
            level: self.workplace.lab().level(),
            seed,
            next: next.map(|next| NextLesson { lesson: next.id.clone(), title: next.title.clone() }),
            hint: self.journal.hint_after(lesson, verdict).filter(|_| self.arguments.choice.is_exercise()),
        }
    }

    fn report(&self, verdict: &Verdict, heading: &Heading, ready: &Ready) -> anyhow::Result<()> {
        let text = match self.arguments.format {
            Format::Json => report::json::full(verdict, heading),
            Format::Terminal if self.arguments.quiet => report::terminal::quiet(verdict, &self.look),
            Format::Terminal => {
                if !ready.warnings.is_empty() {
                    out::note(&report::terminal::compiler_notes(&ready.warnings, &self.look));
                }
                report::terminal::full(verdict, heading, &self.look, self.detail())
            }
        };
        out::print(&text)
    }

    fn detail(&self) -> Detail {
        Detail { all: self.arguments.all, packets: self.arguments.packets, is_brief: false }
    }

    fn does_not_build(&self, lesson: &Lesson, error: BuildError) -> anyhow::Result<u8> {
        let BuildError::Refused { file, output } = &error else {
            if error.is_of_the_source() {
                out::error(&error.to_string());
                return Ok(FAILS);
            }
            return Err(error.into());
        };
        let program = file.strip_prefix(&self.course.root).unwrap_or(file).display().to_string();
        let text = match self.arguments.format {
            Format::Terminal => report::terminal::build_failure(&lesson.id, &program, output, &self.look),
            Format::Json => report::json::build_failure(&lesson.id, &program, output),
        };
        out::print(&text)?;
        Ok(FAILS)
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

/// One trace a line.
fn write_traces<'a>(traces: impl Iterator<Item = &'a Trace>, to: &mut impl Write) -> anyhow::Result<()> {
    for trace in traces {
        serde_json::to_writer(&mut *to, trace)?;
        to.write_all(b"\n")?;
    }
    Ok(())
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
