//! Messages that can be built and cut as they say.

use std::ops::{Range, RangeInclusive};

use toml::Spanned;

use super::content_length;
use super::context::Context;
use crate::course::checks::{Cut, Segments, SendSpec};
use crate::course::template::Place;

/// More runs than this would make one scenario longer than all others together.
const MOST_SWEPT_BYTES: usize = 4096;

/// More segments than this would take longer than a learner waits.
const MOST_SINGLE_BYTES: usize = 65536;

/// Checks one `send`; `span` is where the step stands.
pub(super) fn check(context: &mut Context<'_>, send: &SendSpec, span: &Range<usize>) {
    if let Some(body) = &send.body {
        context.known_body(body);
    }
    what_is_sent(context, send, span);
    body_bytes(context, send, span);
    content_length::check(context, send, span);
    if let Some(size) = Size::of(context, send, span) {
        if size.most() == 0 && (send.raw.is_some() || send.body.is_some()) {
            sends_nothing(context, span);
        }
        cuts(context, send, &size, span);
    }
}

/// Either `raw` alone, or a head, a body, or both.
fn what_is_sent(context: &mut Context<'_>, send: &SendSpec, span: &Range<usize>) {
    let beside_raw = [
        ("head", send.head.is_some()),
        ("body", send.body.is_some()),
        ("body-bytes", send.body_bytes.is_some()),
        ("extra", send.extra.is_some()),
    ];
    if send.raw.is_some() {
        for (word, _) in beside_raw.into_iter().filter(|(_, is_there)| *is_there) {
            let at = context.file.find_in(span.clone(), word);
            context.wrong(
                at,
                format!("`{word}` beside `raw`"),
                "send either `raw` alone, or `head` and `body`",
            );
        }
    } else if send.head.is_none() && send.body.is_none() {
        sends_nothing(context, span);
    }
}

fn sends_nothing(context: &mut Context<'_>, span: &Range<usize>) {
    let at = context.file.find_in(span.clone(), "send");
    context.wrong(at, "this sends nothing", "give it a `head`, a `body`, or `raw` text");
}

fn body_bytes(context: &mut Context<'_>, send: &SendSpec, span: &Range<usize>) {
    let Some(wanted) = send.body_bytes else { return };
    let at = context.file.find_in(span.clone(), "body-bytes");
    match send.body.as_ref() {
        None => context.wrong(at, "`body-bytes` without a body", "name the body that is cut short"),
        Some(body) => match context.body_lengths(body) {
            Some(lengths) if wanted > *lengths.start() => {
                let message =
                    format!("the body `{}` may have only {} bytes", body.get_ref(), lengths.start());
                context.wrong(at, message, "send no more than the body has with every seed");
            }
            _ => {}
        },
    }
}

/// How long a message and its head may become, whatever the seed.
struct Size {
    head: RangeInclusive<usize>,
    behind_head: RangeInclusive<usize>,
}

impl Size {
    /// Checks the placeholders on the way; nothing where the length cannot be known.
    fn of(context: &mut Context<'_>, send: &SendSpec, span: &Range<usize>) -> Option<Self> {
        let body = send.body.as_ref().map_or(Some(0..=0), |body| context.body_lengths(body));
        let head = head_lengths(context, send, body.as_ref());
        let raw = text_lengths(context, send.raw.as_ref().map(Spanned::get_ref), span);
        let extra = text_lengths(context, send.extra.as_ref(), span);
        let sent = send.body_bytes.map_or(body, |bytes| Some(bytes..=bytes));
        Some(Self { head: head?, behind_head: add(&add(&raw?, &extra?), &sent?) })
    }

    fn least(&self) -> usize {
        self.head.start() + self.behind_head.start()
    }

    fn most(&self) -> usize {
        self.head.end() + self.behind_head.end()
    }
}

fn add(one: &RangeInclusive<usize>, other: &RangeInclusive<usize>) -> RangeInclusive<usize> {
    one.start() + other.start()..=one.end() + other.end()
}

fn head_lengths(
    context: &mut Context<'_>,
    send: &SendSpec,
    body: Option<&RangeInclusive<usize>>,
) -> Option<RangeInclusive<usize>> {
    let Some(head) = &send.head else { return Some(0..=0) };
    let line_end = send.line_end.bytes().len();
    let mut lengths = Some(line_end..=line_end);
    for line in head {
        let template = context.template(line.get_ref(), Place::Head, line.span());
        let line = template.zip(body).map(|(template, body)| template.lengths(body));
        lengths = lengths.zip(line).map(|(all, line)| add(&add(&all, &line), &(line_end..=line_end)));
    }
    lengths
}

fn text_lengths(
    context: &mut Context<'_>,
    text: Option<&String>,
    span: &Range<usize>,
) -> Option<RangeInclusive<usize>> {
    let Some(text) = text else { return Some(0..=0) };
    Some(context.template(text, Place::Raw, span.clone())?.lengths(&(0..=0)))
}

fn cuts(context: &mut Context<'_>, send: &SendSpec, size: &Size, span: &Range<usize>) {
    let at = context.file.find_in(span.clone(), "segments");
    match &send.segments {
        Segments::One => {}
        Segments::EachByte => not_too_many(context, size.most(), MOST_SINGLE_BYTES, at),
        Segments::EverySplit => {
            not_too_many(context, size.most(), MOST_SWEPT_BYTES, at.clone());
            if size.least() < 2 {
                context.wrong(at, "a message this short cannot be cut", "send at least two bytes");
            }
        }
        Segments::HeadThenBody if *size.head.start() == 0 || *size.behind_head.start() == 0 => {
            context.wrong(at, "there is nothing to cut between", "give the message a head and a body");
        }
        Segments::HeadThenBody => {}
        Segments::At(cuts) => {
            let list = at.start..span.end;
            cuts.iter().for_each(|cut| cut_inside(context, *cut, size, list.clone()));
        }
    }
}

fn not_too_many(context: &mut Context<'_>, bytes: usize, most: usize, at: Range<usize>) {
    if bytes > most {
        let message = format!("{bytes} bytes are too many to cut everywhere");
        context.wrong(at, message, &format!("at most {most} bytes, or name the cuts"));
    }
}

/// A cut leaves at least one byte on both sides, with every seed.
fn cut_inside(context: &mut Context<'_>, cut: Cut, size: &Size, list: Range<usize>) {
    let (is_inside, written) = match cut {
        Cut::FromStart(offset) => ((1..size.least()).contains(&offset), offset.to_string()),
        Cut::FromHeadEnd(offset) => (is_inside(offset, size), head_cut(offset)),
    };
    if !is_inside {
        let (head, least) = (size.head.start(), size.least());
        let error = context.file.error(context.file.find_in(list, &written), "a cut outside the message");
        let label = format!("it has at least {least} bytes, {head} of them head");
        context.errors.push(error.label(label));
    }
}

fn is_inside(offset: isize, size: &Size) -> bool {
    let has_head = *size.head.start() > 0;
    has_head
        && match usize::try_from(offset) {
            Ok(behind) => behind < *size.behind_head.start(),
            Err(_) => offset.unsigned_abs() < *size.head.start(),
        }
}

fn head_cut(offset: isize) -> String {
    match offset {
        0 => "\"head\"".to_owned(),
        offset => format!("\"head{offset:+}\""),
    }
}
