//! Exchanges for golden drawings: what was expected and what happened, each with its verdict.

use crate::judge::{ScenarioVerdict, State};
use crate::report::samples::*;
use crate::trace::{
    Bytes, Close, End, ExitStatus, Expect, Hang, Hold, Listen, Script, Send, Step, Stream, What,
};

use super::{Exchange, Exit, Expectation, Output, OutputPart, RequestForm};

/// A story with what was expected of it.
pub(super) struct Sample {
    pub(super) name: &'static str,
    pub(super) verdict: ScenarioVerdict,
    pub(super) expectation: Expectation,
}

impl Sample {
    pub(super) fn exchange(&self) -> Exchange<'_> {
        Exchange {
            verdict: &self.verdict,
            trace: self.verdict.trace.as_ref().expect("a trace"),
            expectation: &self.expectation,
            lesson: "w04-l03",
            title: "Keep-alive semantics",
        }
    }
}

fn sample(name: &'static str, verdict: ScenarioVerdict, expectation: Expectation) -> Sample {
    Sample { name, verdict, expectation }
}

pub(super) fn samples() -> Vec<Sample> {
    vec![
        sample("good", held("The server answers both requests.", good_trace()), two_answers()),
        sample("overread", overread(), two_requests()),
        sample("hang", hang(), one_request()),
        sample("reconnects", reconnects(), two_requests()),
        sample("waits-too-early", waits_too_early(), two_requests()),
        sample("prints-nothing", prints_nothing(), one_request()),
        sample("each-byte", each_byte(), each_byte_expected()),
        sample("buffers", buffers(), part_by_part()),
        sample("refused", refused(), nobody_listens()),
        sample("hostile", hostile(), hostile_expected()),
        sample("every-step", every_step(), every_step_expected()),
    ]
}

fn expect() -> Step {
    Step::Expect(Expect { request: "GET /".to_owned() })
}

fn send(bytes: &str, cuts: Vec<usize>, fin: bool) -> Step {
    Step::Send(Send { bytes: bytes.into(), cuts, head_bytes: 0, fin })
}

fn script(connections: Vec<Vec<Step>>) -> Script {
    Script { connections, ..Script::default() }
}

fn output(parts: &[&str]) -> Option<Output> {
    let part =
        |text: &&str| OutputPart { bytes: text.as_bytes().to_vec(), is_line: text.starts_with("HTTP/") };
    Some(Output { parts: parts.iter().map(part).collect(), is_at_most: false })
}

/// Both answers on one connection, the beginning of the second in the segment of the first.
fn two_requests() -> Expectation {
    let second = response(BODY);
    let steps = vec![
        expect(),
        send(&format!("{}{}", response(BODY), &second[..28]), Vec::new(), false),
        expect(),
        send(&second[28..], Vec::new(), true),
    ];
    let field = |field: &str| vec![field.to_owned()];
    Expectation {
        script: script(vec![steps]),
        output: output(&["HTTP/1.1 200 OK\n", BODY, "HTTP/1.1 200 OK\n", BODY]),
        requests: vec![
            RequestForm {
                nth: 1,
                with: field("Host: example.com"),
                without: field("Connection: close"),
                line: None,
            },
            RequestForm { nth: 2, with: field("Connection: close"), ..RequestForm::default() },
        ],
        opened: Some(1),
        exit: Some(Exit::Success),
        ..Expectation::default()
    }
}

/// The same, each answer for itself.
fn two_answers() -> Expectation {
    let steps = vec![
        expect(),
        send(&response(BODY), Vec::new(), false),
        expect(),
        send(&response(BODY), Vec::new(), true),
    ];
    Expectation { script: script(vec![steps]), ..two_requests() }
}

fn one_request() -> Expectation {
    Expectation {
        script: script(vec![vec![expect(), send(&response(BODY), Vec::new(), false), Step::Stay]]),
        output: output(&[BODY]),
        exit: Some(Exit::Success),
        ..Expectation::default()
    }
}

/// A program that prints all that came with the first head.
fn overread() -> ScenarioVerdict {
    let second = response(BODY);
    let trace = Story::new("next-response-already-in-the-buffer")
        .opened(40, 1)
        .received(140, 1, GET)
        .sent(210, 1, &format!("{}{}", response(BODY), &second[..28]))
        .printed(330, &format!("HTTP/1.1 200 OK\n{BODY}{}", &second[..28]))
        .received(340, 1, LAST_GET)
        .sent(360, 1, &second[28..])
        .peer_closed(361, 1)
        .complained(420, "main: the answer does not begin with HTTP/1.1\n")
        .program_closed(450, 1)
        .exited(470, ExitStatus::Code(1))
        .trace();
    let finding = finding(
        "prints.extra",
        "Your program printed 28 bytes of the next response as if they were part of body 1.",
        "body 1: \"<title>Ex…</html>\\n\" (42 bytes), and then line 2",
        "body 1: \"<title>Ex…</html>\\nHTTP/1.1 200 OK\\r\\nContent-Len\"",
        Some(4),
    );
    with_mistake(
        failed("The second response begins in the same segment as the end of the first.", trace, finding),
        "Reading past `Content-Length`",
        "One recv() may return bytes that belong to the next response. Print what is left of this body, \
         and keep the rest.",
    )
}

fn hung() -> End {
    End::Hung(Hang { call: "recv".to_owned(), connection: Some(1), threads: 1 })
}

fn hang() -> ScenarioVerdict {
    let sentence = "Your program waits for ever: recv() on connection 1, 62 ms after the last byte of the body. \
                    All 42 bytes that `Content-Length` announced had arrived.";
    let finding = finding(
        "hang.after-output",
        sentence,
        "an exit after the 42 bytes that Content-Length announced",
        "all 42 bytes were printed; the program waits for more",
        None,
    );
    let verdict =
        failed("The server answers and keeps the connection open.", super::stories::hanging(), finding);
    with_mistake(
        verdict,
        "Reading until the server closes",
        "Count the bytes of the body and stop at `Content-Length`.",
    )
}

fn reconnects() -> ScenarioVerdict {
    let second = response(BODY);
    let trace = Story::new("two-requests-share-one-connection")
        .opened(140, 1)
        .received(210, 1, GET)
        .sent(260, 1, &format!("{}{}", response(BODY), &second[..28]))
        .printed(390, &format!("HTTP/1.1 200 OK\r\n{BODY}"))
        .program_closed(400, 1)
        .opened(450, 2)
        .received(510, 2, LAST_GET)
        .sent(560, 2, &second[28..])
        .peer_closed(561, 2)
        .complained(600, "main: no status line\n")
        .exited(660, ExitStatus::Code(1))
        .trace();
    let finding = finding(
        "connections.more",
        "Your program opened a second connection for the second request.",
        "1 connection with 2 requests",
        "2 connections with 1 request each",
        Some(6),
    );
    failed("The server answers two requests on one connection.", trace, finding)
}

fn waits_too_early() -> ScenarioVerdict {
    let trace = Story::new("two-requests-share-one-connection")
        .opened(140, 1)
        .received(210, 1, GET)
        .sent(260, 1, &format!("{}{}", response(BODY), &response(BODY)[..28]))
        .printed(390, &format!("HTTP/1.1 200 OK\n{BODY}"))
        .ended(62_390, hung())
        .trace();
    let sentence = "Your program waits for ever: recv() on connection 1.";
    let finding =
        finding("hang.during-output", sentence, "the request `GET /`", "recv() waits for ever", None);
    failed("The server answers two requests on one connection.", trace, finding)
}

fn prints_nothing() -> ScenarioVerdict {
    let trace = Story::new("server-keeps-the-connection-open")
        .opened(140, 1)
        .received(210, 1, "GET /index.html HTTP/1.1\r\nHost: x\r\n\r\n")
        .sent(260, 1, &response(BODY))
        .program_reset(300, 1)
        .complained(310, "main: oops\n")
        .exited(390, ExitStatus::Signal(11))
        .trace();
    let sentence = "Your program crashed: signal 11 (SIGSEGV).";
    failed("The server answers.", trace, finding("crash", sentence, "an exit by itself", "SIGSEGV", Some(6)))
}

fn each_byte() -> ScenarioVerdict {
    let trace = Story::new("each-byte-in-a-segment-of-its-own")
        .opened(140, 1)
        .received(210, 1, GET)
        .dribbled(300, 1, &response(BODY))
        .printed(1200, &BODY[..20])
        .printed(1230, &BODY[20..41])
        .program_closed(1250, 1)
        .exited(1300, ExitStatus::Code(0))
        .trace();
    let sentence = "Your program printed only 41 of the 42 bytes of the body, and nothing after them.";
    let last = trace.events.len() - 1;
    let finding = finding("prints.short", sentence, "the body (42 bytes)", "41 bytes of it", Some(last));
    failed("Every byte comes alone.", trace, finding)
}

fn each_byte_expected() -> Expectation {
    let bytes = response(BODY);
    let cuts = (1..bytes.len()).collect();
    Expectation {
        script: script(vec![vec![expect(), send(&bytes, cuts, false), Step::Stay]]),
        ..one_request()
    }
}

/// Goes on only when the first part has been printed.
fn part_by_part() -> Expectation {
    let steps = vec![
        expect(),
        send("HTTP/1.1 200 OK\r\n\r\none ", Vec::new(), false),
        Step::Hold(Hold::PrintedBytes(4)),
        send("two\n", Vec::new(), true),
    ];
    Expectation { script: script(vec![steps]), output: output(&["one ", "two\n"]), ..Expectation::default() }
}

fn buffers() -> ScenarioVerdict {
    let trace = Story::new("parts-without-line-end")
        .opened(140, 1)
        .received(210, 1, GET)
        .sent(260, 1, "HTTP/1.1 200 OK\r\n\r\none ")
        .ended(62_390, hung())
        .trace();
    let sentence =
        "Your program waits for ever: the server sends more only after 4 bytes on standard output.";
    let finding = finding("hang.before-output", sentence, "4 bytes on standard output", "none", None);
    failed("The second part comes only when the first is printed.", trace, finding)
}

fn nobody_listens() -> Expectation {
    let script = Script { listen: Listen::Refuse, ..Script::default() };
    Expectation { script, output: output(&[]), exit: Some(Exit::Failure), ..Expectation::default() }
}

fn refused() -> ScenarioVerdict {
    let trace = Story::new("nobody-listens")
        .complained(900, "main: connection refused (os error 111)\n")
        .exited(1100, ExitStatus::Code(0))
        .trace();
    let sentence = "Your program ended with exit code 0 although the exchange failed.";
    let finding = finding("exit.success", sentence, "another exit code than 0", "exit code 0", Some(2));
    failed("Nobody listens on the port.", trace, finding)
}

/// What a program can print to take over a terminal, a page or a parser.
pub(super) const HOSTILE: &str = "\u{1b}[31m\u{1b}]52;c;AAAA\u{7}\u{202e}evil\u{2066}]]></title></style></pre>\
    <script>alert(1)</script><!-- -->&amp;&#0;\u{0}\u{fffe}\u{ffff}\u{85}\r\u{2028}日本語 שלום café \"'`\\x\n";

fn hostile() -> ScenarioVerdict {
    let target = "GET /<b>\u{1b}[2J\u{202e}&'\" HTTP/1.1\r\n\r\n";
    let head = "HTTP/1.1 200 <i>\u{1b}[2J]]>\r\nConnection: \u{7}<u>close\r\nContent-Length: 0\r\n\r\n";
    let broken = What::Printed {
        stream: Stream::Stdout,
        bytes: Bytes(vec![0xff, 0xfe, b'<', 0xc3, 0x28, 0xed, 0xa0, 0x80]),
    };
    let mut trace = Story::new("hostile")
        .opened(140, 1)
        .received(210, 1, target)
        .sent(260, 1, head)
        .printed(300, HOSTILE)
        .complained(310, HOSTILE)
        .then(320, broken)
        .exited(330, ExitStatus::Code(3))
        .trace();
    trace.command = vec!["./<main>&\u{1b}[2J".to_owned(), "\u{202e}\"'".to_owned()];
    let sentence = format!("Your program printed `{HOSTILE}` <b>too much</b>.");
    failed("The server says <script>.", trace, finding("prints.extra", &sentence, "]]>&<", HOSTILE, Some(4)))
}

fn hostile_expected() -> Expectation {
    let head = "HTTP/1.1 200 <i>\u{1b}[2J]]>\r\nConnection: \u{7}<u>close\r\nContent-Length: 0\r\n\r\n";
    let field = vec!["X: <\u{202e}\u{1b}>&\"".to_owned()];
    Expectation {
        script: script(vec![vec![expect(), send(head, Vec::new(), false)]]),
        output: output(&["<p>]]>&\u{1b}\u{202e}\"'\n"]),
        requests: vec![RequestForm {
            nth: 1,
            line: Some("GET /<\u{7}> HTTP/1.1".to_owned()),
            with: field.clone(),
            without: field,
        }],
        ..Expectation::default()
    }
}

/// Every verb of a script and every rule that is drawn.
fn every_step_expected() -> Expectation {
    let first = vec![
        Step::Hold(Hold::Requests(2)),
        expect(),
        send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\na\n", vec![38], false),
        expect(),
        Step::Pause(std::time::Duration::from_millis(20)),
        Step::Hold(Hold::Opened(2)),
        send("HTTP/1.0 200 OK\r\n\r\n", Vec::new(), false),
        Step::Hold(Hold::ProgramClosed),
        Step::Close(Close::Fin),
    ];
    let second = vec![
        Step::Hold(Hold::ReceivedBytes(300_007)),
        send("thank you\r\n", vec![3, 4, 5, 6, 7], false),
        Step::Close(Close::Reset),
    ];
    Expectation {
        script: script(vec![first, second, vec![expect(), Step::Vanish]]),
        output: output(&["HTTP/1.1 200 OK\n"]).map(|output| Output { is_at_most: true, ..output }),
        closed: vec![3],
        keepalive: Some("arms TCP keepalive: idle 10 s".to_owned()),
        ..Expectation::default()
    }
}

fn every_step() -> ScenarioVerdict {
    let trace = Story::new("every-step")
        .opened(10, 1)
        .received(20, 1, &format!("{GET}{GET}"))
        .sent(30, 1, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n")
        .sent(40, 1, "a\n")
        .opened(100, 2)
        .sent(110, 1, "HTTP/1.0 200 OK\r\n\r\n")
        .program_closed(120, 1)
        .peer_closed(130, 1)
        .exited(140, ExitStatus::Code(0))
        .trace();
    ScenarioVerdict { state: State::Held, ..held("The server does all that it can.", trace) }
}
