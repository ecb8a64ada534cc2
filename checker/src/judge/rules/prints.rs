//! `prints` and `prints-at-most`: standard output, byte for byte.

use bstr::ByteSlice;

use crate::course::FindingKind as Kind;
use crate::course::checks::Printed;
use crate::judge::evidence::Evidence;
use crate::judge::words::{count, grouped, quote, quote_around};

use super::Breach;
use super::output::{Difference, Expected, Rendered, compare, first_head_line};

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
    let Difference { kind, at, surplus } = compare(&expected, output, at_most, &evidence.play.script)?;
    let story = Story { rendered: expected.render(output), output, at, surplus, kind, evidence };
    Some(Breach {
        kind,
        sentence: story.sentence(),
        expected: story.expected(),
        actual: story.actual(),
        event: evidence.stdout.event_of(at).or(evidence.end_event()),
    })
}

/// A difference, ready to be told.
struct Story<'a> {
    rendered: Rendered<'a>,
    output: &'a [u8],
    at: usize,
    surplus: usize,
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
                quote(self.head_line()),
                self.place().label
            ),
            Kind::PrintsMangled => self.mangled(),
            _ => self.different(),
        }
    }

    /// What stands there instead, as far as it is known: a line, a gap, words in front.
    fn different(&self) -> String {
        let Place { label, start, end } = self.place();
        let (right, printed) = (self.at - start, &self.output[self.at..]);
        if self.is_line() {
            let lines = [self.output, &self.rendered.bytes].map(|all| quote(first_line(&all[start..])));
            let [line, wanted] = lines;
            return format!("Your program printed {line} where {label}, {wanted}, was expected.");
        }
        if let Some(left_out) = left_out(&self.rendered.bytes[self.at..], printed, end - self.at) {
            return match right {
                0 => format!("Your program left out the first {} of {label}.", count(left_out, "byte")),
                _ => format!(
                    "Your program left out {} of {label}, behind the first {}.",
                    count(left_out, "byte"),
                    grouped(right)
                ),
            };
        }
        match right {
            0 if printed.ends_with(&self.rendered.bytes[start..]) => {
                let own = printed.len() - (self.rendered.bytes.len() - start);
                format!("Your program printed {} of its own in front of {label}.", count(own, "byte"))
            }
            0 => format!("Your program printed something else where {label} was expected."),
            _ => format!(
                "Your program printed the first {} of {label} and then something else.",
                count(right, "byte")
            ),
        }
    }

    fn is_line(&self) -> bool {
        let start = self.place().start;
        self.rendered.parts.iter().any(|part| part.range.start == start && part.is_line())
    }

    /// The first line of a head that stands where something else is expected.
    fn head_line(&self) -> &[u8] {
        let line_start = self.output[..self.at].rfind_byte(b'\n').map_or(0, |at| at + 1);
        let rest = &self.output[line_start.max(self.place().start)..];
        first_head_line(rest, &self.evidence.play.script).unwrap_or_default()
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
                "Your program printed everything up to {label} and nothing from there on: {} are missing.",
                count(self.rendered.bytes.len() - self.at, "byte")
            ),
            there => format!(
                "Your program printed only {} of the {} of {label}, and nothing after them.",
                grouped(there),
                count(length, "byte")
            ),
        }
    }

    fn extra(&self) -> String {
        if self.rendered.bytes.is_empty() {
            return format!(
                "Your program printed {} where nothing is to be printed.",
                count(self.output.len(), "byte")
            );
        }
        let more = &self.output[self.at..self.at + self.surplus];
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
                "Your program printed {} only up to a zero byte, its {offset}: it took the bytes for a C string.",
                place.label
            );
        }
        format!(
            "Your program changed {} from its {offset} byte on: it took the bytes for text and converted them.",
            place.label
        )
    }

    fn expected(&self) -> String {
        if self.rendered.bytes.is_empty() {
            return "nothing".to_owned();
        }
        let place = self.place();
        let part = &self.rendered.bytes[place.start..place.end];
        let quoted = quote_around(part, self.at - place.start);
        let next =
            self.rendered.parts.iter().find(|part| part.range.start >= place.end && !part.range.is_empty());
        let end = match (self.kind, next) {
            (Kind::PrintsExtra | Kind::PrintsNewline, None) => ", and nothing after it".to_owned(),
            (Kind::PrintsExtra | Kind::PrintsNewline, Some(next)) => format!(", and then {}", next.label),
            _ => String::new(),
        };
        format!("{}: {quoted} ({}){end}", place.label, count(part.len(), "byte"))
    }

    fn actual(&self) -> String {
        if self.rendered.bytes.is_empty() {
            return format!("{} ({})", quote(self.output), count(self.output.len(), "byte"));
        }
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
        let parts = || self.rendered.parts.iter().filter(|part| !part.range.is_empty());
        let found = match is_behind {
            true => parts().rfind(|part| part.range.end <= self.at).or_else(|| parts().next()),
            false => parts().find(|part| self.at < part.range.end).or_else(|| parts().next_back()),
        };
        let nothing = Place { label: "the expected output", start: 0, end: 0 };
        found.map_or(nothing, |part| Place {
            label: part.label,
            start: part.range.start,
            end: part.range.end,
        })
    }
}

/// A part of the expected output, and where it stands.
struct Place<'a> {
    label: &'a str,
    start: usize,
    end: usize,
}

/// Of what is printed instead so many bytes are looked for further back.
const GAP_PROOF: usize = 12;
/// Fewer stand further back by chance.
const LEAST_GAP_PROOF: usize = 8;

/// How many bytes were left out where the output goes on with what is expected at most `most` bytes later.
fn left_out(expected: &[u8], printed: &[u8], most: usize) -> Option<usize> {
    let proof = &printed[..printed.len().min(GAP_PROOF)];
    let gap = expected.find(proof).filter(|_| proof.len() >= LEAST_GAP_PROOF)?;
    (gap <= most).then_some(gap)
}

/// The bytes before the first line end.
fn first_line(bytes: &[u8]) -> &[u8] {
    bytes.lines().next().unwrap_or_default()
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
    format!("{}{suffix}", grouped(number))
}

#[cfg(test)]
mod tests {
    use crate::judge::testing::{Case, PAGE_1, PAGE_2, Run, answer};

    const LINE: &str = "HTTP/1.1 200 OK";

    fn one() -> Case {
        Case::new("{ prints = [{ body = 'page-1' }] }")
    }

    fn two() -> Case {
        let pair = |n| format!("{{ line = '{LINE}' }}, {{ body = 'page-{n}' }}");
        Case::new(&format!("{{ prints = [{}, {}] }}", pair(1), pair(2)))
    }

    fn printing(bytes: impl AsRef<[u8]>) -> Run {
        Run::exchanged().printed(bytes).exits(0)
    }

    #[test]
    fn the_body_alone_holds() {
        assert_eq!(one().told(printing(PAGE_1)), [""; 0]);
        let bytewise = PAGE_1.bytes().fold(Run::exchanged(), |run, byte| run.printed([byte]));
        assert_eq!(one().told(bytewise.exits(0)), [""; 0]);
    }

    #[test]
    fn lines_end_as_the_program_likes() {
        for [first, second] in [["\n", "\n"], ["\r\n", "\r\n"], ["\n", "\r\n"]] {
            assert_eq!(two().told(printing(format!("{LINE}{first}{PAGE_1}{LINE}{second}{PAGE_2}"))), [""; 0]);
        }
        assert_eq!(two().kinds(printing(format!("{LINE}{PAGE_1}{LINE}{PAGE_2}"))), ["prints.different"]);
    }

    #[test]
    fn nothing() {
        assert_eq!(
            one().told(Run::exchanged().exits(0)),
            [
                "prints.nothing: Your program printed nothing where 19 bytes were expected, though the server had sent 58 bytes."
            ]
        );
        assert_eq!(
            one().compared(Run::exchanged().exits(0)),
            ["prints.nothing: the body: \"<html>hello</html>\\n\" (19 bytes) | nothing"]
        );
        assert_eq!(
            one().told(Run::new().exits(0)),
            ["prints.nothing: Your program printed nothing where 19 bytes were expected."]
        );
    }

    #[test]
    fn short() {
        assert_eq!(
            one().told(printing("<html>")),
            [
                "prints.short: Your program printed only 6 of the 19 bytes of the body, and nothing after them."
            ]
        );
        assert_eq!(
            one().compared(printing("<html>")),
            [
                "prints.short: the body: \"<html>hello</html>\\n\" (19 bytes) | the body: \"<html>\" (6 bytes), and nothing after it"
            ]
        );
        let run = || printing(format!("{LINE}\n{PAGE_1}"));
        assert_eq!(
            two().told(run()),
            [
                "prints.short: Your program printed everything up to line 2 and nothing from there on: 35 bytes are missing."
            ]
        );
        assert_eq!(
            two().compared(run()),
            ["prints.short: line 2: \"HTTP/1.1 200 OK\\n\" (16 bytes) | nothing behind the first 35 bytes"]
        );
    }

    #[test]
    fn extra() {
        let next = format!("{PAGE_1}HTTP/1.1 200 OK\r\n");
        assert_eq!(
            one().told(printing(&next)),
            [
                "prints.extra: Your program printed 17 bytes of the next response as if they were part of the body."
            ]
        );
        assert_eq!(
            one().compared(printing(&next)),
            [
                "prints.extra: the body: \"<html>hello</html>\\n\" (19 bytes), and nothing after it | the body: \"<html>hello</html>\\nHTTP/1.1 200 OK\\r\\n\""
            ]
        );
        let came = Run::exchanged().sent(1, "NOT-YOURS").printed(format!("{PAGE_1}NOT-YOURS")).exits(0);
        assert_eq!(
            one().told(came),
            [
                "prints.extra: Your program printed 9 bytes that came behind the body on the connection but are no part of it."
            ]
        );
        assert_eq!(
            one().told(printing(format!("{PAGE_1}done"))),
            ["prints.extra: Your program printed 4 bytes too many behind the body."]
        );
        let between = || printing(format!("{LINE}\n{PAGE_1}NOT-YOURS{LINE}\n{PAGE_2}"));
        assert_eq!(
            two().told(between()),
            ["prints.extra: Your program printed 9 bytes too many behind body 1."]
        );
        assert_eq!(
            two().compared(between()),
            [
                "prints.extra: body 1: \"<html>hello</html>\\n\" (19 bytes), and then line 2 | body 1: \"<html>hello</html>\\nNOT-YOURSHTTP/1.1 200 OK\\n<html>world</html>…\""
            ]
        );
    }

    #[test]
    fn the_next_response_behind_a_body_is_extra() {
        let (first, next) = (format!("{LINE}\n{PAGE_1}"), answer(PAGE_2));
        assert_eq!(
            two().told(printing(format!("{first}{LINE}\r\n"))),
            [
                "prints.extra: Your program printed 17 bytes of the next response as if they were part of body 1."
            ]
        );
        assert_eq!(
            two().compared(printing(format!("{first}{LINE}\r\n"))),
            [
                "prints.extra: body 1: \"<html>hello</html>\\n\" (19 bytes), and then line 2 | body 1: \"<html>hello</html>\\nHTTP/1.1 200 OK\\r\\n\""
            ]
        );
        assert_eq!(
            two().told(printing(format!("{first}{LINE}\r\nContent-Length: 19\n{PAGE_2}"))),
            [
                "prints.extra: Your program printed 17 bytes of the next response as if they were part of body 1."
            ]
        );
        assert_eq!(
            two().told(printing(format!("{first}{next}"))),
            [
                "prints.extra: Your program printed 58 bytes of the next response as if they were part of body 1."
            ]
        );
        let bodies = Case::new("{ prints = [{ body = 'page-1' }, { body = 'page-2' }] }");
        assert_eq!(
            bodies.told(printing(format!("{PAGE_1}{next}"))),
            [
                "prints.extra: Your program printed 58 bytes of the next response as if they were part of body 1."
            ]
        );
        assert_eq!(
            two().kinds(printing(format!("{LINE}\r\n{PAGE_1}{LINE}\r\n<html>jello"))),
            ["prints.different"]
        );
    }

    #[test]
    fn newline() {
        assert_eq!(
            one().told(printing(format!("{PAGE_1}\n"))),
            [
                "prints.newline: Your program printed a line end of its own behind the body, which the server did not send."
            ]
        );
        assert_eq!(
            one().compared(printing(format!("{PAGE_1}\n"))),
            [
                "prints.newline: the body: \"<html>hello</html>\\n\" (19 bytes), and nothing after it | the body: \"<html>hello</html>\\n\\n\""
            ]
        );
        for run in [
            printing(format!("{LINE}\n{PAGE_1}\n{LINE}\n{PAGE_2}\n")),
            printing(format!("{LINE}\r\n{PAGE_1}\r\n{LINE}\r\n{PAGE_2}\r\n")),
            printing(format!("{LINE}\n{PAGE_1}\n{LINE}\n{PAGE_2}")),
            printing(format!("{LINE}\n{PAGE_1}{LINE}\n{PAGE_2}\r\n")),
        ] {
            assert_eq!(two().kinds(run), ["prints.newline"]);
        }
        assert_eq!(one().kinds(printing(format!("{PAGE_1}\n\n"))), ["prints.extra"]);
    }

    #[test]
    fn head() {
        assert_eq!(
            one().told(printing(answer(PAGE_1))),
            [
                "prints.head: Your program printed \"HTTP/1.1 200 OK\", which belongs to the head of the response, where the body was expected."
            ]
        );
        assert_eq!(
            one().compared(printing(answer(PAGE_1))),
            [
                "prints.head: the body: \"<html>hello</html>\\n\" (19 bytes) | the body: \"HTTP/1.1 200 OK\\r\\nContent-Length: 19\\r\\n\\r\\n<html>hello</html>…\""
            ]
        );
        assert_eq!(one().kinds(printing("Content-Length: 19\n")), ["prints.head"]);
        let heads = || printing(format!("{}{}", answer(PAGE_1), answer(PAGE_2)));
        assert_eq!(
            two().told(heads()),
            [
                "prints.head: Your program printed \"Content-Length: 19\", which belongs to the head of the response, where body 1 was expected."
            ]
        );
    }

    #[test]
    fn mangled() {
        let case = Case::new("{ prints = [{ body = 'bytes' }] }");
        let body = "a\0b\u{e9}\r\nc\n";
        assert_eq!(case.told(printing(body)), [""; 0]);
        assert_eq!(
            case.told(printing("a")),
            [
                "prints.mangled: Your program printed the body only up to a zero byte, its 2nd: it took the bytes for a C string."
            ]
        );
        assert_eq!(
            case.told(printing("a\0b\u{fffd}\r\nc\n")),
            [
                "prints.mangled: Your program changed the body from its 4th byte on: it took the bytes for text and converted them."
            ]
        );
        assert_eq!(
            case.compared(printing("a\0b\u{fffd}\r\nc\n")),
            [
                "prints.mangled: the body: \"a\\0bé\\r\\nc\\n\" (9 bytes) | the body: \"a\\0b\\xEF\\xBF\\xBD\\r\\nc\\n\""
            ]
        );
        for output in ["a\0b\u{e9}\nc\n", "a\0b\u{c3}\u{a9}\r\nc\n\n", "a\0b\r\nc\n", "b'a\\x00b'\n", "a\n"] {
            assert_eq!(case.kinds(printing(output)), ["prints.mangled"], "{output:?}");
        }
    }

    #[test]
    fn different() {
        assert_eq!(
            one().told(printing("<html>jello</html>\n")),
            ["prints.different: Your program printed the first 6 bytes of the body and then something else."]
        );
        assert_eq!(
            one().told(printing("oops")),
            ["prints.different: Your program printed something else where the body was expected."]
        );
        assert_eq!(
            one().told(printing(format!("connected\n{PAGE_1}"))),
            ["prints.different: Your program printed 10 bytes of its own in front of the body."]
        );
        assert_eq!(
            one().compared(printing("<html>\x1b[31mjello</html>\n")),
            [
                "prints.different: the body: \"<html>hello</html>\\n\" (19 bytes) | the body: \"<html>\\x1B[31mjello</html>\\n\""
            ]
        );
    }

    #[test]
    fn another_line_is_quoted_with_the_expected_one() {
        assert_eq!(
            two().told(printing(format!("{LINE}\n{PAGE_1}gth: 24\r\n"))),
            [
                "prints.different: Your program printed \"gth: 24\" where line 2, \"HTTP/1.1 200 OK\", was expected."
            ]
        );
    }

    #[test]
    fn bytes_that_are_lost_are_counted() {
        assert_eq!(
            one().told(printing(format!("{}NOT", &PAGE_1[3..]))),
            ["prints.different: Your program left out the first 3 bytes of the body."]
        );
        assert_eq!(
            one().told(printing(format!("{}{}", &PAGE_1[..6], &PAGE_1[8..]))),
            ["prints.different: Your program left out 2 bytes of the body, behind the first 6."]
        );
        let bodies = Case::new("{ prints = [{ body = 'page-1' }, { text = 'second body' }] }");
        assert_eq!(
            bodies.told(printing("<html>second body")),
            ["prints.different: Your program left out 13 bytes of the body, behind the first 6."]
        );
    }

    #[test]
    fn a_head_in_front_of_a_c_string_is_no_obstacle() {
        let case = Case::new("{ prints = [{ text = \"HTTP/1.1 200 OK\\r\\n\\r\\n\" }, { body = 'bytes' }] }");
        assert_eq!(case.kinds(printing("HTTP/1.1 200 OK\r\n\r\na")), ["prints.mangled"]);
    }

    #[test]
    fn a_beginning_is_enough_for_at_most() {
        let case = Case::new("{ prints-at-most = [{ body = 'page-1' }] }");
        for output in ["", "<html>", PAGE_1] {
            assert_eq!(case.told(printing(output)), [""; 0]);
        }
        assert_eq!(case.kinds(printing("<html>\n")), ["prints.newline"]);
        assert_eq!(case.kinds(printing("<html>jello")), ["prints.different"]);
        assert_eq!(case.kinds(printing(format!("{PAGE_1}x"))), ["prints.extra"]);
    }

    #[test]
    fn nothing_may_be_printed_where_nothing_is_expected() {
        let case = Case::new("{ prints = [] }");
        assert_eq!(case.told(Run::exchanged().exits(0)), [""; 0]);
        assert_eq!(
            case.told(printing("oops")),
            ["prints.extra: Your program printed 4 bytes where nothing is to be printed."]
        );
        assert_eq!(case.compared(printing("oops")), ["prints.extra: nothing | \"oops\" (4 bytes)"]);
    }

    #[test]
    fn the_first_wrong_byte_is_the_event() {
        let run = Run::exchanged().printed("<html>").printed("jello</html>\n").exits(0);
        let index = run.trace.events.len() - 2;
        assert_eq!(one().judge(run).findings[0].event, Some(index));
    }
}
