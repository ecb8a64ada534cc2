//! `workbook grade` and its parts, on a small class.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use predicates::prelude::*;
use predicates::str::{contains, is_empty};
use rustix::process::{Pid, Signal};
use serde_json::Value;
use workbook::trace::{Stream, Trace, What};

use super::is_an_error;
use super::support::programs::python;
use super::support::{Fixture, is_private, path_without_shims, wait_until};

const SOLUTION: &str = include_str!("../support/fixture/solution/main.py");

/// A class in the making, with its course.
struct Class {
    fixture: Fixture,
    level: &'static str,
}

impl Class {
    /// In boxes where there can be any.
    fn new() -> Option<Self> {
        python()?;
        Some(Self { fixture: Fixture::new(), level: if is_private() { "private" } else { "loopback" } })
    }

    fn hand_in(&self, file: &str, text: impl AsRef<[u8]>) -> &Self {
        self.fixture.write(&format!("in/{file}"), text);
        self
    }

    /// Six learners, of whom two are right, and two have handed in the same.
    fn mixed(&self) -> &Self {
        let wrong = SOLUTION.replace("(length)", "(length - 1)");
        self.hand_in("ada/main.py", SOLUTION)
            .hand_in("bob_main.py", format!("# by bob\n{SOLUTION}"))
            .hand_in("cy/main.py", &wrong)
            .hand_in("dan/main.py", &wrong)
            .hand_in("eve/main.py", "def (:\n")
            .hand_in("fay/notes.txt", "I could not do it.\n")
    }

    fn call(&self, words: &[&str]) -> assert_cmd::Command {
        let mut command = self.fixture.workbook(words);
        command.env("WORKBOOK_LEVEL", self.level);
        command
    }

    fn grade(&self, more: &[&str]) -> assert_cmd::Command {
        self.call(&[&["grade", "in", "--lesson", "l01", "--seed", "7f3a"], more].concat())
    }

    /// Grading that can be killed.
    fn start(&self, more: &[&str]) -> Child {
        let words = ["grade", "in", "--lesson", "l01", "--seed", "7f3a", "--jobs", "1"];
        self.start_words(&[&words[..], more].concat())
    }

    fn start_words(&self, words: &[&str]) -> Child {
        Command::new(env!("CARGO_BIN_EXE_workbook"))
            .args(words)
            .current_dir(self.fixture.root())
            .env("PATH", path_without_shims())
            .env("WORKBOOK_LEVEL", self.level)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap()
    }

    fn results(&self, folder: &str) -> String {
        fs::read_to_string(self.fixture.path(folder).join("results.jsonl")).unwrap()
    }

    /// Learner and kind, or whose fault it is that there is nothing to grade.
    fn kinds(&self, folder: &str) -> Vec<String> {
        let results = self.results(folder);
        let lines = results.lines().skip(1).map(|line| serde_json::from_str::<Value>(line).unwrap());
        let kind = |line: &Value| match line["standing"]["kind"].as_str() {
            Some(kind) => kind.to_owned(),
            None => line["content"]["problem"]["fault"].as_str().unwrap().to_owned(),
        };
        lines.map(|line| format!("{} {}", line["learner"].as_str().unwrap(), kind(&line))).collect()
    }

    fn records(&self, folder: &str) -> Vec<PathBuf> {
        let folder = self.fixture.path(folder).join("records");
        let all = fs::read_dir(folder).into_iter().flatten().map(|entry| entry.unwrap().path());
        let mut files: Vec<PathBuf> =
            all.filter(|file| file.extension().is_some_and(|it| it == "jsonl")).collect();
        files.sort();
        files
    }
}

const MIXED: [&str; 6] =
    ["ada held", "bob held", "cy failed", "dan failed", "eve does-not-build", "fay learner"];

#[test]
fn a_class_is_graded_and_what_was_graded_is_not_graded_again() {
    let Some(class) = Class::new() else { return };
    let told = "6 submissions\n       2  all criteria hold\n       2  some criteria fail\n       \
                1  the program does not build\n       1  there is no program in it\n       \
                1  programs were handed in by more than one learner\n";
    class.mixed().grade(&[]).assert().code(0).stdout(contains("4 programs graded in ").and(contains(told)));
    assert_eq!(class.kinds("grades"), MIXED);
    let first = class.results("grades");
    let again = "0 programs graded; 4 were graded before\n";
    let told = contains(again).and(contains("gradebook.sqlite, run 1")).and(contains("report/index.html"));
    class.grade(&[]).assert().code(0).stdout(told);
    assert_eq!(class.results("grades"), first);
    class.hand_in("gus/main.py", format!("# by gus\n{SOLUTION}"));
    class.grade(&[]).assert().code(0).stdout(contains("1 program graded in ").and(contains("run 2")));
}

#[test]
fn shares_that_are_merged_are_the_class_as_a_whole() {
    let Some(class) = Class::new() else { return };
    class.mixed().grade(&["--out", "whole"]).assert().code(0);
    let plan = ["plan", "in", "--lesson", "l01", "--seed", "7f3a", "--shards", "3", "--out", "cut"];
    class.call(&plan).assert().code(0).stdout(contains("4 programs of 6 submissions in 3 shares"));
    let missing = "4 of 4 planned programs have no result yet (shares ";
    class.call(&["merge", "--out", "cut"]).assert().code(2).stderr(is_an_error(missing));
    for index in ["2", "0", "1", "0"] {
        class.call(&["shard", "--index", index, "--out", "cut"]).assert().code(0);
    }
    let beyond = "--index 3: the plan has 3 shares, from 0";
    class.call(&["shard", "--index", "3", "--out", "cut"]).assert().code(2).stderr(is_an_error(beyond));
    class.call(&["merge", "--out", "cut"]).assert().code(0);
    assert_eq!(class.results("cut"), class.results("whole"));
}

#[test]
fn what_was_killed_goes_on_and_comes_to_the_same() {
    let Some(class) = Class::new() else { return };
    class.mixed().grade(&["--out", "whole"]).assert().code(0);
    for number in 1..=3 {
        let mut grading = class.start(&["--out", "killed"]);
        let has_some = || {
            let files = class.records("killed");
            let is_whole = |file: &PathBuf| fs::read(file).is_ok_and(|text| text.contains(&b'\n'));
            files.len() == number && files.last().is_some_and(is_whole)
        };
        wait_until("something is recorded", has_some);
        rustix::process::kill_process(Pid::from_child(&grading), Signal::KILL).unwrap();
        grading.wait().unwrap();
    }
    class.grade(&["--out", "killed"]).assert().code(0);
    assert_eq!(class.results("killed"), class.results("whole"));
    let lines =
        class.records("killed").iter().map(|file| fs::read(file).unwrap()).collect::<Vec<_>>().concat();
    let lines = lines.iter().filter(|byte| **byte == b'\n').count();
    assert_eq!(lines, 4, "nothing was graded twice");
}

#[test]
fn records_that_are_damaged_do_not_count_and_are_named() {
    let Some(class) = Class::new() else { return };
    class.mixed().grade(&[]).assert().code(0);
    let first = class.results("grades");
    let file = class.records("grades").remove(0);
    let mut text = fs::read(&file).unwrap();
    text[100] ^= 1;
    text.truncate(text.len() - 10);
    fs::write(&file, text).unwrap();
    let named = contains("a record does not count: ").and(contains("line 1: it is damaged"));
    class.grade(&[]).assert().code(0).stdout(contains("2 programs graded in ")).stderr(named);
    assert_eq!(class.results("grades"), first);
}

#[test]
fn results_that_differ_need_a_look() {
    let Some(class) = Class::new() else { return };
    class.hand_in("ada/main.py", SOLUTION).grade(&[]).assert().code(0);
    class.hand_in("ada/main.py", SOLUTION.replace("(length)", "(length - 1)"));
    class.grade(&["--out", "other"]).assert().code(0);
    class.hand_in("ada/main.py", SOLUTION);
    // A record of the same program that says something else, as of a program that is not the same each time.
    let [here, there] = ["grades", "other"].map(|folder| class.records(folder).remove(0));
    let key = |file: &Path| -> String {
        let line: Value = serde_json::from_str(&fs::read_to_string(file).unwrap()).unwrap();
        line["key"].as_str().unwrap().to_owned()
    };
    let text = fs::read_to_string(&there).unwrap().replace(&key(&there), &key(&here));
    let (proven, _) = text.split_once(",\"sum\"").unwrap();
    let sum: String = sha256(proven);
    fs::write(here.with_file_name("zzz-0-2.jsonl"), format!("{proven},\"sum\":\"{sum}\"}}\n")).unwrap();
    let named = contains("graded twice, with results that differ; it needs a look");
    class
        .grade(&[])
        .assert()
        .code(1)
        .stderr(named)
        .stdout(contains("1  needs a look: not the same each time"));
    assert_eq!(class.kinds("grades"), ["ada unstable"]);
    let show = class.call(&["gradebook", "show"]).assert().code(1);
    show.stdout(contains("needs a look"));
}

fn sha256(text: &str) -> String {
    use sha2::Digest;
    sha2::Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn a_deadline_that_does_not_come_again_is_no_verdict() {
    let Some(class) = Class::new() else { return };
    // At the loopback level the folder that a program runs in stays while it is graded.
    let sleeps_once = "import os, time\nif not os.path.exists('seen'):\n    open('seen', 'w').close()\n    time.sleep(60)\n";
    class.hand_in("ada/main.py", format!("{sleeps_once}{SOLUTION}"));
    class.hand_in("bob/main.py", format!("import time\ntime.sleep(60)\n{SOLUTION}"));
    let told = "1  some criteria fail\n       1  needs a look: not the same each time\n";
    class.grade(&["--level", "loopback"]).env("WORKBOOK_SLOW", "0.3").assert().code(1).stdout(contains(told));
    assert_eq!(class.kinds("grades"), ["ada unstable", "bob failed"]);
}

#[test]
fn a_changed_lesson_is_graded_again_and_what_changed_is_told() {
    let Some(class) = Class::new() else { return };
    class.mixed().grade(&[]).assert().code(0);
    class.call(&["regrade"]).assert().code(0).stdout(contains("0 programs graded; 4 were graded before"));
    let checks = fs::read_to_string(class.fixture.path("lessons/w01/01-one-request/checks.toml")).unwrap();
    let strict = checks.replacen("require = [", "require = [{ exit = \"failure\" }, ", 1);
    class.fixture.write("lessons/w01/01-one-request/checks.toml", strict);
    let stale = contains("lesson w01-l01 is not what it was when the plan was made");
    class.call(&["shard", "--index", "0"]).assert().code(2).stderr(stale);
    let told = contains("4 programs graded in ")
        .and(contains("ada").and(contains("lesson")))
        .and(contains("runs 1 and 2 differ for "));
    class.call(&["regrade"]).assert().code(0).stdout(told);
    assert_eq!(class.kinds("grades")[0], "ada failed");
}

#[test]
fn bad_calls_are_told_apart_and_leave_nothing_behind() {
    let Some(class) = Class::new() else { return };
    class.hand_in("ada/main.py", SOLUTION);
    let cases: [(&[&str], &str); 7] = [
        (&["grade", "nowhere", "--lesson", "l01"], "nowhere"),
        (&["grade", "in", "--lesson", "l99"], "l99"),
        (&["grade", "in", "--lesson", "l01", "--roster", "none.csv"], "none.csv"),
        (&["grade", "in", "--lesson", "l01", "--policy", "none.toml"], "none.toml"),
        (
            &["shard", "--index", "0", "--out", "none"],
            "there is no plan in none: make one with `workbook plan",
        ),
        (&["merge", "--out", "none"], "there is no plan in none"),
        (&["regrade", "--out", "none"], "there is no plan in none"),
    ];
    for (words, told) in cases {
        class.call(words).assert().code(2).stdout(is_empty()).stderr(is_an_error(told));
    }
    fs::create_dir(class.fixture.path("empty")).unwrap();
    let empty = "nothing was handed in";
    class.call(&["grade", "empty", "--lesson", "l01"]).assert().code(2).stderr(is_an_error(empty));
    class.fixture.write("file", "x");
    class.grade(&["--out", "file"]).assert().code(2).stderr(is_an_error("cannot make the folder file"));
    class.grade(&["--jobs", "0"]).assert().code(2).stderr(contains("--jobs"));
}

#[test]
fn two_who_grade_in_one_folder_are_kept_apart() {
    let Some(class) = Class::new() else { return };
    for number in 0..20 {
        class.hand_in(
            &format!("l{number}/main.py"),
            format!("import time\ntime.sleep(0.2)\n# {number}\n{SOLUTION}"),
        );
    }
    let mut grading = class.start(&[]);
    wait_until("the grading has begun", || !class.records("grades").is_empty());
    class.grade(&[]).assert().code(2).stderr(is_an_error("somebody else is grading in "));
    rustix::process::kill_process(Pid::from_child(&grading), Signal::INT).unwrap();
    assert_eq!(grading.wait().unwrap().code(), Some(130), "an interrupted grading says so");
}

/// In file systems that are too small for what was handed in, for the results, for the gradebook, or for the report.
const FULL_DISK: &str = r#"
    mkdir full && mount -t tmpfs -o size=100m tmpfs full || exit 77
    for size in 60k 120k 450k 700k; do
        mount -o remount,size=$size full || exit 77
        "$0" grade in --lesson l01 --seed 7f3a --out full/grades; echo "code $?"
        mount -o remount,size=200m full
        "$0" grade in --lesson l01 --seed 7f3a --out full/grades; echo "code $?"
        cmp full/grades/results.jsonl whole/results.jsonl && rm -rf full/grades
    done
"#;

#[test]
fn a_full_disk_loses_nothing() {
    let Some(mut class) = Class::new() else { return };
    class.level = "loopback";
    for number in 0..24 {
        class.hand_in(&format!("l{number:02}/main.py"), format!("# {number}\n{SOLUTION}"));
    }
    class.grade(&["--out", "whole"]).assert().code(0);
    let words = ["--map-root-user", "--mount", "sh", "-c", FULL_DISK, env!("CARGO_BIN_EXE_workbook")];
    let mut command = Command::new("unshare");
    command.args(words).current_dir(class.fixture.root());
    let output = command.env("PATH", path_without_shims()).env("WORKBOOK_LEVEL", class.level).output();
    let Some(output) = output.ok().filter(|output| output.status.code() != Some(77)) else {
        return super::support::skip("nobody can mount a file system of their own here");
    };
    let [out, told] = [output.stdout, output.stderr].map(|text| String::from_utf8(text).unwrap());
    let codes: Vec<&str> = out.lines().filter(|line| line.starts_with("code ")).collect();
    assert_eq!(codes, ["code 2", "code 0"].repeat(4), "{out}{told}");
    assert!(!out.contains("differ"), "{out}");
    let errors: Vec<&str> = told.lines().filter(|line| line.starts_with("workbook: ")).collect();
    // A record says it in the words of the system, the gradebook in its own.
    let is_named =
        |line: &&str| line.contains("No space left on device") || line.contains("gradebook.sqlite is full");
    assert_eq!(
        errors.iter().filter(|line| is_named(line) && line.contains("full/grades")).count(),
        4,
        "{told}"
    );
}

/// What makes a gradebook one that cannot be used, and what is said of it.
type Spoil = (&'static str, fn(&Path));

fn with_sql(file: &Path, sql: &str) {
    rusqlite::Connection::open(file).unwrap().execute_batch(sql).unwrap();
}

#[test]
fn a_gradebook_that_cannot_be_used_is_left_as_it_is_and_loses_nothing() {
    let Some(class) = Class::new() else { return };
    class.hand_in("ada/main.py", SOLUTION).hand_in("eve/main.py", "def (:\n").grade(&[]).assert().code(0);
    let first = class.results("grades");
    let file = class.fixture.path("grades/gradebook.sqlite");
    let good = fs::read(&file).unwrap();
    let cases: [Spoil; 5] = [
        (
            "gradebook.sqlite was written by a newer workbook (layout 99, and this one knows 2); it is left as it is",
            |file| {
                with_sql(file, "PRAGMA user_version = 99");
            },
        ),
        (
            "gradebook.sqlite is not a gradebook, and is left as it is: name another file, or move this one away",
            |file| {
                fs::write(file, "my own notes, which are long enough to be something else\n".repeat(30))
                    .unwrap();
            },
        ),
        (
            "gradebook.sqlite is damaged (database disk image is malformed): move it away and run `workbook merge` again",
            |file| {
                let half = fs::read(file).unwrap().len() as u64 / 2;
                fs::OpenOptions::new().write(true).open(file).unwrap().set_len(half).unwrap();
            },
        ),
        ("gradebook.sqlite is damaged (", |file| {
            let mut bytes = fs::read(file).unwrap();
            bytes[4096..].chunks_mut(7).for_each(|chunk| chunk[0] ^= 0x5a);
            fs::write(file, bytes).unwrap();
        }),
        ("gradebook.sqlite: it is a folder; name a file in it", |file| {
            fs::remove_file(file).unwrap();
            fs::create_dir(file).unwrap();
        }),
    ];
    for (told, spoil) in cases {
        fs::write(&file, &good).unwrap();
        spoil(&file);
        class.grade(&[]).assert().code(2).stderr(contains(told));
        assert_eq!(class.results("grades"), first, "{told}");
        let _ = fs::remove_file(&file).or_else(|_| fs::remove_dir(&file));
        class.call(&["merge"]).assert().code(0);
        assert_eq!(class.results("grades"), first, "{told}");
        fs::remove_file(&file).unwrap();
    }
}

#[test]
fn a_gradebook_that_somebody_else_writes_to_is_waited_for_and_named() {
    let Some(class) = Class::new() else { return };
    class.hand_in("ada/main.py", SOLUTION).grade(&[]).assert().code(0);
    let other = rusqlite::Connection::open(class.fixture.path("grades/gradebook.sqlite")).unwrap();
    other.execute_batch("BEGIN EXCLUSIVE").unwrap();
    let told = "gradebook.sqlite is being written by another program, and did not become free within 20 s: wait until \
                that one is done, and try again";
    class.grade(&[]).assert().code(2).stderr(is_an_error(told));
    other.execute_batch("COMMIT").unwrap();
    class.grade(&[]).assert().code(0).stdout(contains("0 programs graded; 1 were graded before"));
}

#[test]
fn a_merge_that_is_killed_at_any_moment_comes_to_the_same() {
    let Some(class) = Class::new() else { return };
    class.mixed().grade(&[]).assert().code(0);
    let file = class.fixture.path("grades/gradebook.sqlite");
    let known = |file: &Path| -> Vec<String> {
        let book = rusqlite::Connection::open(file).unwrap();
        let sql = "SELECT number || plan FROM run UNION ALL SELECT key || standing FROM result \
                   UNION ALL SELECT place || learner || coalesce(key, '') FROM entry ORDER BY 1";
        book.prepare(sql).unwrap().query_map((), |row| row.get(0)).unwrap().map(Result::unwrap).collect()
    };
    let (results, gradebook) = (class.results("grades"), known(&file));
    let remove = || ["", "-wal", "-shm"].map(|end| fs::remove_file(format!("{}{end}", file.display())));
    remove().into_iter().next().unwrap().unwrap();
    for number in 0..30 {
        let mut merging = class.start_words(&["merge"]);
        // Wherever it is by then: at its beginning, or in what it writes.
        std::thread::sleep(std::time::Duration::from_millis(4 * number));
        let _ = rustix::process::kill_process(Pid::from_child(&merging), Signal::KILL);
        merging.wait().unwrap();
        if number % 10 == 9 {
            class.call(&["merge"]).assert().code(0);
            assert_eq!((class.results("grades"), known(&file)), (results.clone(), gradebook.clone()));
            drop(remove());
        }
    }
}

#[test]
fn what_is_no_record_among_records_is_named() {
    let Some(class) = Class::new() else { return };
    class.hand_in("ada/main.py", SOLUTION).grade(&[]).assert().code(0);
    let first = class.results("grades");
    let records = class.fixture.path("grades/records");
    // As a program could put it there, where nothing contains it.
    rustix::fs::mknodat(
        rustix::fs::CWD,
        records.join("pipe.jsonl"),
        rustix::fs::FileType::Fifo,
        rustix::fs::Mode::RUSR,
        0,
    )
    .unwrap();
    fs::write(records.join("forged.jsonl"), "{\"format\":1,\"key\":\"held\"}\n").unwrap();
    let bodies = fs::read_dir(&records).unwrap().map(|entry| entry.unwrap().path());
    let bodies = bodies.into_iter().find(|file| file.extension().is_none()).unwrap();
    fs::write(&bodies, "damaged").unwrap();
    let named = contains("pipe.jsonl is no file").and(contains("forged.jsonl line 1: it is damaged"));
    class.grade(&[]).assert().code(0).stdout(contains("0 programs graded; 1 were")).stderr(named);
    assert_eq!(class.results("grades"), first);
    assert!(fs::read(&bodies).unwrap() != b"damaged", "it was made again");
}

#[test]
fn what_the_gradebook_knows_otherwise_needs_a_look() {
    let Some(class) = Class::new() else { return };
    class.hand_in("ada/main.py", SOLUTION).grade(&[]).assert().code(0);
    with_sql(
        &class.fixture.path("grades/gradebook.sqlite"),
        "UPDATE result SET standing = replace(standing, '\"kind\":\"held\"', '\"kind\":\"failed\"')",
    );
    let told = contains("the gradebook has another result than the records here; it needs a look: ");
    class
        .grade(&[])
        .assert()
        .code(1)
        .stderr(told)
        .stdout(contains("1  needs a look: not the same each time"));
    class.call(&["gradebook", "show"]).assert().code(1).stdout(contains("needs a look"));
}

#[test]
fn a_folder_that_cannot_be_written_to_is_named() {
    let Some(class) = Class::new() else { return };
    if rustix::process::geteuid().is_root() {
        return; // root writes everywhere; the same test runs as another user
    }
    class.hand_in("ada/main.py", SOLUTION);
    fs::create_dir(class.fixture.path("grades")).unwrap();
    fs::set_permissions(class.fixture.path("grades"), fs::Permissions::from_mode(0o555)).unwrap();
    class
        .grade(&[])
        .assert()
        .code(2)
        .stderr(is_an_error("cannot write to ").and(contains("Permission denied")));
}

#[test]
fn of_builds_only_what_is_built_is_left() {
    let Some(class) = Class::new() else { return };
    class.mixed().grade(&[]).assert().code(0);
    let names = |folder: &str| -> Vec<String> {
        let entries = fs::read_dir(class.fixture.path(folder)).unwrap();
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    };
    assert_eq!(names("grades/builds/incremental"), [] as [String; 0]);
    let is_kept = |name: &String| class.fixture.path("grades/builds").join(name).join("output").exists();
    assert_eq!(
        names("grades/builds").iter().filter(|name| is_kept(name)).count(),
        3,
        "four, of which one is refused"
    );
}

#[test]
fn the_command_that_reports_show_plays_the_very_same_run() {
    let Some(class) = Class::new() else { return };
    class.hand_in("ada/main.py", SOLUTION.replace("(length)", "(length - 1)"));
    class.fixture.write("policy.toml", "seed = \"5eed\"\n");
    class.call(&["grade", "in", "--lesson", "l01", "--policy", "policy.toml"]).assert().code(0);
    let text = String::from_utf8(class.call(&["gradebook", "show", "ada"]).output().unwrap().stdout).unwrap();
    let (_, command) = text.split_once("workbook check ").unwrap();
    // A long one goes on in the next line, as a shell takes it.
    let rest = command.split_inclusive('\n').scan(true, |goes_on, line| {
        let is_of_it = std::mem::replace(goes_on, line.trim_end().ends_with('\\'));
        is_of_it.then_some(line)
    });
    let command = format!("workbook check {}", rest.collect::<String>().trim_end());
    let words: Vec<&str> = command.split_whitespace().filter(|word| *word != "\\").collect();
    let start = format!("workbook check w01-l01 --seed 5eed --level {} --program grades/store/", class.level);
    assert!(words.join(" ").starts_with(&start), "{text}");
    let report = class.fixture.path("grades/report");
    let pages = fs::read_dir(report).unwrap().map(|page| fs::read_to_string(page.unwrap().path()).unwrap());
    assert_eq!(pages.filter(|page| page.contains(&words.join(" "))).count(), 1);

    let output = Command::new("sh")
        .args(["-c", &format!("workbook() {{ \"$WORKBOOK\" \"$@\"; }}\n{command} --trace again.jsonl")])
        .env("WORKBOOK", env!("CARGO_BIN_EXE_workbook"))
        .env("PATH", path_without_shims())
        .current_dir(class.fixture.root())
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1), "it fails again: {output:?}");
    let again = fs::read_to_string(class.fixture.path("again.jsonl")).unwrap();
    let again: Vec<Trace> = again.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let exported = class.call(&["gradebook", "export", "--format", "jsonl"]).output().unwrap().stdout;
    let exported: Value = serde_json::from_slice(&exported).unwrap();
    let graded = exported["scenarios"].as_array().unwrap().iter().map(|scenario| &scenario["trace"]);
    let graded: Vec<Trace> = graded.map(|trace| serde_json::from_value(trace.clone()).unwrap()).collect();
    assert!(graded.len() > 3 && graded.iter().all(|trace| trace.seed == 0x5eed));
    let both = [graded, again].map(|traces| traces.iter().map(exchanged).collect::<Vec<_>>());
    assert_eq!(both[0], both[1]);
}

/// What program and peer said to each other in a scenario, whatever the times and the segments.
fn exchanged(trace: &Trace) -> (String, Option<usize>, Vec<u8>, Vec<u8>) {
    let (mut sent, mut printed) = (Vec::new(), Vec::new());
    for event in &trace.events {
        match &event.what {
            What::Sent { bytes, .. } => sent.extend(&bytes.0),
            What::Printed { stream: Stream::Stdout, bytes } => printed.extend(&bytes.0),
            _ => {}
        }
    }
    (trace.scenario.clone(), trace.cut, sent, printed)
}
