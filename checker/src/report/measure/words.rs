//! Sentences on what was measured.

use crate::report::heading::seconds;
use crate::report::text::{count, grouped};
use crate::trace::{End, ExitStatus, Measured, Measurement};

/// Why the figures are as they are.
pub(super) fn explanation(measurement: &Measurement) -> Vec<String> {
    let (closed, kept) = (&measurement.closed, &measurement.kept);
    let mut sentences = vec![
        format!("closed: {}", arithmetic(measurement, closed)),
        format!("kept:   {}", arithmetic(measurement, kept)),
    ];
    if measurement.responses() == 1 {
        sentences.push("One response needs one connection: there is nothing to reuse it for.".to_owned());
        return sentences;
    }
    if kept.handshakes >= closed.handshakes {
        sentences.push(
            "Your program opens as many connections where the server keeps them open: it reuses none."
                .to_owned(),
        );
        return sentences;
    }
    sentences.push(format!(
        "A handshake is a round trip in which nothing else can happen. Reuse saves {}: {}, {} and {} bytes.",
        count(closed.handshakes - kept.handshakes, "handshake"),
        seconds(closed.took.saturating_sub(kept.took)),
        count(less(closed.packets, kept.packets), "packet"),
        grouped(less(closed.bytes, kept.bytes)),
    ));
    sentences
}

fn less(many: u64, few: u64) -> usize {
    usize::try_from(many.saturating_sub(few)).unwrap_or(usize::MAX)
}

/// The sum of the round trips, beside what was measured.
fn arithmetic(measurement: &Measurement, run: &Measured) -> String {
    let sum = run.handshakes + run.answered;
    let planned = format!(
        "{} + {} = {}",
        count(run.handshakes, "handshake"),
        count(run.answered, "exchange"),
        count(sum, "round trip"),
    );
    #[allow(clippy::cast_precision_loss, reason = "both are small")]
    match measurement.round_trips(run) {
        None => planned,
        Some(measured) if (measured - sum as f64).abs() <= 1.0 => {
            format!("{planned} ({measured:.1} measured)")
        }
        Some(measured) if measured < sum as f64 => {
            format!("{planned} one after the other; {measured:.1} measured, for some did not wait for others")
        }
        Some(measured) => format!("{planned}; {measured:.1} measured, for something else took its time too"),
    }
}

/// What the program did, where there is nothing to compare.
pub(super) fn why_not(measurement: &Measurement) -> Vec<String> {
    let wanted = measurement.wanted;
    let story = |server: &str, run: &Measured| {
        let of = wanted.map_or_else(String::new, |wanted| format!(" of {wanted}"));
        format!(
            "Against a server that {server}, your program fetched {}{of} ({}, {}, {}) and {}.",
            count(run.answered, "response"),
            count(run.handshakes, "connection"),
            count(usize::try_from(run.packets).unwrap_or(usize::MAX), "packet"),
            seconds(run.took),
            ending(&run.end),
        )
    };
    let (closed, kept) = (&measurement.closed, &measurement.kept);
    let advice = if measurement.is_kept_complete() {
        "There is nothing to compare: only a program that opens a new connection when the server has closed the \
         last one gets all responses both times."
    } else if measurement.is_closed_complete() {
        "There is nothing to compare: a program that waits until the server closes makes no use of a connection \
         that stays open."
    } else {
        "There is nothing to compare: first get `workbook check` to pass."
    };
    vec![
        story("keeps the connection open", kept),
        story("closes after every response", closed),
        advice.to_owned(),
    ]
}

fn ending(end: &End) -> String {
    match end {
        End::Exited { status: ExitStatus::Code(0), .. } => "ended well".to_owned(),
        End::Exited { status: ExitStatus::Code(code), .. } => format!("ended with exit code {code}"),
        End::Exited { status: ExitStatus::Signal(signal), .. } => format!("was ended by signal {signal}"),
        End::Hung(hang) => format!("then waited for ever in {}", hang.call),
        End::DeadlinePassed { .. } => "then did nothing more until the deadline".to_owned(),
        End::Flooded { .. } => "was stopped, for it produced more than anybody reads".to_owned(),
        End::NotStarted { reason } => format!("could not be started: {reason}"),
        End::Fault { reason } => format!("could not be watched: {reason}"),
    }
}
