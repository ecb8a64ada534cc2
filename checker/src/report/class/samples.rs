//! A class written by hand: everything that can come of a submission, and names that want to be more than names.

use std::time::Duration;

use crate::judge::ScenarioVerdict;
use crate::report::diagram::{Exit, Expectation, Output, OutputPart};
use crate::report::samples::*;
use crate::trace::{End, ExitStatus, Expect, Hang, Level, Script, Send, Step};

use super::*;

/// Right to left, by its letters and by force, with a line feed and markup.
pub(super) const HOSTILE: &str = "<script>alert(1)</script>\u{202e}gro.live\n\"'&";

/// Id, text, points, and whether learners are not shown it.
const CRITERIA: [(&str, &str, u32, bool); 3] = [
    ("two-responses", "Two full responses are received on one connection", 4, false),
    ("exact-length", "The `Content-Length` of each response is respected exactly", 6, false),
    ("one-socket", "The socket is opened and closed once", 2, true),
];

pub(super) fn person(login: &str, name: Option<&str>) -> Person {
    Person { login: login.to_owned(), name: name.map(str::to_owned), page: Some(html::page_name(login)) }
}

fn score(earned: u32, of: u32) -> Option<Score> {
    Some(Score { earned: Points(earned), of: Points(of) })
}

fn line(login: &str, name: Option<&str>, kind: Kind, score: Option<Score>) -> Row {
    Row {
        person: person(login, name),
        lesson: "w04-l03".to_owned(),
        program: Some("main.c".to_owned()),
        kind,
        score,
        has_passed: score.map(|score| score.percent() >= 60),
        late: None,
        attempts: 1,
        failed: Vec::new(),
        not_judged: Vec::new(),
        cluster: None,
        flags: Vec::new(),
    }
}

fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

/// The lines of the table.
pub(super) fn rows() -> Vec<Row> {
    let held = |login, name| line(login, Some(name), Kind::Held, score(1200, 1200));
    let failed = |login, name, earned, cluster: &str| Row {
        failed: words(&["exact-length"]),
        cluster: Some(cluster.to_owned()),
        ..line(login, name, Kind::Failed, score(earned, 1200))
    };
    let look = |row: Row, why: &str| Row { flags: vec![Flag::NeedsLook(why.to_owned())], ..row };
    let twin = |row: Row, other: &str| Row {
        flags: vec![Flag::DuplicateOf { others: 1, first: vec![person(other, None)] }],
        ..row
    };
    vec![
        Row {
            late: Some(Duration::from_secs(7200)),
            attempts: 3,
            ..failed("ada", Some("Ada Lovelace"), 1050, "k3f2")
        },
        twin(held("grace", "Grace Hopper"), "edsger"),
        twin(held("edsger", "Edsger Dijkstra"), "grace"),
        failed("niklaus", Some("Niklaus Wirth"), 950, "k3f2"),
        Row {
            failed: words(&["two-responses", "exact-length", "one-socket"]),
            flags: vec![Flag::HiddenFailed],
            ..failed("tony", Some("Tony Hoare"), 325, "9c01")
        },
        look(
            line("barbara", Some("Barbara Liskov"), Kind::Unstable, None),
            "2 of 3 runs hold, one runs into the deadline.",
        ),
        look(
            line("עדה", Some("עדה לאבלייס"), Kind::NotJudged, None),
            "There is more than one main file: main.c, main.py.",
        ),
        Row { late: Some(Duration::from_secs(5400)), ..failed(HOSTILE, None, 800, "9c01") },
        Row {
            failed: words(&["two-responses", "exact-length", "one-socket"]),
            program: Some("main.rs".to_owned()),
            ..line("=cmd()", Some("=HYPERLINK(\"http://evil.example\")"), Kind::DoesNotBuild, score(0, 1200))
        },
        Row {
            failed: words(&["two-responses", "exact-length", "one-socket"]),
            program: None,
            attempts: 0,
            ..line("ken", Some("Ken Thompson"), Kind::NothingHandedIn, score(0, 1200))
        },
        held(
            "a-very-long-login-that-somebody-has-been-given-by-a-system",
            "Wolfeschlegelsteinhausenbergerdorff Hubert Blaine the Second",
        ),
    ]
}

fn overview_of(id: &str, title: &str, rows: &[&Row]) -> LessonOverview {
    let mut counts = Counts::default();
    let mut scores = Histogram::default();
    for row in rows {
        counts.add(row.kind);
        scores.add(row.score.as_ref());
    }
    let undecided = rows.iter().filter(|row| row.kind.is_undecided()).count();
    let criterion = |(id, text, points, is_hidden): (&str, &str, u32, bool)| {
        let failed = rows.iter().filter(|row| row.failed.iter().any(|failed| failed == id)).count();
        CriterionOverview {
            id: id.to_owned(),
            text: text.to_owned(),
            points: Points::whole(points),
            is_hidden,
            held: rows.len() - failed - undecided,
            failed,
            not_judged: undecided,
        }
    };
    LessonOverview {
        id: id.to_owned(),
        title: title.to_owned(),
        counts,
        passed: Some(rows.iter().filter(|row| row.has_passed == Some(true)).count()),
        criteria: CRITERIA.map(criterion).into(),
        scores,
        clusters: Vec::new(),
    }
}

fn cluster(id: &str, title: &str, comment: Option<&str>, rows: &[&Row]) -> Cluster {
    let learners: Vec<Person> =
        rows.iter().filter(|row| row.cluster.as_deref() == Some(id)).map(|row| row.person.clone()).collect();
    let (id, title, comment) = (id.to_owned(), title.to_owned(), comment.map(str::to_owned));
    Cluster { id, title, size: learners.len(), comment, learners }
}

/// The class of those lines.
pub(super) fn overview() -> Overview {
    let rows = rows();
    let all: Vec<&Row> = rows.iter().collect();
    let mut lesson = overview_of("w04-l03", "Keep-Alive Semantics", &all);
    lesson.clusters = vec![
        cluster(
            "k3f2",
            "Reads past `Content-Length` when the next response is in the buffer already",
            Some("Keep what is left behind the body: it is the beginning of the *next* response."),
            &all,
        ),
        cluster("9c01", "Reads until the server closes", None, &all),
    ];
    Overview {
        title: "Networks 101, group B".to_owned(),
        learners: rows.len(),
        submissions: 14,
        programs: 9,
        seed: 0x7f3a,
        level: Level::Private,
        checker: "0.1.0".to_owned(),
        lessons: vec![lesson],
        needs_look: rows.iter().filter(|row| row.needs_look().is_some()).cloned().collect(),
    }
}

/// A class of whom nobody needs a look, in two lessons.
pub(super) fn settled() -> (Overview, Vec<Row>) {
    let settled: Vec<Row> = rows().into_iter().filter(|row| row.needs_look().is_none()).collect();
    let first = settled.iter().take(6).cloned();
    let second =
        settled.iter().skip(1).take(2).cloned().map(|row| Row { lesson: "w04-l04".to_owned(), ..row });
    let rows: Vec<Row> = first.chain(second).collect();
    let of = |id: &str| rows.iter().filter(|row| row.lesson == id).collect::<Vec<_>>();
    let mut lessons = vec![
        overview_of("w04-l03", "Keep-Alive Semantics", &of("w04-l03")),
        overview_of("w04-l04", "DNS and multiple targets", &of("w04-l04")),
    ];
    lessons[0].clusters = vec![cluster("9c01", "Reads until the server closes", None, &of("w04-l03"))];
    (Overview { lessons, learners: 6, needs_look: Vec::new(), ..overview() }, rows)
}

fn criterion_result(
    id: &str,
    text: &str,
    (held, of): (usize, usize),
    score: Option<Score>,
) -> CriterionResult {
    let judged = criterion(id, text, held, of);
    CriterionResult {
        id: judged.id,
        text: judged.text,
        state: judged.state,
        held,
        of,
        score,
        is_hidden: id == "one-socket",
    }
}

/// A scenario in which the program waits for ever.
fn hanging() -> ScenarioVerdict {
    let hang = Hang { call: "recv".to_owned(), connection: Some(1), threads: 1 };
    let trace = Story::new("server-keeps-the-connection-open")
        .opened(140, 1)
        .received(210, 1, GET)
        .sent(260, 1, &response(BODY))
        .printed(390, "</pre><script>alert(1)</script>\u{1b}[2J\n")
        .ended(62_390, End::Hung(hang))
        .trace();
    let sentence = "Your program waits for ever: recv() on connection 1.";
    let found = finding("hang.after-output", sentence, "the program exits", "it waits in recv()", None);
    failed("The server answers and keeps the connection open.", trace, found)
}

/// What the scenario of [`overread`] expects.
fn two_answers() -> Expectation {
    let step =
        |bytes: &str, fin| Step::Send(Send { bytes: bytes.into(), cuts: Vec::new(), head_bytes: 0, fin });
    let expect = || Step::Expect(Expect { request: "GET /".to_owned() });
    let steps = vec![expect(), step(&response(BODY), false), expect(), step(&response(BODY), true)];
    let part = |text: &str, is_line| OutputPart { bytes: text.as_bytes().to_vec(), is_line };
    let parts = ["HTTP/1.1 200 OK\n", BODY, "HTTP/1.1 200 OK\n", BODY]
        .map(|text| part(text, text.starts_with("HTTP")));
    Expectation {
        script: Script { connections: vec![steps], ..Script::default() },
        output: Some(Output { parts: parts.into(), is_at_most: false }),
        opened: Some(1),
        exit: Some(Exit::Success),
        ..Expectation::default()
    }
}

fn submission(kind: Kind, evidence: Evidence) -> Submission {
    Submission {
        lesson: "w04-l03".to_owned(),
        title: "Keep-Alive Semantics".to_owned(),
        attempt: 3,
        attempts: 3,
        is_counting: true,
        handed_in: Some("2026-09-12 11:00 UTC".to_owned()),
        late: None,
        origin: "ada/main.c".to_owned(),
        program: Some("main.c".to_owned()),
        kind,
        score: None,
        deducted: None,
        has_passed: None,
        criteria: Vec::new(),
        flags: Vec::new(),
        comment: None,
        evidence,
        again: None,
        files: Vec::new(),
    }
}

/// A learner whose program fails, with all that can be told of it.
pub(super) fn failing() -> LearnerPage {
    let verdict =
        verdict(vec![overread(), hanging(), held("The server answers both requests.", good_trace())]);
    let expectation = Some(Box::new(two_answers()));
    let content = b"// \xff <script>\x1b[2J\nint main(void) {\n\treturn 0;\n}\n".to_vec();
    let file = |name: &str, content| SourceFile { name: name.to_owned(), content };
    let counting = Submission {
        late: Some(Duration::from_secs(7200)),
        score: score(1050, 1200),
        deducted: Some(Points(50)),
        has_passed: Some(true),
        criteria: vec![
            criterion_result(
                "two-responses",
                "Two full responses are received on one connection",
                (14, 14),
                score(400, 400),
            ),
            criterion_result(
                "exact-length",
                "The `Content-Length` of each response is respected exactly",
                (12, 14),
                score(500, 600),
            ),
            criterion_result("one-socket", "The socket is opened and closed once", (14, 14), score(200, 200)),
        ],
        flags: vec![Flag::DuplicateOf { others: 1, first: vec![person("niklaus", Some("Niklaus Wirth"))] }],
        comment: Some(
            "Keep what is left behind the body: it is the beginning of the *next* response.\n<b>See me.</b>"
                .to_owned(),
        ),
        again: Some("workbook check w04-l03 --seed 7f3a --program 'grades/store/5e51b20c/main.c'".to_owned()),
        files: vec![file("main.c", Some(content)), file("notes\\xFF.pdf", None)],
        ..submission(Kind::Failed, Evidence::Judged { verdict: Box::new(verdict), expectation })
    };
    let output = b"main.c:3:1: \x1b[31merror\x1b[0m: expected ';' before '}' token\n".to_vec();
    let earlier = Submission {
        attempt: 1,
        is_counting: false,
        score: score(0, 1200),
        handed_in: Some("2026-09-11 20:15 UTC".to_owned()),
        ..submission(Kind::DoesNotBuild, Evidence::DoesNotBuild(output))
    };
    LearnerPage {
        person: person("ada", Some("Ada Lovelace")),
        overview: Some("index.html".to_owned()),
        submissions: vec![counting, earlier],
    }
}

/// A learner of whom every other thing can be told, with a name that wants to be more than a name.
pub(super) fn everything() -> LearnerPage {
    let good = || verdict(vec![held("The server answers both requests.", good_trace())]);
    let evidence = Evidence::Judged { verdict: Box::new(good()), expectation: None };
    let fine =
        Submission { score: score(1200, 1200), attempts: 1, attempt: 1, ..submission(Kind::Held, evidence) };
    let crash =
        Story::new("answer-without-a-body").opened(140, 1).exited(390, ExitStatus::Signal(11)).trace();
    let crash = failed(
        "There is no body.",
        crash,
        finding("crash", "Your program crashes: SIGSEGV.", "an exit", "SIGSEGV", None),
    );
    let alone = Evidence::Judged { verdict: Box::new(verdict(vec![crash])), expectation: None };
    let alone = Submission {
        lesson: "w04-l04".to_owned(),
        score: score(0, 1200),
        has_passed: Some(false),
        ..submission(Kind::Failed, alone)
    };
    let times = Evidence::Unstable(vec![good(), verdict(vec![hanging()])]);
    let look = |why: &str| vec![Flag::NeedsLook(why.to_owned())];
    let unstable = Submission {
        flags: look("1 of 2 runs holds."),
        lesson: "w04-l05".to_owned(),
        ..submission(Kind::Unstable, times)
    };
    let nothing = |kind, why: &str| Submission {
        program: None,
        attempt: 1,
        attempts: 1,
        lesson: "w04-l06".to_owned(),
        handed_in: None,
        origin: HOSTILE.to_owned(),
        ..submission(kind, Evidence::Nothing(why.to_owned()))
    };
    let missing = Submission { score: score(0, 1200), ..nothing(Kind::NothingHandedIn, "There is no file.") };
    let several = "There is more than one main file: `main.c`, `main.py`.";
    let unclear = Submission { flags: look(several), ..nothing(Kind::NotJudged, several) };
    LearnerPage {
        person: Person { page: None, ..person(HOSTILE, Some("<b>עדה\u{202e}</b>")) },
        overview: None,
        submissions: vec![fine, alone, unstable, missing, unclear],
    }
}
