//! One attack: a program or a source, what its verdict must be, and how it is tried.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, Weak};
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

use super::place::Place;
use super::support::{path_without_shims, programs, skip};

/// The scenario that is played where one is enough.
const FIRST: &str = "server-keeps-the-connection-open";

/// The binary under test; a copy elsewhere where the tests run as a user who may not look into the build.
pub fn binary() -> PathBuf {
    std::env::var_os("WORKBOOK_BINARY").map_or_else(|| env!("CARGO_BIN_EXE_workbook").into(), PathBuf::from)
}

/// What the verdict must be.
enum Verdict {
    /// The program does what the lesson asks for: whatever else it tried came to nothing.
    Holds,
    /// The first finding is one of these.
    Finds(&'static [&'static str]),
    /// There is no verdict that the source has earned: it is refused, by whomever.
    IsRefused,
    /// Either way: it depends on whom the machine ends when a limit is met.
    IsJudged,
    /// The source does not become a program.
    DoesNotBuild,
}

/// An attack under preparation.
#[must_use]
pub struct Attack {
    pub place: Place,
    source: String,
    language: &'static str,
    words: Vec<(&'static str, String)>,
    verdict: Verdict,
    /// How much the grader may take, compiler included.
    most: Duration,
    scenario: Option<&'static str>,
    environment: Vec<(&'static str, String)>,
    folder: Option<PathBuf>,
    program: Option<&'static str>,
    link: Option<PathBuf>,
    warden: Option<Arc<Warden>>,
    killed_after: Duration,
}

/// A C program of the folder `programs`, by its name.
macro_rules! attack {
    ($name:literal) => {
        $crate::attack::Attack::new("c", include_str!(concat!("programs/", $name, ".c")))
    };
}
pub(crate) use attack;

impl Attack {
    /// An attack in `c`, `rust` or `python` that must hold unless told otherwise.
    pub fn new(language: &'static str, source: &str) -> Self {
        Self {
            place: Place::below(&std::env::temp_dir()),
            program: None,
            link: None,
            warden: None,
            source: source.to_owned(),
            language,
            words: Vec::new(),
            verdict: Verdict::Holds,
            most: Duration::from_secs(30),
            scenario: Some(FIRST),
            environment: Vec::new(),
            folder: None,
            killed_after: Duration::ZERO,
        }
    }

    /// Which way to take, where a program knows several.
    pub fn way(mut self, way: &str) -> Self {
        self.words.push(("@WAY@", way.to_owned()));
        self
    }

    /// The first finding must be one of these.
    pub fn finds(mut self, kinds: &'static [&'static str]) -> Self {
        self.verdict = Verdict::Finds(kinds);
        self
    }

    /// There must be a verdict; which one depends on whom the machine ends when a limit is met.
    pub fn may_end_either_way(mut self) -> Self {
        self.verdict = Verdict::IsJudged;
        self
    }

    /// The source must not be taken at all.
    pub fn must_be_refused(mut self) -> Self {
        self.verdict = Verdict::IsRefused;
        self
    }

    /// The compiler must refuse the source.
    pub fn does_not_build(mut self) -> Self {
        self.verdict = Verdict::DoesNotBuild;
        self
    }

    /// All of it is over within so many seconds.
    pub fn within(mut self, seconds: u64) -> Self {
        self.most = Duration::from_secs(seconds);
        self
    }

    /// All scenarios are played.
    pub fn in_all_scenarios(mut self) -> Self {
        self.scenario = None;
        self
    }

    /// A variable of the grader's environment.
    pub fn environment(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.environment.push((name, value.into()));
        self
    }

    /// The grader is called in this folder of the course.
    pub fn in_folder(mut self, folder: &str) -> Self {
        self.folder = Some(self.place.fixture.path(folder));
        self
    }

    /// Course and home lie below this folder.
    pub fn below(mut self, folder: &str) -> Self {
        self.place = Place::below(Path::new(folder));
        self
    }

    /// The grader is given a program, which was built beforehand and lies at this place of the course.
    pub fn with_program_at(mut self, place: &'static str) -> Self {
        self.program = Some(place);
        self
    }

    /// The source is a symbolic link to this.
    pub fn by_link_to(mut self, target: impl AsRef<Path>) -> Self {
        self.link = Some(target.as_ref().to_owned());
        self
    }

    /// The grader is killed after so many milliseconds, and cannot clean up.
    pub fn grader_is_killed_after(mut self, millis: u64) -> Self {
        self.killed_after = Duration::from_millis(millis);
        self
    }

    /// Tries it, and checks the verdict and that nothing has changed; the report, unless it was skipped.
    pub fn run(mut self) -> Option<String> {
        is_possible().then_some(())?;
        self.prepare();
        let start = Instant::now();
        let output = self.check().wait_with_output().unwrap();
        let took = start.elapsed();
        let report = self.judge(&output);
        assert!(took <= self.most, "it took {took:?}");
        Some(report)
    }

    /// The same twice at the same time, in the same course.
    pub fn run_twice_at_once(mut self) {
        if is_possible() {
            self.prepare();
            let both = [self.check(), self.check()];
            let outputs = both.map(|check| check.wait_with_output().unwrap());
            outputs.iter().for_each(|output| drop(self.judge(output)));
        }
    }

    /// Tries it on a grader that is killed; nothing must be left of either.
    pub fn run_to_the_kill(mut self) {
        if is_possible() {
            self.prepare();
            let output = self.check().wait_with_output().unwrap();
            assert_eq!(output.status.code(), Some(128 + 9), "it was to be killed: {output:?}");
            self.place.assert_unchanged();
        }
    }

    /// What people are shown, in colours, as text without what belongs to our own colours.
    pub fn shown(mut self) -> Option<String> {
        is_possible().then_some(())?;
        self.prepare();
        let mut command = self.command("terminal");
        let output = command.env("CLICOLOR_FORCE", "1").output().unwrap();
        self.place.assert_unchanged();
        Some(String::from_utf8(output.stdout).expect("a report is UTF-8"))
    }

    fn prepare(&mut self) {
        let filled = self.words.iter().fold(self.source.clone(), |text, (word, way)| text.replace(word, way));
        let ending = match self.language {
            "rust" => "rs",
            "python" => "py",
            other => other,
        };
        let file = format!("exercises/w01-l01/main.{ending}");
        self.place.fixture.write(&file, self.place.fill(&filled));
        let path = self.place.fixture.path(&file);
        if let Some(target) = &self.link {
            fs::remove_file(&path).unwrap();
            std::os::unix::fs::symlink(target, &path).unwrap();
        }
        if let Some(program) = self.program {
            let mut cc = Command::new("cc");
            cc.args(["-O1", "-pthread", "-o"]).arg(self.place.fixture.path(program)).arg(&path);
            assert!(cc.status().unwrap().success(), "it builds");
        }
        self.warden = Some(Warden::get());
        self.place.remember();
    }

    fn check(&self) -> std::process::Child {
        let mut command = self.command("json");
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    }

    /// The call, under a warden.
    fn command(&self, format: &str) -> Command {
        let mut command = Command::new(&self.warden.as_ref().expect("it is prepared").program);
        command.arg(self.place.survivors()).arg(self.killed_after.as_millis().to_string()).arg(binary());
        command.args(["check", "l01", "--format", format]);
        match self.program {
            Some(program) => command.args(["--program", &format!("./{program}")]),
            None => command.args(["--lang", self.language]),
        };
        command.args(["--level", "private", "--require-private"]);
        command.args(self.scenario.into_iter().flat_map(|scenario| ["--scenario", scenario]));
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command.current_dir(self.folder.as_deref().unwrap_or(self.place.fixture.root()));
        let real_home = std::env::var("HOME").unwrap_or_default();
        for (name, folder) in [("RUSTUP_HOME", ".rustup"), ("CARGO_HOME", ".cargo"), ("PYENV_ROOT", ".pyenv")]
        {
            if std::env::var_os(name).is_none() {
                command.env(name, Path::new(&real_home).join(folder));
            }
        }
        for name in ["NO_COLOR", "CLICOLOR_FORCE", "WORKBOOK_SLOW", "WORKBOOK_LEVEL"] {
            command.env_remove(name);
        }
        command.env("HOME", self.place.home()).env("TMPDIR", self.place.temporary());
        command.env("PATH", path_without_shims()).env("LC_ALL", "C.UTF-8");
        command.env("WORKBOOK_SECRET", self.place.secret());
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        command
    }

    /// Checks the outcome, and gives the report back.
    fn judge(&self, output: &Output) -> String {
        let report = String::from_utf8(output.stdout.clone()).expect("the report is UTF-8");
        let aside = String::from_utf8_lossy(&output.stderr);
        self.place.assert_harmless(&report);
        self.place.assert_harmless(&aside);
        assert!(!aside.contains("panicked"), "{aside}");
        self.judge_verdict(output.status.code(), &report, &aside);
        self.place.assert_unchanged();
        report
    }

    fn judge_verdict(&self, code: Option<i32>, report: &str, aside: &str) {
        let verdict: Value = serde_json::from_str(report).unwrap_or_default();
        let findings = || -> Vec<&str> {
            let scenarios = verdict["scenarios"].as_array().into_iter().flatten();
            let all = scenarios.flat_map(|scenario| scenario["findings"].as_array().into_iter().flatten());
            all.map(|finding| finding["kind"].as_str().unwrap_or_default()).collect()
        };
        let told = || {
            let short: String = report.chars().take(6000).collect();
            format!("{:?} {}\n{aside}", findings(), short)
        };
        match self.verdict {
            Verdict::Holds => {
                assert_eq!(code, Some(0), "{}", told());
                assert_eq!(verdict["level"], "private");
            }
            Verdict::Finds(kinds) => {
                assert_eq!(code, Some(1), "{}", told());
                assert!(
                    findings().first().is_some_and(|kind| kinds.contains(kind)),
                    "expected {kinds:?}: {}",
                    told()
                );
                assert_eq!(verdict["level"], "private");
            }
            Verdict::IsJudged => {
                assert!(matches!(code, Some(0 | 1)), "{}", told());
                assert!(verdict["level"] == "private" || verdict["scenarios"].is_null(), "{}", told());
            }
            Verdict::IsRefused => assert!(matches!(code, Some(1 | 2)), "{}", told()),
            Verdict::DoesNotBuild => {
                assert_eq!(code, Some(1), "{}", told());
                assert!(verdict["scenarios"].is_null(), "it must not build: {}", told());
            }
        }
    }
}

/// Are there boxes on this machine, and a C compiler? Otherwise the test says that it is skipped.
fn is_possible() -> bool {
    static OBSTACLE: OnceLock<Option<String>> = OnceLock::new();
    if !programs::has("cc") {
        return false;
    }
    let obstacle = OBSTACLE.get_or_init(|| {
        let mut attack = Attack::new("c", include_str!("../support/fixture/solution/main.c"));
        attack.prepare();
        let output = attack.command("json").output().unwrap();
        // Any other outcome is for the tests to judge.
        (output.status.code() == Some(2)).then(|| String::from_utf8_lossy(&output.stderr).into_owned())
    });
    if let Some(obstacle) = obstacle {
        let must_run = std::env::var_os("WORKBOOK_REQUIRE_PRIVATE").is_some();
        assert!(!must_run, "there is no private level here: {obstacle}");
        skip(&format!("there is no private level here: {obstacle}"));
    }
    obstacle.is_none()
}

/// The program that tells who survives; its folder goes with the last test that uses it.
struct Warden {
    program: PathBuf,
    _folder: TempDir,
}

impl Warden {
    /// The one that is in use, or a new one.
    fn get() -> Arc<Self> {
        static IN_USE: Mutex<Weak<Warden>> = Mutex::new(Weak::new());
        let mut in_use = IN_USE.lock().unwrap_or_else(PoisonError::into_inner);
        in_use.upgrade().unwrap_or_else(|| {
            let warden = Arc::new(Self::build());
            *in_use = Arc::downgrade(&warden);
            warden
        })
    }

    fn build() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (source, program) = (folder.path().join("warden.c"), folder.path().join("warden"));
        fs::write(&source, include_str!("programs/warden.c")).unwrap();
        let status = Command::new("cc").args(["-O1", "-o"]).arg(&program).arg(&source).status();
        assert!(status.unwrap().success(), "the warden builds");
        Self { program, _folder: folder }
    }
}
