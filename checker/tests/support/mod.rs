//! What the tests share: a small course that nothing is wrong with, the binary, and programs under test.
#![allow(dead_code, unreachable_pub, reason = "no test file needs everything, and none exports anything")]

pub mod browser;
pub mod devtools;
pub mod meetings;
pub mod programs;
pub mod tmux;

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use assert_cmd::Command;
use tempfile::TempDir;

/// The only lesson of the fixture.
pub const LESSON: &str = "w01-l01";
pub const LESSON_FOLDER: &str = "lessons/w01/01-one-request";

/// Nothing that a test waits for takes longer, on the slowest machine.
pub const PATIENCE: Duration = Duration::from_secs(20);

const FILES: [(&str, &str); 9] = [
    ("lessons/w01/01-one-request/lesson.md", include_str!("fixture/lesson.md")),
    ("lessons/w01/01-one-request/checks.toml", include_str!("fixture/checks.toml")),
    ("solutions/w01-l01/mutants.toml", include_str!("fixture/mutants.toml")),
    ("solutions/w01-l01/main.rs", include_str!("fixture/solution/main.rs")),
    ("solutions/w01-l01/main.c", include_str!("fixture/solution/main.c")),
    ("solutions/w01-l01/main.py", include_str!("fixture/solution/main.py")),
    ("exercises/w01-l01/main.rs", include_str!("fixture/exercise/main.rs")),
    ("exercises/w01-l01/main.c", include_str!("fixture/exercise/main.c")),
    ("exercises/w01-l01/main.py", include_str!("fixture/exercise/main.py")),
];

/// A course of one lesson in a folder of its own, removed when dropped.
pub struct Fixture(TempDir);

impl Fixture {
    pub fn new() -> Self {
        Self::below(&std::env::temp_dir())
    }

    /// The same in a folder in this one.
    pub fn below(folder: &Path) -> Self {
        let fixture = Self(tempfile::tempdir_in(folder).expect("a temporary folder"));
        fixture.write("lessons/w01/part.md", "# First steps\n");
        FILES.iter().for_each(|(name, text)| fixture.write(name, text));
        fixture
    }

    pub fn root(&self) -> &Path {
        self.0.path()
    }

    pub fn path(&self, file: &str) -> PathBuf {
        self.root().join(file)
    }

    pub fn write(&self, file: &str, text: impl AsRef<[u8]>) {
        let path = self.path(file);
        fs::create_dir_all(path.parent().expect("the file lies in a folder")).expect("folders can be made");
        fs::write(path, text).expect("files can be written");
    }

    /// Replaces a piece of text that occurs exactly once.
    pub fn edit(&self, file: &str, replace: &str, with: &str) {
        let text = fs::read_to_string(self.path(file)).expect("the fixture has the file");
        assert_eq!(text.matches(replace).count(), 1, "{replace:?} occurs once in {file}");
        self.write(file, text.replace(replace, with));
    }

    /// The exercise in Python becomes this program.
    pub fn python_exercise(&self, source: &str) {
        self.write("exercises/w01-l01/main.py", source);
    }

    /// The binary, called in the course's folder.
    pub fn workbook(&self, arguments: &[&str]) -> Command {
        let mut command = workbook();
        command.current_dir(self.root()).args(arguments);
        command
    }
}

/// The binary in a known environment.
pub fn workbook() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_workbook"));
    for name in ["NO_COLOR", "CLICOLOR_FORCE", "WORKBOOK_SLOW", "LC_CTYPE", "LANG"] {
        command.env_remove(name);
    }
    command.env("LC_ALL", "C.UTF-8").env("PATH", path_without_shims());
    command.timeout(Duration::from_secs(120));
    command
}

/// Version managers put slow shims on the PATH; what they lead to comes first here.
/// What the tests need of it.
pub fn path_without_shims() -> std::ffi::OsString {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let real = programs::find_python().and_then(Path::parent).map(Path::to_owned);
    std::env::join_paths(real.into_iter().chain(std::env::split_paths(&path))).expect("a PATH")
}

/// Says on the terminal that a test did not run (the test runner would swallow what is printed with a macro).
/// Where everything must run, a test that does not has failed.
pub fn skip(why: &str) {
    let test = std::thread::current().name().unwrap_or("a test").to_owned();
    assert!(std::env::var_os("WORKBOOK_REQUIRE_ALL").is_none(), "{test} cannot run: {why}");
    let note = format!("SKIPPED {test}: {why}\n");
    let _ = std::io::stderr().write_all(note.as_bytes());
}

/// Waits until something holds, and says what was waited for when it never does.
pub fn wait_until(what: &str, mut holds: impl FnMut() -> bool) {
    let start = Instant::now();
    while !holds() {
        assert!(start.elapsed() < PATIENCE, "waited in vain until {what}");
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// Whether a process runs or could run again.
pub fn is_alive(process: u32) -> bool {
    workbook::kernel::Processes::is_alive(process)
}

/// Reads process ids that a program writes into a file, one a line, as soon as there are so many.
pub fn process_ids(file: &Path, amount: usize) -> Vec<u32> {
    let read = || -> Vec<u32> {
        let text = fs::read_to_string(file).unwrap_or_default();
        let whole = text.rsplit_once('\n').map_or("", |(whole, _)| whole);
        whole.lines().filter_map(|line| line.parse().ok()).collect()
    };
    wait_until("the program has told its process ids", || read().len() >= amount);
    read()
}

/// Can programs run in boxes on this machine?
pub fn can_be_private() -> bool {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let doctor = workbook().current_dir(folder.path()).arg("doctor").output().expect("it runs");
    String::from_utf8_lossy(&doctor.stdout).contains("containment: private")
}

/// Do they, where nothing else is asked for?
pub fn is_private() -> bool {
    std::env::var("WORKBOOK_LEVEL").as_deref() != Ok("loopback") && can_be_private()
}
