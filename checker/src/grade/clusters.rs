//! Failures that look alike: one comment answers many.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use serde::Serialize;
use sha2::{Digest as _, Sha256};

use super::record::{Key, Outcome};
use crate::course::FindingKind;
use crate::judge::{ScenarioVerdict, State, Verdict};
use crate::trace::{End, ExitStatus, RequestReader, Trace, What, escape};

/// How many hexadecimal digits an id has: enough that no two clusters of a class share one.
const ID_DIGITS: usize = 8;
/// How long a compiler's error may be in a title.
const MOST_OF_AN_ERROR: usize = 100;
/// More connections than this are told apart no further.
const MOST_CONNECTIONS: usize = 8;

/// The cluster that a failure belongs to: the same for the same behaviour in every run.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mark {
    /// Short enough to type.
    pub id: String,
    /// What happened, in one sentence.
    pub title: String,
}

/// A failure of one learner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Whose.
    pub learner: String,
    /// In which lesson.
    pub lesson: String,
    /// Of which result.
    pub key: Key,
    /// Where it belongs.
    pub mark: Mark,
}

/// Failures of one lesson that look alike.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cluster {
    /// The lesson's id.
    pub lesson: String,
    /// What they have in common.
    pub mark: Mark,
    /// Who, each once, in the order given.
    pub learners: Vec<String>,
    /// The result of the first of them.
    pub example: Key,
}

/// Groups failures, the largest cluster first; those of equal size in order of lesson and id.
#[must_use]
pub fn clusters(members: &[Member]) -> Vec<Cluster> {
    let mut found: BTreeMap<(&str, &str), Cluster> = BTreeMap::new();
    let mut seen: BTreeSet<(&str, &str, &str)> = BTreeSet::new();
    for Member { learner, lesson, key, mark } in members {
        let cluster = found.entry((lesson, &mark.id)).or_insert_with(|| Cluster {
            lesson: lesson.clone(),
            mark: mark.clone(),
            learners: Vec::new(),
            example: key.clone(),
        });
        if seen.insert((lesson, &mark.id, learner)) {
            cluster.learners.push(learner.clone());
        }
    }
    let mut clusters: Vec<Cluster> = found.into_values().collect();
    clusters.sort_by_key(|cluster| std::cmp::Reverse(cluster.learners.len()));
    clusters
}

impl Mark {
    /// Where a result in this lesson belongs; nowhere when nothing failed, or when it could not be judged.
    #[must_use]
    pub fn of(lesson: &str, outcome: &Outcome) -> Option<Self> {
        match outcome {
            Outcome::Judged { verdict, .. } => of_verdict(lesson, verdict),
            Outcome::DoesNotBuild { output } => Some(of_build(lesson, output)),
            Outcome::Unstable { .. } | Outcome::NotJudged { .. } => None,
        }
    }

    /// The hash of what is alike.
    fn new(alike: &impl Serialize, title: String) -> Self {
        let text = serde_json::to_vec(alike).expect("plain data always becomes JSON");
        let digest = Sha256::digest(text);
        let mut id = digest.iter().fold(String::new(), |mut id, byte| {
            write!(id, "{byte:02x}").expect("a string takes all");
            id
        });
        id.truncate(ID_DIGITS);
        Self { id, title }
    }
}

/// What programs of a cluster have in common on the wire.
#[derive(Serialize)]
struct Behaviour<'a> {
    lesson: &'a str,
    scenario: &'a str,
    findings: Vec<FindingKind>,
    mistake: Option<&'a str>,
    /// Of each connection that was opened, at most [`MOST_CONNECTIONS`].
    requests: &'a [usize],
    end: &'static str,
}

/// What compiler errors of a cluster have in common.
#[derive(Serialize)]
struct Refusal<'a> {
    lesson: &'a str,
    error: &'a str,
}

fn of_verdict(lesson: &str, verdict: &Verdict) -> Option<Mark> {
    let is_failure = |scenario: &&ScenarioVerdict| scenario.state == State::Failed && !scenario.is_advice;
    let scenario = verdict.scenarios.iter().find(is_failure)?;
    let requests = scenario.trace.as_ref().map(requests).unwrap_or_default();
    let end = scenario.trace.as_ref().map_or("was not run", |trace| ending(&trace.end));
    let alike = Behaviour {
        lesson,
        scenario: &scenario.id,
        findings: scenario.findings.iter().map(|finding| finding.kind).collect(),
        mistake: scenario.mistake.as_ref().map(|mistake| mistake.id.as_str()),
        requests: &requests,
        end,
    };
    let cause = match (&scenario.mistake, alike.findings.first()) {
        (Some(mistake), _) => mistake.mistake.trim_end_matches('.').to_owned(),
        (None, Some(kind)) => format!("Finding `{kind}`"),
        (None, None) => "Not all that is required happened".to_owned(),
    };
    let title = format!("{cause}: in {}, {}, and {end}.", scenario.id, on_the_wire(&requests));
    Some(Mark::new(&alike, title))
}

/// Whole and cut requests of each connection that was opened.
fn requests(trace: &Trace) -> Vec<usize> {
    let mut readers: BTreeMap<usize, RequestReader> = BTreeMap::new();
    for event in &trace.events {
        match &event.what {
            What::Opened { connection, .. } => {
                readers.entry(*connection).or_default();
            }
            What::Received { connection, bytes } => readers.entry(*connection).or_default().push(bytes),
            _ => {}
        }
    }
    let amount = |reader: &RequestReader| reader.whole().len() + usize::from(reader.unfinished().is_some());
    readers.values().take(MOST_CONNECTIONS).map(amount).collect()
}

fn on_the_wire(requests: &[usize]) -> String {
    let count = |amount: usize, what: &str| format!("{amount} {what}{}", if amount == 1 { "" } else { "s" });
    match requests {
        [] => "no connection".to_owned(),
        [one] => format!("{} on 1 connection", count(*one, "request")),
        several => {
            let each: Vec<String> = several.iter().map(ToString::to_string).collect();
            let more = if several.len() == MOST_CONNECTIONS { " or more" } else { "" };
            format!("{} requests on {}{more} connections", each.join(" + "), several.len())
        }
    }
}

fn ending(end: &End) -> &'static str {
    match end {
        End::Exited { status: ExitStatus::Code(0), .. } => "it ended with success",
        End::Exited { status: ExitStatus::Code(_), .. } => "it ended with an error",
        End::Exited { status: ExitStatus::Signal(_), .. } => "it crashed",
        End::Hung(_) => "it waits for ever",
        End::DeadlinePassed { .. } => "it ran out of time",
        End::Flooded { .. } => "it was stopped, for it took too much",
        End::NotStarted { .. } => "it could not be started",
        End::Fault { .. } => "it could not be judged",
    }
}

fn of_build(lesson: &str, output: &[u8]) -> Mark {
    let error = first_error(&String::from_utf8_lossy(output));
    let title = format!("It does not build: {}", shortened(&error));
    Mark::new(&Refusal { lesson, error: &error }, title)
}

/// The first error that the compiler told of, without the place and without names that only this program has.
fn first_error(output: &str) -> String {
    let output = without_colours(output);
    let lines = || output.lines().map(str::trim).filter(|line| !line.is_empty());
    let error = lines().find(|line| line.contains("error"));
    // Python's last line names the error, and the lines before it quote the program.
    let line = error.or_else(|| lines().rfind(|line| line.contains("Error"))).or_else(|| lines().next());
    let Some(line) = line else { return "the compiler says nothing".to_owned() };
    let line = line.find("error").filter(|_| error.is_some()).map_or(line, |at| &line[at..]);
    escape(without_names(line).as_bytes())
}

/// Text without the sequences that colour it.
fn without_colours(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        if character == '\x1b' {
            characters.by_ref().find(char::is_ascii_alphabetic);
        } else {
            out.push(character);
        }
    }
    out
}

/// What stands in quotes, or is a number on its own, differs from program to program.
fn without_names(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    let mut until: Option<char> = None;
    for character in line.chars() {
        match (until, character) {
            (Some(end), character) if character == end => {
                until = None;
                out.push('…');
                out.push(character);
            }
            (Some(_), _) => {}
            (None, '`') => until = open(&mut out, '`', '`'),
            (None, '‘') => until = open(&mut out, '‘', '’'),
            (None, '\'') => until = open(&mut out, '\'', '\''),
            (None, '"') => until = open(&mut out, '"', '"'),
            (None, character) => out.push(character),
        }
    }
    out
}

fn open(out: &mut String, quote: char, end: char) -> Option<char> {
    out.push(quote);
    Some(end)
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(MOST_OF_AN_ERROR) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::grade::gradebook::samples::{failed, given_up, held, not_judged};
    use crate::grade::handed_in::Digest;

    fn unbuilt(output: &str) -> Mark {
        Mark::of("w04-l03", &Outcome::DoesNotBuild { output: output.into() }).expect("a failure")
    }

    fn member(learner: &str, mark: &Mark) -> Member {
        let key = Key(Digest(format!("key of {learner}")));
        Member { learner: learner.to_owned(), lesson: "w04-l03".to_owned(), key, mark: mark.clone() }
    }

    #[test]
    fn the_same_error_at_another_place_is_alike() {
        let one = unbuilt("main.c:3:5: \x1b[31merror\x1b[0m: use of undeclared identifier 'socke'\n  x\n");
        let other =
            unbuilt("main.c: In function 'main':\nmain.c:40:1: error: use of undeclared identifier 'conect'");
        assert_eq!(one, other);
        assert_eq!(one.title, "It does not build: error: use of undeclared identifier '…'");
        let another = unbuilt("error[E0308]: mismatched types\n --> main.rs:2:17");
        assert_eq!(another.title, "It does not build: error[E0308]: mismatched types");
        assert_ne!(one.id, another.id);
        let python = unbuilt(
            "  File \"main.py\", line 3\n    print(\"error\n          ^\nSyntaxError: unterminated string literal",
        );
        assert!(!python.title.is_empty());
        assert_eq!(unbuilt("").title, "It does not build: the compiler says nothing");
    }

    #[test]
    fn the_largest_cluster_comes_first_and_everyone_is_in_it_once() {
        let (rare, common) = (unbuilt("error: a"), unbuilt("error: b"));
        let members =
            [member("ada", &rare), member("bob", &common), member("eve", &common), member("bob", &common)];
        let found = clusters(&members);
        let told: Vec<_> = found.iter().map(|cluster| (&cluster.mark, cluster.learners.join(" "))).collect();
        assert_eq!(told, [(&common, "bob eve".to_owned()), (&rare, "ada".to_owned())]);
        assert_eq!(found[0].example, members[1].key);
        assert_eq!(clusters(&[]), []);
    }

    #[test]
    fn what_happened_on_the_wire_is_told_in_one_sentence() {
        let mark = Mark::of("w04-l03", &failed()).expect("a failure");
        let expected = "Reading past Content-Length: in next-response-in-the-buffer, 2 requests on 1 connection, and \
                        it ended with success.";
        assert_eq!(mark.title, expected);
        assert_eq!(Mark::of("w04-l03", &given_up()).expect("a failure"), mark);
        assert_ne!(Mark::of("w04-l04", &failed()).expect("a failure").id, mark.id);
        assert_eq!([held(), not_judged()].map(|outcome| Mark::of("w04-l03", &outcome)), [None, None]);
        let told = [&[][..], &[1], &[2, 0, 1]].map(on_the_wire);
        assert_eq!(
            told,
            ["no connection", "1 request on 1 connection", "2 + 0 + 1 requests on 3 connections"]
        );
    }

    /// Comments are kept by these ids: one that changes loses its comment.
    #[test]
    fn ids_never_change() {
        assert_eq!(unbuilt("error: a").id, "13034a09");
    }
}
