//! Golden drawings of what was expected beside what happened, and what must hold for all of them.

use insta::{assert_binary_snapshot, assert_snapshot};

use crate::judge::State;
use crate::report::Look;
use crate::report::samples::*;
use crate::report::terminal;
use crate::report::text::width;
use crate::trace::{Bytes, ExitStatus, Send, Step, What};

use super::exchanges::{HOSTILE, Sample, samples};
use super::*;

const WIDE: Look = Look { width: 160, is_unicode: true, has_colour: false };

fn named(name: &str) -> Sample {
    samples().into_iter().find(|sample| sample.name == name).expect("there is one of this name")
}

fn text(sample: &Sample, look: &Look) -> String {
    terminal::compared(&sample.verdict, &sample.expectation, "w04-l03", look)
}

fn gallery(look: &Look) -> String {
    samples().iter().map(|sample| format!("{}\n\n{}\n", sample.name, text(sample, look))).collect()
}

#[test]
fn every_exchange_one_below_the_other() {
    assert_snapshot!("compared-80", gallery(&PLAIN));
}

#[test]
fn every_exchange_side_by_side() {
    assert_snapshot!("compared-160", gallery(&WIDE));
}

#[test]
fn every_exchange_at_40_columns_and_in_ascii() {
    let ascii = gallery(&Look { width: 140, ..ASCII });
    assert!(ascii.is_ascii());
    assert_snapshot!("compared-40", gallery(&NARROW));
    assert_snapshot!("compared-ascii", ascii);
}

#[test]
fn colour_is_all_that_colour_changes() {
    let coloured = text(&named("overread"), &Look { width: 160, ..COLOUR });
    assert_snapshot!("compared-colour", coloured.replace('\x1b', "ESC"));
}

#[test]
fn no_line_is_wider_than_the_look() {
    for columns in (40..=100).chain([140, 141, 177, 200]) {
        for sample in samples() {
            let text = text(&sample, &Look { width: columns, ..PLAIN });
            // A word of the command to repeat it is never broken.
            for line in text.lines().take_while(|line| !line.starts_with("  again")) {
                assert!(width(line) <= columns, "{} at {columns}: {line}", sample.name);
            }
        }
    }
}

#[test]
fn where_they_part_is_told_once_on_each_side_and_never_where_all_holds() {
    for sample in samples() {
        let times = if sample.verdict.state == State::Failed { 1 } else { 0 };
        assert_eq!(text(&sample, &WIDE).matches("here they part").count(), times, "{}", sample.name);
        assert_eq!(text(&sample, &PLAIN).matches("here they part").count(), 2 * times, "{}", sample.name);
        assert_eq!(svg(&sample.exchange()).matches(">here they part<").count(), 2 * times, "{}", sample.name);
    }
}

#[test]
fn nothing_that_is_expected_has_a_time() {
    for sample in samples() {
        let exchange = sample.exchange();
        let pairs = compare::compare(exchange.expectation, exchange.verdict, exchange.trace).pairs;
        assert!(pairs.iter().flat_map(|pair| &pair.expected).all(|entry| entry.row.at.is_none()));
    }
}

#[test]
fn pages() {
    for name in ["good", "overread", "reconnects", "each-byte", "every-step", "hostile"] {
        assert_binary_snapshot!(&format!("page-{name}.html"), page(&named(name).exchange()).into_bytes());
    }
}

#[test]
fn images() {
    for name in ["overread", "reconnects", "hostile"] {
        assert_binary_snapshot!(&format!("image-{name}.svg"), svg(&named(name).exchange()).into_bytes());
    }
}

#[test]
fn images_are_well_formed_whatever_was_printed() {
    for sample in samples() {
        let svg = svg(&sample.exchange());
        check_xml(&svg).unwrap_or_else(|wrong| panic!("{}: {wrong}", sample.name));
    }
    let svg = svg(&named("hostile").exchange());
    assert!(svg.contains("日本語") && svg.contains("]]&gt;") && svg.contains("\\xFF\\xFE&lt;"), "{svg}");
}

#[test]
fn every_byte_may_be_printed() {
    let mut sample = named("hostile");
    let bytes: Vec<u8> = (0..=255).chain([0xf0, 0x9f, 0x98, 0x80]).collect();
    let trace = sample.verdict.trace.as_mut().expect("a trace");
    trace.events[4].what = What::Printed { stream: crate::trace::Stream::Stdout, bytes: Bytes(bytes) };
    for text in [svg(&sample.exchange()), page(&sample.exchange())] {
        let is_harmless = |character: char| character == '\n' || !character.is_control();
        assert!(text.chars().all(is_harmless), "a control character is left");
        assert!(!text.contains(['\u{202e}', '\u{2066}', '\u{fffe}', '\u{2028}']));
    }
}

#[test]
fn nothing_that_was_printed_becomes_markup() {
    assert!(HOSTILE.contains("<script>"));
    let page = page(&named("hostile").exchange());
    for markup in ["<script", "<i>", "<u>", "<b>evil", "<!--", "&amp;amp;&amp;#0;x"] {
        assert!(!page.contains(markup), "{markup}");
    }
    assert_eq!(page.matches("</style>").count(), 1);
    assert_eq!(page.matches("</title>").count(), 1);
}

#[test]
fn a_page_needs_nothing_but_itself() {
    for sample in samples() {
        let page = page(&sample.exchange());
        assert!(page.contains("default-src 'none'; style-src 'unsafe-inline'"), "{}", sample.name);
        for outside in [" src=", " href=", "url(", "@import", "<link", "<script", " onclick"] {
            assert!(!page.contains(outside), "{}: {outside}", sample.name);
        }
    }
}

#[test]
fn a_large_body_does_not_make_a_large_page() {
    let mut sample = named("hang");
    let body = "x".repeat(8 << 20);
    let bytes: Bytes = response(&body).as_str().into();
    sample.expectation.script.connections[0][1] =
        Step::Send(Send { bytes: bytes.clone(), cuts: Vec::new(), head_bytes: 0, fin: false });
    let trace = sample.verdict.trace.as_mut().expect("a trace");
    trace.events[3].what = What::Sent { connection: 1, bytes };
    let page = page(&sample.exchange());
    assert!(page.len() < 60_000, "{} bytes", page.len());
    assert!(page.contains("head 44 + body 8,388,608 B") && page.contains("… 8,387,692 bytes not shown …"));
    assert!(svg(&sample.exchange()).len() < 40_000);
}

#[test]
fn a_long_exchange_loses_its_middle_but_never_where_they_part() {
    let mut sample = named("reconnects");
    sample.verdict.trace = Some(super::stories::long());
    for event in [3, 40, 80] {
        sample.verdict.findings[0].event = Some(event);
        let text = text(&sample, &WIDE);
        assert!(text.contains("here they part") && text.contains("◀ HERE"), "{event}: {text}");
        assert!(text.lines().count() < 90, "{event}: {text}");
    }
}

#[test]
fn one_more_exit_code_or_none() {
    let mut sample = named("good");
    let trace = sample.verdict.trace.as_mut().expect("a trace");
    trace.end =
        crate::trace::End::Exited { status: ExitStatus::Code(1), left_behind: vec!["sleep 9".to_owned()] };
    sample.verdict.state = State::Failed;
    let text = text(&sample, &PLAIN);
    assert!(text.contains("leaves running: sleep 9") && text.contains("here they part"), "{text}");
}

#[test]
fn nonsense_beside_any_expectation_is_drawn_within_the_lines() {
    for (seed, sample) in (0..300).zip(samples().iter().cycle()) {
        let trace = super::tests::nonsense(seed);
        let mut verdict = sample.verdict.clone();
        verdict.findings.iter_mut().for_each(|finding| finding.event = Some(seed as usize % 9));
        verdict.trace = Some(trace);
        let look = Look { width: 40 + (seed as usize * 7) % 150, ..PLAIN };
        let sample = Sample { name: sample.name, verdict, expectation: sample.expectation.clone() };
        for line in text(&sample, &look).lines().take_while(|line| !line.starts_with("  again")) {
            assert!(width(line) <= look.width, "seed {seed}: {line}");
        }
        check_xml(&svg(&sample.exchange())).unwrap_or_else(|wrong| panic!("seed {seed}: {wrong}"));
    }
}

/// What is expected and what happened, row beside row, with a line where they part.
fn side_by_side(sample: &Sample) -> Vec<String> {
    let exchange = sample.exchange();
    let comparison = compare::compare(exchange.expectation, exchange.verdict, exchange.trace);
    let shown = |side: Option<&super::entry::Entry>| {
        side.and_then(|entry| entry.keys.first()).map_or("-".to_owned(), |key| format!("{key:?}"))
    };
    let mut rows: Vec<String> = comparison
        .pairs
        .iter()
        .map(|pair| format!("{} | {}", shown(pair.expected.as_ref()), shown(pair.actual.as_ref())))
        .collect();
    rows.extend(comparison.parting.map(|parting| format!("they part at {parting}")));
    rows
}

#[test]
fn nobody_is_expected_to_print_an_answer_before_it_has_come() {
    let mut sample = named("hang");
    let speaks_first = Story::new("server-keeps-the-connection-open")
        .opened(10, 1)
        .printed(20, "connected!\n")
        .received(30, 1, GET)
        .sent(40, 1, &response(BODY))
        .exited(50, ExitStatus::Code(0));
    sample.verdict.trace = Some(speaks_first.trace());
    sample.verdict.findings.clear();
    let expected = [
        "Opened(1) | Opened(1)",
        "- | Printed(0)",
        "Request(1, 0) | Request(1, 0)",
        "Sent(1, 0) | Sent(1, 0)",
        "- | -",
        "Printed(0) | -",
        "End | End",
        "they part at 1",
    ];
    assert_eq!(side_by_side(&sample), expected);
}

#[test]
fn what_was_due_and_never_came_stands_below_the_parting() {
    let mut sample = named("hang");
    let closes_early = Story::new("server-keeps-the-connection-open")
        .opened(10, 1)
        .received(20, 1, GET)
        .program_closed(30, 1)
        .exited(40, ExitStatus::Code(1));
    sample.verdict.trace = Some(closes_early.trace());
    sample.verdict.findings[0].event = Some(3);
    let rows = side_by_side(&sample);
    let parting = rows.iter().position(|row| row.starts_with("Sent(1, 0) | -")).expect("it is due");
    assert_eq!(rows.last(), Some(&format!("they part at {parting}")), "{rows:#?}");
}

/// Is this well-formed, as far as it needs to be told of texts that we write: characters, entities, elements?
fn check_xml(text: &str) -> Result<(), String> {
    let is_allowed = |character: char| matches!(character, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..);
    if let Some(character) = text.chars().find(|&character| !is_allowed(character)) {
        return Err(format!("the character {character:?}"));
    }
    for (at, _) in text.match_indices('&') {
        let known = ["&amp;", "&lt;", "&gt;", "&quot;", "&#39;"];
        if !known.iter().any(|entity| text[at..].starts_with(entity)) {
            return Err(format!("an ampersand at {at}"));
        }
    }
    let mut open: Vec<&str> = Vec::new();
    for piece in text.split('<').skip(1) {
        let (tag, rest) = piece.split_once('>').ok_or("a tag that does not end")?;
        if rest.contains("]]>") {
            return Err("the end of a CDATA section".to_owned());
        }
        if let Some(name) = tag.strip_prefix('/') {
            if open.pop() != Some(name) {
                return Err(format!("</{name}> ends nothing"));
            }
        } else if !tag.ends_with('/') {
            open.push(tag.split(' ').next().unwrap_or_default());
        }
        if tag.matches('"').count() % 2 != 0 {
            return Err(format!("an attribute that does not end: {tag}"));
        }
    }
    if open.is_empty() { Ok(()) } else { Err(format!("never ended: {open:?}")) }
}
