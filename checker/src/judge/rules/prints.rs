//! `prints` and `prints-at-most`: standard output, byte for byte.

use bstr::ByteSlice;

use crate::course::FindingKind as Kind;
use crate::course::checks::Printed;
use crate::judge::evidence::Evidence;
use crate::judge::words::{count, quote, quote_around};

use super::Breach;
use super::output::{Difference, Expected, Rendered, compare};

/// Standard output is exactly these parts.
pub(super) fn check(parts: &[Printed], evidence: &Evidence) -> Option<Breach> {
    check_output(parts, evidence, false)
}

/// Standard output is these parts or a beginning of them.
pub(super) fn check_at_most(parts: &[Printed], evidence: &Evidence) -> Option<Breach> {
    check_output(parts, evidence, true)
}

fn check_output(parts: &[Printed], evidence: &Evidence, at_most: bool) -> Option<Breach> {
    let expected = Expected::new(parts, evidence.play);
    let output = evidence.stdout.bytes();
    let Difference { kind, at } = compare(&expected, output, at_most, &evidence.play.script)?;
    let story = Story { rendered: expected.render(output), output, at, kind, evidence };
    Some(Breach {
        kind,
        sentence: story.sentence(),
        expected: story.expected(),
        actual: story.actual(),
        event: evidence.stdout.event_of(at),
    })
}

/// A difference, ready to be told.
struct Story<'a> {
    rendered: Rendered<'a>,
    output: &'a [u8],
    at: usize,
    kind: Kind,
    evidence: &'a Evidence<'a>,
}

impl Story<'_> {
    fn sentence(&self) -> String {
        match self.kind {
            Kind::PrintsNothing => self.nothing(),
            Kind::PrintsShort => self.short(),
            Kind::PrintsNewline => format!(
                "Your program printed a line end of its own behind {}, which the server did not send.",
                self.place().label
            ),
            Kind::PrintsExtra => self.extra(),
            Kind::PrintsHead => format!(
                "Your program printed {}, which belongs to the head of the response, where {} was expected.",
                quote(self.output[self.at..].lines().next().unwrap_or_default()),
                self.place().label
            ),
            Kind::PrintsMangled => self.mangled(),
            _ => {
                let place = self.place();
                let offset = count_from(self.at - place.start);
                format!("Your program printed something else than {} from its {offset} byte on.", place.label)
            }
        }
    }

    fn nothing(&self) -> String {
        let received: usize = self.evidence.connections.iter().map(|record| record.sent.bytes().len()).sum();
        let expected = count(self.rendered.bytes.len(), "byte");
        match received {
            0 => format!("Your program printed nothing where {expected} were expected."),
            _ => format!(
                "Your program printed nothing where {expected} were expected, though the server had sent {}.",
                count(received, "byte")
            ),
        }
    }

    fn short(&self) -> String {
        let Place { label, start, end } = self.place();
        let length = end - start;
        match self.at - start {
            0 => format!(
                "Your program printed everything before {label} and then nothing more: its {length} bytes are missing."
            ),
            there => format!(
                "Your program printed only {there} of the {length} bytes of {label}, and nothing after them."
            ),
        }
    }

    fn extra(&self) -> String {
        let more = &self.output[self.at..self.at + self.output.len() - self.rendered.bytes.len()];
        let label = self.place().label;
        let amount = count(more.len(), "byte");
        let came = self.evidence.connections.iter().any(|record| record.sent.bytes().contains_str(more));
        if more.starts_with(b"HTTP/") {
            format!("Your program printed {amount} of the next response as if they were part of {label}.")
        } else if came {
            format!(
                "Your program printed {amount} that came behind {label} on the connection but are no part of it."
            )
        } else {
            format!("Your program printed {amount} too many behind {label}.")
        }
    }

    fn mangled(&self) -> String {
        let place = self.place();
        let offset = count_from(self.at - place.start);
        if self.rendered.bytes.get(self.at) == Some(&0) && !self.output.contains(&0) {
            return format!(
                "Your program printed {} only up to its {offset} byte, a NUL: it took the bytes for a C string.",
                place.label
            );
        }
        format!(
            "Your program changed {} from its {offset} byte on: it took the bytes for text and converted them.",
            place.label
        )
    }

    fn expected(&self) -> String {
        let place = self.place();
        let part = &self.rendered.bytes[place.start..place.end];
        let quoted = quote_around(part, self.at - place.start);
        let is_last = place.end == self.rendered.bytes.len();
        let end = match self.kind {
            Kind::PrintsExtra | Kind::PrintsNewline if is_last => ", and nothing after it",
            Kind::PrintsExtra | Kind::PrintsNewline => ", and then the next part",
            _ => "",
        };
        format!("{}: {quoted} ({}){end}", place.label, count(part.len(), "byte"))
    }

    fn actual(&self) -> String {
        let place = self.place();
        let printed = self.output.get(place.start..).unwrap_or_default();
        if printed.is_empty() {
            return match self.output.len() {
                0 => "nothing".to_owned(),
                before => format!("nothing behind the first {}", count(before, "byte")),
            };
        }
        let quoted = quote_around(printed, self.at - place.start);
        match self.kind {
            Kind::PrintsShort => {
                format!("{}: {quoted} ({}), and nothing after it", place.label, count(printed.len(), "byte"))
            }
            _ => format!("{}: {quoted}", place.label),
        }
    }

    /// The part that the difference is told by: the one that it is in, or, for what is too much, behind.
    fn place(&self) -> Place<'_> {
        let is_behind = matches!(self.kind, Kind::PrintsExtra | Kind::PrintsNewline);
        let parts = || self.rendered.parts.iter().filter(|(_, range)| !range.is_empty());
        let found = match is_behind {
            true => parts().rfind(|(_, range)| range.end <= self.at).or_else(|| parts().next()),
            false => parts().find(|(_, range)| self.at < range.end).or_else(|| parts().next_back()),
        };
        let nothing = Place { label: "the expected output", start: 0, end: 0 };
        found.map_or(nothing, |(label, range)| Place { label, start: range.start, end: range.end })
    }
}

/// A part of the expected output, and where it stands.
struct Place<'a> {
    label: &'a str,
    start: usize,
    end: usize,
}

/// `1st`, `2nd`, `11th`, counted from an offset.
fn count_from(offset: usize) -> String {
    let number = offset + 1;
    let suffix = match (number % 10, number % 100) {
        (1, rest) if rest != 11 => "st",
        (2, rest) if rest != 12 => "nd",
        (3, rest) if rest != 13 => "rd",
        _ => "th",
    };
    format!("{number}{suffix}")
}
