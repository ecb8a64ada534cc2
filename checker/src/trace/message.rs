//! Requests as they arrived: read leniently, so that what is wrong with them can be said.

/// How the lines of a head ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LineEnds {
    /// All with CR LF, as RFC 9112 section 2.1 wants it.
    CrLf,
    /// At least one with a lone LF.
    BareLf,
}

/// One request, complete or cut, found in the bytes of a connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// Offset of its first byte in the bytes of the connection.
    pub start: usize,
    /// Offset just behind its last byte.
    pub end: usize,
    /// The request line, without its line end.
    pub line: Vec<u8>,
    /// Field lines in order, names and values as sent, without blanks around the value.
    pub fields: Vec<(Vec<u8>, Vec<u8>)>,
    /// The body, as far as it has arrived.
    pub body: Vec<u8>,
    /// How the lines of the head ended.
    pub line_ends: LineEnds,
    /// Whether head and body are whole.
    pub is_whole: bool,
}

impl Request {
    /// Method and target: the request line without the protocol version.
    #[must_use]
    pub fn method_and_target(&self) -> &[u8] {
        match self.line.iter().rposition(|&byte| byte == b' ') {
            Some(space) if self.line[space + 1..].starts_with(b"HTTP/") => &self.line[..space],
            _ => &self.line,
        }
    }

    /// All values of a field, its name compared without regard to case.
    pub fn values<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a [u8]> {
        self.fields
            .iter()
            .filter(move |(field, _)| field.eq_ignore_ascii_case(name.as_bytes()))
            .map(|(_, value)| value.as_slice())
    }

    /// The members of a comma-separated list field over all its lines, in lower case,
    /// empty members left out (RFC 9110 section 5.6.1).
    #[must_use]
    pub fn list(&self, name: &str) -> Vec<String> {
        self.values(name)
            .flat_map(|value| value.split(|&byte| byte == b','))
            .map(|member| String::from_utf8_lossy(member.trim_ascii()).to_ascii_lowercase())
            .filter(|member| !member.is_empty())
            .collect()
    }
}

/// Finds requests in a growing stream of bytes, without reading any byte of a head twice.
#[derive(Debug, Clone, Default)]
pub struct RequestReader {
    bytes: Vec<u8>,
    whole: Vec<Request>,
    /// Where the request that is being read begins.
    start: usize,
    /// Up to where line ends have been looked for.
    scanned: usize,
    /// Where the line that is being read begins.
    line_start: usize,
    /// Whether the head has anything but empty lines so far.
    has_begun: bool,
    /// The head, once it is whole: the request so far and its body length.
    head: Option<(Request, usize)>,
}

impl RequestReader {
    /// Adds bytes that have arrived.
    pub fn push(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
        while self.step() {}
    }

    /// All bytes so far.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The requests that are whole.
    #[must_use]
    pub fn whole(&self) -> &[Request] {
        &self.whole
    }

    /// The request that has begun and is not whole.
    #[must_use]
    pub fn unfinished(&self) -> Option<Request> {
        let rest = &self.bytes[self.start..];
        if rest.is_empty() {
            return None;
        }
        Some(match &self.head {
            Some((request, _)) => {
                let body = self.bytes[request.end..].to_vec();
                Request { end: self.bytes.len(), body, ..request.clone() }
            }
            None => parse_head(rest, self.start),
        })
    }

    /// Whole requests, then the unfinished one.
    #[must_use]
    pub fn all(&self) -> Vec<Request> {
        self.whole.iter().cloned().chain(self.unfinished()).collect()
    }

    /// Reads one head or one body further; false when more bytes are needed.
    fn step(&mut self) -> bool {
        match self.head.take() {
            Some((request, body_bytes)) => self.finish(request, body_bytes),
            None => self.read_head(),
        }
    }

    fn read_head(&mut self) -> bool {
        while let Some(found) = self.bytes[self.scanned..].iter().position(|&byte| byte == b'\n') {
            let line_end = self.scanned + found + 1;
            let line = &self.bytes[self.line_start..line_end];
            let is_empty = line == b"\n" || line == b"\r\n";
            // Empty lines before a request line are skipped (RFC 9112 section 2.2), but kept in its span.
            let is_end = is_empty && self.has_begun;
            self.has_begun |= line.iter().any(|byte| !b"\r\n".contains(byte));
            self.scanned = line_end;
            self.line_start = line_end;
            if is_end {
                let request = parse_head(&self.bytes[self.start..line_end], self.start);
                let body_bytes = announced_body_bytes(&request);
                self.head = Some((request, body_bytes));
                return true;
            }
        }
        self.scanned = self.bytes.len();
        false
    }

    fn finish(&mut self, mut request: Request, body_bytes: usize) -> bool {
        let end = request.end.saturating_add(body_bytes);
        if self.bytes.len() < end {
            self.head = Some((request, body_bytes));
            return false;
        }
        request.body = self.bytes[request.end..end].to_vec();
        request.end = end;
        request.is_whole = true;
        self.whole.push(request);
        (self.start, self.scanned, self.line_start, self.has_begun) = (end, end, end, false);
        true
    }
}

/// Reads a head (or the beginning of one) that starts at `start` in the bytes of its connection.
fn parse_head(head: &[u8], start: usize) -> Request {
    let has_bare_lf = (0..head.len()).any(|at| head[at] == b'\n' && (at == 0 || head[at - 1] != b'\r'));
    let mut lines = head
        .split(|&byte| byte == b'\n')
        .map(|line| line.strip_suffix(b"\r").unwrap_or(line))
        .filter(|line| !line.is_empty());
    Request {
        start,
        end: start + head.len(),
        line: lines.next().unwrap_or_default().to_vec(),
        fields: lines.map(parse_field).collect(),
        body: Vec::new(),
        line_ends: if has_bare_lf { LineEnds::BareLf } else { LineEnds::CrLf },
        is_whole: false,
    }
}

fn parse_field(line: &[u8]) -> (Vec<u8>, Vec<u8>) {
    match line.iter().position(|&byte| byte == b':') {
        Some(colon) => (line[..colon].to_vec(), line[colon + 1..].trim_ascii().to_vec()),
        None => (line.to_vec(), Vec::new()),
    }
}

/// The body length that Content-Length announces; 0 without a readable one (RFC 9112 section 6.3).
fn announced_body_bytes(request: &Request) -> usize {
    let value = request.values("Content-Length").next().unwrap_or_default();
    std::str::from_utf8(value).ok().and_then(|text| text.parse().ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(parts: &[&[u8]]) -> RequestReader {
        let mut reader = RequestReader::default();
        parts.iter().for_each(|part| reader.push(part));
        reader
    }

    #[test]
    fn several_requests_in_one_read() {
        let reader = read(&[b"GET /a HTTP/1.1\r\nHost: x\r\n\r\nGET /b HTTP/1.1\r\nHost: x\r\n\r\nGET"]);
        let targets: Vec<_> = reader.all().iter().map(|r| r.method_and_target().to_vec()).collect();
        assert_eq!(targets, [b"GET /a".to_vec(), b"GET /b".to_vec(), b"GET".to_vec()]);
        assert_eq!(reader.whole().len(), 2);
    }

    #[test]
    fn a_request_cut_anywhere_is_the_same_request() {
        let bytes = b"POST /a HTTP/1.1\r\nHost: x\r\ncontent-length: 3\r\n\r\nabcGET / HTTP/1.1\r\n\r\n";
        let whole = read(&[bytes]);
        assert_eq!(whole.whole()[0].body, b"abc");
        for cut in 0..bytes.len() {
            assert_eq!(read(&[&bytes[..cut], &bytes[cut..]]).whole(), whole.whole(), "cut at {cut}");
        }
    }

    #[test]
    fn bare_line_feeds_are_read_and_told() {
        let reader = read(&[b"GET / HTTP/1.1\nHost: x\n\n"]);
        assert_eq!(reader.whole()[0].line_ends, LineEnds::BareLf);
        assert_eq!(reader.whole()[0].values("host").next(), Some(&b"x"[..]));
    }

    #[test]
    fn a_head_without_end_stays_unfinished() {
        let reader = read(&[b"GET / HTTP/1.1\r\nHost: x\r\n"]);
        assert!(reader.whole().is_empty());
        assert_eq!(reader.unfinished().map(|r| r.fields.len()), Some(1));
    }

    #[test]
    fn a_flood_of_empty_lines_is_read_once() {
        let flood = b"\r\n".repeat(1 << 20);
        let reader = read(&[&flood, b"GET / HTTP/1.1\r\n\r\n\r\n", b"GET /b HTTP/1.1\r\n\r\n"]);
        let starts: Vec<_> = reader.whole().iter().map(|request| request.start).collect();
        assert_eq!(starts, [0, flood.len() + 18]);
    }

    #[test]
    fn connection_lists_are_read_as_lists() {
        let reader = read(&[b"GET / HTTP/1.1\r\nConnection: Keep-Alive, ,TE\r\nconnection:close\r\n\r\n"]);
        assert_eq!(reader.whole()[0].list("Connection"), ["keep-alive", "te", "close"]);
    }
}
