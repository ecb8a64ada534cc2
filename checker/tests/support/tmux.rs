//! A terminal that a test types into and looks at.

use std::path::Path;
use std::process::{Command, Output};
use std::time::Instant;

use super::{PATIENCE, skip};

/// A tmux server of its own with one window; it ends with this value.
pub struct Terminal {
    socket: tempfile::TempDir,
}

/// The size of a terminal that everything must fit.
pub const SIZE: (usize, usize) = (80, 24);

impl Terminal {
    /// A terminal of this size in which this shell command runs in the folder; none where there is no tmux.
    pub fn open((columns, rows): (usize, usize), folder: &Path, command: &str) -> Option<Self> {
        if Command::new("tmux").arg("-V").output().is_err() {
            skip("there is no tmux");
            return None;
        }
        let terminal = Self { socket: tempfile::tempdir().expect("a folder") };
        let (columns, rows) = (columns.to_string(), rows.to_string());
        let size = ["new-session", "-d", "-x", &columns, "-y", &rows, "-c"];
        let folder = folder.to_str().expect("a path that is text");
        // The window stays when the command ends, so that its last words can be read.
        let options = ["set-option", "-g", "remain-on-exit", "on", ";"];
        let made = terminal.tmux(&[&options[..], &size, &[folder, command]].concat());
        assert!(made.status.success(), "{made:?}");
        Some(terminal)
    }

    /// Gives the window another size.
    #[allow(dead_code, reason = "not every test file needs it")]
    pub fn resize(&self, (columns, rows): (usize, usize)) {
        let (columns, rows) = (columns.to_string(), rows.to_string());
        assert!(self.tmux(&["resize-window", "-x", &columns, "-y", &rows]).status.success());
    }

    /// Types a text as it is.
    pub fn type_text(&self, text: &str) {
        assert!(self.tmux(&["send-keys", "-l", text]).status.success());
    }

    /// Presses keys by their names in tmux, such as `Enter` or `C-c`.
    pub fn press(&self, keys: &[&str]) {
        assert!(self.tmux(&[&["send-keys"], keys].concat()).status.success());
    }

    /// Types a line.
    pub fn enter(&self, line: &str) {
        self.type_text(line);
        self.press(&["Enter"]);
    }

    /// What is on the screen.
    pub fn screen(&self) -> String {
        let shown = self.tmux(&["capture-pane", "-p"]);
        String::from_utf8(shown.stdout).expect("tmux speaks UTF-8")
    }

    /// The screen, once this is on it.
    pub fn wait_for(&self, text: &str) -> String {
        self.wait_until(text, |screen| screen.contains(text))
    }

    /// The screen, once it is as wanted.
    pub fn wait_until(&self, what: &str, is_wanted: impl Fn(&str) -> bool) -> String {
        let start = Instant::now();
        loop {
            let screen = self.screen();
            if is_wanted(&screen) {
                return screen;
            }
            assert!(start.elapsed() < PATIENCE, "no {what:?} on the screen:\n{screen}");
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
    }

    /// Does the command that was begun with run no more?
    pub fn is_over(&self) -> bool {
        let dead = self.tmux(&["list-panes", "-F", "#{pane_dead}"]);
        dead.stdout.starts_with(b"1")
    }

    fn tmux(&self, words: &[&str]) -> Output {
        let socket = self.socket.path().join("tmux");
        let mut command = Command::new("tmux");
        command
            .env("LC_ALL", "C.UTF-8")
            .env("TERM", "xterm-256color")
            .env_remove("TMUX")
            .env("SHELL", "/bin/sh");
        command.env_remove("NO_COLOR").env_remove("CLICOLOR_FORCE");
        command.args(["-f", "/dev/null", "-S"]).arg(socket).args(words).output().expect("tmux")
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        self.tmux(&["kill-server"]);
    }
}
