//! An exchange as a page: no network, no script, every row shows its bytes to a pointer and to the keyboard.

mod ladder;

use crate::judge::ScenarioVerdict;
use crate::report::Look;
use crate::report::terminal;

use super::Expectation;
use super::compare::{self, Side};
use super::exchange::{Exchange, first_sentence, sentence_of};
use super::markup::{marked_up, sentence};
use super::sheet::places;

/// Colours, letters and what every page has.
pub(in crate::report) const THEME: &str = include_str!("theme.css");
/// What a drawing needs.
pub(in crate::report) const LADDER: &str = include_str!("ladder.css");
const STYLE: &str = include_str!("page.css");

/// The page; the same exchange always gives the same text.
#[must_use]
pub fn page(exchange: &Exchange<'_>) -> String {
    let comparison = compare::compare(exchange.expectation, exchange.verdict, exchange.trace);
    let places = places(&comparison);
    let mut out = String::new();
    out.push_str(&head(exchange));
    out.push_str(&verdict(exchange));
    out.push_str("<main>\n");
    out.push_str(&explanation(exchange));
    out.push_str(&ladder::ladders(&Side::BOTH, &places, exchange.first_sentence(), "h2"));
    out.push_str(&again(exchange));
    out.push_str(&plain(exchange));
    out.push_str("</main>\n</body>\n</html>\n");
    out
}

/// One drawing on a page of others: of what was expected, where that is known, and of what happened.
/// Nothing is drawn of a scenario that was not played.
pub(in crate::report) fn drawing(
    verdict: &ScenarioVerdict,
    expectation: Option<&Expectation>,
) -> Option<String> {
    let trace = verdict.trace.as_ref()?;
    let (comparison, sides) = match expectation {
        Some(expectation) => (compare::compare(expectation, verdict, trace), &Side::BOTH[..]),
        None => (compare::happened(verdict, trace), &[Side::Happened][..]),
    };
    Some(ladder::ladders(sides, &places(&comparison), first_sentence(sentence_of(verdict)), "h4"))
}

fn head(exchange: &Exchange<'_>) -> String {
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; \
         base-uri 'none'; form-action 'none'\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n\
         <meta name=\"generator\" content=\"workbook diagram\">\n\
         <title>{} · {}</title>\n<style>\n{THEME}{LADDER}{STYLE}</style>\n</head>\n<body>\n",
        marked_up(exchange.lesson),
        marked_up(&exchange.trace.scenario),
    )
}

/// Where it was, the verdict in a sentence, and what the peer did.
fn verdict(exchange: &Exchange<'_>) -> String {
    let (sign, state) = exchange.state();
    let first = exchange.first_sentence();
    let rest = exchange.sentence()[first.len()..].trim();
    let cut = exchange.trace.cut.map(|cut| format!(" The message is cut after byte {cut}."));
    let about = format!("{}{}", exchange.verdict.title, cut.unwrap_or_default());
    let paragraph = |class: &str, text: &str| match text {
        "" => String::new(),
        _ => format!("<p class=\"{class}\">{}</p>\n", sentence(text)),
    };
    format!(
        "<header>\n<p class=\"where\"><b>{lesson}</b> {title} <span class=\"scenario\">{scenario}</span></p>\n\
         <h1 class=\"{class}\"><span class=\"sign\" aria-hidden=\"true\">{sign}</span> \
         <span class=\"unseen\">{state}: </span>{first}</h1>\n{rest}{about}</header>\n",
        lesson = marked_up(exchange.lesson),
        title = marked_up(exchange.title),
        scenario = marked_up(&exchange.trace.scenario),
        class = state.replace(' ', "-"),
        first = sentence(first),
        rest = paragraph("rest", rest),
        about = paragraph("about", &about),
    )
}

/// What was expected and what came, and beside it what helps.
fn explanation(exchange: &Exchange<'_>) -> String {
    let (facts, help): (Vec<_>, Vec<_>) = exchange
        .explanation()
        .into_iter()
        .partition(|(label, _)| matches!(*label, "expected" | "actual" | "also"));
    if facts.is_empty() && help.is_empty() {
        return String::new();
    }
    let list = |lines: Vec<(&str, &str)>| {
        let line = |(label, text)| format!("<dt>{label}</dt><dd class=\"{label}\">{}</dd>\n", sentence(text));
        format!("<dl>\n{}</dl>\n", lines.into_iter().map(line).collect::<String>())
    };
    format!("<section class=\"why\" aria-label=\"Why\">\n{}{}</section>\n", list(facts), list(help))
}

/// What plays it again, and what was run.
fn again(exchange: &Exchange<'_>) -> String {
    format!(
        "<section class=\"again\" aria-label=\"Again\">\n<dl>\n<dt>again</dt><dd><code>{}</code></dd>\n\
         <dt>ran</dt><dd><code>{}</code></dd>\n<dt>seed</dt><dd><code>{}</code> at the {} level</dd>\n\
         </dl>\n</section>\n",
        marked_up(&exchange.again()),
        marked_up(&exchange.command()),
        crate::report::seed(exchange.trace.seed),
        exchange.trace.level,
    )
}

/// The same as text, for those who copy it or hear it.
fn plain(exchange: &Exchange<'_>) -> String {
    let text =
        terminal::compared(exchange.verdict, exchange.expectation, exchange.lesson, &Look::of_a_file());
    format!(
        "<details>\n<summary>The same as plain text</summary>\n<pre class=\"plain\" tabindex=\"0\">{}</pre>\n</details>\n",
        marked_up(&text)
    )
}
