//! The page of a learner: each submission with its criteria, what was wrong, and what happened.

use crate::judge::State;
use crate::report::Look;
use crate::report::class::{CriterionResult, Kind, LearnerPage, Score, SourceFile, Submission};
use crate::report::diagram::{LADDER, marked_up, sentence};
use crate::report::terminal::compiler_notes;
use crate::report::text::count;

use super::document;
use super::encounter;
use super::table::remark;
use super::words::{isolated, key, line, sign, span};

/// The page; the same learner always gives the same text.
#[must_use]
pub fn learner(page: &LearnerPage) -> String {
    let name = page.person.name.as_ref().unwrap_or(&page.person.login);
    let mut out = document::begin(&format!("{name} · class report"), None, LADDER);
    out.push_str(&header(page));
    out.push_str("<main id=\"main\" tabindex=\"-1\">\n");
    if page.submissions.is_empty() {
        out.push_str("<p>Nothing was handed in.</p>\n");
    }
    let (counting, others): (Vec<_>, Vec<_>) =
        page.submissions.iter().enumerate().partition(|(_, submission)| submission.is_counting);
    counting.iter().for_each(|(index, submission)| out.push_str(&section(submission, index + 1)));
    if !others.is_empty() {
        out.push_str("<h2 class=\"earlier\">Submissions that do not count</h2>\n");
    }
    for (index, submission) in others {
        out.push_str(&format!(
            "<details class=\"earlier\">\n<summary>{} {}, attempt {}: {}</summary>\n{}</details>\n",
            line(&submission.lesson),
            line(&submission.title),
            submission.attempt,
            submission.kind.words_after(submission.attempts),
            section(submission, index + 1),
        ));
    }
    out.push_str("</main>\n");
    out.push_str(&document::end(None));
    out
}

fn header(page: &LearnerPage) -> String {
    let back = page.overview.as_ref().map_or_else(
        || "Class report".to_owned(),
        |overview| format!("<a href=\"{}\">Class report</a>", line(overview)),
    );
    let person = &page.person;
    let (name, login) = match &person.name {
        Some(name) => (name, format!(" <span class=\"login\">{}</span>", isolated(&person.login))),
        None => (&person.login, String::new()),
    };
    format!(
        "<header class=\"top\">\n<nav class=\"where\" aria-label=\"The way to this page\">{back} / {}</nav>\n\
         <h1>{}{login}</h1>\n</header>\n",
        isolated(&person.login),
        isolated(name),
    )
}

fn section(submission: &Submission, number: usize) -> String {
    format!(
        "<section class=\"submission\" aria-labelledby=\"submission-{number}\">\n\
         <h2 id=\"submission-{number}\"><span class=\"id\">{}</span> {}</h2>\n{}{}{}{}{}{}{}{}</section>\n",
        line(&submission.lesson),
        line(&submission.title),
        verdict(submission),
        facts(submission),
        remarks(submission),
        comment(submission),
        criteria(submission),
        encounter::evidence(submission),
        again(submission),
        files(&submission.files),
    )
}

/// What came of it, and what it is worth.
fn verdict(submission: &Submission) -> String {
    let kind = submission.kind;
    let score = match submission.score {
        Some(score) => format!(" <span class=\"total\">{} points</span>", points(score)),
        None => " <span class=\"total\">no score yet</span>".to_owned(),
    };
    let passed = match submission.has_passed {
        Some(true) => " <span class=\"chip\">reaches the pass mark</span>",
        Some(false) => " <span class=\"chip\">below the pass mark</span>",
        None => "",
    };
    format!(
        "<p class=\"verdict {}\"><span class=\"sign\" aria-hidden=\"true\">{}</span> <b>{}</b>{score}{passed}</p>\n",
        key(kind),
        sign(kind),
        capitalised(kind),
    )
}

fn points(score: Score) -> String {
    format!("{} of {}", score.earned, score.of)
}

/// The words for a result as a sentence begins.
fn capitalised(kind: Kind) -> &'static str {
    match kind {
        Kind::Held => "All criteria hold",
        Kind::Failed => "Some criteria do not hold",
        Kind::DoesNotBuild => "Does not build",
        Kind::NothingHandedIn => "Nothing to grade was handed in",
        Kind::Unstable => "Unstable: it was not the same each time",
        Kind::NotJudged => "Not judged",
    }
}

fn facts(submission: &Submission) -> String {
    let late = submission.late.map(|late| match submission.deducted {
        Some(deducted) => format!("<b>{} late</b>, which costs {deducted} points", span(late)),
        None => format!("<b>{} late</b>", span(late)),
    });
    let attempt = format!("attempt {} of {}", submission.attempt, submission.attempts);
    let facts = [
        submission.program.as_deref().map(isolated),
        (submission.attempts > 0).then_some(attempt),
        submission.handed_in.as_ref().map(|time| format!("handed in {}", line(time))),
        late,
        (!submission.origin.is_empty()).then(|| format!("found at {}", isolated(&submission.origin))),
    ];
    let facts: Vec<String> = facts.into_iter().flatten().map(|fact| format!("<span>{fact}</span>")).collect();
    format!("<p class=\"facts\">{}</p>\n", facts.join(" · "))
}

fn remarks(submission: &Submission) -> String {
    let item = |flag| format!("<li>{}.</li>\n", remark(flag, usize::MAX).trim_end_matches('.'));
    let items: String = submission.flags.iter().map(item).collect();
    if items.is_empty() { items } else { format!("<ul class=\"remarks\" role=\"list\">\n{items}</ul>\n") }
}

fn comment(submission: &Submission) -> String {
    let paragraphs =
        |text: &String| -> String { text.lines().map(|text| format!("<p>{}</p>", isolated(text))).collect() };
    submission.comment.as_ref().map_or_else(String::new, |comment| {
        format!(
            "<aside class=\"comment\" aria-label=\"Comment of the instructor\"><p class=\"quiet\">Comment</p>{}</aside>\n",
            paragraphs(comment)
        )
    })
}

fn criteria(submission: &Submission) -> String {
    if submission.criteria.is_empty() {
        return String::new();
    }
    let rows: String = submission.criteria.iter().map(criterion).collect();
    format!(
        "<table class=\"criteria\">\n<caption>Criteria</caption>\n<thead><tr><th scope=\"col\">Criterion</th>\
         <th scope=\"col\">State</th><th scope=\"col\" class=\"number spare\">Scenarios</th>\
         <th scope=\"col\" class=\"number\">Points</th></tr></thead>\n<tbody>\n{rows}</tbody>\n</table>\n"
    )
}

fn criterion(criterion: &CriterionResult) -> String {
    let (class, sign, words) = match criterion.state {
        State::Held => ("held", "✓", "holds"),
        State::Failed => ("failed", "✗", "does not hold"),
        State::NotRun => ("not-judged", "○", "not judged"),
    };
    let hidden = if criterion.is_hidden { " <span class=\"chip\">hidden from learners</span>" } else { "" };
    let scenarios = match criterion.of {
        0 => String::new(),
        of => format!("{}/{of}", criterion.held),
    };
    let score = criterion.score.map(|score| score.to_string()).unwrap_or_default();
    format!(
        "<tr class=\"{class}\"><th scope=\"row\">{}{hidden}</th><td><span class=\"sign\" aria-hidden=\"true\">{sign}</span> {words}</td>\
         <td class=\"number spare\">{scenarios}</td><td class=\"number\">{score}</td></tr>\n",
        sentence(&criterion.text),
    )
}

/// What the learner can be shown the very same run with.
fn again(submission: &Submission) -> String {
    submission.again.as_ref().map_or_else(String::new, |command| {
        format!(
            "<div class=\"again\"><p class=\"quiet\">The very same run again</p><pre tabindex=\"0\"><code>{}</code></pre></div>\n",
            line(command)
        )
    })
}

fn files(files: &[SourceFile]) -> String {
    if files.is_empty() {
        return String::new();
    }
    let items: String = files.iter().map(file).collect();
    format!("<h3>Handed in: {}</h3>\n{items}", count(files.len(), "file"))
}

fn file(file: &SourceFile) -> String {
    let name = isolated(&file.name);
    match &file.content {
        None => format!("<p class=\"file\">{name} <span class=\"quiet\">(not shown)</span></p>\n"),
        Some(content) => format!(
            "<details class=\"file\">\n<summary>{name} <span class=\"quiet\">{}</span></summary>\n{}</details>\n",
            count(content.len(), "byte"),
            block("source", &compiler_notes(content, &Look::of_a_file())),
        ),
    }
}

/// A text of which every blank counts. It can be reached by the keyboard, so that it can be scrolled.
pub(super) fn block(class: &str, text: &str) -> String {
    format!("<pre class=\"{class}\" tabindex=\"0\">{}</pre>\n", marked_up(text.trim_end_matches('\n')))
}
