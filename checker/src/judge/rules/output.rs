//! Expected output against what was printed: where they part, and how.

use std::collections::HashSet;

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
    /// Label and range of each part.
    pub(super) parts: Vec<(&'a str, std::ops::Range<usize>)>,
}

/// Where and how the output leaves what is expected.
pub(super) struct Difference {
    pub(super) kind: FindingKind,
    /// Offset in the output of the first byte that should be another one, or not there.
    pub(super) at: usize,
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
            parts.push((part.label.as_str(), start..bytes.len()));
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
            let cut = part.bytes.split(|&byte| byte == 0).next().unwrap_or_default().to_vec();
            let line_end: &[u8] = if part.sort == Sort::Line { b"\n" } else { b"" };
            [&cut[..], line_end].concat()
        };
        let has_nul = self.parts.iter().any(|part| part.bytes.contains(&0));
        has_nul && self.parts.iter().flat_map(until_nul).eq(without_cr(output))
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
    let inserted = || inserted_behind_a_part(&rendered, output);
    let (kind, at) = if output.is_empty() {
        (FindingKind::PrintsNothing, 0)
    } else if expected.is_with_line_ends(output) || (at_most && is_beginning_with_line_end(whole, output)) {
        (FindingKind::PrintsNewline, parted)
    } else if expected.is_cut_at_nul(output) {
        (FindingKind::PrintsMangled, parted)
    } else if whole.starts_with(output) {
        (FindingKind::PrintsShort, parted)
    } else if output.starts_with(whole) {
        (FindingKind::PrintsExtra, parted)
    } else if head_lines(output, script) > head_lines(whole, script) {
        (FindingKind::PrintsHead, parted)
    } else if let Some(at) = inserted() {
        (FindingKind::PrintsExtra, at)
    } else if is_changed_as_text(whole, output, parted) {
        (FindingKind::PrintsMangled, parted)
    } else {
        (FindingKind::PrintsDifferent, parted)
    };
    Some(Difference { kind, at })
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
    let sent: HashSet<&[u8]> = script.connections.iter().flatten().flat_map(lines_of_head).collect();
    lines(bytes).filter(|line| line.starts_with(b"HTTP/") || sent.contains(line)).count()
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

/// Where something stands between two parts that does not belong there, when all else is right.
fn inserted_behind_a_part(rendered: &Rendered, output: &[u8]) -> Option<usize> {
    let is_there = |end: usize| {
        output.len() > rendered.bytes.len()
            && output.starts_with(&rendered.bytes[..end])
            && output.ends_with(&rendered.bytes[end..])
    };
    rendered.parts.iter().map(|(_, range)| range.end).find(|&end| is_there(end))
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
