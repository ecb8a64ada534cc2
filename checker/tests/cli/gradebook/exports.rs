//! `workbook gradebook export`, for every system.

use std::fs;

use assert_cmd::Command;
use predicates::prelude::*;
use predicates::str::{contains, is_match};
use serde_json::Value;

use super::{Class, entry, is_an_error, plan};

#[test]
fn tables_hold_what_has_a_score_and_tell_of_the_rest() {
    let Some(class) = Class::new() else { return };
    let canvas = ["export", "--format", "canvas", "--column", "w01-l01=One request (17)"];
    let left_out = "workbook: 2 left out, because they have no score or no place there:\n  \
                    late  w01-l01  It could not be judged, which is not the program's fault.\n  \
                    zoe  w01-l01  is not on the roster\n";
    let told = class.gradebook(&canvas).assert().code(1).stderr(left_out);
    insta::assert_snapshot!("canvas", String::from_utf8(told.get_output().stdout.clone()).unwrap());
    insta::assert_snapshot!("moodle", class.stdout(&["export", "--format", "moodle"]));
    let untitled = is_an_error("what does the system call w01-l01? Tell it with --column w01-l01=");
    class.gradebook(&canvas[..3]).assert().code(2).stderr(untitled);
    class
        .gradebook(&[&canvas[..], &["--out", "no/c.csv"]].concat())
        .assert()
        .code(2)
        .stderr(is_an_error("no/c.csv"));
}

#[test]
fn every_learner_gets_a_file_with_a_safe_name() {
    let Some(class) = Class::new() else { return };
    for (format, suffix) in
        [("gradescope", "json"), ("prairielearn", "json"), ("exercism", "json"), ("autolab", "txt")]
    {
        class.gradebook(&["export", "--format", format, "--out", format]).assert().code(1);
        let files = fs::read_dir(class.0.path(format)).unwrap();
        let mut names: Vec<String> =
            files.map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        assert_eq!(names.len(), 5, "{names:?}");
        assert_eq!(names[1..], ["ada", "bob", "joe", "zoe"].map(|name| format!("{name}.w01-l01.{suffix}")));
        assert!(
            is_match("^_cmd____C_calc__A0-[0-9a-f]{8}\\.w01-l01\\.").unwrap().eval(&names[0]),
            "{names:?}"
        );
    }
    let ada = fs::read_to_string(class.0.path("gradescope/ada.w01-l01.json")).unwrap();
    let ada: Value = serde_json::from_str(&ada).unwrap();
    assert_eq!((&ada["score"], ada["tests"].as_array().unwrap().len()), (&10.into(), 3));
    let nowhere =
        is_an_error("--format gradescope is a file for each learner: name a folder for them with --out DIR");
    class.gradebook(&["export", "--format", "gradescope"]).assert().code(2).stderr(nowhere);
}

#[test]
fn who_has_handed_in_no_program_gets_no_points_and_the_reason() {
    let Some(class) = Class::new() else { return };
    let left_out = "workbook: 1 left out, because they have no score or no place there:\n  \
                    late  w01-l01  It could not be judged, which is not the program's fault.\n";
    let read = |format: &str, name: &str| -> String {
        let facts = ["--fact", "classroom=net101", "--fact", "commit=https://example.com/c"];
        let facts = if format == "classroom50" { &facts[..] } else { &[] };
        let export = ["export", "--format", format, "--out", format];
        class.gradebook(&[&export[..], facts].concat()).assert().code(1).stderr(contains(left_out));
        fs::read_to_string(class.0.path(&format!("{format}/{name}"))).unwrap()
    };
    let json = |format| -> Value { serde_json::from_str(&read(format, "joe.w01-l01.json")).unwrap() };
    let (reason, nothing) = ("There is no file.", "Nothing was run.");
    let gradescope = json("gradescope");
    assert_eq!((&gradescope["score"], &gradescope["output"]), (&0.into(), &reason.into()));
    assert_eq!(
        (&gradescope["tests"][0]["score"], &gradescope["tests"][0]["output"]),
        (&0.into(), &nothing.into())
    );
    let prairielearn = json("prairielearn");
    assert_eq!((&prairielearn["gradable"], &prairielearn["score"]), (&true.into(), &0.0.into()));
    assert_eq!(prairielearn["output"], reason);
    let classroom = json("classroom50");
    assert_eq!((&classroom["score"], &classroom["max-score"]), (&0.into(), &10.into()));
    assert_eq!(classroom["tests"][0]["message"], format!("{reason}\n{nothing}"));
    let exercism = json("exercism");
    assert_eq!((&exercism["status"], &exercism["message"]), (&"error".into(), &reason.into()));
    let autolab = read("autolab", "joe.w01-l01.txt");
    assert_eq!(autolab.lines().last(), Some(r#"{"scores":{"w01-l01":0}}"#));
    assert!(autolab.contains(reason), "{autolab}");
    for format in ["junit", "tap", "summary", "rdjson", "jsonl"] {
        let text = class.stdout(&["export", "--format", format]);
        assert!(text.contains(reason), "{format}: {text}");
    }
}

#[test]
fn what_the_policy_hides_and_takes_away_is_in_what_learners_get() {
    let Some(class) = Class::new() else { return };
    let late = "[late]\ndue = 2026-11-19T10:00:00Z\nper-day = \"25%\"\n";
    let hidden = "[lesson.w01-l01]\nhidden = [\"exact-length\"]\npoints = { exact-length = 10 }\n";
    class.0.write("policy.toml", format!("{late}{hidden}"));
    let read = |format: &str, learner: &str| -> String {
        let export = ["export", "--format", format, "--policy", "policy.toml", "--out", format];
        class.gradebook(&export).assert().code(1);
        fs::read_to_string(class.0.path(&format!(
            "{format}/{learner}.w01-l01.{}",
            if format == "autolab" { "txt" } else { "json" }
        )))
        .unwrap()
    };
    let gradescope: Value = serde_json::from_str(&read("gradescope", "ada")).unwrap();
    assert_eq!(gradescope["score"], 12);
    assert_eq!(gradescope["output"], "1 d late: 4 points less.");
    let tests = &gradescope["tests"];
    assert_eq!((&tests[0]["max_score"], &tests[0]["visibility"]), (&10.into(), &"hidden".into()));
    assert_eq!(tests[1].get("visibility"), None);
    let prairielearn: Value = serde_json::from_str(&read("prairielearn", "ada")).unwrap();
    assert_eq!((&prairielearn["score"], prairielearn["tests"].as_array().unwrap().len()), (&0.75.into(), 2));
    assert!(read("autolab", "ada").ends_with("\n{\"scores\":{\"w01-l01\":12}}\n"));
    for format in ["autolab", "prairielearn", "exercism"] {
        assert!(!read(format, "bob").contains("Exactly `Content-Length`"), "{format}");
    }
    for format in ["junit", "tap", "github", "rdjson", "summary"] {
        let text = class.stdout(&["export", "--format", format, "--policy", "policy.toml"]);
        assert!(!text.contains("Exactly") && !text.contains("printed only"), "{format}: {text}");
        assert!(format != "summary" || text.contains("\n\n12 of 16 points.\n\n"), "{text}");
    }
    let moodle = class.stdout(&["export", "--format", "moodle", "--policy", "policy.toml"]);
    assert!(moodle.contains("user2,5.25,5.25 of 16 points. 1 d late: 1.75 points less.\n"), "{moodle}");
}

#[test]
fn classroom50_is_told_of_every_learner() {
    let Some(class) = Class::new() else { return };
    let export = ["export", "--format", "classroom50", "--out", "c50"];
    let unknown = is_an_error("--format classroom50 needs to know `commit` of");
    class.gradebook(&export).assert().code(2).stderr(unknown);
    let facts = ["--fact", "commit=https://example.com/c", "--fact", "classroom=net101"];
    class.gradebook(&[&export[..], &facts].concat()).assert().code(1);
    let bob: Value =
        serde_json::from_str(&fs::read_to_string(class.0.path("c50/bob.w01-l01.json")).unwrap()).unwrap();
    assert_eq!([&bob["owner"], &bob["datetime"]], ["bob", "2026-11-20T10:00:00Z"]);
    assert_eq!((&bob["score"], &bob["max-score"]), (&6.into(), &10.into()));
}

#[test]
fn texts_of_a_class_name_whose_tests_they_are() {
    let Some(class) = Class::new() else { return };
    let junit = class.stdout(&["export", "--format", "junit"]);
    let document = roxmltree::Document::parse(&junit).unwrap();
    let suites = document.descendants().filter(|node| node.has_tag_name("testsuite"));
    let names: Vec<&str> = suites.map(|suite| suite.attribute("name").unwrap()).collect();
    assert_eq!(names.len(), 5);
    assert!(names.contains(&"bob w01-l01 One request, one response"), "{names:?}");
    for format in ["tap", "summary", "github", "rdjson"] {
        let text = class.stdout(&["export", "--format", format]);
        assert!(text.contains("bob"), "{text}");
    }
}

/// All verdicts of this class together are several times as large as what the exports may take.
#[test]
fn a_class_is_exported_in_little_memory() {
    const LEARNERS: usize = 4000;
    const MOST_KIB: usize = 40 * 1024;
    let Some(class) = Class::new() else { return };
    let learners = (0..LEARNERS).map(|number| entry(&format!("learner{number:05}"), Some("bad")));
    class.merge("2", plan(learners.collect()), &[]);
    for format in ["junit", "tap", "summary", "github", "rdjson", "jsonl"] {
        let workbook = class.gradebook(&["export", "--format", format]);
        let limited = format!("ulimit -d {MOST_KIB} && exec \"$0\" \"$@\"");
        let mut shell = Command::new("sh");
        shell.args(["-c", &limited]).arg(workbook.get_program()).args(workbook.get_args());
        let told = shell.current_dir(class.0.root()).assert().code(0);
        assert!(!told.get_output().stdout.is_empty(), "{format}");
    }
}

/// For who fails and for whose program does not build: comments are in every text that learners may read.
#[test]
fn comments_are_wherever_learners_read_words() {
    const COMMENT: &str = "Read on until <all> of it is there, or \"less\".";
    let Some(class) = Class::new() else { return };
    let text = class.stdout(&["clusters"]);
    let is_id = |word: &&str| word.len() == 8 && word.bytes().all(|byte| byte.is_ascii_hexdigit());
    let ids: Vec<&str> = text.split_whitespace().filter(is_id).collect();
    assert_eq!(ids.len(), 2, "{text}");
    for id in ids {
        class.gradebook(&["comment", id, COMMENT]).assert().code(0);
    }
    let facts = ["--fact", "classroom=net101", "--fact", "commit=https://example.com/c"];
    for format in ["gradescope", "classroom50", "exercism", "prairielearn", "autolab"] {
        let facts = if format == "classroom50" { &facts[..] } else { &[] };
        class.gradebook(&[&["export", "--format", format, "--out", format], facts].concat()).assert().code(1);
        let suffix = if format == "autolab" { "txt" } else { "json" };
        let amount = |who: &str| {
            let text = fs::read_to_string(class.0.path(&format!("{format}/{who}.w01-l01.{suffix}"))).unwrap();
            text.matches(&COMMENT.replace('"', "\\\"")).count()
        };
        assert!(amount("bob") > 0, "{format}: a failure");
        assert!(amount("zoe") > 0, "{format}: a program that does not build");
        assert_eq!(amount("ada"), 0, "{format}: a program that is right");
    }
    let in_json = COMMENT.replace('"', "\\\"");
    let in_xml = COMMENT.replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;");
    let in_markdown = COMMENT.replace('<', "&lt;");
    let in_csv = COMMENT.replace('<', "‹").replace('>', "›").replace('"', "\"\"");
    let told = [
        ("jsonl", &in_json, 3),
        ("junit", &in_xml, 3),
        ("tap", &in_json, 3),
        ("summary", &in_markdown, 3),
        ("rdjson", &in_json, 3),
        ("github", &COMMENT.to_owned(), 2), // the third has no room
        ("moodle", &in_csv, 2),             // zoe is not on the roster
    ];
    for (format, comment, amount) in told {
        let text = class.stdout(&["export", "--format", format]);
        assert_eq!(text.matches(comment.as_str()).count(), amount, "{format}: {text}");
    }
    for who in ["bob", "zoe"] {
        let text = class.stdout(&["show", who]);
        assert!(text.split_whitespace().collect::<Vec<_>>().join(" ").contains(COMMENT), "{text}");
    }
    class.gradebook(&["report"]).assert().code(0);
    let pages = fs::read_dir(class.0.path("grades/report")).unwrap();
    let pages = pages.map(|page| fs::read_to_string(page.unwrap().path()).unwrap());
    let with_comment = pages.filter(|page| page.contains("of it is there, or")).count();
    assert_eq!(with_comment, 4, "one for all, and those of the three");
}
