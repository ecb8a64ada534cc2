//! `workbook explain`: judges and draws what was saved.

use std::path::{Path, PathBuf};

use anyhow::bail;

use super::saved::{self, Origin};
use super::{FAILS, HOLDS, out, workplace};
use crate::judge::{ScenarioVerdict, State};
use crate::report::{self, terminal::Detail};

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
    let traces = saved::read(&arguments.file)?;
    let verdicts: Vec<ScenarioVerdict> = traces
        .iter()
        .filter(|trace| arguments.scenario.as_ref().is_none_or(|wanted| trace.scenario == *wanted))
        .map(|trace| Ok(Origin::of(trace, &course)?.judge(trace)))
        .collect::<anyhow::Result<_>>()?;
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
    out::tell_narrow();
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
