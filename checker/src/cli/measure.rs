//! `workbook measure`: what connection reuse is worth to a program.

use std::path::Path;
use std::time::Duration;

use clap::ValueEnum;

use super::exercise::Choice;
use super::workplace::{self, Containment, Workplace};
use super::{FAILS, HOLDS, out};
use crate::course::{Course, Lesson};
use crate::report;
use crate::run::Measure;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The lesson, such as w04-l05, l05 or server-says-close
    lesson: String,
    #[command(flatten)]
    choice: Choice,
    /// How long a packet takes, there and back
    #[arg(long, value_name = "TIME", default_value = "100ms", value_parser = workplace::parse_round_trip)]
    rtt: Duration,
    /// How many responses to fetch, with programs that are told what to fetch
    #[arg(long, value_name = "COUNT", default_value = "10", value_parser = clap::value_parser!(u8).range(1..=100))]
    requests: u8,
    /// What to print
    #[arg(long, value_enum, default_value = "terminal")]
    format: Format,
    #[command(flatten)]
    containment: Containment,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    Terminal,
    /// For machines
    Json,
}

pub(super) fn run(arguments: &Arguments, course: Option<&Path>) -> anyhow::Result<u8> {
    let containment = arguments.containment.with_wire("workbook measure")?;
    let course = workplace::course(course)?;
    let lesson = course.lesson(&arguments.lesson)?;
    let workplace = Workplace::open(&course.root, &containment)?;
    workplace::needed_for("workbook measure", measure(arguments, &course, lesson, &workplace))
}

fn measure(
    arguments: &Arguments,
    course: &Course,
    lesson: &Lesson,
    workplace: &Workplace,
) -> anyhow::Result<u8> {
    let look = out::look();
    let (builder, folder) = (workplace.builder(look.has_colour), workplace.scratch.path());
    let Some(ready) = arguments.choice.make_ready(course, lesson, &builder, folder)? else {
        return Ok(FAILS);
    };
    let measure = Measure {
        lesson,
        invocation: &ready.invocation,
        round_trip: arguments.rtt,
        requests: arguments.requests.into(),
    };
    let measurement = measure.run(workplace.lab(), workplace.interrupt())?;
    let subject = report::measure::Subject { lesson: &lesson.id, title: &lesson.title, program: &ready.name };
    out::print(&match arguments.format {
        Format::Terminal => report::measure::terminal(&measurement, subject, &look),
        Format::Json => report::measure::json(&measurement, subject),
    })?;
    let has_fetched = measurement.is_kept_complete() || measurement.is_closed_complete();
    Ok(if has_fetched { HOLDS } else { FAILS })
}
