//! A Content-Length is that of the body, or says that it lies.

use std::ops::{Range, RangeInclusive};

use toml::Spanned;

use super::context::Context;
use crate::course::checks::SendSpec;
use crate::course::template::{Place, Template};

/// Checks the Content-Length lines of a message against its body.
pub(super) fn check(context: &mut Context<'_>, send: &SendSpec, span: &Range<usize>) {
    let lines = send.head.iter().flatten();
    let lines: Vec<_> = lines.filter_map(|line| Some((line, value(line.get_ref())?))).collect();
    let body = send.body.as_ref().map_or(Some(0..=0), |body| context.body_lengths(body));
    let Some(body) = body else { return };
    let lengths = Lengths { body, sent: send.body_bytes };
    if send.lies {
        if !lines.iter().any(|(_, value)| lengths.never_agree(value)) {
            let at = context.file.find_in(span.clone(), "lies");
            context.wrong(at, "no Content-Length lies here", "leave `lies` out, or announce another length");
        }
        return;
    }
    for (line, value) in lines {
        // A bad placeholder has an error of its own.
        if Template::parse(value, Place::Head).is_ok() && !lengths.always_agree(value) {
            disagrees(context, line, &lengths.body);
        }
    }
}

fn disagrees(context: &mut Context<'_>, line: &Spanned<String>, body: &RangeInclusive<usize>) {
    let label = match (body.start(), body.end()) {
        (one, other) if one == other => format!("the body has {one} bytes"),
        (least, most) => format!("the body has {least} to {most} bytes, as the seed wants"),
    };
    let error = context.file.error(line.span(), "Content-Length disagrees with the body");
    context.errors.push(error.label(label).help("write `{len}`, or `lies = true` where it is meant"));
}

/// The value, where the line is a Content-Length.
fn value(line: &str) -> Option<&str> {
    let (name, value) = line.split_once(':')?;
    name.trim().eq_ignore_ascii_case("content-length").then_some(value)
}

/// The lengths that may be announced.
struct Lengths {
    body: RangeInclusive<usize>,
    /// Where the body is cut short, that length is true as well.
    sent: Option<usize>,
}

impl Lengths {
    fn always_agree(&self, value: &str) -> bool {
        [*self.body.start(), *self.body.end()].into_iter().all(|length| self.agree(value, length))
    }

    fn never_agree(&self, value: &str) -> bool {
        !self.body.clone().any(|length| self.agree(value, length))
    }

    /// Equal members of a list are as good as one (RFC 9110 section 8.6).
    fn agree(&self, value: &str, length: usize) -> bool {
        let value = value.replace("{len}", &length.to_string());
        value.split(',').all(|member| {
            let member = member.trim_matches([' ', '\t']);
            let is_number = !member.is_empty() && member.bytes().all(|byte| byte.is_ascii_digit());
            let announced = member.parse::<usize>().ok().filter(|_| is_number);
            announced.is_some_and(|announced| announced == length || Some(announced) == self.sent)
        })
    }
}
