//! Every scenario: the program starts, and comes to an end by itself.

use std::time::Duration;

use bstr::ByteSlice;

use crate::course::FindingKind;
use crate::course::checks::Rule;
use crate::judge::evidence::Evidence;
use crate::judge::words::{count, quote, time};
use crate::trace::{Connection, End, ExitStatus, Flood, Hang, Hold, Moment, Send, Step};

use super::Breach;
use super::output::Expected;

/// The program is not stopped: not by a signal, not by us.
pub(super) fn check(evidence: &Evidence) -> Option<Breach> {
    match &evidence.trace.end {
        End::Exited { status: ExitStatus::Signal(signal), .. } => Some(crash(*signal, evidence)),
        End::Exited { .. } | End::Fault { .. } => None,
        End::Hung(hang) => Some(hung(hang, evidence)),
        End::DeadlinePassed { still_for, doing } => Some(deadline(*still_for, doing, evidence)),
        End::Flooded { what, amount } => Some(flood(*what, *amount, evidence)),
        End::NotStarted { reason } => Some(not_started(reason)),
    }
}

/// A signal ended the program.
pub(super) fn crash(signal: i32, evidence: &Evidence) -> Breach {
    let (name, meaning) = signal_meaning(signal);
    let name = if name.is_empty() { format!("signal {signal}") } else { format!("{name} (signal {signal})") };
    Breach {
        kind: FindingKind::Crash,
        sentence: format!("Your program was killed by {name}{meaning}."),
        expected: "the program ends by itself".to_owned(),
        actual: format!("killed by {name}"),
        event: evidence.exited.or(evidence.last_event()),
    }
}

/// Name of a signal, and what it usually means.
fn signal_meaning(signal: i32) -> (&'static str, &'static str) {
    match signal {
        4 => ("SIGILL", ": it ran into an illegal instruction"),
        6 => ("SIGABRT", ": it gave up itself, as after a failed assertion or damaged memory"),
        7 => ("SIGBUS", ": it used memory that is not there"),
        8 => ("SIGFPE", ": it divided by zero"),
        9 => ("SIGKILL", ", perhaps because it used too much memory"),
        11 => ("SIGSEGV", ": it used memory that is not its own"),
        13 => ("SIGPIPE", ": it wrote to a connection or pipe that nobody reads any more"),
        24 => ("SIGXCPU", ": it used up its processor time"),
        25 => ("SIGXFSZ", ": it wrote a file that is too large"),
        _ => (other_signal_name(signal), ""),
    }
}

fn other_signal_name(signal: i32) -> &'static str {
    match signal {
        1 => "SIGHUP",
        2 => "SIGINT",
        3 => "SIGQUIT",
        5 => "SIGTRAP",
        14 => "SIGALRM",
        15 => "SIGTERM",
        31 => "SIGSYS",
        _ => "",
    }
}

fn hung(hang: &Hang, evidence: &Evidence) -> Breach {
    let progress = Progress::of(evidence);
    let kind = match progress.stage() {
        Stage::After => FindingKind::HangAfterOutput,
        Stage::During => FindingKind::HangDuringOutput,
        Stage::Before => FindingKind::HangBeforeOutput,
    };
    let place = hang.connection.map_or(String::new(), |connection| format!(" on connection {connection}"));
    let call = quote_free(&hang.call);
    let since = since_last_bytes(hang.connection, evidence);
    let (waits, expected) = waits_for(hang.connection, evidence);
    Breach {
        kind,
        sentence: format!(
            "Your program waits for ever: {call}(){place}{since}. {waits} {}",
            progress.sentence()
        ),
        expected,
        actual: format!("{call}(){place} waits for ever; {}", progress.amount()),
        event: evidence.last_event(),
    }
}

fn deadline(still_for: Moment, doing: &str, evidence: &Evidence) -> Breach {
    let progress = Progress::of(evidence);
    let kind = match progress.stage() {
        Stage::After => FindingKind::DeadlineAfterOutput,
        Stage::During | Stage::Before => FindingKind::DeadlineBeforeOutput,
    };
    let after = time(evidence.trace.ended_at.since_start());
    let still = time(still_for.since_start());
    let doing = if doing.is_empty() { String::new() } else { format!(" ({})", quote_free(doing)) };
    Breach {
        kind,
        sentence: format!(
            "Your program was still running after {after}, and nothing had happened for {still}{doing}. {}",
            progress.sentence()
        ),
        expected: "the program ends by itself".to_owned(),
        actual: format!("stopped at the deadline after {after}; {}", progress.amount()),
        event: evidence.last_event(),
    }
}

fn flood(what: Flood, amount: u64, evidence: &Evidence) -> Breach {
    let amount = usize::try_from(amount).unwrap_or(usize::MAX);
    let (did, unit, place) = match what {
        Flood::Stdout => ("printed", "byte", " on standard output"),
        Flood::Stderr => ("printed", "byte", " on standard error"),
        Flood::Request => ("sent", "byte", " to the server"),
        Flood::Connections => ("opened", "connection", ""),
        Flood::Processes => ("started", "thread or process", ""),
    };
    let amount = match (what, amount) {
        (Flood::Processes, 2..) => format!("{amount} threads and processes"),
        _ => count(amount, unit),
    };
    Breach {
        kind: FindingKind::Flood,
        sentence: format!(
            "Your program {did} {amount}{place} and was stopped: look for a loop that does not end."
        ),
        expected: "the program ends by itself".to_owned(),
        actual: format!("{did} {amount}{place}"),
        event: evidence.last_event(),
    }
}

fn not_started(reason: &str) -> Breach {
    let reason = quote_free(reason);
    Breach {
        kind: FindingKind::NotStarted,
        sentence: format!("Your program could not be started: {reason}."),
        expected: "the program starts".to_owned(),
        actual: reason,
        event: None,
    }
}

/// Text that comes from outside, made harmless.
fn quote_free(text: &str) -> String {
    quote(text.trim_end_matches('.').as_bytes()).trim_matches('"').to_owned()
}

fn since_last_bytes(connection: Option<Connection>, evidence: &Evidence) -> String {
    let record = connection.and_then(|number| evidence.connection(number));
    let Some(last) = record.and_then(|record| record.sent.last_event()) else { return String::new() };
    let sent_at = evidence.trace.events[last].at;
    let since = Duration::from_nanos(evidence.trace.ended_at.0.saturating_sub(sent_at.0));
    format!(", {} after the last byte that the server sent", time(since))
}

/// What the peer waits for in the meantime, in a sentence, and what would let it go on.
fn waits_for(connection: Option<Connection>, evidence: &Evidence) -> (String, String) {
    let connection = connection.or_else(|| evidence.connections.last().map(|record| record.number));
    let Some(number) = connection else {
        return ("It never connected.".to_owned(), "a connection to the server".to_owned());
    };
    match evidence.last_step(number) {
        Some(Step::Expect(expect)) => {
            let request = format!("the request `{}`", expect.request);
            (format!("The server waits for {request} on connection {number}."), request)
        }
        Some(Step::Hold(hold)) => held(hold, number, evidence),
        _ => (all_arrived(number, evidence), "the program ends by itself".to_owned()),
    }
}

fn held(hold: &Hold, number: Connection, evidence: &Evidence) -> (String, String) {
    let record = evidence.connection(number);
    let received = record.map_or(0, |record| record.received.bytes().len());
    let requests =
        record.map_or(0, |record| record.requests.iter().filter(|arrival| arrival.request.is_whole).count());
    let printed = evidence.stdout.bytes().len();
    let (wanted, so_far) = match hold {
        Hold::ReceivedBytes(bytes) => {
            (format!("{} from the program", count(*bytes, "byte")), format!("{received} came"))
        }
        Hold::PrintedBytes(bytes) => (
            format!("{} on standard output", count(*bytes, "byte")),
            format!("{printed} were printed (print what arrives at once, and flush it)"),
        ),
        Hold::Requests(wanted) => {
            (format!("{} on connection {number}", count(*wanted, "request")), format!("{requests} came"))
        }
        Hold::ProgramClosed => (format!("the program to close connection {number}"), "it is open".to_owned()),
        Hold::Opened(wanted) => (
            format!("connection {wanted}"),
            format!("{} opened", count(evidence.connections.len(), "connection")),
        ),
    };
    (format!("The server goes on after {wanted}; {so_far}."), wanted)
}

/// What the program had when it began to wait: all of the message, where that can be said.
fn all_arrived(number: Connection, evidence: &Evidence) -> String {
    let messages = evidence.sent_messages(number);
    match messages.last().map(|message| announced_and_sent(message)) {
        Some(Some(1)) => "The one byte that Content-Length announced had arrived.".to_owned(),
        Some(Some(bytes)) => format!("All {bytes} bytes that Content-Length announced had arrived."),
        Some(None) => "Everything that the server has to send had arrived.".to_owned(),
        None => "The server sends nothing more.".to_owned(),
    }
}

/// The length that a message announces for its body, when it was sent in full.
fn announced_and_sent(message: &Send) -> Option<usize> {
    let (head, body) = message.bytes.split_at_checked(message.head_bytes)?;
    let head = head.to_ascii_lowercase();
    let value = head.lines().find_map(|line| line.strip_prefix(b"content-length:"))?;
    let announced = value.to_str().ok()?.trim().parse().ok()?;
    (announced > 0 && announced <= body.len()).then_some(announced)
}

/// How far the output has come.
struct Progress {
    printed: usize,
    /// How much should be printed, where a rule says so.
    expected: Option<usize>,
}

enum Stage {
    Before,
    During,
    After,
}

impl Progress {
    fn of(evidence: &Evidence) -> Self {
        let printed = evidence.stdout.bytes();
        let parts =
            evidence.scenario.require.iter().find_map(|requirement| match &requirement.get_ref().rule {
                Rule::Prints(parts) | Rule::PrintsAtMost(parts) => Some(parts),
                _ => None,
            });
        let expected = parts.map(|parts| Expected::new(parts, evidence.play).render(printed).bytes.len());
        Self { printed: printed.len(), expected }
    }

    fn stage(&self) -> Stage {
        match (self.printed, self.expected) {
            (printed, Some(expected)) if printed >= expected => Stage::After,
            (0, _) => Stage::Before,
            (_, None) => Stage::After,
            (_, Some(_)) => Stage::During,
        }
    }

    fn sentence(&self) -> String {
        match (self.printed, self.expected) {
            (_, Some(0)) => "There was nothing to print.".to_owned(),
            (0, _) => "Nothing had been printed.".to_owned(),
            (printed, Some(expected)) if printed >= expected => "Everything had been printed.".to_owned(),
            _ => format!("It had printed {}.", self.amount_bytes()),
        }
    }

    /// The same as a fragment.
    fn amount(&self) -> String {
        format!("{} printed", self.amount_bytes())
    }

    fn amount_bytes(&self) -> String {
        match self.expected {
            Some(expected) => format!("{} of {}", self.printed, count(expected, "byte")),
            None => count(self.printed, "byte"),
        }
    }
}
