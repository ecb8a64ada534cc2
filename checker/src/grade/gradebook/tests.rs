//! A gradebook as merges leave it.

use std::path::Path;

use rusqlite::Connection;

use super::samples::*;
use super::*;
use crate::course::Course;
use crate::grade::plan::Plan;
use crate::grade::policy::Policy;
use crate::grade::record::{Outcome, Record};
use crate::grade::standing::{Kind, Standing};

fn book() -> (tempfile::TempDir, Gradebook) {
    let folder = tempfile::tempdir().expect("a folder");
    let book = Gradebook::open(&folder.path().join("gradebook.sqlite")).expect("a gradebook");
    (folder, book)
}

fn class() -> Plan {
    plan(vec![entry("ada", "good"), entry("bob", "bad"), entry("eve", "bad"), missing("joe")])
}

fn merge(book: &mut Gradebook, id: &str, plan: &Plan, records: &[Record]) -> Vec<Added> {
    let mut merge = book.begin(&digest(id), plan).expect("begun");
    let added = records.iter().map(|record| merge.add(record).expect("added")).collect();
    merge.finish().expect("finished");
    added
}

fn records() -> [Record; 2] {
    [record("good", held()), record("bad", failed())]
}

fn kinds(book: &Gradebook) -> Vec<(String, Option<Kind>)> {
    let entries = book.entries(&book.latest().expect("a run")).expect("entries");
    let told =
        |graded: Graded| (graded.entry.handed_in.learner, graded.standing.map(|standing| standing.kind));
    entries.into_iter().map(told).collect()
}

#[test]
fn what_was_merged_is_there() {
    let (_folder, mut book) = book();
    assert_eq!(merge(&mut book, "1", &class(), &records()), [Added::New, Added::New]);
    let run = book.latest().expect("a run");
    let told = (run.number, run.origin, run.seed, run.level, run.entries);
    assert_eq!(told, (1, Origin::Graded, 0x7f3a, crate::trace::Level::Loopback, 4));
    assert_eq!(run.lessons, class().lessons);
    assert_eq!(book.learners(&run).expect("learners"), class().learners);
    let entries = book.entries(&run).expect("entries");
    assert_eq!(entries.iter().map(|graded| graded.entry.clone()).collect::<Vec<_>>(), class().entries);
    assert_eq!(entries[1].standing, Some(Standing::of(&failed())));
    let Outcome::Judged { verdict, .. } = failed() else { panic!("it is judged") };
    assert_eq!(entries[1].criteria, verdict.criteria);
    assert_eq!((&entries[1].mark, entries[1].took_ms), (&entries[2].mark, 48));
    assert_eq!((entries[3].standing.as_ref(), entries[3].criteria.len()), (None, 0));
    let outcome = book.outcome(&key("bad")).expect("readable").expect("known");
    assert_eq!(format!("{outcome:?}"), format!("{:?}", failed()));
    assert!(book.outcome(&key("other")).expect("readable").is_none());
}

#[test]
fn a_merge_that_was_cut_short_counts_nothing_and_goes_on() {
    let (_folder, mut book) = book();
    let mut cut = book.begin(&digest("1"), &class()).expect("begun");
    cut.add(&records()[0]).expect("added");
    drop(cut);
    assert_eq!(book.runs().expect("runs"), []);
    assert!(matches!(book.latest(), Err(GradebookError::NoRun(_))));
    assert_eq!(merge(&mut book, "1", &class(), &records()), [Added::Known, Added::New]);
    assert_eq!(book.latest().expect("a run").number, 1);
}

#[test]
fn what_was_graded_last_is_the_latest_run() {
    let (_folder, mut book) = book();
    let other = plan(vec![entry("ada", "bad")]);
    for (id, plan) in [("1", &class()), ("1", &class()), ("2", &other), ("1", &class())] {
        merge(&mut book, id, plan, &records());
    }
    assert_eq!(book.latest().expect("a run").entries, 4);
    let numbers: Vec<u32> = book.runs().expect("runs").iter().map(|run| run.number).collect();
    assert_eq!(numbers, [2, 3]);
}

#[test]
fn a_result_that_is_missing_is_told_of() {
    let (_folder, mut book) = book();
    let mut half = book.begin(&digest("1"), &class()).expect("begun");
    half.add(&records()[0]).expect("added");
    let error = half.finish().expect_err("one is missing").to_string();
    let expected = format!(
        "1 of the planned results are missing, the first is {}: run the shards that were not finished, and merge again",
        key("bad")
    );
    assert_eq!(error, expected);
}

#[test]
fn the_same_plan_is_one_run_however_often_it_is_merged() {
    let (_folder, mut book) = book();
    for _ in 0..2 {
        merge(&mut book, "1", &class(), &records());
    }
    merge(&mut book, "2", &class(), &[]);
    let numbers: Vec<_> = book.runs().expect("runs").iter().map(|run| run.number).collect();
    assert_eq!(numbers, [1, 2], "what is known need not be merged again");
}

#[test]
fn only_what_could_not_be_judged_is_replaced() {
    let (_folder, mut book) = book();
    merge(&mut book, "1", &class(), &[record("good", not_judged()), record("bad", failed())]);
    let has = |book: &Gradebook, name| book.has(&key(name)).expect("readable");
    assert_eq!([has(&book, "good"), has(&book, "bad"), has(&book, "other")], [false, true, false]);
    let again =
        [record("good", held()), record("bad", held()), record("bad", not_judged()), record("x", held())];
    let added = merge(&mut book, "1", &class(), &again);
    assert_eq!(added, [Added::Better, Added::Differs, Added::Known, Added::Unplanned]);
    let expected = [
        ("ada", Some(Kind::Held)),
        ("bob", Some(Kind::Unstable)),
        ("eve", Some(Kind::Unstable)),
        ("joe", None),
    ];
    assert_eq!(kinds(&book), expected.map(|(name, kind)| (name.to_owned(), kind)));
    let Ok(Some(Outcome::Unstable { verdicts, .. })) = book.outcome(&key("bad")) else { panic!("unstable") };
    assert_eq!(verdicts.len(), 2, "both are kept");
    assert_eq!(merge(&mut book, "1", &class(), &[record("bad", held())]), [Added::Differs]);
}

#[test]
fn what_was_not_played_any_more_did_not_hold() {
    let (_folder, mut book) = book();
    merge(&mut book, "1", &plan(vec![entry("ada", "slow")]), &[record("slow", given_up())]);
    let entries = book.entries(&book.latest().expect("a run")).expect("entries");
    let told: Vec<_> = entries[0].criteria.iter().map(|c| (c.held, c.of, c.earned)).collect();
    assert_eq!(told, [(2, 3, 2), (1, 3, 1)]);
}

#[test]
fn batches_are_small_and_memory_forgets_them() {
    let (_folder, mut book) = book();
    let names: Vec<String> = (0..450).map(|number| format!("p{number}")).collect();
    let plan = plan(names.iter().map(|name| entry(name, name)).collect());
    let file = book.file.clone();
    let seen = |file: &Path| {
        let other = Connection::open(file).expect("opened");
        other.query_row("SELECT count(*) FROM result", (), |row| row.get::<_, i64>(0)).expect("counted")
    };
    let mut merge = book.begin(&digest("1"), &plan).expect("begun");
    for name in &names {
        merge.add(&record(name, held())).expect("added");
    }
    assert_eq!(seen(&file), 400, "others see whole batches");
    merge.finish().expect("finished");
    assert_eq!(seen(&file), 450);
}

/// What a power cut leaves are the files as they are at any moment.
#[test]
fn whatever_is_left_of_a_merge_ends_as_the_same_gradebook() {
    let (folder, mut book) = book();
    let names: Vec<String> = (0..250).map(|number| format!("p{number}")).collect();
    let plan = plan(names.iter().map(|name| entry(name, name)).collect());
    let records: Vec<Record> = names.iter().map(|name| record(name, failed())).collect();
    let mut merge = book.begin(&digest("1"), &plan).expect("begun");
    let copies: Vec<_> = (0..5)
        .map(|number| {
            for record in &records[50 * number..][..50] {
                merge.add(record).expect("added");
            }
            let copy = folder.path().join(format!("copy-{number}.sqlite"));
            for suffix in ["", "-wal"] {
                let file = |name: &str| folder.path().join(format!("{name}{suffix}"));
                std::fs::copy(file("gradebook.sqlite"), file(&format!("copy-{number}.sqlite")))
                    .expect("copied");
            }
            copy
        })
        .collect();
    merge.finish().expect("finished");
    let whole = book.entries(&book.latest().expect("a run")).expect("entries");
    for copy in copies {
        let mut copy = Gradebook::open(&copy).expect("whole");
        assert_eq!(copy.runs().expect("runs"), []);
        self::merge(&mut copy, "1", &plan, &records);
        assert_eq!(copy.entries(&copy.latest().expect("a run")).expect("entries"), whole);
    }
}

#[test]
fn comments_stay_with_their_cluster() {
    let (_folder, mut book) = book();
    merge(&mut book, "1", &class(), &records());
    let graded = book.entries(&book.latest().expect("a run")).expect("entries").remove(1);
    let cluster = crate::grade::clusters::Cluster {
        lesson: LESSON.to_owned(),
        mark: graded.mark.expect("a failure"),
        learners: vec!["bob".to_owned()],
        example: key("bad"),
    };
    let comments = |book: &Gradebook| book.comments().expect("readable").into_values().collect::<Vec<_>>();
    for (text, expected) in [("one", &["one"][..]), (" two ", &["two"]), ("  ", &[])] {
        book.comment(&cluster, text).expect("written");
        assert_eq!(comments(&book), expected);
    }
}

#[test]
fn changes_are_told_with_every_cause() {
    let (_folder, mut book) = book();
    merge(&mut book, "1", &class(), &records());
    let mut later = plan(vec![entry("ada", "good"), entry("bob", "good"), entry("eve", "late")]);
    later.seed = 7;
    later.checker = "0.2.0".to_owned();
    merge(&mut book, "2", &later, &[record("late", not_judged())]);
    let (old, new) = (book.run(1).expect("a run"), book.run(2).expect("a run"));
    let told = |change: &Change| {
        (change.learner.clone(), change.from.to_string(), change.to.to_string(), change.why.clone())
    };
    let changes = diff(&book, &old, &new, &Policy::default());
    let (files, all) = (Why::Files, vec![Why::Checker, Why::Seed]);
    let with_files: Vec<Why> = [files].into_iter().chain(all.clone()).collect();
    let expected = [
        ("bob", "some fail", "all hold", with_files.clone()),
        ("eve", "some fail", "not judged", with_files),
        ("joe", "no program", "nothing handed in", all),
    ];
    let expected = expected.map(|(who, from, to, why)| (who.to_owned(), from.to_owned(), to.to_owned(), why));
    assert_eq!(changes.iter().map(told).collect::<Vec<_>>(), expected);
    let criteria: Vec<String> = changes[0]
        .criteria
        .iter()
        .map(|c| format!("{} {:?} {:?}", c.id, c.from.map(|h| h.held), c.to.map(|h| h.held)))
        .collect();
    assert_eq!(criteria, ["one-socket Some(2) Some(1)", "exact-length Some(1) Some(1)"]);
    assert_eq!(diff(&book, &old, &old, &Policy::default()), []);
}

#[test]
fn the_attempts_that_count_are_compared() {
    let (_folder, mut book) = book();
    let twice = |second: &str| {
        let mut entries = vec![entry("ada", "good"), entry("ada", second)];
        entries[1].handed_in.attempt = 2;
        plan(entries)
    };
    merge(&mut book, "1", &twice("good"), &records()[..1]);
    merge(&mut book, "2", &twice("bad"), &records()[1..]);
    let (old, new) = (book.run(1).expect("a run"), book.run(2).expect("a run"));
    let changed = |policy: &str| {
        let policy = Policy::parse(policy, Path::new("p.toml"), &no_course()).expect("a policy");
        let changes = diff(&book, &old, &new, &policy).into_iter();
        changes.map(|change| (change.learner, change.to.to_string())).collect::<Vec<_>>()
    };
    assert_eq!(changed("attempts = \"last\""), [("ada".to_owned(), "some fail".to_owned())]);
    for other in ["first", "best"] {
        assert_eq!(changed(&format!("attempts = \"{other}\"")), [], "{other}");
    }
}

fn no_course() -> Course {
    Course { root: "".into(), parts: Vec::new(), lessons: Vec::new() }
}

fn diff(book: &Gradebook, old: &Run, new: &Run, policy: &Policy) -> Vec<Change> {
    book.diff(old, new, Rules { policy, course: &no_course() }).expect("compared")
}

#[test]
fn sql_tells_what_fails_where() {
    let (_folder, mut book) = book();
    merge(&mut book, "1", &class(), &records());
    let sql = "SELECT group_concat(learner || ' ' || scenario || ' ' || finding.kind || ' ' || mistake, '; ') \
               FROM entry JOIN finding USING (key) JOIN scenario ON scenario.key = finding.key AND \
               scenario.id = finding.scenario";
    let told: String = book.connection.query_row(sql, (), |row| row.get(0)).expect("a row");
    let expected = "bob next-response-in-the-buffer prints.extra overread; \
                    eve next-response-in-the-buffer prints.extra overread";
    assert_eq!(told, expected);
}

#[test]
fn a_full_disk_leaves_what_was_there() {
    let (_folder, mut book) = book();
    merge(&mut book, "1", &class(), &records());
    let pages: i64 = book.connection.query_row("PRAGMA page_count", (), |row| row.get(0)).expect("a count");
    book.connection.pragma_update(None, "max_page_count", pages).expect("set");
    let names: Vec<String> = (0..50).map(|number| format!("p{number}")).collect();
    let larger = plan(names.iter().map(|name| entry(name, name)).collect());
    let error = book.begin(&digest("2"), &larger).expect_err("no room");
    assert!(matches!(error, GradebookError::DiskFull(_)), "{error}");
    assert_eq!(kinds(&book).len(), 4);
    assert_eq!(book.runs().expect("runs").len(), 1);
}
