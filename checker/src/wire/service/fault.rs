//! What is wrong with a request, in words for the person who typed it.

use std::borrow::Cow;

use crate::trace::{Request, RequestReader, escape};

/// A head of more bytes is refused.
pub(super) const MOST_HEAD: usize = 16 * 1024;
/// So many characters of what was sent are quoted.
const MOST_QUOTED: usize = 40;

/// Why a request is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fault {
    /// Status code and reason.
    pub(super) status: &'static str,
    /// One sentence, without a full stop.
    pub(super) words: Cow<'static, str>,
}

impl Fault {
    pub(super) fn of(status: &'static str, words: impl Into<Cow<'static, str>>) -> Self {
        Self { status, words: words.into() }
    }

    fn bad(words: impl Into<Cow<'static, str>>) -> Self {
        Self::of("400 Bad Request", words)
    }
}

/// What stands at the beginning of what a client has sent.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Reading {
    /// Nothing, or the beginning of a request with which nothing is wrong so far.
    Unfinished,
    /// No request that can be answered.
    Faulty(Fault),
    /// A request whose head has `head_bytes`, and whose body, which may still be under way, `body_bytes`.
    Whole { request: Request, head_bytes: usize, body_bytes: usize },
}

/// Reads the first request of `input`. What is wrong is told as early as it shows, so that a person who types
/// need not come to the end.
pub(super) fn read(input: &[u8]) -> Reading {
    // Empty lines before a request line are skipped (RFC 9112 section 2.2).
    let skipped = input.iter().take_while(|&&byte| byte == b'\r' || byte == b'\n').count();
    let bytes = &input[skipped..];
    if let Some(fault) = early(bytes) {
        return Reading::Faulty(fault);
    }
    let Some(length) = bytes.windows(4).position(|window| window == b"\r\n\r\n").map(|at| at + 4) else {
        let has_room = bytes.len() <= MOST_HEAD;
        return if has_room { Reading::Unfinished } else { Reading::Faulty(too_long()) };
    };
    if length > MOST_HEAD {
        return Reading::Faulty(too_long());
    }
    let request = parse(&bytes[..length]);
    match in_head(&bytes[..length], &request).map_or_else(|| body_bytes(&request), Err) {
        Ok(body_bytes) => Reading::Whole { request, head_bytes: skipped + length, body_bytes },
        Err(fault) => Reading::Faulty(fault),
    }
}

fn too_long() -> Fault {
    Fault::of("431 Request Header Fields Too Large", format!("the head has more than {MOST_HEAD} bytes"))
}

/// What is wrong with a request that came whole, however it is answered.
pub(super) fn complaint(bytes: &[u8]) -> Option<Fault> {
    match read(bytes) {
        Reading::Faulty(fault) => Some(fault),
        Reading::Unfinished | Reading::Whole { .. } => None,
    }
}

/// Is this the beginning of TLS: a record with a handshake?
pub(super) fn is_tls(bytes: &[u8]) -> bool {
    bytes.starts_with(&[0x16, 0x03])
}

/// What a client should do that begins with TLS.
pub(super) fn tls() -> Fault {
    Fault::bad("this is TLS, the beginning of https, and this server speaks http: write http:// for https://")
}

/// What shows before the head is whole.
fn early(bytes: &[u8]) -> Option<Fault> {
    if is_tls(bytes) {
        return Some(tls());
    }
    let line_end = bytes.iter().position(|&byte| byte == b'\n');
    let line = &bytes[..line_end.unwrap_or(bytes.len())];
    let is_odd = |byte: &u8| *byte < b' ' && *byte != b'\r' && *byte != b'\t';
    if line_end.is_none() && !line.iter().any(is_odd) {
        return None;
    }
    let has_cr = line.ends_with(b"\r");
    request_line(line.strip_suffix(b"\r").unwrap_or(line)).or_else(|| {
        let known = &bytes[..bytes.len().min(MOST_HEAD)];
        (!has_cr || has_bare_line_feed(known)).then(bare_line_feed)
    })
}

fn has_bare_line_feed(bytes: &[u8]) -> bool {
    let head_end = bytes.windows(4).position(|window| window == b"\r\n\r\n").unwrap_or(bytes.len());
    let head = &bytes[..head_end];
    (0..head.len()).any(|at| head[at] == b'\n' && (at == 0 || head[at - 1] != b'\r'))
}

fn bare_line_feed() -> Fault {
    Fault::bad("lines must end in CR LF (\\r\\n): yours end in LF. By hand, nc -C sends both")
}

/// What is wrong with a request line (RFC 9112 section 3).
fn request_line(line: &[u8]) -> Option<Fault> {
    if line.starts_with(b"PRI * HTTP/2") {
        let words = "this is the beginning of HTTP/2, and this server speaks HTTP/1.1";
        return Some(Fault::of("505 HTTP Version Not Supported", words));
    }
    let words: Vec<&[u8]> = line.split(|&byte| byte == b' ').collect();
    let is_token = |word: &[u8]| !word.is_empty() && word.iter().all(u8::is_ascii_graphic);
    let is_method =
        |word: &[u8]| !word.is_empty() && word.iter().all(|byte| byte.is_ascii_alphabetic() || *byte == b'-');
    match words.as_slice() {
        [method, target, version] if is_method(method) && is_token(target) => {
            version_fault(version).or_else(|| method_fault(method))
        }
        [method, target] if is_method(method) && is_token(target) => {
            let [method, target] = [method, target].map(|word| quoted(word));
            Some(Fault::bad(format!("the version is missing: {method} {target} HTTP/1.1")))
        }
        _ => Some(Fault::bad(format!(
            "\"{}\" is no request line: it has a method, a target and a version, as in GET / HTTP/1.1",
            quoted(line)
        ))),
    }
}

fn version_fault(version: &[u8]) -> Option<Fault> {
    match version {
        b"HTTP/1.1" | b"HTTP/1.0" => None,
        _ if version.eq_ignore_ascii_case(b"HTTP/1.1") => {
            Some(Fault::bad("the version is written in capitals: HTTP/1.1"))
        }
        _ if version.starts_with(b"HTTP/") => Some(Fault::of(
            "505 HTTP Version Not Supported",
            format!("this server speaks HTTP/1.1, not {}", quoted(version)),
        )),
        _ => Some(Fault::bad(format!("\"{}\" is no version: HTTP/1.1 is one", quoted(version)))),
    }
}

fn method_fault(method: &[u8]) -> Option<Fault> {
    let capitals = method.to_ascii_uppercase();
    let is_served = |method: &[u8]| method == b"GET" || method == b"HEAD";
    match () {
        () if is_served(method) => None,
        () if is_served(&capitals) => {
            let (method, capitals) = (quoted(method), quoted(&capitals));
            Some(Fault::bad(format!("methods are written in capitals: {capitals}, not {method}")))
        }
        () => Some(Fault::of("501 Not Implemented", "only GET and HEAD are served here")),
    }
}

/// What is wrong with the fields of a whole head.
fn in_head(head: &[u8], request: &Request) -> Option<Fault> {
    let lines = head.split(|&byte| byte == b'\n').skip(1).map(<[u8]>::trim_ascii_end);
    let broken = lines.filter(|line| !line.is_empty()).find_map(field_fault);
    let hosts = request.values("Host").count();
    let is_1_0 = request.line.ends_with(b" HTTP/1.0");
    match hosts {
        _ if broken.is_some() => broken,
        0 if is_1_0 => None,
        0 => Some(Fault::bad("HTTP/1.1 wants a field Host, and there is none: Host: 127.0.0.1")),
        1 => None,
        _ => Some(Fault::bad(format!("there are {hosts} fields Host, and there must be one"))),
    }
}

/// What is wrong with a field line (RFC 9112 section 5).
fn field_fault(line: &[u8]) -> Option<Fault> {
    if line.starts_with(b" ") || line.starts_with(b"\t") {
        return Some(Fault::bad("a line of the head begins with a blank, which HTTP/1.1 no longer allows"));
    }
    let Some(colon) = line.iter().position(|&byte| byte == b':') else {
        return Some(Fault::bad(format!("\"{}\" is no field: it has no colon", quoted(line))));
    };
    let name = &line[..colon];
    let is_name = !name.is_empty() && name.iter().all(|byte| byte.is_ascii_graphic());
    (!is_name).then(|| {
        Fault::bad(format!("\"{}\" is no name of a field: no blank stands before the colon", quoted(name)))
    })
}

/// How long the body is (RFC 9112 section 6.3).
fn body_bytes(request: &Request) -> Result<usize, Fault> {
    if request.values("Transfer-Encoding").next().is_some() {
        return Err(Fault::of("501 Not Implemented", "bodies with Transfer-Encoding are not read here"));
    }
    let mut lengths = request.values("Content-Length");
    let Some(length) = lengths.next() else { return Ok(0) };
    let digits =
        std::str::from_utf8(length).ok().filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()));
    match digits.and_then(|digits| digits.parse().ok()) {
        Some(bytes) if lengths.all(|other| other == length) => Ok(bytes),
        Some(_) => Err(Fault::bad("there are several Content-Length fields, and they differ")),
        None => Err(Fault::bad(format!("Content-Length is \"{}\", and must be a number", quoted(length)))),
    }
}

/// Line and fields of a head that ends in an empty line.
fn parse(head: &[u8]) -> Request {
    let mut reader = RequestReader::default();
    reader.push(head);
    reader.all().into_iter().next().expect("a head that is not empty is the beginning of a request")
}

/// Bytes of a client, harmless and short.
fn quoted(bytes: &[u8]) -> String {
    let text = escape(&bytes[..bytes.len().min(4 * MOST_QUOTED)]);
    let short: String = text.chars().take(MOST_QUOTED).collect();
    if short.len() < text.len() || bytes.len() > 4 * MOST_QUOTED { short + "…" } else { short }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(input: impl AsRef<[u8]>) -> String {
        match read(input.as_ref()) {
            Reading::Faulty(fault) => format!("{}: {}", &fault.status[..3], fault.words),
            Reading::Unfinished => "unfinished".to_owned(),
            Reading::Whole { head_bytes, body_bytes, .. } => format!("{head_bytes} + {body_bytes}"),
        }
    }

    #[test]
    fn good_requests_are_measured() {
        assert_eq!(words("GET / HTTP/1.1\r\nHost: a\r\n\r\nGET"), "27 + 0");
        assert_eq!(
            words("\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n"),
            "31 + 0",
            "empty lines before it are skipped"
        );
        assert_eq!(words("GET / HTTP/1.0\r\n\r\n"), "18 + 0", "Host is of HTTP/1.1");
        assert_eq!(words("HEAD /a?b HTTP/1.1\r\nhost:\r\ncontent-length: 3\r\n\r\n"), "48 + 3");
        for start in
            ["", "\r\n", "G", "GET / HTTP/1.1", "GET / HTTP/1.1\r", "GET / HTTP/1.1\r\nHost: a\r\n\r"]
        {
            assert_eq!(words(start), "unfinished", "{start:?}");
        }
    }

    #[test]
    fn what_is_wrong_is_told_in_words() {
        let get = "GET / HTTP/1.1\r\nHost: a\r\n";
        let told = [
            words("GET / HTTP/1.1\nHost: a\n\n"),
            words("GET / HTTP/1.1\r\nHost: a\n\r\n"),
            words("hello\r\n"),
            words("hello\n"),
            words("GET /\r\n"),
            words("GET  / HTTP/1.1\r\n"),
            words("get / HTTP/1.1\r\n"),
            words("GET / http/1.1\r\n"),
            words("GET / HTTP/1.2\r\n"),
            words("GET / one\r\n"),
            words("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
            words("POST / HTTP/1.1\r\n"),
            words(b"\x16\x03\x01\x02\x00\x01\x00"),
            words(b"\x00\x01\x1b]52;c;AAAA\x07"),
            words("GET / HTTP/1.1\r\n\r\n"),
            words(format!("{get}host: b\r\n\r\n")),
            words(format!("{get}nonsense\r\n\r\n")),
            words(format!("{get}Accept : */*\r\n\r\n")),
            words(format!("{get} folded: yes\r\n\r\n")),
            words(format!("{get}Content-Length: -1\r\n\r\n")),
            words(format!("{get}Content-Length: 1\r\nContent-Length: 2\r\n\r\n")),
            words(format!("{get}Transfer-Encoding: chunked\r\n\r\n")),
            words(format!("{get}A: {}", "x".repeat(MOST_HEAD))),
            words(format!("{get}A: {}\r\n\r\n", "x".repeat(MOST_HEAD))),
        ];
        let expected = [
            "400: lines must end in CR LF (\\r\\n): yours end in LF. By hand, nc -C sends both",
            "400: lines must end in CR LF (\\r\\n): yours end in LF. By hand, nc -C sends both",
            "400: \"hello\" is no request line: it has a method, a target and a version, as in GET / HTTP/1.1",
            "400: \"hello\" is no request line: it has a method, a target and a version, as in GET / HTTP/1.1",
            "400: the version is missing: GET / HTTP/1.1",
            "400: \"GET  / HTTP/1.1\" is no request line: it has a method, a target and a version, as in GET / HTTP/1.1",
            "400: methods are written in capitals: GET, not get",
            "400: the version is written in capitals: HTTP/1.1",
            "505: this server speaks HTTP/1.1, not HTTP/1.2",
            "400: \"one\" is no version: HTTP/1.1 is one",
            "505: this is the beginning of HTTP/2, and this server speaks HTTP/1.1",
            "501: only GET and HEAD are served here",
            "400: this is TLS, the beginning of https, and this server speaks http: write http:// for https://",
            "400: \"\\0\\x01\\x1B]52;c;AAAA\\x07\" is no request line: it has a method, a target and a version, as in GET / HTTP/1.1",
            "400: HTTP/1.1 wants a field Host, and there is none: Host: 127.0.0.1",
            "400: there are 2 fields Host, and there must be one",
            "400: \"nonsense\" is no field: it has no colon",
            "400: \"Accept \" is no name of a field: no blank stands before the colon",
            "400: a line of the head begins with a blank, which HTTP/1.1 no longer allows",
            "400: Content-Length is \"-1\", and must be a number",
            "400: there are several Content-Length fields, and they differ",
            "501: bodies with Transfer-Encoding are not read here",
            "431: the head has more than 16384 bytes",
            "431: the head has more than 16384 bytes",
        ];
        assert_eq!(told, expected);
    }
}
