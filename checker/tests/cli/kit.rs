//! Folders that `init` makes, `update` keeps and `reset` repairs.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown, symlink};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use assert_cmd::Command;
use predicates::prelude::*;
use predicates::str::{contains, diff, ends_with, is_match, starts_with};
use serde_json::Value;
use sha2::{Digest, Sha256};
use tempfile::TempDir;

use super::is_an_error;
use super::support::programs::{has, python};
use super::support::{Fixture, skip, workbook};

/// The sources of this project, which the binary carries.
const COURSE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
const RUST: &str = "exercises/w04-l03/main.rs";
const C: &str = "exercises/w04-l03/main.c";
const LESSON: &str = "lessons/w04/03-keep-alive/lesson.md";
const UP_TO_DATE: &str = "everything is up to date with workbook 0.1.0\n";

/// A folder that `workbook init` has made.
struct Learner {
    _outer: TempDir,
    root: PathBuf,
}

impl Learner {
    fn new() -> Self {
        let outer = tempfile::tempdir().unwrap();
        let root = outer.path().canonicalize().unwrap().join("my workbook");
        workbook().current_dir(outer.path()).args(["init", "my workbook"]).assert().code(0).stderr("");
        Self { _outer: outer, root }
    }

    fn workbook(&self, arguments: &[&str]) -> Command {
        let mut command = workbook();
        command.current_dir(&self.root).args(arguments);
        command
    }

    fn path(&self, file: &str) -> PathBuf {
        self.root.join(file)
    }

    fn read(&self, file: &str) -> String {
        fs::read_to_string(self.path(file)).unwrap_or_else(|error| panic!("{file}: {error}"))
    }

    fn write(&self, file: &str, text: &str) {
        fs::create_dir_all(self.path(file).parent().unwrap()).unwrap();
        fs::write(self.path(file), text).unwrap();
    }

    fn record(&self) -> Value {
        serde_json::from_str(&self.read(".workbook/installed.json")).unwrap()
    }

    fn change_record(&self, change: impl FnOnce(&mut Value)) {
        let mut record = self.record();
        change(&mut record);
        self.write(".workbook/installed.json", &record.to_string());
    }

    /// As if an earlier workbook had installed this.
    fn earlier(&self, file: &str, text: &str) {
        self.write(file, text);
        let entry = serde_json::json!({ "sha256": hash(text), "version": "0.0.1" });
        self.change_record(|record| record["files"][file] = entry);
    }

    /// As if an earlier workbook had not had this.
    fn never_installed(&self, file: &str) {
        fs::remove_file(self.path(file)).unwrap();
        self.change_record(|record| {
            record["files"].as_object_mut().unwrap().remove(file).expect("it was installed");
        });
    }

    /// Every file with its content, but those of the workbook's own.
    fn files(&self) -> Vec<(String, Vec<u8>)> {
        files(&self.root, |path| !path.starts_with(".workbook/"))
    }
}

fn hash(text: &str) -> String {
    Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Files below a folder, sorted.
fn files(root: &Path, is_wanted: impl Fn(&str) -> bool) -> Vec<(String, Vec<u8>)> {
    let (mut found, mut folders) = (Vec::new(), vec![root.to_owned()]);
    while let Some(folder) = folders.pop() {
        for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            let name = path.strip_prefix(root).unwrap().to_str().unwrap().to_owned();
            if path.is_dir() {
                folders.push(path);
            } else if is_wanted(&name) {
                found.push((name, fs::read(path).unwrap()));
            }
        }
    }
    found.sort();
    found
}

fn today(file: &str) -> String {
    fs::read_to_string(Path::new(COURSE).join(file)).unwrap()
}

/// Runs a script as root where mounts are its own; anybody else skips the test. `$1` is an empty folder, `$2` the binary.
fn with_mounts(script: &str) -> Option<assert_cmd::assert::Assert> {
    if !rustix::process::geteuid().is_root() || !cfg!(target_os = "linux") {
        skip("only root can mount");
        return None;
    }
    let folder = tempfile::tempdir().unwrap();
    let mut command = Command::new("unshare");
    command.args(["-m", "sh", "-ec", script, "sh"]).arg(folder.path()).arg(env!("CARGO_BIN_EXE_workbook"));
    Some(command.env("LC_ALL", "C.UTF-8").timeout(Duration::from_secs(60)).assert())
}

#[test]
fn starters_are_those_of_the_list() {
    let starters = files(&Path::new(COURSE).join("exercises"), |path| {
        ["main.rs", "main.c", "main.py"].iter().any(|name| path.ends_with(&format!("/{name}")))
    });
    let line = |(path, text): &(String, Vec<u8>)| {
        format!("{}  exercises/{path}\n", hash(std::str::from_utf8(text).unwrap()))
    };
    let list: String = starters.iter().map(line).collect();
    let file = Path::new(COURSE).join("checker/starters.sha256");
    if std::env::var("INSTA_UPDATE").as_deref() == Ok("always") {
        fs::write(&file, &list).unwrap();
    }
    let advice =
        "starters have changed; if that was meant: INSTA_UPDATE=always cargo test --test cli starters";
    assert!(fs::read_to_string(&file).unwrap() == list, "{advice}");
}

#[test]
fn a_folder_has_all_of_the_course_but_the_solutions() {
    let learner = Learner::new();
    let course = |folder: &str| -> Vec<(String, Vec<u8>)> {
        let is_wanted =
            |path: &str| !path.rsplit('/').next().unwrap().starts_with('.') && !path.ends_with('~');
        let found = files(&Path::new(COURSE).join(folder), is_wanted);
        found.into_iter().map(|(path, content)| (format!("{folder}/{path}"), content)).collect()
    };
    let files = learner.files();
    let below = |folder: &str| -> Vec<(String, Vec<u8>)> {
        files.iter().filter(|(path, _)| path.starts_with(&format!("{folder}/"))).cloned().collect()
    };
    assert_eq!(below("lessons"), course("lessons"));
    assert_eq!(below("exercises").len() % 3, 0);
    for (path, content) in below("exercises") {
        assert!(today(&path).as_bytes() == content, "{path}");
    }
    let rest: Vec<&str> = files
        .iter()
        .map(|(path, _)| path.as_str())
        .filter(|path| !path.starts_with("lessons/") && !path.starts_with("exercises/"))
        .collect();
    let expected = [
        ".gitignore",
        ".vscode/extensions.json",
        ".vscode/tasks.json",
        ".zed/tasks.json",
        "Cargo.toml",
        "README.md",
        "compile_flags.txt",
    ];
    assert_eq!(rest, expected);
    let recorded = learner.record()["files"].as_object().unwrap().len();
    assert_eq!(recorded, files.len(), "all of them are written down");
    let mode = fs::metadata(learner.path(RUST)).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode & 0o600, 0o600);
    assert_ne!(mode & 0o044, 0, "others may read what the umask lets them: {mode:o}");
}

#[test]
fn init_ends_with_the_next_two_commands() {
    let outer = tempfile::tempdir().unwrap();
    let next = "\nnext\n  cd 'Übungen 1'\n  workbook\n";
    let told = is_match("^[0-9]+ files written to Übungen 1\n").unwrap().and(ends_with(next));
    workbook().current_dir(outer.path()).args(["init", "Übungen 1"]).assert().code(0).stdout(told).stderr("");
    let inner = outer.path().join("Übungen 1/exercises/w04-l03");
    workbook().current_dir(&inner).arg("list").assert().code(0).stdout(contains("w04-l03  Keep-alive"));
    workbook().current_dir(&inner).arg("update").assert().code(0).stdout(UP_TO_DATE).stderr("");
}

#[test]
fn an_empty_folder_needs_no_name() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join(".git")).unwrap();
    let init = || {
        let mut command = workbook();
        command.current_dir(folder.path()).arg("init").env_remove("HOME");
        command.assert().code(0).stderr("")
    };
    init().stdout(
        is_match("^[0-9]+ files written to this folder\n").unwrap().and(ends_with("\nnext\n  workbook\n")),
    );
    init().stdout("this folder is complete: nothing was missing\n\nnext\n  workbook\n");
    let other = tempfile::tempdir().unwrap();
    fs::write(other.path().join("letter.txt"), "x").unwrap();
    let told = "workbook: the current folder is not empty; name the one to make: workbook init DIR\n";
    workbook().current_dir(other.path()).arg("init").assert().code(2).stdout("").stderr(told);
    assert_eq!(fs::read_dir(other.path()).unwrap().count(), 1);
}

#[test]
fn cargo_understands_the_folder_even_in_another_project() {
    if !has("cargo") {
        return;
    }
    let outer = tempfile::tempdir().unwrap();
    fs::write(outer.path().join("Cargo.toml"), "[workspace]\nmembers = []\n").unwrap();
    workbook().current_dir(outer.path()).args(["init", "here"]).assert().code(0);
    let learner = Learner { root: outer.path().canonicalize().unwrap().join("here"), _outer: outer };
    let check = || {
        let mut cargo = Command::new("cargo");
        cargo.current_dir(&learner.root).args(["check", "--offline", "--color=never"]);
        for name in ["CARGO_TARGET_DIR", "RUSTFLAGS", "CARGO_BUILD_TARGET_DIR"] {
            cargo.env_remove(name);
        }
        cargo.assert()
    };
    check().code(0).stderr(contains("warning").not());
    fs::remove_file(learner.path(RUST)).unwrap();
    check().code(101).stderr(contains("w04-l03"));
    learner.workbook(&["update"]).assert().code(0).stdout(ends_with(" now:\n  replaced  Cargo.toml\n"));
    check().code(0);
    learner.workbook(&["reset", "l03", "--lang", "rust"]).assert().code(0);
    assert!(learner.read("Cargo.toml").contains("\"exercises/w04-l03/main.rs\""));
    check().code(0);
    learner.workbook(&["update"]).assert().code(0).stdout(UP_TO_DATE);
}

#[test]
fn an_exercise_in_the_folder_is_checked() {
    if python().is_none() {
        return;
    }
    let learner = Learner::new();
    let solution = today("solutions/w04-l03/main.py");
    learner.write("exercises/w04-l03/main.py", &solution);
    // No other file was edited: this is the one, although all are new.
    learner.workbook(&["check", "l03"]).assert().code(0).stdout(contains("main.py"));
    let missing = "workbook: there is no solutions/w04-l03/main.py.\n\
                   See one with: workbook solution w04-l03 --lang python\n";
    let check = ["check", "l03", "--solution", "--lang", "python"];
    learner.workbook(&check).assert().code(2).stdout("").stderr(missing);
}

#[test]
fn init_overwrites_nothing_and_tells_what_it_left() {
    let outer = tempfile::tempdir().unwrap();
    let root = outer.path().canonicalize().unwrap();
    let learner = Learner { root: root.clone(), _outer: outer };
    let cargo = "[package]\nname = 'mine'\n[[bin]]\nname = 'x'\npath = 'exercises/w04-l01/main.rs'\n";
    let mine = [("README.md", "mine\n"), (C, "int main;\n"), ("Cargo.toml", cargo), ("notes.txt", "x")];
    mine.iter().for_each(|(file, text)| learner.write(file, text));
    let told = is_match("^[0-9]+ files written to this folder\n").unwrap().and(contains(
        "\n\nleft as they are, for they are not the workbook's (or not today's):\n  \
           exercises/w04-l03/main.c    workbook reset w04-l03 --lang c\n  \
           README.md\n  \
           Cargo.toml\n\
         \n\
         Cargo.toml is yours and stays. For cargo and rust-analyzer it lacks:\n\
         \n  \
           [[bin]]\n  \
           name = \"w04-l02\"\n",
    ));
    let told = told.and(contains("w04-l01").not());
    learner.workbook(&["init", "."]).assert().code(0).stdout(told).stderr("");
    for (file, text) in mine {
        assert_eq!(learner.read(file), text);
    }
    // All has been said, and nothing is repeated.
    learner.workbook(&["update"]).assert().code(0).stdout(UP_TO_DATE);
    let again = "this folder is complete: nothing was missing\n\
                 \n\
                 3 files were edited, and left as they are.\n\
                 \n\
                 next\n  workbook\n";
    learner.workbook(&["init", "."]).assert().code(0).stdout(diff(again));
    assert_eq!(fs::canonicalize(root).unwrap(), learner.root);
}

#[test]
fn init_completes_what_is_missing() {
    let learner = Learner::new();
    let before = learner.files();
    for file in [RUST, LESSON, ".vscode/tasks.json"] {
        fs::remove_file(learner.path(file)).unwrap();
    }
    learner.earlier(C, "// of an earlier workbook\n");
    let outer = learner.root.parent().unwrap();
    let told = format!(
        "3 files were missing in my workbook, and written:\n  {LESSON}\n  {RUST}\n  .vscode/tasks.json\n\
         \n\
         1 file was of an earlier workbook; to have today's: workbook update\n\
         \n\
         next\n  cd 'my workbook'\n  workbook\n"
    );
    workbook().current_dir(outer).args(["init", "my workbook"]).assert().code(0).stdout(told).stderr("");
    learner
        .workbook(&["update"])
        .assert()
        .code(0)
        .stdout(format!("up to date with workbook 0.1.0 now:\n  replaced  {C}\n"));
    assert!(learner.files() == before);
}

#[test]
fn places_where_no_folder_can_be_made_are_told() {
    let outer = tempfile::tempdir().unwrap();
    let outer_path = outer.path().canonicalize().unwrap();
    fs::write(outer_path.join("file"), "x").unwrap();
    let init = |dir: &str, told: &str| {
        let mut command = workbook();
        command.current_dir(&outer_path).args(["init", dir]);
        command.assert().code(2).stdout("").stderr(diff(format!("workbook: {told}\n")));
    };
    init("file", "file is a file; choose another name");
    init("file/x", "cannot make the folder file/x: file is a file");
    let checkout = Path::new(COURSE).canonicalize().unwrap();
    let told = format!(
        "{} is the workbook's own checkout and holds the course already.\n\
         Work there as it is, or make a folder elsewhere: workbook init ~/workbook",
        checkout.display()
    );
    init(checkout.join("target/some/where").to_str().unwrap(), &told);
    symlink(&checkout, outer_path.join("link")).unwrap();
    init("link/x", &told);
    workbook().current_dir(&outer_path).args(["init", "one"]).assert().code(0);
    let told = format!(
        "{0}/one/exercises/two would lie in a workbook that is there already: {0}/one\n\
         To complete that one: workbook init {0}/one",
        outer_path.display()
    );
    init("one/exercises/two", &told);
    let course = ["init", "x", "--course", "one"];
    let told = "workbook: init takes no --course; name the folder to make: workbook init DIR\n";
    workbook().current_dir(&outer_path).args(course).assert().code(2).stderr(told);
    let mut left: Vec<_> =
        fs::read_dir(&outer_path).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    left.sort();
    assert_eq!(left, ["file", "link", "one"]);
}

#[test]
fn a_path_that_is_not_text_is_told() {
    use std::os::unix::ffi::OsStrExt;
    let outer = tempfile::tempdir().unwrap();
    let name = std::ffi::OsStr::from_bytes(b"b\xff");
    let told = is_an_error("b\\xFF: this path is not UTF-8; choose a folder whose name is\n");
    workbook().current_dir(outer.path()).arg("init").arg(name).assert().code(2).stdout("").stderr(told);
}

#[test]
fn a_link_to_a_folder_is_as_good_as_the_folder() {
    let outer = tempfile::tempdir().unwrap();
    fs::create_dir(outer.path().join("real")).unwrap();
    symlink("real", outer.path().join("link")).unwrap();
    workbook()
        .current_dir(outer.path())
        .args(["init", "link"])
        .assert()
        .code(0)
        .stdout(contains("cd link\n"));
    assert!(outer.path().join("real").join(RUST).is_file());
}

#[test]
fn links_in_the_folder_are_not_followed() {
    let learner = Learner::new();
    let elsewhere = tempfile::tempdir().unwrap();
    // A file that is elsewhere, and a folder that is.
    fs::write(elsewhere.path().join("mine.rs"), "fn main() {}\n").unwrap();
    learner.earlier(RUST, "// of an earlier workbook\n");
    fs::remove_file(learner.path(RUST)).unwrap();
    symlink(elsewhere.path().join("mine.rs"), learner.path(RUST)).unwrap();
    fs::rename(learner.path("exercises/w04-l01"), elsewhere.path().join("w04-l01")).unwrap();
    symlink(elsewhere.path().join("w04-l01"), learner.path("exercises/w04-l01")).unwrap();
    fs::remove_file(elsewhere.path().join("w04-l01/main.c")).unwrap();
    let told = "everything else is up to date with workbook 0.1.0\n\
                \n\
                edited, and left as they are; you get today's starters with\n  \
                  exercises/w04-l03/main.rs   workbook reset w04-l03 --lang rust\n\
                \n\
                3 files left out:\n  exercises/w04-l01 is a link, and what lies behind it is not touched\n";
    learner.workbook(&["update"]).assert().code(0).stdout(diff(told)).stderr("");
    learner.workbook(&["init", "."]).assert().code(0);
    assert!(!elsewhere.path().join("w04-l01/main.c").exists());
    learner.workbook(&["reset", "l03", "--lang", "rust"]).assert().code(0);
    assert_eq!(fs::read_to_string(elsewhere.path().join("mine.rs")).unwrap(), "fn main() {}\n");
    assert!(learner.path(RUST).is_file() && !learner.path(RUST).is_symlink());
    assert!(learner.path("exercises/w04-l03/main.rs.1.bak").is_symlink());
    let told = format!(
        "workbook: cannot write {}/exercises/w04-l01/main.c: exercises/w04-l01 is a link, \
         and what lies behind it is not touched\n",
        learner.root.display()
    );
    learner.workbook(&["reset", "l01", "--lang", "c"]).assert().code(2).stdout("").stderr(told);
}

#[test]
fn what_is_in_the_way_is_told() {
    let learner = Learner::new();
    fs::remove_dir_all(learner.path(".vscode")).unwrap();
    learner.write(".vscode", "a file\n");
    fs::remove_file(learner.path(RUST)).unwrap();
    fs::create_dir(learner.path(RUST)).unwrap();
    let told = "everything else is up to date with workbook 0.1.0\n\
                \n\
                2 files left out:\n  .vscode is not a folder\n\
                \n\
                1 file left out:\n  exercises/w04-l03/main.rs is not a file\n";
    learner.workbook(&["update"]).assert().code(2).stdout(diff(told)).stderr("");
    learner.workbook(&["init", "."]).assert().code(2).stdout(contains("2 files left out:\n  .vscode"));
}

#[test]
fn update_brings_what_is_new_and_replaces_what_nobody_has_edited() {
    let learner = Learner::new();
    let before = learner.files();
    for file in [
        "lessons/w04/05-server-says-close/lesson.md",
        "lessons/w04/05-server-says-close/checks.toml",
        "exercises/w04-l05/main.c",
    ] {
        learner.never_installed(file);
    }
    learner.earlier(RUST, "// of an earlier workbook\n");
    learner.earlier("Cargo.toml", "# of an earlier workbook\n");
    fs::remove_file(learner.path(LESSON)).unwrap();
    fs::remove_file(learner.path("exercises/w04-l02/main.py")).unwrap();
    fs::remove_dir_all(learner.path(".zed")).unwrap();
    let changes = "  restored  lessons/w04/03-keep-alive/lesson.md\n  \
                     new       lessons/w04/05-server-says-close/checks.toml\n  \
                     new       lessons/w04/05-server-says-close/lesson.md\n  \
                     replaced  exercises/w04-l03/main.rs\n  \
                     new       exercises/w04-l05/main.c\n  \
                     replaced  Cargo.toml\n";
    let at_first = learner.files();
    let dry = format!("what `workbook update` would do:\n{changes}");
    learner.workbook(&["update", "--dry-run"]).assert().code(0).stdout(diff(dry)).stderr("");
    assert!(learner.files() == at_first, "nothing was done");
    let done = format!("up to date with workbook 0.1.0 now:\n{changes}");
    learner.workbook(&["update"]).assert().code(0).stdout(diff(done)).stderr("");
    learner.workbook(&["update"]).assert().code(0).stdout(UP_TO_DATE);
    let is_deleted = |path: &str| path == "exercises/w04-l02/main.py" || path.starts_with(".zed/");
    let expected: Vec<_> = before.into_iter().filter(|(path, _)| !is_deleted(path)).collect();
    assert!(learner.files() == expected, "deleted exercises and settings stay away");
}

#[test]
fn update_leaves_what_is_edited_and_tells_it_once() {
    let learner = Learner::new();
    learner.earlier(RUST, "// of an earlier workbook\n");
    learner.earlier(LESSON, "of an earlier workbook\n");
    learner.earlier(".zed/tasks.json", "[]\n");
    learner.earlier("Cargo.toml", "# of an earlier workbook\n");
    let mine = [RUST, LESSON, ".zed/tasks.json", "Cargo.toml", C];
    mine.iter().for_each(|file| learner.write(file, "# mine\n"));
    let told = starts_with(
        "everything else is up to date with workbook 0.1.0\n\
         \n\
         edited, and left as they are; you get today's starters with\n  \
           exercises/w04-l03/main.rs   workbook reset w04-l03 --lang rust\n\
         \n\
         edited, and left as they are; for today's, delete it, and then: workbook update\n  \
           lessons/w04/03-keep-alive/lesson.md\n\
         \n\
         edited, and left as they are; for today's, delete it, and then: workbook init .\n  \
           .zed/tasks.json\n\
         \n\
         Cargo.toml is yours and stays. For cargo and rust-analyzer it lacks:\n\
         \n  \
           [[bin]]\n  \
           name = \"w04-l01\"\n",
    );
    learner.workbook(&["update", "--dry-run"]).assert().code(0).stdout(told.clone());
    learner.workbook(&["update"]).assert().code(0).stdout(told).stderr("");
    learner.workbook(&["update"]).assert().code(0).stdout(UP_TO_DATE);
    assert!(mine.iter().all(|file| learner.read(file) == "# mine\n"));
}

#[test]
fn what_the_course_has_no_more_goes_unless_it_is_edited() {
    let learner = Learner::new();
    for file in ["lesson.md", "checks.toml"] {
        learner.earlier(&format!("lessons/w04/04-gone/{file}"), "gone\n");
        learner.earlier(&format!("lessons/w03/03-renamed/{file}"), "---\nid: w04-l03\n---\n");
    }
    learner.earlier("lessons/w03/part.md", "# A part that has gone\n");
    learner.write("lessons/w03/03-renamed/lesson.md", "with my notes\n");
    learner.write("lessons/w03/03-renamed/notes.md", "my notes\n");
    learner.earlier("exercises/w04-l04/main.rs", "fn main() {}\n");
    learner.earlier("exercises/w04-l04/main.c", "int main;\n");
    learner.earlier("exercises/w04-l06/main.c", "int main;\n");
    learner.write("exercises/w04-l04/main.rs", "// mine\n");
    let changes = "  removed   exercises/w04-l04/main.c\n  \
                     removed   exercises/w04-l06/main.c\n  \
                     removed   lessons/w03/03-renamed/checks.toml\n  \
                     removed   lessons/w03/part.md\n  \
                     removed   lessons/w04/04-gone/checks.toml\n  \
                     removed   lessons/w04/04-gone/lesson.md\n  \
                     moved     lessons/w03\n            \
                               is no lesson any more; what you have in it is in kept/lessons/w03\n\
                   \n\
                   of no lesson any more; they are yours and stay:\n  \
                     exercises/w04-l04/main.rs\n";
    let dry = format!("what `workbook update` would do:\n{changes}");
    learner.workbook(&["update", "--dry-run"]).assert().code(0).stdout(diff(dry));
    let done = format!("up to date with workbook 0.1.0 now:\n{changes}");
    learner.workbook(&["update"]).assert().code(0).stdout(diff(done)).stderr("");
    assert_eq!(learner.read("exercises/w04-l04/main.rs"), "// mine\n");
    assert_eq!(learner.read("kept/lessons/w03/03-renamed/lesson.md"), "with my notes\n");
    assert_eq!(learner.read("kept/lessons/w03/03-renamed/notes.md"), "my notes\n");
    for gone in ["lessons/w03", "lessons/w04/04-gone", "exercises/w04-l06"] {
        assert!(!learner.path(gone).exists(), "{gone}");
    }
    learner.workbook(&["update"]).assert().code(0).stdout(UP_TO_DATE);
    learner.workbook(&["list"]).assert().code(0).stderr("");
}

#[test]
fn a_folder_without_lessons_is_updated_too() {
    let learner = Learner::new();
    let before = learner.files();
    fs::remove_dir_all(learner.path("lessons")).unwrap();
    let told = contains("\n  restored  lessons/w04/part.md\n");
    learner.workbook(&["update"]).current_dir(learner.path("exercises")).assert().code(0).stdout(told);
    assert!(learner.files() == before);
    let update = ["update", "--course"];
    workbook().args(update).arg(&learner.root).assert().code(0).stdout(UP_TO_DATE);
}

#[test]
fn a_lesson_that_is_missing_or_damaged_is_told_with_the_way_on() {
    let learner = Learner::new();
    let way_on = "\nWhat is missing of the lessons comes back with `workbook update`;\nwhat is damaged, delete first.\n";
    learner.write("lessons/w04/03-keep-alive/checks.toml", "arguments = 5\n");
    fs::remove_file(learner.path("lessons/w04/part.md")).unwrap();
    for arguments in [&["check"][..], &["list"]] {
        let told = contains("checks.toml").and(contains("part.md")).and(ends_with(way_on));
        learner.workbook(arguments).assert().code(2).stdout("").stderr(told);
    }
    fs::remove_file(learner.path("lessons/w04/03-keep-alive/checks.toml")).unwrap();
    learner.workbook(&["update"]).assert().code(0).stdout(contains("  restored  lessons/w04/part.md\n"));
    learner.workbook(&["list"]).assert().code(0).stderr("");
    let fixture = Fixture::new();
    fixture.write("lessons/w01/01-one-request/checks.toml", "arguments = 5\n");
    fixture.workbook(&["list"]).assert().code(2).stderr(contains("comes back with").not());
}

#[test]
fn a_broken_record_is_set_aside_and_nobody_s_work_is_lost() {
    let learner = Learner::new();
    learner.write(RUST, "// mine\n");
    for (number, broken) in
        ["{", r#"{"format":1,"workbook":"0.1.0","files":{"../x":{"version":"0"}}}"#].iter().enumerate()
    {
        learner.write(".workbook/installed.json", broken);
        let told = starts_with("workbook: the record of what was installed is broken: ");
        learner.workbook(&["update", "--dry-run"]).assert().code(0).stderr(told);
        let aside = [".workbook/installed.json.broken", ".workbook/installed.json.broken.1"][number];
        let told =
            starts_with(format!("workbook: the record of what was installed is broken ({aside} now): "))
                .and(ends_with("\nFiles that are not as they are today count as edited.\n"));
        let edited = contains("exercises/w04-l03/main.rs   workbook reset w04-l03 --lang rust\n");
        learner.workbook(&["update"]).assert().code(0).stdout(edited).stderr(told);
        assert_eq!(learner.read(aside), *broken);
        assert_eq!(learner.read(RUST), "// mine\n");
        learner.workbook(&["update"]).assert().code(0).stdout(UP_TO_DATE).stderr("");
    }
}

#[test]
fn a_newer_workbook_s_folder_is_not_touched() {
    let learner = Learner::new();
    learner.change_record(|record| record["workbook"] = "99.1.0".into());
    let told = format!(
        "workbook: {} is of workbook 99.1.0, and this is workbook 0.1.0: nothing was changed.\n\
         Install the newer one again, as it was installed there\n",
        learner.root.display()
    );
    for arguments in [&["update"][..], &["init", "."]] {
        learner.workbook(arguments).assert().code(2).stdout("").stderr(told.clone());
    }
}

#[test]
fn folders_that_init_has_not_made_are_not_updated() {
    let fixture = Fixture::new();
    let root = fixture.root().canonicalize().unwrap();
    let told = format!(
        "workbook: {0} has no record of what was installed, so it cannot be told what is yours.\n\
         To have one, and whatever is missing: workbook init {0}\n",
        root.display()
    );
    fixture.workbook(&["update"]).assert().code(2).stdout("").stderr(told);
    let checkout = Path::new(COURSE).canonicalize().unwrap();
    let told = format!(
        "workbook: {} is the workbook's own checkout: new lessons come with `git pull`\n",
        checkout.display()
    );
    workbook().current_dir(checkout.join("lessons")).arg("update").assert().code(2).stdout("").stderr(told);
}

#[test]
fn reset_keeps_every_version() {
    let learner = Learner::new();
    for number in [1, 2] {
        let mine = format!("// version {number}\n");
        learner.write(C, &mine);
        let backup = format!("{C}.{number}.bak");
        let told = format!(
            "{C} is the starter again.\nWhat was in it is kept in {backup}; to have it back:\n  mv {backup} {C}\n"
        );
        // The only edited file is the one that is meant.
        learner.workbook(&["reset", "keep-alive"]).assert().code(0).stdout(diff(told)).stderr("");
        assert_eq!((learner.read(&backup), learner.read(C)), (mine, today(C)));
    }
    let told = "exercises/w04-l03/main.c is the starter already.\n\
                For another language: workbook reset w04-l03 --lang rust or python\n";
    learner.workbook(&["reset", "l03", "--lang", "c"]).assert().code(0).stdout(told);
    assert!(!learner.path(&format!("{C}.3.bak")).exists());
    learner.write(C, "// from elsewhere\n");
    let told = contains(format!("  mv '{0}/{C}.3.bak' '{0}/{C}'\n", learner.root.display()));
    learner.workbook(&["reset", "l03"]).current_dir(learner.path("lessons")).assert().code(0).stdout(told);
    learner.workbook(&["update"]).assert().code(0).stdout(UP_TO_DATE);
}

#[test]
fn reset_writes_what_was_deleted() {
    let learner = Learner::new();
    fs::remove_file(learner.path(C)).unwrap();
    let missing =
        format!("workbook: there is no {C}.\nGet the starter with: workbook reset w04-l03 --lang c\n");
    learner.workbook(&["check", "l03", "--lang", "c"]).assert().code(2).stdout("").stderr(missing);
    learner
        .workbook(&["reset", "l03", "--lang", "c"])
        .assert()
        .code(0)
        .stdout(format!("{C} is there again\n"));
    fs::remove_dir_all(learner.path("exercises")).unwrap();
    let told = "exercises/w04-l03/main.rs is there again\n\
                exercises/w04-l03/main.c is there again\n\
                exercises/w04-l03/main.py is there again\n";
    learner.workbook(&["reset", "l03"]).assert().code(0).stdout(told);
    assert_eq!(learner.read(C), today(C));
}

#[test]
fn reset_of_an_earlier_lesson_brings_today_s_starter() {
    let learner = Learner::new();
    learner.earlier(RUST, "// of an earlier workbook\n");
    learner.write(RUST, "// mine\n");
    learner.workbook(&["update"]).assert().code(0).stdout(contains("workbook reset w04-l03 --lang rust"));
    learner.workbook(&["reset", "w04-l03", "--lang", "rust"]).assert().code(0);
    assert_eq!(learner.read(RUST), today(RUST));
    learner.workbook(&["update"]).assert().code(0).stdout(UP_TO_DATE);
}

#[test]
fn a_lesson_that_the_workbook_does_not_carry_is_told() {
    let fixture = Fixture::new();
    let told = "workbook: this workbook carries no starter exercises/w01-l01/main.c.\n\
                Where the course is in git, this brings it back and keeps no backup:\n  \
                git checkout -- exercises/w01-l01/main.c\n";
    fixture.workbook(&["reset", "l01", "--lang", "c"]).assert().code(2).stdout("").stderr(told);
    let told = is_an_error("there is no lesson `l77`");
    fixture.workbook(&["reset", "l77"]).assert().code(2).stderr(told);
}

#[test]
fn starters_that_an_update_brings_are_not_taken_for_work() {
    if python().is_none() || !has("cc") {
        return;
    }
    let learner = Learner::new();
    let hour_ago = SystemTime::now() - Duration::from_secs(3600);
    learner.earlier(RUST, "// of an earlier workbook\n");
    learner.write("exercises/w04-l03/main.py", "print('mine')\n");
    for file in [RUST, C, "exercises/w04-l03/main.py"] {
        fs::File::options().append(true).open(learner.path(file)).unwrap().set_modified(hour_ago).unwrap();
    }
    learner.workbook(&["update"]).assert().code(0).stdout(contains("replaced  exercises/w04-l03/main.rs"));
    learner.workbook(&["check", "l03"]).assert().code(1).stdout(contains("main.py"));
}

#[test]
fn a_folder_that_cannot_be_written_to_is_told() {
    let script = "\"$2\" init \"$1/x\" >/dev/null; rm \"$1/x/exercises/w04-l03/main.rs\"
        mount --bind \"$1/x\" \"$1/x\"; mount -o remount,ro,bind \"$1/x\"; cd \"$1/x\"
        ! \"$2\" init . ; ! \"$2\" update; ! \"$2\" reset l03 --lang rust; \"$2\" update --dry-run; ! \"$2\" init y";
    if let Some(outcome) = with_mounts(script) {
        let outcome = outcome.code(0).stdout(contains("replaced  Cargo.toml\n"));
        let stderr = String::from_utf8(outcome.get_output().stderr.clone()).unwrap();
        assert_eq!(stderr.matches("Read-only file system (os error 30)").count(), 3, "{stderr}");
        assert!(stderr.contains("the rest is done by:\n  workbook update\n"), "{stderr}");
        assert!(!stderr.contains("panicked"), "{stderr}");
    }
}

#[test]
fn a_full_disk_loses_nothing_and_init_goes_on() {
    let script = "mount -t tmpfs -o size=200k tmpfs \"$1\"; cd \"$1\"
        ! \"$2\" init x; find x -name '.workbook-*'; mount -o remount,size=4m \"$1\"; \"$2\" init x; \"$2\" init x; cd x; \"$2\" update
        echo mine >exercises/w04-l03/main.c; dd if=/dev/zero of=fill 2>/dev/null || true
        ! \"$2\" reset l03 --lang c; cat exercises/w04-l03/main.c; ls exercises/w04-l03";
    if let Some(outcome) = with_mounts(script) {
        let stdout = contains(" missing in x, and written:\n")
            .and(contains("x is complete: nothing was missing\n"))
            .and(ends_with(format!("{UP_TO_DATE}mine\nmain.c\nmain.py\nmain.rs\n")));
        let stderr = contains("No space left on device (os error 28)\nNothing is half-written.")
            .and(contains("init x\n"));
        outcome.code(0).stdout(stdout).stderr(stderr);
    }
}

#[test]
fn a_killed_init_can_be_run_again() {
    let outer = tempfile::tempdir().unwrap();
    // A file that is longer than allowed is the end of the process, in the middle of writing it.
    let script = "ulimit -c 0; ulimit -f 8; exec \"$1\" init x";
    let mut command = std::process::Command::new("sh");
    let killed = command.current_dir(outer.path()).args(["-c", script, "sh", env!("CARGO_BIN_EXE_workbook")]);
    let status = killed.output().unwrap().status;
    assert!(!status.success(), "{status}");
    let root = outer.path().canonicalize().unwrap().join("x");
    let of_the_course = |path: &str| path.starts_with("lessons/") && !path.contains(".workbook-");
    for (path, content) in files(&root, of_the_course) {
        assert!(today(&path).as_bytes() == content, "{path} is whole");
    }
    let learner = Learner { root, _outer: outer };
    learner.workbook(&["init", "."]).assert().code(0).stderr("");
    learner.workbook(&["list"]).assert().code(0).stderr("");
    learner.workbook(&["update"]).assert().code(0).stdout(UP_TO_DATE);
}

#[test]
fn root_does_not_lock_the_owner_of_a_folder_out_of_it() {
    if !rustix::process::geteuid().is_root() {
        skip("only root can do this");
        return;
    }
    let outer = tempfile::tempdir().unwrap();
    chown(outer.path(), Some(54_321), Some(54_321)).unwrap();
    let learner = Learner { root: outer.path().canonicalize().unwrap(), _outer: outer };
    learner.workbook(&["init"]).assert().code(0);
    learner.write(C, "// mine\n");
    learner.workbook(&["reset", "l03", "--lang", "c"]).assert().code(0);
    for file in [C, LESSON, "exercises", "lessons/w04", ".workbook", ".workbook/installed.json"] {
        assert_eq!(fs::metadata(learner.path(file)).unwrap().uid(), 54_321, "{file}");
    }
}
