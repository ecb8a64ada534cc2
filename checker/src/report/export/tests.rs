//! Golden texts of each format, and each format read back as its consumer reads it.

mod consumers;
mod golden;
mod sheets;

use crate::judge::{NotRun, State};
use crate::report::samples::*;
use crate::report::tests::{advice, good, hung, private, unjudged};
use crate::trace::ExitStatus;

use super::classroom50::Facts;
use super::*;

/// What a program might print to be taken for the checker, or for markup.
const HOSTILE: &str = "\n::error file=x::forged\n]]></failure><b a='\"'>&amp;\n```\n# | <img src=x>\nBail out! ok 1 # SKIP\n\
                       {\"scores\":{\"w04-l03\":100}}\r\u{1b}]0;x\u{7}\0\u{202e}\u{fffe}%0A";
/// The criterion that fails where a sample does.
const LENGTH: (&str, &str) = ("exact-length", "The Content-Length of each response is respected exactly");

fn of(verdict: Verdict) -> Submission {
    Submission {
        lesson: verdict.lesson.clone(),
        title: verdict.title.clone(),
        program: "main.rs".to_owned(),
        source: Some("exercises/w04-l03/main.rs".to_owned()),
        outcome: Outcome::Judged(Box::new(verdict), heading()),
        class: None,
    }
}

fn pass() -> Submission {
    of(verdict(vec![good(), needs_private(), advice()]))
}

fn needs_private() -> ScenarioVerdict {
    ScenarioVerdict { id: "peer-vanishes".to_owned(), ..private() }
}

fn failure() -> Submission {
    of(verdict(vec![good(), overread(), hung(), advice()]))
}

fn fault() -> ScenarioVerdict {
    ScenarioVerdict { id: "server-closes".to_owned(), ..unjudged() }
}

fn not_judged() -> Submission {
    let mut verdict = verdict(vec![good(), fault()]);
    verdict.criteria[1] = criterion(LENGTH.0, LENGTH.1, 0, 0);
    of(verdict)
}

fn does_not_build() -> Submission {
    let criteria = verdict(Vec::new()).criteria.into_iter();
    let unearned =
        |criterion| CriterionVerdict { state: State::Failed, held: 0, of: 0, earned: 0, ..criterion };
    let output =
        b"\x1b[31merror[E0308]\x1b[0m: mismatched types\n --> exercises/w04-l03/main.rs:2:17\n  |\n2 |     \
                   let x: u8 = \"a\";\n\x1b]0;x\x07\n";
    let outcome =
        Outcome::DoesNotBuild { criteria: criteria.map(unearned).collect(), output: output.to_vec() };
    Submission { outcome, ..pass() }
}

fn no_program() -> Submission {
    let Outcome::DoesNotBuild { criteria, .. } = does_not_build().outcome else {
        panic!("it does not build")
    };
    let reason = "There is no program: no file ends in .rs, .c or .py, or runs as it is.".to_owned();
    let outcome = Outcome::NoProgram { criteria, reason };
    Submission { outcome, program: String::new(), source: Some("bob/notes.txt".to_owned()), ..pass() }
}

/// A program that was stopped so often that not everything was played.
fn given_up() -> Submission {
    let unplayed = |id: &str| ScenarioVerdict {
        id: id.to_owned(),
        not_run_because: Some(NotRun::GivenUp),
        ..unjudged()
    };
    let mut verdict = verdict(vec![good(), hung(), unplayed("split-anywhere"), unplayed("server-closes")]);
    verdict.criteria[1] = criterion(LENGTH.0, LENGTH.1, 1, 2);
    of(verdict)
}

fn hostile() -> Submission {
    let trace =
        Story::new("hostile").opened(140, 1).complained(300, HOSTILE).exited(390, ExitStatus::Code(1));
    let finding = finding("prints.extra", &format!("Your program printed {HOSTILE}"), HOSTILE, HOSTILE, None);
    let scenario = failed("The server answers.", trace.trace(), finding);
    let mut submission = of(verdict(vec![scenario]));
    submission.program = format!("./{HOSTILE}");
    submission.source = None;
    submission
}

fn classroom(submission: &Submission) -> String {
    let text = |text: &str| text.to_owned();
    let facts = Facts {
        classroom: text("net101"),
        assignment: text("w04-l03"),
        assignment_type: text("individual"),
        owner: text("alice"),
        submission: text("submit/2026-09-12T09-00-00Z-abc"),
        commit: text("https://example.com/c"),
        release: text("https://example.com/r"),
        review: text("https://example.com/v"),
        datetime: text("2026-09-12T09:00:00Z"),
    };
    classroom50::of(submission, &facts)
}

/// The samples by name.
fn samples() -> [(&'static str, Submission); 7] {
    [
        ("pass", pass()),
        ("failure", failure()),
        ("given up", given_up()),
        ("not judged", not_judged()),
        ("does not build", does_not_build()),
        ("no program", no_program()),
        ("hostile", hostile()),
    ]
}
