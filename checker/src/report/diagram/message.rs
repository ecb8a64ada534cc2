//! Messages found in the bytes of one direction of a connection, as a receiver would frame them.

use bstr::ByteSlice;

use crate::trace::{Request, RequestReader, escape};

/// Fields that decide where a message ends and whether the connection goes on.
const FRAMING_FIELDS: [&str; 4] = ["Content-Length", "Transfer-Encoding", "Connection", "Keep-Alive"];

/// A message, or bytes that are none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Message {
    /// Offset of its first byte.
    pub(super) start: usize,
    /// Offset just behind its head, or behind all there is of it.
    pub(super) head_end: usize,
    /// Whether the head has its empty line.
    pub(super) is_head_whole: bool,
    /// Offset just behind its body as its head announces it; none when the close of the connection ends it.
    pub(super) end: Option<usize>,
    /// Request or status line, escaped; none for bytes that are no message.
    pub(super) line: Option<String>,
    /// Field lines that say how it is framed, escaped.
    pub(super) fields: Vec<String>,
}

impl Message {
    fn raw(start: usize, end: usize) -> Self {
        Self { start, head_end: end, is_head_whole: true, end: Some(end), line: None, fields: Vec::new() }
    }
}

/// The requests that a program sent.
pub(super) fn requests(bytes: &[u8]) -> Vec<Message> {
    let mut reader = RequestReader::default();
    reader.push(bytes);
    reader.all().into_iter().map(|request| read_request(bytes, &request)).collect()
}

fn read_request(bytes: &[u8], request: &Request) -> Message {
    let method_length = request.line.iter().take_while(|byte| byte.is_ascii_uppercase()).count();
    if method_length == 0 || request.line.get(method_length).is_some_and(|&byte| byte != b' ') {
        return Message::raw(request.start, request.end);
    }
    let head_end = request.end - request.body.len();
    let is_head_whole = is_ended(&bytes[request.start..head_end]);
    let announced = if request.is_whole { request.body.len() } else { content_length(request).unwrap_or(0) };
    let is_usual = request.line.ends_with(b" HTTP/1.1");
    let line = if is_usual { request.method_and_target() } else { &request.line };
    Message {
        start: request.start,
        head_end,
        is_head_whole,
        end: is_head_whole.then(|| head_end.saturating_add(announced)),
        line: Some(escape(line)),
        fields: framing_fields(request),
    }
}

/// The responses that a peer sent.
pub(super) fn responses(bytes: &[u8]) -> Vec<Message> {
    let mut messages = Vec::new();
    let mut start = 0;
    while start < bytes.len() {
        let message = read_response(bytes, start);
        start = message.end.unwrap_or(bytes.len());
        messages.push(message);
    }
    messages
}

fn read_response(bytes: &[u8], start: usize) -> Message {
    let rest = &bytes[start..];
    if !rest.starts_with(&b"HTTP/"[..rest.len().min(5)]) {
        let length = rest.find("HTTP/1.").unwrap_or(rest.len());
        return Message::raw(start, start + length);
    }
    let head_length = head_length(rest);
    let head_end = start + head_length.unwrap_or(rest.len());
    let head = read_head(&bytes[start..head_end]);
    let line = head.line.strip_prefix(b"HTTP/1.1 ").unwrap_or(&head.line);
    Message {
        start,
        head_end,
        is_head_whole: head_length.is_some(),
        end: head_length.and_then(|_| body_end(bytes, head_end, &head)),
        line: Some(escape(line)),
        fields: framing_fields(&head),
    }
}

/// Lines and fields of a head; those of a response have the form of a request's.
fn read_head(head: &[u8]) -> Request {
    let mut reader = RequestReader::default();
    reader.push(head);
    let found = reader.all().into_iter().next();
    found.unwrap_or(Request {
        start: 0,
        end: 0,
        line: Vec::new(),
        fields: Vec::new(),
        body: Vec::new(),
        line_ends: crate::trace::LineEnds::CrLf,
        is_whole: false,
    })
}

/// Length of a head with its empty line; lone line feeds count as line ends.
fn head_length(bytes: &[u8]) -> Option<usize> {
    let ends = [bytes.find("\n\r\n").map(|at| at + 3), bytes.find("\n\n").map(|at| at + 2)];
    ends.into_iter().flatten().min()
}

fn is_ended(head: &[u8]) -> bool {
    head.ends_with(b"\n\r\n") || head.ends_with(b"\n\n")
}

/// Where the body of a response ends (RFC 9112 section 6.3), whether or not the bytes are there.
fn body_end(bytes: &[u8], head_end: usize, head: &Request) -> Option<usize> {
    let status = head.line.split(|&byte| byte == b' ').nth(1).unwrap_or_default();
    if status.starts_with(b"1") || status == b"204" || status == b"304" {
        return Some(head_end);
    }
    match head.list("Transfer-Encoding").last() {
        Some(coding) if coding == "chunked" => {
            chunks_length(&bytes[head_end..]).map(|length| head_end + length)
        }
        Some(_) => None,
        None => content_length(head).map(|length| head_end.saturating_add(length)),
    }
}

fn content_length(head: &Request) -> Option<usize> {
    head.values("Content-Length").next().and_then(|value| value.to_str().ok()?.parse().ok())
}

/// Length of a chunked body with its trailer section; none when it is cut or broken.
fn chunks_length(bytes: &[u8]) -> Option<usize> {
    let mut at = 0;
    loop {
        let line_length = bytes.get(at..)?.find_byte(b'\n')? + 1;
        let line = &bytes[at..at + line_length];
        let digits = line.iter().take_while(|byte| byte.is_ascii_hexdigit()).count();
        let size = usize::from_str_radix(line[..digits].to_str().ok()?, 16).ok()?;
        if size == 0 {
            let trailer = head_length(&bytes[at + line_length - 1..])?;
            return Some(at + line_length - 1 + trailer);
        }
        at = at.checked_add(line_length)?.checked_add(size)?;
        at += bytes.get(at..)?.find_byte(b'\n')? + 1;
    }
}

fn framing_fields(head: &Request) -> Vec<String> {
    let is_framing = |name: &[u8]| {
        FRAMING_FIELDS.iter().any(|known| name.trim_ascii().eq_ignore_ascii_case(known.as_bytes()))
    };
    let fields = head.fields.iter().filter(|(name, _)| is_framing(name));
    fields.map(|(name, value)| format!("{}: {}", escape(name), escape(value))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spans(messages: &[Message]) -> Vec<(usize, usize, Option<usize>)> {
        messages.iter().map(|message| (message.start, message.head_end, message.end)).collect()
    }

    #[test]
    fn responses_follow_each_other_by_their_lengths() {
        let bytes = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nabHTTP/1.1 204 No\r\n\r\nstray";
        assert_eq!(spans(&responses(bytes)), [(0, 38, Some(40)), (40, 59, Some(59)), (59, 64, Some(64))]);
        assert_eq!(responses(bytes)[0].fields, ["Content-Length: 2"]);
        assert_eq!(responses(bytes)[2].line, None);
    }

    #[test]
    fn a_chunked_body_ends_with_its_trailer_section() {
        let head = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\nContent-Length: 1\r\n\r\n";
        for (body, length) in [
            ("3;x=y\r\nabc\r\n0\r\n\r\n", Some(17)),
            ("0\r\nA: b\r\n\r\n", Some(11)),
            ("3\r\nab", None),
            ("zz\r\n", None),
        ] {
            let messages = responses(format!("{head}{body}").as_bytes());
            assert_eq!(messages[0].end, length.map(|length| head.len() + length), "{body:?}");
        }
    }

    #[test]
    fn a_cut_body_keeps_its_announced_end_and_a_cut_head_has_none() {
        assert_eq!(spans(&responses(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nab")), [(0, 38, Some(47))]);
        assert_eq!(spans(&responses(b"HTTP/1.1 200")), [(0, 12, None)]);
        assert_eq!(spans(&requests(b"GET / HTTP/1.1\r\nHost: x\r\n")), [(0, 25, None)]);
    }

    #[test]
    fn what_is_no_request_is_told_from_one() {
        let lines = |bytes| requests(bytes).into_iter().map(|message| message.line).collect::<Vec<_>>();
        assert_eq!(lines(b"GET /a HTTP/1.1\r\n\r\n"), [Some("GET /a".to_owned())]);
        assert_eq!(lines(b"GET /a HTTP/1.0\r\n\r\n"), [Some("GET /a HTTP/1.0".to_owned())]);
        assert_eq!(lines(b"hello\n"), [None]);
    }
}
