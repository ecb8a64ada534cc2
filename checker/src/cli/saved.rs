//! Traces that were saved: read, and judged with the lesson as it is now.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};

use crate::course::checks::Scenario;
use crate::course::{Course, Lesson, Play};
use crate::judge::{self, ScenarioVerdict};
use crate::trace::{FORMAT, Trace};

/// All traces of a file, one a line.
///
/// # Errors
/// When it cannot be read, holds none, or something else.
pub(super) fn read(file: &Path) -> anyhow::Result<Vec<Trace>> {
    let text = fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    let traces: Vec<Trace> = lines
        .map(|(number, line)| trace(line).with_context(|| format!("{}:{}", file.display(), number + 1)))
        .collect::<Result<_, _>>()?;
    if traces.is_empty() {
        bail!("{} holds no trace", file.display());
    }
    Ok(traces)
}

/// What every format says of itself, whatever else stands in it.
#[derive(serde::Deserialize)]
struct Named {
    format: u32,
}

fn trace(line: &str) -> anyhow::Result<Trace> {
    const STRANGE: &str = "this is not a trace that `workbook check --trace` saved";
    let Named { format } = serde_json::from_str(line).context(STRANGE)?;
    if format != FORMAT {
        bail!(
            "this is trace format {format}, and this workbook reads format {FORMAT}: check the program again"
        );
    }
    serde_json::from_str(line).context(STRANGE)
}

/// What a trace was recorded for, as the course has it now.
pub(super) struct Origin<'a> {
    pub(super) lesson: &'a Lesson,
    pub(super) scenario: &'a Scenario,
    pub(super) play: Play,
}

impl<'a> Origin<'a> {
    /// # Errors
    /// When the course has no such lesson or scenario any more, or plays it otherwise.
    pub(super) fn of(trace: &Trace, course: &'a Course) -> anyhow::Result<Self> {
        let lesson = course.lesson(&trace.lesson)?;
        let scenarios = &lesson.checks.scenarios;
        let scenario = scenarios.iter().find(|scenario| *scenario.id.get_ref() == trace.scenario);
        let scenario = scenario
            .with_context(|| format!("{} has no scenario `{}` any more", lesson.id, trace.scenario))?;
        let play = judge::play_of(lesson, scenario, trace).with_context(|| {
            format!(
                "scenario `{}` has changed since the trace was saved: check the program again",
                trace.scenario
            )
        })?;
        Ok(Self { lesson, scenario, play })
    }

    /// The verdict on the trace, with the lesson as it is now.
    pub(super) fn judge(&self, trace: &Trace) -> ScenarioVerdict {
        judge::scenario(self.lesson, self.scenario, &self.play, trace)
    }
}

/// The folder of the last runs.
pub(super) fn last_folder(course: &Course) -> PathBuf {
    course.root.join(".workbook").join("last")
}

/// The file with the last run of a lesson: its traces, the most telling first.
pub(super) fn last_file(course: &Course, lesson: &str) -> PathBuf {
    last_folder(course).join(format!("{lesson}.jsonl"))
}

/// The file with the last run of all lessons.
pub(super) fn newest(course: &Course) -> Option<PathBuf> {
    let files = course.lessons.iter().map(|lesson| last_file(course, &lesson.id));
    let edited = |file: &PathBuf| file.metadata().and_then(|data| data.modified()).ok();
    let dated = files.filter_map(|file| Some((edited(&file)?, file)));
    dated.max_by_key(|(time, _)| *time).map(|(_, file)| file)
}
