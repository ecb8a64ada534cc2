//! What is saved beside the report: traces and packets.

use std::io::Write;

use anyhow::Context;

use super::Arguments;
use crate::cli::files::{require_place, save};
use crate::report;
use crate::report::export::Submission;
use crate::trace::Trace;

/// Files that could not be written, the report among them, are told before anything is played.
///
/// # Errors
/// When there is one.
pub(super) fn require_places(arguments: &Arguments) -> anyhow::Result<()> {
    let files = [("trace", &arguments.trace), ("packets", &arguments.pcap), ("report", &arguments.out)];
    for (what, file) in files {
        if let Some(file) = file {
            require_place(file).with_context(|| format!("cannot save the {what} in {}", file.display()))?;
        }
    }
    Ok(())
}

/// Saves traces and packets, where that was asked for.
///
/// # Errors
/// When they cannot be written.
pub(super) fn save_evidence(arguments: &Arguments, submissions: &[Submission]) -> anyhow::Result<()> {
    let scenarios = || submissions.iter().flat_map(Submission::scenarios);
    if let Some(file) = &arguments.trace {
        let traces = scenarios().filter_map(|verdict| verdict.trace.as_ref());
        save(file, |to| write_traces(traces, to))
            .with_context(|| format!("cannot save the trace in {}", file.display()))?;
    }
    if let Some(file) = &arguments.pcap {
        save(file, |to| Ok(report::pcapng::write(scenarios(), to)?))
            .with_context(|| format!("cannot save the packets in {}", file.display()))?;
    }
    Ok(())
}

/// One trace a line.
fn write_traces<'a>(traces: impl Iterator<Item = &'a Trace>, to: &mut impl Write) -> anyhow::Result<()> {
    for trace in traces {
        serde_json::to_writer(&mut *to, trace)?;
        to.write_all(b"\n")?;
    }
    Ok(())
}
