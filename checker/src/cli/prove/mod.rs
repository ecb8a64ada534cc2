//! `workbook prove`: every solution passes, every starter fails as intended, and every known mistake is
//! caught by the rule and the name that the lesson gives it.

mod proof;

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use anyhow::Context;

use proof::{Expected, Proof, compare, with_seed};

use super::exercise::{Ready, Subject};
use super::workplace::{self, Containment, Workplace};
use super::{CANNOT_JUDGE, HOLDS, out};
use crate::course::{Course, Language, Lesson, Proofs};
use crate::lab::build::BuildError;
use crate::report::{self, Look};
use crate::run::Check;
use crate::trace::Level;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// Lessons; all of them without any
    lessons: Vec<String>,
    /// Only programs in this language
    #[arg(long)]
    lang: Option<Language>,
    /// Only the mutant or variant with this id
    #[arg(long, value_name = "ID")]
    only: Option<String>,
    /// Check every reference solution so many times, and nothing else
    #[arg(long, value_name = "N")]
    repeat: Option<usize>,
    /// Play every scenario against every program, also behind the first one that fails
    #[arg(long)]
    all: bool,
    /// Repeat a run with this seed
    #[arg(long, value_name = "SEED", value_parser = workplace::parse_seed)]
    seed: Option<u64>,
    #[command(flatten)]
    containment: Containment,
}

/// A program whose verdict is known beforehand.
struct Case<'a> {
    name: String,
    language: Language,
    source: PathBuf,
    expected: Expected<'a>,
}

pub(super) fn run(arguments: &Arguments, course: Option<&Path>) -> anyhow::Result<u8> {
    let course = workplace::course(course)?;
    let lessons: Vec<&Lesson> = if arguments.lessons.is_empty() {
        course.lessons.iter().collect()
    } else {
        arguments.lessons.iter().map(|name| course.lesson(name)).collect::<Result<_, _>>()?
    };
    let workplace = Workplace::open(&course.root, &arguments.containment)?;
    let prover = Prover { arguments, course: &course, workplace: &workplace, look: out::look() };
    let start = Instant::now();
    let mut tally = Tally::default();
    for lesson in lessons {
        tally.add(&prover.prove(lesson)?);
    }
    out::print(&format!("\n{} in {:.1} s\n", tally.summary(), start.elapsed().as_secs_f64()))?;
    Ok(if tally.bad == 0 { HOLDS } else { CANNOT_JUDGE })
}

#[derive(Default)]
struct Tally {
    good: usize,
    bad: usize,
    skipped: usize,
}

impl Tally {
    fn add(&mut self, other: &Tally) {
        self.good += other.good;
        self.bad += other.bad;
        self.skipped += other.skipped;
    }

    fn count(&mut self, proof: &Proof) {
        match proof {
            Proof::Good(_) => self.good += 1,
            Proof::Bad(_) => self.bad += 1,
            Proof::Skipped(_) => self.skipped += 1,
        }
    }

    fn summary(&self) -> String {
        format!("{} as they must be, {} not, {} skipped", self.good, self.bad, self.skipped)
    }
}

struct Prover<'a> {
    arguments: &'a Arguments,
    course: &'a Course,
    workplace: &'a Workplace,
    look: Look,
}

impl Prover<'_> {
    fn prove(&self, lesson: &Lesson) -> anyhow::Result<Tally> {
        let proofs = Proofs::load(&self.course.root, &lesson.id)?;
        let cases = self.cases(lesson, &proofs)?;
        let built = self.build_all(&cases);
        let mut tally = Tally::default();
        out::print(&format!("{} {}\n", lesson.id, lesson.title))?;
        for (case, built) in cases.iter().zip(built) {
            let proof = match built {
                Ok(ready) => self.check(lesson, case, &ready)?,
                Err(BuildError::Missing { tool }) => {
                    Proof::Skipped(format!("{tool} is not installed: {}", tool.advice()))
                }
                Err(BuildError::Refused { output, .. }) => Proof::Bad(format!(
                    "does not build:\n{}",
                    report::terminal::compiler_notes(&output, &self.look)
                )),
                Err(error) => return Err(error.into()),
            };
            tally.count(&proof);
            out::print(&self.line(case, &proof)?)?;
        }
        Ok(tally)
    }

    /// Solutions, starters, mutants and variants, with their sources in place.
    fn cases<'a>(&self, lesson: &Lesson, proofs: &'a Proofs) -> anyhow::Result<Vec<Case<'a>>> {
        let mut cases = Vec::new();
        let mut add = |name: String, language, source: PathBuf, expected| {
            if self.is_wanted(&name, language, &expected) {
                cases.push(Case { name, language, source, expected });
            }
        };
        for (language, source) in &proofs.solutions {
            add("solution".to_owned(), *language, source.clone(), Expected::Pass);
        }
        for (language, source) in &proofs.starters {
            let finding = proofs.starter_finding.clone();
            add("starter".to_owned(), *language, source.clone(), Expected::FailBy { finding });
        }
        for variant in &proofs.variants {
            let id = variant.id.get_ref();
            let source = self
                .edited(lesson, id, variant.of, &|text| variant.apply(text).map_err(anyhow::Error::from))?;
            add(id.clone(), variant.of, source, Expected::Pass);
        }
        for mutant in &proofs.mutants {
            let id = mutant.id.get_ref();
            let source =
                self.edited(lesson, id, mutant.of, &|text| mutant.apply(text).map_err(anyhow::Error::from))?;
            add(id.clone(), mutant.of, source, Expected::CaughtAs { mutant });
        }
        Ok(cases)
    }

    fn is_wanted(&self, name: &str, language: Language, expected: &Expected<'_>) -> bool {
        let is_solution = name == "solution" && matches!(expected, Expected::Pass);
        self.arguments.lang.is_none_or(|wanted| wanted == language)
            && self.arguments.only.as_ref().is_none_or(|wanted| wanted == name)
            && (self.arguments.repeat.is_none() || is_solution)
    }

    /// Writes an edited solution where it stays, so that it is built only once.
    fn edited(
        &self,
        lesson: &Lesson,
        id: &str,
        language: Language,
        edit: &dyn Fn(&str) -> anyhow::Result<String>,
    ) -> anyhow::Result<PathBuf> {
        let solution = self.course.root.join("solutions").join(&lesson.id).join(language.file_name());
        let text =
            fs::read_to_string(&solution).with_context(|| format!("cannot read {}", solution.display()))?;
        let edited = edit(&text).with_context(|| format!("{} {id}", lesson.id))?;
        let folder = self.workplace.folder.join("proof").join(&lesson.id).join(id);
        let file = folder.join(language.file_name());
        if fs::read_to_string(&file).is_ok_and(|old| old == edited) {
            return Ok(file);
        }
        fs::create_dir_all(&folder)
            .and_then(|()| fs::write(&file, edited))
            .with_context(|| format!("cannot write {}", file.display()))?;
        Ok(file)
    }

    /// Builds with all processors at once.
    fn build_all(&self, cases: &[Case<'_>]) -> Vec<Result<Ready, BuildError>> {
        let next = AtomicUsize::new(0);
        let built: Mutex<Vec<(usize, Result<Ready, BuildError>)>> = Mutex::new(Vec::new());
        let work = || {
            let builder = self.workplace.builder(false);
            loop {
                let index = next.fetch_add(1, Ordering::Relaxed);
                let Some(case) = cases.get(index) else {
                    return;
                };
                let ready =
                    Subject::Source(case.source.clone()).make_ready(&builder, self.workplace.scratch.path());
                built.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push((index, ready));
            }
        };
        std::thread::scope(|scope| {
            for _ in 1..self.workplace.processors() {
                // Where the machine has no thread left, the others do it all.
                let _ = std::thread::Builder::new().spawn_scoped(scope, work);
            }
            work();
        });
        let mut built = built.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
        built.sort_by_key(|(index, _)| *index);
        built.into_iter().map(|(_, ready)| ready).collect()
    }

    fn check(&self, lesson: &Lesson, case: &Case<'_>, ready: &Ready) -> anyhow::Result<Proof> {
        let stops_at_failure = !self.arguments.all;
        let check = Check {
            lesson,
            invocation: &ready.invocation,
            seed: 0,
            only: None,
            stops_at_failure,
            round_trip: None,
        };
        let team = match case.expected.level() {
            Some(Level::Loopback) => self.workplace.loopback_team(&check.plan())?,
            _ => self.workplace.team(&check.plan())?,
        };
        if case.expected.level().is_some_and(|level| level != team.level()) {
            return Ok(Proof::Skipped(format!("is right at the {} level", team.level())));
        }
        for _ in 0..self.arguments.repeat.unwrap_or(1) {
            let seed = workplace::seed(self.arguments.seed);
            let verdict = Check { seed, ..check }.run(&team)?;
            let proof = compare(&case.expected, &verdict);
            if !matches!(proof, Proof::Good(_)) || self.arguments.repeat.is_none() {
                return Ok(with_seed(proof, seed));
            }
        }
        Ok(Proof::Good(format!("{} times", self.arguments.repeat.unwrap_or(1))))
    }

    fn line(&self, case: &Case<'_>, proof: &Proof) -> anyhow::Result<String> {
        let [good, bad, skipped] =
            if self.look.is_unicode { ["✓", "✗", "○"] } else { ["ok", "NOT", "--"] };
        let (mark, text) = match proof {
            Proof::Good(text) => (good, text),
            Proof::Bad(text) => (bad, text),
            Proof::Skipped(text) => (skipped, text),
        };
        let mut line = String::new();
        writeln!(line, "  {mark} {:<34} {:<7} {text}", case.name, case.language.to_string())?;
        Ok(line)
    }
}
