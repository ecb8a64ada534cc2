//! `workbook gradebook`, on a class whose programs really ran.

mod exports;

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;
use std::sync::OnceLock;

use assert_cmd::Command;
use predicates::prelude::*;
use predicates::str::contains;
use serde_json::Value;
use workbook::course::{Course, Lesson};
use workbook::grade::gradebook::Gradebook;
use workbook::grade::handed_in::{Content, Digest, Fault, HandedIn, Problem, Program};
use workbook::grade::plan::{Entry, FORMAT, Learner, Plan, PlannedLesson};
use workbook::grade::record::{Key, Outcome, Record};
use workbook::judge::{self, ScenarioVerdict};
use workbook::trace::{Level, Trace};

use super::is_an_error;
use super::support::programs::python;
use super::support::{Fixture, LESSON};

const SOLUTION: &str = include_str!("../support/fixture/solution/main.py");
const HOSTILE: &str = "=cmd|' /C calc'!A0";

/// Traces of a right program, and of one that prints a byte too few.
fn traces() -> Option<&'static [String; 2]> {
    static TRACES: OnceLock<Option<[String; 2]>> = OnceLock::new();
    let record = |source: &str| {
        let fixture = Fixture::new();
        fixture.python_exercise(source);
        let check =
            ["check", "l01", "--lang", "py", "--level", "loopback", "--seed", "7f3a", "--trace", "t.jsonl"];
        fixture.workbook(&check).output().unwrap();
        fs::read_to_string(fixture.path("t.jsonl")).unwrap()
    };
    let both = || python().map(|_| [record(SOLUTION), record(&SOLUTION.replace("(length)", "(length - 1)"))]);
    TRACES.get_or_init(both).as_ref()
}

fn outcome(lesson: &Lesson, traces: &str) -> Outcome {
    let traces: Vec<Trace> = traces.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let judged = |scenario: &workbook::course::checks::Scenario| -> ScenarioVerdict {
        let trace = traces.iter().find(|trace| trace.scenario == *scenario.id.get_ref()).unwrap();
        judge::scenario(lesson, scenario, &judge::play_of(lesson, scenario, trace).unwrap(), trace)
    };
    let scenarios = lesson.checks.scenarios.iter().map(judged).collect();
    Outcome::Judged { verdict: Box::new(judge::verdict(lesson, scenarios)), level: Level::Loopback }
}

fn digest(name: &str) -> Digest {
    Digest(format!("{name:0>64}"))
}

fn entry(learner: &str, program: Option<&str>) -> Entry {
    let problem = || Problem { fault: Fault::Learner, reason: "There is no file.".to_owned() };
    let content = program.map_or_else(
        || Content::Problem(problem()),
        |program| Content::Program(Program { digest: digest(program), file: "main.py".to_owned() }),
    );
    let handed_in = HandedIn {
        learner: learner.to_owned(),
        lesson: LESSON.to_owned(),
        attempt: 1,
        origin: format!("{learner}/main.py"),
        at: Some("2026-11-20T10:00:00Z".parse().unwrap()),
        content,
    };
    Entry { handed_in, key: program.map(|program| Key(digest(program))) }
}

fn learner(number: usize, login: &str) -> Learner {
    let columns = [
        ("Student", format!("Name of {login}")),
        ("ID", number.to_string()),
        ("SIS Login ID", format!("login{number}")),
        ("Section", "Networks".to_owned()),
        ("username", format!("user{number}")),
    ];
    let columns = columns.map(|(name, value)| (name.to_owned(), value)).to_vec();
    Learner { login: login.to_owned(), name: None, columns }
}

fn plan(entries: Vec<Entry>) -> Plan {
    let logins = ["ada", "bob", HOSTILE, "joe", "late", "none"];
    Plan {
        format: FORMAT,
        checker: "test".to_owned(),
        seed: 0x7f3a,
        level: Level::Loopback,
        shards: 1,
        lessons: vec![PlannedLesson {
            id: LESSON.to_owned(),
            title: "One request, one response".to_owned(),
            digest: digest("lesson"),
        }],
        learners: logins.iter().enumerate().map(|(number, login)| learner(number + 1, login)).collect(),
        entries,
    }
}

/// A course with the gradebook of a class in its usual place.
struct Class(Fixture);

impl Class {
    fn new() -> Option<Self> {
        let [good, bad] = traces()?;
        let fixture = Fixture::new();
        fs::create_dir(fixture.path("grades")).unwrap();
        let course = Course::load(fixture.root()).unwrap();
        let lesson = &course.lessons[0];
        let outcomes = [
            ("good", outcome(lesson, good)),
            ("bad", outcome(lesson, bad)),
            ("syntax", Outcome::DoesNotBuild { output: "main.c:1:1: error: expected ';'".into() }),
            ("machine", Outcome::NotJudged { reason: "no sockets".to_owned() }),
        ];
        let class = Self(fixture);
        let entries = [("ada", Some("good")), ("bob", Some("bad")), (HOSTILE, Some("bad")), ("joe", None)];
        let all = entries.into_iter().chain([("late", Some("machine")), ("zoe", Some("syntax"))]);
        let records = outcomes.map(|(name, outcome)| Record { key: Key(digest(name)), outcome, took_ms: 48 });
        class.merge("1", plan(all.map(|(learner, program)| entry(learner, program)).collect()), &records);
        Some(class)
    }

    fn merge(&self, id: &str, plan: Plan, records: &[Record]) {
        let mut book = Gradebook::open(&self.file()).unwrap();
        let mut merge = book.begin(&digest(id), &plan).unwrap();
        for record in records {
            merge.add(record).unwrap();
        }
        merge.finish().unwrap();
    }

    fn file(&self) -> PathBuf {
        self.0.path("grades/gradebook.sqlite")
    }

    fn gradebook(&self, arguments: &[&str]) -> Command {
        self.0.workbook(&[&["gradebook"], arguments].concat())
    }

    fn stdout(&self, arguments: &[&str]) -> String {
        String::from_utf8(self.gradebook(arguments).output().unwrap().stdout).unwrap()
    }
}

#[test]
fn the_class_is_shown_with_what_needs_a_look() {
    let Some(class) = Class::new() else { return };
    let shown = class.gradebook(&["show"]).assert().code(1);
    let text = String::from_utf8(shown.get_output().stdout.clone()).unwrap();
    insta::assert_snapshot!("class", text);
    shown.stderr(contains("1 of 7 need a look; they have no score."));
    class.gradebook(&["show", "bob"]).assert().code(0).stdout(
        contains("w01-l01 One request, one response\n✗ some fail, 6/10 points\n  main.py")
            .and(contains("One read for the whole body"))
            .and(contains("workbook check w01-l01 --seed 7f3a --level loopback --program FILE")),
    );
    class
        .gradebook(&["show", "nobody"])
        .assert()
        .code(2)
        .stderr(is_an_error("run 1 knows nobody called nobody"));
}

#[test]
fn a_policy_changes_points_without_running_anything() {
    let Some(class) = Class::new() else { return };
    class.0.write("policy.toml", "[late]\ndue = 2026-11-19T10:00:00Z\nper-day = \"25%\"\n");
    let shown = class.stdout(&["show", "ada", "--policy", "policy.toml"]);
    assert!(shown.contains("7.5/10"), "{shown}");
    assert!(shown.contains("24 h late, which\n  costs 2.5 points"), "{shown}");
}

#[test]
fn the_report_is_replaced_and_nothing_else_is() {
    let Some(class) = Class::new() else { return };
    class.gradebook(&["report"]).assert().code(0).stdout("grades/report/index.html\n");
    let pages = || {
        let entries = fs::read_dir(class.0.path("grades/report")).unwrap();
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect::<BTreeSet<_>>()
    };
    let made = pages();
    assert_eq!(made.len(), 8, "one for all, and one for each of seven: {made:?}");
    let index = fs::read_to_string(class.0.path("grades/report/index.html")).unwrap();
    for page in made.iter().filter(|page| *page != "index.html") {
        assert!(index.contains(&format!("href=\"{page}\"")), "{page}");
    }
    fs::remove_file(class.0.path("grades/report").join(made.last().unwrap())).unwrap();
    class.gradebook(&["report"]).assert().code(0);
    assert_eq!(pages(), made);
    class.0.write("grades/report/notes.txt", "mine");
    class
        .gradebook(&["report"])
        .assert()
        .code(2)
        .stderr(is_an_error("notes.txt is in it, which no report has made"));
    assert_eq!(fs::read_to_string(class.0.path("grades/report/notes.txt")).unwrap(), "mine");
}

#[test]
fn runs_are_compared() {
    let Some(class) = Class::new() else { return };
    class.gradebook(&["diff"]).assert().code(2).stderr(is_an_error("there is no run before run 1"));
    let mut newer =
        plan(vec![entry("ada", Some("bad")), entry("bob", Some("good")), entry(HOSTILE, Some("bad"))]);
    newer.lessons[0].digest = digest("other");
    class.merge("2", newer, &[]);
    let text = class.stdout(&["diff"]);
    insta::assert_snapshot!("diff", text);
    class.gradebook(&["diff", "1", "2"]).assert().code(1).stdout(text);
    class.gradebook(&["diff", "2", "2"]).assert().code(0).stdout("runs 2 and 2 say the same of everyone\n");
    class
        .gradebook(&["diff", "1", "7"])
        .assert()
        .code(2)
        .stderr(is_an_error("has no run 7: the latest is 2"));
}

#[test]
fn traces_are_judged_by_the_lesson_of_today() {
    let Some(class) = Class::new() else { return };
    class
        .gradebook(&["rejudge"])
        .assert()
        .code(0)
        .stdout("4 results judged again, 0 would count otherwise\n");
    // A rule less, and another script.
    let checks = "lessons/w01/01-one-request/checks.toml";
    class.0.edit(checks, "require = [{ exit = \"failure\" }, {", "require = [{");
    let bytes = "extra = \"NOT-YOURS\"";
    class.0.edit(checks, bytes, "extra = \"NOBODYS\"");
    let told = contains("Nothing is kept yet: with --keep it becomes a run of its own");
    class.gradebook(&["rejudge"]).assert().code(1).stderr(told);
    class
        .gradebook(&["rejudge", "--keep"])
        .assert()
        .code(1)
        .stdout(contains("grade again: bytes-behind-the-body").and(contains("kept as run 2")));
    let changed = class.stdout(&["diff"]);
    assert!(changed.contains("all hold → not judged"), "{changed}");
    assert!(changed.contains("why: lesson changed, checker changed, judged again"), "{changed}");
}

#[test]
fn one_comment_reaches_everyone_in_a_cluster() {
    let Some(class) = Class::new() else { return };
    let text = class.stdout(&["clusters"]);
    insta::assert_snapshot!("clusters", text);
    let id = text.split_whitespace().nth(1).unwrap();
    let comment = "Read on until all\nof it is there.";
    let told = "said to 2 learners: One read for the whole body";
    class.gradebook(&["comment", &id[..4], comment]).assert().code(0).stdout(contains(told));
    assert!(class.stdout(&["clusters"]).contains("Comment: Read on until all\\nof it is there."));
    class.gradebook(&["export", "--format", "moodle"]).assert().code(1).stdout(contains("Read on until all"));
    let lines = class.stdout(&["export", "--format", "jsonl"]);
    let notes = |line: &str| serde_json::from_str::<Value>(line).unwrap()["notes"][0].clone();
    assert!(lines.lines().any(|line| notes(line) == comment), "{lines}");
    class
        .gradebook(&["comment", id, ""])
        .assert()
        .code(0)
        .stdout(contains("nothing is said any more to 2 learners"));
    assert!(!class.stdout(&["clusters"]).contains("comment  "));
    let none = is_an_error("run 1 has no cluster zzz; `workbook gradebook clusters` lists all");
    class.gradebook(&["comment", "zzz", "x"]).assert().code(2).stderr(none);
}

#[test]
fn clusters_comments_and_changes_are_about_the_attempts_that_count() {
    let Some(class) = Class::new() else { return };
    let mut better = plan(vec![entry("bob", Some("good")), entry("bob", Some("bad"))]);
    better.entries[1].handed_in.attempt = 2;
    class.merge("2", better, &[]);
    class.0.write("best.toml", "attempts = \"best\"\n");
    let by_best = |command: &[&str]| class.stdout(&[command, &["--policy", "best.toml"]].concat());
    let text = class.stdout(&["clusters"]);
    assert!(text.contains("bob"), "{text}");
    assert_eq!(by_best(&["clusters"]), "nothing has failed\n");
    let id = text.split_whitespace().nth(1).unwrap();
    let comment = ["comment", id, "Read on."];
    class
        .gradebook(&[&comment[..], &["--policy", "best.toml"]].concat())
        .assert()
        .code(2)
        .stderr(is_an_error(&format!("run 2 has no cluster {id}")));
    class.gradebook(&comment).assert().code(0).stdout(contains("said to 1 learner: "));
    assert!(!class.stdout(&["diff"]).contains("bob"), "the last attempt fails as before");
    assert!(by_best(&["diff"]).contains("bob  w01-l01  some fail → all hold\n"));
    let unknown = ["clusters", "--lesson", "w09-l09"];
    class.gradebook(&unknown).assert().code(2).stderr(is_an_error("w09-l09"));
}

#[test]
fn what_is_no_gradebook_is_named() {
    let fixture = Fixture::new();
    let missing = "there is no gradebook grades/gradebook.sqlite: `workbook grade` makes one";
    for command in [&["show"][..], &["diff"], &["clusters"], &["rejudge"], &["comment", "a", "b"]] {
        let arguments = [&["gradebook"], command].concat();
        fixture.workbook(&arguments).assert().code(2).stderr(is_an_error(missing));
    }
    fixture.write("other.sqlite", "Student,ID\n".repeat(100));
    let other = ["gradebook", "show", "--gradebook", "other.sqlite"];
    fixture.workbook(&other).assert().code(2).stderr(is_an_error("other.sqlite is not a gradebook"));
}
