//! Expected output against what was printed: where they part, and how.

use std::collections::HashSet;
use std::ops::Range;

use bstr::ByteSlice;

use crate::course::checks::Printed;
use crate::course::{FindingKind, Play};
use crate::trace::{Script, Step};

/// The output that a rule expects, in parts.
pub(super) struct Expected {
    parts: Vec<Part>,
}

struct Part {
    /// How sentences call it, such as `body 1`.
    label: String,
    bytes: Vec<u8>,
    sort: Sort,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Sort {
    Body,
    Line,
    Text,
}

/// The expected bytes, with line ends chosen as the program chose them.
pub(super) struct Rendered<'a> {
    pub(super) bytes: Vec<u8>,
    pub(super) parts: Vec<RenderedPart<'a>>,
}

/// A part, and where it stands in the expected bytes.
pub(super) struct RenderedPart<'a> {
    pub(super) label: &'a str,
    pub(super) range: Range<usize>,
    sort: Sort,
}

impl RenderedPart<'_> {
    /// Is it a line that the program prints itself, and no bytes of a body?
    pub(super) fn is_line(&self) -> bool {
        self.sort == Sort::Line
    }
}

/// Where and how the output leaves what is expected.
pub(super) struct Difference {
    pub(super) kind: FindingKind,
    /// Offset in the output of the first byte that should be another one, or not there.
    pub(super) at: usize,
    /// How many bytes there are too much, where that is what is wrong.
    pub(super) surplus: usize,
}

/// The line ends that a program may choose between, and may add by mistake.
const LINE_ENDS: [&[u8]; 2] = [b"\n", b"\r\n"];

impl Expected {
    pub(super) fn new(printed: &[Printed], play: &Play) -> Self {
        let sorts: Vec<Sort> = printed.iter().map(sort_of).collect();
        let label = |index: usize| {
            let noun = match sorts[index] {
                Sort::Body => "body",
                Sort::Line => "line",
                Sort::Text => "text",
            };
            let like_it = |range: &[Sort]| range.iter().filter(|sort| **sort == sorts[index]).count();
            match like_it(&sorts) {
                1 => format!("the {noun}"),
                _ => format!("{noun} {}", like_it(&sorts[..=index])),
            }
        };
        let part = |(index, printed): (usize, &Printed)| Part {
            label: label(index),
            bytes: bytes_of(printed, play),
            sort: sorts[index],
        };
        Self { parts: printed.iter().enumerate().map(part).collect() }
    }

    /// The expected bytes, where lines end in the output's way.
    pub(super) fn render(&self, output: &[u8]) -> Rendered<'_> {
        self.render_with(output, |_| b"")
    }

    /// The same with some bytes more behind each part.
    fn render_with(&self, output: &[u8], behind: impl Fn(usize) -> &'static [u8]) -> Rendered<'_> {
        let mut bytes = Vec::new();
        let mut parts = Vec::new();
        for (index, part) in self.parts.iter().enumerate() {
            let start = bytes.len();
            bytes.extend_from_slice(&part.bytes);
            if part.sort == Sort::Line {
                let is_crlf = output.get(bytes.len()..).is_some_and(|rest| rest.starts_with(b"\r\n"));
                bytes.extend_from_slice(LINE_ENDS[usize::from(is_crlf)]);
            }
            parts.push(RenderedPart { label: &part.label, range: start..bytes.len(), sort: part.sort });
            bytes.extend_from_slice(behind(index));
        }
        Rendered { bytes, parts }
    }

    /// Is the output this, but for a line end behind the last part, behind each body, or between bodies?
    fn is_with_line_ends(&self, output: &[u8]) -> bool {
        let last = self.parts.len().saturating_sub(1);
        let is_body = |index: usize| self.parts[index].sort == Sort::Body;
        LINE_ENDS.iter().any(|&line_end| {
            let at = |holds: bool| if holds { line_end } else { b"" };
            self.render_with(output, |index| at(index == last)).bytes == output
                || self.render_with(output, |index| at(is_body(index))).bytes == output
                || self.render_with(output, |index| at(is_body(index) && index != last)).bytes == output
        })
    }

    /// Is the output this, each part cut at its first NUL byte?
    fn is_cut_at_nul(&self, output: &[u8]) -> bool {
        let until_nul = |part: &Part| {
            let cut = part.bytes.split(|&byte| byte == 0).next().unwrap_or_default();
            let line_end: &[u8] = if part.sort == Sort::Line { b"\n" } else { b"" };
            [cut, line_end].concat()
        };
        let has_nul = self.parts.iter().any(|part| part.bytes.contains(&0));
        let cut: Vec<u8> = self.parts.iter().flat_map(until_nul).collect();
        let is_cut = |output: &[u8]| without_cr(&cut).eq(without_cr(output));
        has_nul && (is_cut(output) || output.strip_suffix(b"\n").is_some_and(is_cut))
    }
}

/// How the output differs from what is expected; `at_most` allows any beginning of it.
pub(super) fn compare(
    expected: &Expected,
    output: &[u8],
    at_most: bool,
    script: &Script,
) -> Option<Difference> {
    let rendered = expected.render(output);
    let whole = &rendered.bytes[..];
    if output == whole || (at_most && whole.starts_with(output)) {
        return None;
    }
    let parted = common_prefix(whole, output);
    let surplus = output.len().saturating_sub(whole.len());
    let here = |kind| Difference { kind, at: parted, surplus };
    let extra = |(at, surplus)| Difference { kind: FindingKind::PrintsExtra, at, surplus };
    Some(if output.is_empty() {
        here(FindingKind::PrintsNothing)
    } else if expected.is_with_line_ends(output) || (at_most && is_beginning_with_line_end(whole, output)) {
        here(FindingKind::PrintsNewline)
    } else if expected.is_cut_at_nul(output) {
        here(FindingKind::PrintsMangled)
    } else if let Some(found) = next_response(&rendered, output, parted, script) {
        extra(found)
    } else if whole.starts_with(output) {
        here(FindingKind::PrintsShort)
    } else if output.starts_with(whole) {
        here(FindingKind::PrintsExtra)
    } else if head_lines(output, script) > head_lines(whole, script) {
        here(FindingKind::PrintsHead)
    } else if let Some(at) = inserted_behind_a_part(&rendered, output) {
        extra((at, surplus))
    } else if is_changed_as_text(whole, output, parted) {
        here(FindingKind::PrintsMangled)
    } else {
        here(FindingKind::PrintsDifferent)
    })
}

fn sort_of(printed: &Printed) -> Sort {
    match printed {
        Printed::Body(_) => Sort::Body,
        Printed::Line(_) => Sort::Line,
        Printed::Text(_) => Sort::Text,
    }
}

/// The bytes of a part; of a line, those before its end.
fn bytes_of(printed: &Printed, play: &Play) -> Vec<u8> {
    match printed {
        Printed::Body(id) => play.bodies.get(id.get_ref()).cloned().unwrap_or_default(),
        Printed::Line(text) | Printed::Text(text) => text.clone().into_bytes(),
    }
}

fn common_prefix(one: &[u8], other: &[u8]) -> usize {
    one.iter().zip(other).take_while(|(a, b)| a == b).count()
}

fn is_beginning_with_line_end(whole: &[u8], output: &[u8]) -> bool {
    LINE_ENDS.iter().any(|end| output.strip_suffix(*end).is_some_and(|rest| whole.starts_with(rest)))
}

/// How many lines are status lines, or lines of a head that the peer sends.
fn head_lines(bytes: &[u8], script: &Script) -> usize {
    let sent = sent_head_lines(script);
    lines(bytes).filter(|line| is_head_line(line, &sent)).count()
}

/// The first such line.
pub(super) fn first_head_line<'b>(bytes: &'b [u8], script: &Script) -> Option<&'b [u8]> {
    let sent = sent_head_lines(script);
    lines(bytes).find(|line| is_head_line(line, &sent))
}

fn is_head_line(line: &[u8], sent: &HashSet<&[u8]>) -> bool {
    line.starts_with(b"HTTP/") || sent.contains(line)
}

fn sent_head_lines(script: &Script) -> HashSet<&[u8]> {
    script.connections.iter().flatten().flat_map(lines_of_head).collect()
}

fn lines_of_head(step: &Step) -> impl Iterator<Item = &[u8]> {
    let head = match step {
        Step::Send(send) => send.bytes.get(..send.head_bytes).unwrap_or_default(),
        _ => b"",
    };
    lines(head).filter(|line| !line.is_empty())
}

fn lines(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    bytes.split(|&byte| byte == b'\n').map(|line| line.strip_suffix(b"\r").unwrap_or(line))
}

/// Where bytes of the next response stand behind a body as if they were part of it, and how many.
///
/// A status line may be expected there anyway. It came from the wire when more of the head follows, or
/// when it ends in CR LF and the lines that the program printed itself end in LF.
fn next_response(
    rendered: &Rendered,
    output: &[u8],
    parted: usize,
    script: &Script,
) -> Option<(usize, usize)> {
    let is_right =
        |part: &&RenderedPart| part.sort == Sort::Body && !part.range.is_empty() && part.range.end <= parted;
    let at = rendered.parts.iter().rfind(is_right)?.range.end;
    let rest = &output[at..];
    let sent = script.connections.iter().flatten().map(|step| match step {
        Step::Send(send) if send.bytes.starts_with(b"HTTP/") => common_prefix(&send.bytes, rest),
        _ => 0,
    });
    let run = sent.max().filter(|run| *run > b"HTTP/".len())?;
    let is_crlf = |part: &RenderedPart| rendered.bytes[part.range.clone()].ends_with(b"\r\n");
    let mut lines = rendered.parts.iter().filter(|part| part.sort == Sort::Line);
    let own_line = lines.next().filter(|line| line.range.end <= at);
    let next_line = lines.find(|line| line.range.start == at);
    let is_foreign_line = own_line
        .zip(next_line)
        .is_some_and(|(own, next)| !is_crlf(own) && is_crlf(next) && run >= next.range.len());
    if run <= parted - at && !is_foreign_line {
        return None;
    }
    // What follows the last whole line may be printed as something else.
    let whole_lines = rest[..run].rfind_byte(b'\n').map(|end| end + 1).filter(|_| run < rest.len());
    Some((at, whole_lines.unwrap_or(run)))
}

/// Where something stands between two parts that does not belong there, when all else is right.
fn inserted_behind_a_part(rendered: &Rendered, output: &[u8]) -> Option<usize> {
    let is_there = |end: usize| {
        output.len() > rendered.bytes.len()
            && output.starts_with(&rendered.bytes[..end])
            && output.ends_with(&rendered.bytes[end..])
    };
    rendered.parts.iter().map(|part| part.range.end).find(|&end| is_there(end))
}

/// Are all ASCII characters right, so that only the reading of bytes as text can have changed the others?
fn is_changed_as_text(whole: &[u8], output: &[u8], parted: usize) -> bool {
    let is_python_repr = |rest: &[u8]| rest.starts_with(b"b'") || rest.starts_with(b"b\"");
    let (wanted, printed) = (ascii_of(whole), ascii_of(output));
    printed == wanted
        || printed.strip_suffix(b"\n").is_some_and(|printed| printed == wanted)
        || (is_python_repr(&output[parted..]) && !is_python_repr(&whole[parted..]))
}

fn ascii_of(bytes: &[u8]) -> Vec<u8> {
    without_cr(bytes).filter(u8::is_ascii).collect()
}

/// The bytes with CR LF as LF.
fn without_cr(bytes: &[u8]) -> impl Iterator<Item = u8> + '_ {
    bytes.replace(b"\r\n", b"\n").into_iter()
}
