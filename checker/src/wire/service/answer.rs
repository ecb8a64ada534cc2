//! What the server answers, and in what manner.

use super::fault::Fault;
use crate::trace::Request;

/// The page, as example.com might serve it.
const PAGE: &str = "<!doctype html>\n<html lang=\"en\">\n<head>\n<title>Example Domain</title>\n</head>\n<body>\n\
<h1>Example Domain</h1>\n<p>This page is served by the workbook.</p>\n</body>\n</html>\n";

/// How the server answers; without anything, as HTTP/1.1 wants it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Manner {
    /// Whether responses trickle.
    pub is_slow: bool,
    /// What becomes of the connection.
    pub ending: Ending,
    /// Whether bodies have no Content-Length, and end where the connection does.
    pub ends_body_at_close: bool,
    /// Whether it answers in HTTP/1.0.
    pub is_http_1_0: bool,
}

/// What becomes of a connection behind a response.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Ending {
    /// It is kept, unless the request wants it closed.
    #[default]
    Keep,
    /// Every response says that it is the last one, and is.
    Close,
    /// It is reset in the middle of the body.
    Reset,
}

/// Bytes to send, and what to do then.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Answer {
    pub(super) bytes: Vec<u8>,
    pub(super) then: Ending,
}

/// The answer to a good request.
pub(super) fn answer(request: &Request, manner: Manner) -> Answer {
    let tokens = request.list("Connection");
    let wants = |token: &str| tokens.iter().any(|other| other == token);
    let is_old = manner.is_http_1_0 || request.line.ends_with(b" HTTP/1.0");
    let (says_close, says_keep) = (wants("close"), wants("keep-alive"));
    let closes = says_close || manner.ending == Ending::Close || (is_old && !says_keep);
    let (status, kind, body) = match request.method_and_target() {
        target if target.ends_with(b" /favicon.ico") => ("404 Not Found", "text/plain", "no icon here\n"),
        _ => ("200 OK", "text/html", PAGE),
    };
    let connection = match closes {
        // Whoever answers in HTTP/1.0 need not say it, and without a length the close is a surprise.
        true if says_close || manner.ending == Ending::Close => "Connection: close\r\n",
        true if !manner.is_http_1_0 && !manner.ends_body_at_close => "Connection: close\r\n",
        false if is_old && !manner.ends_body_at_close => "Connection: keep-alive\r\n",
        _ => "",
    };
    let length = match manner.ends_body_at_close {
        true => String::new(),
        false => format!("Content-Length: {}\r\n", body.len()),
    };
    let version = if manner.is_http_1_0 { "1.0" } else { "1.1" };
    let head = format!("HTTP/{version} {status}\r\nContent-Type: {kind}\r\n{length}{connection}\r\n");
    let body = if request.line.starts_with(b"HEAD ") { "" } else { body };
    match manner.ending {
        Ending::Reset => whole(&head, &body[..body.len() / 2], Ending::Reset),
        _ if closes || manner.ends_body_at_close => whole(&head, body, Ending::Close),
        _ => whole(&head, body, Ending::Keep),
    }
}

/// The answer to what is no good request: what is wrong, and the end of the connection.
pub(super) fn refusal(fault: &Fault) -> Answer {
    let body = format!("{}\n", fault.words);
    let (status, length) = (fault.status, body.len());
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n"
    );
    whole(&head, &body, Ending::Close)
}

fn whole(head: &str, body: &str, then: Ending) -> Answer {
    Answer { bytes: [head, body].concat().into_bytes(), then }
}

#[cfg(test)]
mod tests {
    use super::super::fault::{Reading, read};
    use super::*;

    /// Status line and fields of the answer, the length of its body, and what becomes of the connection.
    fn told(request: &str, manner: Manner) -> (String, usize, Ending) {
        let Reading::Whole { request, .. } = read(request.as_bytes()) else { panic!("{request:?} is good") };
        let answer = answer(&request, manner);
        let text = String::from_utf8(answer.bytes).expect("text");
        let (head, body) = text.split_once("\r\n\r\n").expect("a whole head");
        let head = head.replace("\r\nContent-Type: text/html", "").replace("\r\n", " | ");
        (head, body.len(), answer.then)
    }

    const GET: &str = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    const OLD: &str = "GET / HTTP/1.0\r\n\r\n";

    #[test]
    fn the_connection_is_kept_as_the_request_wants_it() {
        let told = |request| told(request, Manner::default());
        let plain = "HTTP/1.1 200 OK | Content-Length: 169".to_owned();
        let close = format!("{plain} | Connection: close");
        let keep = format!("{plain} | Connection: keep-alive");
        assert_eq!(told(GET), (plain.clone(), 169, Ending::Keep));
        assert_eq!(told("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n"), (plain, 0, Ending::Keep));
        let asked = "GET / HTTP/1.1\r\nHost: a\r\nConnection: TE, Close\r\n\r\n";
        assert_eq!(told(asked), (close.clone(), 169, Ending::Close));
        assert_eq!(told(OLD), (close, 169, Ending::Close));
        let asked = "GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n";
        assert_eq!(told(asked), (keep, 169, Ending::Keep));
        let icon = told("GET /favicon.ico HTTP/1.1\r\nHost: a\r\n\r\n");
        let no_icon = "HTTP/1.1 404 Not Found | Content-Type: text/plain | Content-Length: 13";
        assert_eq!(icon, (no_icon.to_owned(), 13, Ending::Keep));
    }

    #[test]
    fn every_manner_shows() {
        let plain = Manner::default();
        let close = Manner { ending: Ending::Close, ..plain };
        let reset = Manner { ending: Ending::Reset, ..plain };
        let endless = Manner { ends_body_at_close: true, ..plain };
        let old = Manner { is_http_1_0: true, ..plain };
        let both = Manner { ends_body_at_close: true, ..close };
        let told = [close, reset, endless, old, both].map(|manner| told(GET, manner));
        let expected = [
            ("HTTP/1.1 200 OK | Content-Length: 169 | Connection: close", 169, Ending::Close),
            ("HTTP/1.1 200 OK | Content-Length: 169", 84, Ending::Reset),
            ("HTTP/1.1 200 OK", 169, Ending::Close),
            ("HTTP/1.0 200 OK | Content-Length: 169", 169, Ending::Close),
            ("HTTP/1.1 200 OK | Connection: close", 169, Ending::Close),
        ];
        assert_eq!(told, expected.map(|(head, body, then)| (head.to_owned(), body, then)));
        let asked = "GET / HTTP/1.1\r\nHost: a\r\nConnection: keep-alive\r\n\r\n";
        let kept =
            ("HTTP/1.0 200 OK | Content-Length: 169 | Connection: keep-alive".to_owned(), 169, Ending::Keep);
        assert_eq!(super::tests::told(asked, old), kept);
    }

    #[test]
    fn a_refusal_says_why_and_closes() {
        let answer = refusal(&Fault::of("400 Bad Request", "no"));
        let text = "HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 3\r\n\
                    Connection: close\r\n\r\nno\n";
        assert_eq!(answer, Answer { bytes: text.into(), then: Ending::Close });
    }
}
