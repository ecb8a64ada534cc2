//! A new learner at a terminal, who types what the screen, the last report or `help` offers: from `init` through three
//! lessons in Rust and one in C.
#![allow(missing_docs, reason = "tests")]

mod support;

use std::path::{Path, PathBuf};

use support::programs::has;
use support::tmux::{SIZE, Terminal};

const LESSONS: [&str; 4] = ["w04-l01", "w04-l02", "w04-l03", "w04-l05"];

/// The file of a solution in the course.
fn solution(lesson: &str, name: &str) -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the checker lies in the course");
    root.join("solutions").join(lesson).join(name)
}

/// A learner, whose editor writes a whole program at once: the one in the file `editor-writes`.
struct Learner {
    terminal: Terminal,
    home: tempfile::TempDir,
}

impl Learner {
    fn sit_down() -> Option<Self> {
        let home = tempfile::tempdir().expect("a folder");
        let binaries = Path::new(env!("CARGO_BIN_EXE_workbook")).parent().expect("a folder");
        let shell = format!(
            "PATH='{}':\"$PATH\" PS1='$ ' ENV= WORKBOOK_PAGER=cat EDITOR='cp {home}/editor-writes' sh -i",
            binaries.display(),
            home = home.path().display(),
        );
        let terminal = Terminal::open(SIZE, home.path(), &shell)?;
        terminal.wait_for("$");
        Some(Self { terminal, home })
    }

    /// What the editor writes the next time.
    fn will_write(&self, file: &Path, edit: impl Fn(String) -> String) {
        let text = std::fs::read_to_string(file).expect("a solution");
        std::fs::write(self.home.path().join("editor-writes"), edit(text)).expect("written");
    }

    /// Types a command once this is on the screen, and waits for its effect and the next prompt.
    fn follow(&self, offered: &str, command: &str, effect: &str) -> String {
        let screen = self.terminal.wait_for(offered);
        assert!(fits(&screen), "{screen}");
        self.terminal.press(&["C-l"]);
        self.terminal.enter(command);
        self.terminal.wait_for(effect);
        // The prompt is back when the last line is one.
        let is_prompt = |line: &str| line.trim_end().ends_with(['❯', '$']);
        self.terminal.wait_until(&format!("a prompt behind {command:?}"), |screen| {
            screen.contains(effect) && screen.trim_end().lines().last().is_some_and(is_prompt)
        })
    }
}

/// Is no line cut at the edge?
fn fits(screen: &str) -> bool {
    screen.lines().all(|line| line.chars().count() <= SIZE.0)
}

#[test]
fn a_learner_is_led_from_init_to_the_last_lesson() {
    if !has("rustc") || !has("cc") {
        return;
    }
    let Some(learner) = Learner::sit_down() else { return };
    learner.terminal.enter("workbook init mine");
    learner.terminal.wait_for("cd mine");
    learner.terminal.enter("cd mine");
    learner.terminal.enter("workbook");
    learner.terminal.wait_for("type a command, or help");
    // The first lesson, by the prompt's own words.
    learner.follow("read", "read", "Edit exercises/w04-l01");
    learner.follow("w04-l01", "next", "watch");
    learner.will_write(&solution(LESSONS[0], "main.rs"), |text| text.replace("fn main", "fn maim"));
    learner.follow("open", "open", "w04-l01");
    learner.follow("w04-l01", "check", "does not compile");
    learner.will_write(&solution(LESSONS[0], "main.rs"), |text| text);
    learner.follow("w04-l01", "open", "w04-l01");
    learner.follow("w04-l01", "check", "all criteria hold");
    // The second with a mistake, and with the hint that the report offers.
    learner.follow("workbook read w04-l02", "read", "Edit exercises/w04-l02");
    learner.will_write(&solution("../exercises/w04-l02", "main.rs"), |text| text);
    learner.follow("w04-l02", "open", "w04-l02");
    learner.follow("w04-l02", "check", "workbook hint w04-l02");
    learner.follow("hint 1/", "hint", "Hint 1 of");
    learner.will_write(&solution(LESSONS[1], "main.rs"), |text| text);
    learner.follow("w04-l02", "open", "w04-l02");
    learner.follow("w04-l02", "check", "all criteria hold");
    // The third while it is watched.
    learner.follow("w04-l03", "read", "Edit exercises/w04-l03");
    watch_until_it_holds(&learner);
    // The last one in C.
    learner.follow("w04-l05", "lang c", "main.c");
    learner.will_write(&solution(LESSONS[3], "main.c"), |text| text);
    learner.follow("w04-l05", "open", "w04-l05");
    learner.follow("w04-l05", "check", "all criteria hold");
    let progress = learner.follow("❯", "progress", "4 of 4 lessons done.");
    assert_eq!(progress.matches("done").count(), 5, "{progress}");
    learner.follow("❯", "next", "every lesson is done");
    learner.terminal.enter("quit");
    learner.terminal.wait_until("the end", |screen| screen.trim_end().ends_with('$'));
}

fn watch_until_it_holds(learner: &Learner) {
    learner.terminal.press(&["C-l"]);
    learner.terminal.enter("watch");
    let failing = learner.terminal.wait_for("q quit");
    assert!(failing.starts_with("w04-l03") && fits(&failing), "{failing}");
    let exercise = learner.home.path().join("mine/exercises/w04-l03/main.rs");
    std::fs::copy(solution(LESSONS[2], "main.rs"), exercise).expect("saved");
    let passing = learner.terminal.wait_for("all criteria hold");
    assert!(fits(&passing), "{passing}");
    learner.terminal.press(&["q"]);
    learner.terminal.wait_until("the prompt", |screen| screen.trim_end().ends_with('❯'));
}
