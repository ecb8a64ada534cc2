//! `workbook explain`: judges and draws what was saved.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};

use super::{FAILS, HOLDS, out, workplace};
use crate::course::Course;
use crate::judge::{self, ScenarioVerdict, State};
use crate::report::{self, terminal::Detail};
use crate::trace::{FORMAT, Trace};

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// A file that `workbook check --trace FILE` has saved
    file: PathBuf,
    /// Draw only this scenario
    #[arg(long, value_name = "ID")]
    scenario: Option<String>,
    /// Draw every scenario, not only the first that fails
    #[arg(long)]
    all: bool,
    /// Draw the packets, where `check` has captured them
    #[arg(long)]
    packets: bool,
}

pub(super) fn run(arguments: &Arguments, course: Option<&Path>) -> anyhow::Result<u8> {
    let course = workplace::course(course)?;
    let traces = read(&arguments.file)?;
    let verdicts: Vec<ScenarioVerdict> = traces
        .iter()
        .filter(|trace| arguments.scenario.as_ref().is_none_or(|wanted| trace.scenario == *wanted))
        .map(|trace| judge_again(&course, trace))
        .collect::<Result<_, _>>()?;
    if verdicts.is_empty() {
        let saved: Vec<&str> = traces.iter().map(|trace| trace.scenario.as_str()).collect();
        bail!("{} holds no such scenario; there are: {}", arguments.file.display(), saved.join(", "));
    }
    let has_packets =
        verdicts.iter().any(|verdict| verdict.trace.as_ref().is_some_and(|trace| !trace.packets.is_empty()));
    if arguments.packets && !has_packets {
        bail!(
            "{} holds no packets: they are captured at the private level, by\n  \
             workbook check {} --packets --trace FILE",
            arguments.file.display(),
            traces[0].lesson,
        );
    }
    let look = out::look();
    let detail = Detail { all: true, packets: arguments.packets, is_brief: false };
    let shown: Vec<&ScenarioVerdict> = if arguments.all {
        verdicts.iter().collect()
    } else {
        let telling = verdicts.iter().find(|verdict| verdict.state == State::Failed && !verdict.is_advice);
        vec![telling.unwrap_or(&verdicts[0])]
    };
    for verdict in &shown {
        out::print(&report::terminal::explain(verdict, &look, detail))?;
    }
    if shown.len() < verdicts.len() {
        out::print(&format!(
            "\n{} more scenarios are in the file: --all draws them.\n",
            verdicts.len() - shown.len()
        ))?;
    }
    let has_failed = verdicts.iter().any(|verdict| verdict.state == State::Failed && !verdict.is_advice);
    Ok(if has_failed { FAILS } else { HOLDS })
}

fn read(file: &Path) -> anyhow::Result<Vec<Trace>> {
    let text = fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    let traces: Vec<Trace> = lines
        .map(|(number, line)| {
            serde_json::from_str(line).with_context(|| {
                format!(
                    "{}:{}: this is not a trace that `workbook check --trace` saved",
                    file.display(),
                    number + 1
                )
            })
        })
        .collect::<Result<_, _>>()?;
    match traces.iter().find(|trace| trace.format != FORMAT) {
        Some(other) => bail!(
            "{} has trace format {}, and this workbook reads format {FORMAT}: check the program again",
            file.display(),
            other.format
        ),
        None if traces.is_empty() => bail!("{} holds no trace", file.display()),
        None => Ok(traces),
    }
}

/// The verdict on a trace, with the lesson as it is now.
fn judge_again(course: &Course, trace: &Trace) -> anyhow::Result<ScenarioVerdict> {
    let lesson = course.lesson(&trace.lesson)?;
    let scenario = lesson.checks.scenarios.iter().find(|scenario| *scenario.id.get_ref() == trace.scenario);
    let scenario =
        scenario.with_context(|| format!("{} has no scenario `{}` any more", lesson.id, trace.scenario))?;
    let plays = lesson.plays(scenario, trace.seed);
    let play = plays.iter().find(|play| play.cut == trace.cut);
    let play = play.with_context(|| {
        format!(
            "scenario `{}` has changed since the trace was saved: check the program again",
            trace.scenario
        )
    })?;
    Ok(judge::scenario(lesson, scenario, play, trace))
}
