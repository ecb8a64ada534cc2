//! What stands on the arrows and beside the lines: pieces of text that find their place later.

use std::ops::Range;
use std::time::Duration;

use crate::report::heading::span;
use crate::report::text::{count, grouped};
use crate::trace::{self, ExitStatus, Flood, Hang, KeepaliveTimes, Told};

use super::message::Message;

/// A piece of a label, with what separates it from the piece before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Part {
    /// A sentence or a few words: broken at blanks where it is too long.
    Words(String),
    /// A line of the protocol: cut where it is too long.
    Line(String),
    /// A field of the protocol.
    Field(String),
    /// How much it was.
    Size(String),
    /// Bytes to show as far as there is room.
    Quote(Vec<u8>),
}

/// What is said in one place; begins on a line of its own.
pub(super) type Label = Vec<Part>;

/// A label of a few words.
pub(super) fn words(text: impl Into<String>) -> Vec<Label> {
    vec![vec![Part::Words(text.into())]]
}

/// Labels for the bytes `range` of a direction, one for each message that has a part in them.
/// `pieces` tells how a run of them came, see [`pieces`].
pub(super) fn messages(all: &[Message], stream: &[u8], range: &Range<usize>, pieces: &str) -> Vec<Label> {
    let overlaps =
        |message: &&Message| message.start < range.end && message.end.is_none_or(|end| end > range.start);
    let mut labels: Vec<Label> = Vec::new();
    for message in all.iter().filter(overlaps) {
        let is_first = labels.is_empty();
        let size = if is_first && !pieces.is_empty() { pieces.to_owned() } else { size(message, range) };
        let mut label = label(message, stream, range, size);
        if !is_first {
            label.insert(0, Part::Words("+".to_owned()));
        }
        labels.push(label);
    }
    // A row is a row, even where a trace from a file says that nothing was sent.
    if labels.is_empty() { words("0 B") } else { labels }
}

fn label(message: &Message, stream: &[u8], range: &Range<usize>, size: String) -> Label {
    let is_begun_before = message.start < range.start;
    match &message.line {
        Some(_) if is_begun_before => vec![Part::Words(format!("… {size}"))],
        Some(line) => {
            let fields = message.fields.iter().cloned().map(Part::Field);
            [Part::Line(line.clone())].into_iter().chain(fields).chain([Part::Size(size)]).collect()
        }
        None => {
            let shown = range.start.max(message.start)..range.end.min(message.head_end);
            vec![Part::Quote(stream[shown].to_vec()), Part::Size(size)]
        }
    }
}

/// How much of a message lies in the range: `38 B`, `head 68 + body 5 of 41 B`.
pub(super) fn size(message: &Message, range: &Range<usize>) -> String {
    let head = message.start..message.head_end;
    if !message.is_head_whole {
        return format!("{} B, unfinished", grouped(overlap(&head, range).len()));
    }
    let body = message.head_end..message.end.unwrap_or(usize::MAX);
    if body.is_empty() || message.line.is_none() {
        return format!("{} B", share(&head, range));
    }
    let parts =
        [("head", &head), ("body", &body)].into_iter().filter(|(_, part)| !overlap(part, range).is_empty());
    let parts: Vec<_> = parts.map(|(name, part)| format!("{name} {}", share(part, range))).collect();
    format!("{} B", parts.join(" + "))
}

/// `5 of 41` where a part begins in the range and does not end there.
fn share(part: &Range<usize>, range: &Range<usize>) -> String {
    let found = overlap(part, range).len();
    let begins = part.start >= range.start;
    if begins && found < part.len() && part.end != usize::MAX {
        format!("{} of {}", grouped(found), grouped(part.len()))
    } else {
        grouped(found)
    }
}

fn overlap(part: &Range<usize>, range: &Range<usize>) -> Range<usize> {
    let start = part.start.max(range.start);
    start..part.end.min(range.end).max(start)
}

/// How a run of pieces came: `109 segments of 1 B`; nothing for a single one.
pub(super) fn pieces(sizes: &[usize], noun: &str) -> String {
    let pieces = count(sizes.len(), noun);
    match sizes {
        [] | [_] => String::new(),
        [first, rest @ ..] if rest.iter().all(|size| size == first) => {
            format!("{pieces} of {} B", grouped(*first))
        }
        _ => format!("{} B in {pieces}", grouped(sizes.iter().sum())),
    }
}

/// Whether TCP keepalive is armed, and how.
pub(super) fn keepalive(armed: Option<KeepaliveTimes>) -> String {
    match armed {
        None => "has not armed TCP keepalive".to_owned(),
        Some(KeepaliveTimes { idle, interval, probes }) => {
            let [idle, interval] = [idle, interval].map(trace::grouped);
            let probes = count(probes as usize, "probe");
            format!("has armed TCP keepalive: idle {idle} s, every {interval} s, {probes}")
        }
    }
}

/// A question to the name server with its answer.
pub(super) fn asked(name: &str, kind: &str, answer: &Told, after: Option<Duration>) -> String {
    let answer = match answer {
        Told::Addresses(none) if none.is_empty() => "none".to_owned(),
        Told::Addresses(all) => all.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "),
        Told::NoSuchName => "no such name".to_owned(),
        Told::Truncated => "too long for UDP".to_owned(),
        Told::Refused => return "asks what the name server does not understand".to_owned(),
        Told::Nothing => "no answer".to_owned(),
    };
    let after = after.map(|after| format!(", after {}", span(after))).unwrap_or_default();
    format!("asks for {kind} of {name}: {answer}{after}")
}

/// How a program ended by itself.
pub(super) fn exit(status: ExitStatus) -> String {
    match status {
        ExitStatus::Code(code) => format!("exits with code {code}"),
        ExitStatus::Signal(number) => match signal_name(number) {
            Some(name) => format!("is ended by signal {number} ({name})"),
            None => format!("is ended by signal {number}"),
        },
    }
}

/// The signals that end programs; these numbers are the same on Linux and macOS, but for SIGBUS.
fn signal_name(number: i32) -> Option<&'static str> {
    Some(match number {
        1 => "SIGHUP",
        2 => "SIGINT",
        3 => "SIGQUIT",
        4 => "SIGILL",
        5 => "SIGTRAP",
        6 => "SIGABRT",
        7 if cfg!(target_os = "linux") => "SIGBUS",
        8 => "SIGFPE",
        9 => "SIGKILL",
        10 if cfg!(target_os = "macos") => "SIGBUS",
        11 => "SIGSEGV",
        13 => "SIGPIPE",
        14 => "SIGALRM",
        15 => "SIGTERM",
        24 => "SIGXCPU",
        25 => "SIGXFSZ",
        _ => return None,
    })
}

/// What a program that can never move again waits for.
pub(super) fn hang(hang: &Hang) -> String {
    let threads =
        if hang.threads > 1 { format!("; all {} threads sleep", hang.threads) } else { String::new() };
    let place = hang.connection.map(|number| format!(" on connection {number}")).unwrap_or_default();
    format!("waits for ever in {}(){place}{threads}", hang.call)
}

/// What there was too much of.
pub(super) fn flood(what: Flood, amount: u64) -> String {
    let what = match what {
        Flood::Stdout => format!("{} on standard output", trace::size(amount)),
        Flood::Stderr => format!("{} on standard error", trace::size(amount)),
        Flood::Request => format!("{} sent", trace::size(amount)),
        Flood::Connections => format!("{} connections", trace::grouped(amount)),
        Flood::Memory => format!("{} of memory", trace::size(amount)),
        Flood::Descriptors => format!("{} open files and sockets", trace::grouped(amount)),
        Flood::Processes => format!("{} processes and threads", trace::grouped(amount)),
    };
    format!("is stopped after {what}")
}
