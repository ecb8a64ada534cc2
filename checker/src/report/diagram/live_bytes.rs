//! The bytes of one direction of a connection, told piece by piece while nobody knows how they go on.

use std::ops::Range;
use std::time::Duration;

use crate::report::text::grouped;
use crate::trace::Moment;

use super::label::{self, Label, Part};
use super::message::Message;

/// So many pieces of a message have a row each; those that follow share rows.
const SHOWN_PIECES: usize = 3;
/// So many messages in one row are told one by one.
const MOST_MESSAGES: usize = 5;
/// Pieces are held back for at most so long.
const HELD: Duration = Duration::from_millis(500);
/// Of a message without a known end, so much is kept in order to find one.
const KEPT_BYTES: usize = 64 * 1024;

/// One direction of a connection.
#[derive(Debug)]
pub(super) struct Direction {
    /// Finds messages in bytes.
    parse: fn(&[u8]) -> Vec<Message>,
    /// What a piece is called.
    noun: &'static str,
    /// From the beginning of the message that is under way, as far as it is needed.
    kept: Vec<u8>,
    /// How much of its body is still to come.
    left: usize,
    /// Whether what came last was no message.
    is_raw: bool,
    /// Whole heads so far.
    pub(super) heads: usize,
    /// The first lines of heads that became whole since this was last taken.
    pub(super) begun: Vec<String>,
    /// Pieces of the message that is under way which had a row of their own.
    pieces: usize,
    held: Option<Held>,
}

/// Pieces that have no row yet.
#[derive(Debug)]
struct Held {
    since: Moment,
    sizes: Vec<usize>,
    /// Line and fields of the head, where it became whole among these pieces.
    head: Vec<Part>,
}

/// What there is to say about some bytes.
struct Told {
    labels: Vec<Label>,
    /// Whether they only go on with a message that had begun before.
    is_piece: bool,
    /// Line and fields of the head that became whole with a piece.
    head: Vec<Part>,
    /// Whether nothing is under way behind them.
    is_whole: bool,
}

impl Direction {
    pub(super) fn new(parse: fn(&[u8]) -> Vec<Message>, noun: &'static str) -> Self {
        Self {
            parse,
            noun,
            kept: Vec::new(),
            left: 0,
            is_raw: false,
            heads: 0,
            begun: Vec::new(),
            pieces: 0,
            held: None,
        }
    }

    /// Takes in bytes, and answers with the rows that are due: when each began, and what stands on it.
    pub(super) fn push(&mut self, at: Moment, bytes: &[u8]) -> Vec<(Moment, Vec<Label>)> {
        let told = self.read(bytes);
        if !told.is_piece {
            self.pieces = 0;
        }
        self.pieces += 1;
        if !told.is_piece || (self.pieces <= SHOWN_PIECES + 1 && self.held.is_none()) {
            let before = self.flush();
            return before.into_iter().chain([(at, told.labels)]).collect();
        }
        let held = self.held.get_or_insert_with(|| Held { since: at, sizes: Vec::new(), head: Vec::new() });
        held.sizes.push(bytes.len());
        held.head.extend(told.head);
        let is_due = told.is_whole || at.since_start() >= held.since.since_start() + HELD;
        if is_due { self.flush().into_iter().collect() } else { Vec::new() }
    }

    /// How many messages there were, without one that lacks a part of its body.
    pub(super) fn answers(&self) -> usize {
        self.heads - usize::from(self.left > 0 && self.left < usize::MAX)
    }

    /// What answers a HEAD has no body, whatever its length says.
    pub(super) fn has_no_body(&mut self) {
        self.left = 0;
        self.kept = Vec::new();
    }

    /// When what is held back is due.
    pub(super) fn due(&self) -> Option<Duration> {
        self.held.as_ref().map(|held| held.since.since_start() + HELD)
    }

    /// The row of what was held back.
    pub(super) fn flush(&mut self) -> Option<(Moment, Vec<Label>)> {
        let held = self.held.take()?;
        let size = match held.sizes.as_slice() {
            [only] => format!("{} B", grouped(*only)),
            sizes => label::pieces(sizes, self.noun),
        };
        Some((held.since, vec![piece(held.head, size)]))
    }

    fn read(&mut self, bytes: &[u8]) -> Told {
        let of_body = self.left.min(bytes.len());
        if self.left < usize::MAX {
            self.left -= of_body;
        }
        let mut labels = Vec::new();
        if of_body > 0 {
            labels.push(piece(Vec::new(), format!("body {} B", grouped(of_body))));
        }
        let rest = &bytes[of_body..];
        let was_raw = std::mem::take(&mut self.is_raw);
        let is_going_on = of_body > 0 || !self.kept.is_empty();
        if rest.is_empty() {
            return Told { labels, is_piece: is_going_on, head: Vec::new(), is_whole: self.left == 0 };
        }
        let start = self.kept.len();
        self.kept.extend_from_slice(rest);
        let range = start..self.kept.len();
        let messages = (self.parse)(&self.kept);
        let mut more = label::messages(&messages, &self.kept, &range, "");
        let head = head_in(&messages, &range);
        if let (Some(first), false) =
            (messages.iter().find(|message| reaches(message, &range)), head.is_empty())
        {
            more[0] = piece(head.clone(), label::size(first, &range));
        }
        self.is_raw = messages.iter().all(|message| message.line.is_none());
        let goes_on = if was_raw { self.is_raw } else { is_going_on };
        let begins = !self.is_raw && messages.iter().any(|message| message.start >= range.start);
        let new = messages.iter().filter(|message| is_new_head(message, &range));
        let before = self.begun.len();
        self.begun.extend(new.filter_map(|message| message.line.clone()));
        self.heads += self.begun.len() - before;
        labels.extend(more);
        shorten(&mut labels, bytes.len());
        self.forget(&messages);
        let is_whole = !self.is_raw && self.kept.is_empty() && self.left == 0;
        Told { labels, is_piece: goes_on && !begins, head, is_whole }
    }

    /// Keeps only what is needed to understand what follows.
    fn forget(&mut self, messages: &[Message]) {
        let length = self.kept.len();
        let Some(last) = messages.last() else { return self.kept = Vec::new() };
        match last.end {
            Some(end) => {
                self.left = end.saturating_sub(length);
                self.kept = Vec::new();
            }
            None if length - last.start > KEPT_BYTES => {
                // A head without end is no head; a body without end goes on to the close.
                self.left = if last.is_head_whole { usize::MAX } else { 0 };
                self.kept = Vec::new();
            }
            None => drop(self.kept.drain(..last.start)),
        }
    }
}

/// A flood of messages is no row of a thousand lines.
fn shorten(labels: &mut Vec<Label>, bytes: usize) {
    if labels.len() > MOST_MESSAGES {
        let hidden = labels.len() - MOST_MESSAGES + 1;
        labels.truncate(MOST_MESSAGES - 1);
        let text = format!("+ {} more, {} B in all", grouped(hidden), grouped(bytes));
        labels.push(vec![Part::Words(text)]);
    }
}

/// What goes on with a message.
fn piece(head: Vec<Part>, size: String) -> Label {
    if head.is_empty() {
        return vec![Part::Words(format!("… {size}"))];
    }
    [Part::Words("…".to_owned())].into_iter().chain(head).chain([Part::Size(size)]).collect()
}

fn reaches(message: &Message, range: &Range<usize>) -> bool {
    message.start < range.end && message.end.is_none_or(|end| end > range.start)
}

/// Did the head of a message become whole in this range?
fn is_new_head(message: &Message, range: &Range<usize>) -> bool {
    message.line.is_some() && message.is_head_whole && message.head_end > range.start
}

/// Line and fields of the first message, where it began before the range and its head became whole in it.
fn head_in(messages: &[Message], range: &Range<usize>) -> Vec<Part> {
    let first = messages.iter().find(|message| reaches(message, range));
    let Some(message) = first.filter(|message| message.start < range.start && is_new_head(message, range))
    else {
        return Vec::new();
    };
    let line = message.line.iter().cloned().map(Part::Line);
    line.chain(message.fields.iter().cloned().map(Part::Field)).collect()
}
