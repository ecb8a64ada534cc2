//! Headless Chromium: pages as a browser lays them out, asked and photographed.

use std::fmt::Write as _;
use std::fs;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

use super::skip;

/// A browser answers within this time, on a busy machine too.
pub const PATIENCE: Duration = Duration::from_secs(90);

const NAMES: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "chrome"];

pub const FLAGS: [&str; 12] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--disable-extensions",
    "--hide-scrollbars",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--proxy-server=127.0.0.1:1",
];

/// What the pages are looked at with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct View {
    /// Pixels of the window's inside, however few.
    pub width: u32,
    /// Whether the reader wants light letters on a dark page.
    pub is_dark: bool,
}

/// A browser with a profile of its own, gone when dropped.
pub struct Browser {
    program: PathBuf,
    folder: TempDir,
}

impl Browser {
    /// The browser of this machine; without one the test says that it is skipped.
    pub fn find() -> Option<Self> {
        let program = program()?;
        let folder = tempfile::tempdir().expect("a temporary folder");
        Some(Self { program, folder })
    }

    /// The value of a JavaScript expression in each of these files. In the expression `window` and
    /// `document` are those of the page, and the functions of `browser.js` are there to be called.
    ///
    /// Looks at copies: each page is a frame of that width, for no window can be as narrow as a phone.
    pub fn ask(&self, pages: &[&Path], view: View, expression: &str) -> Vec<Value> {
        let frames = self.write("ask.html", &frames(pages, view, expression));
        let output = self.run(view, &["--dump-dom".to_owned(), frames]);
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let answers = text.split("<pre>").skip(1).filter_map(|rest| rest.split("</pre>").next());
        let answers: Vec<Value> = answers
            .map(|answer| serde_json::from_str(&unescape(answer)).expect("it answers with JSON"))
            .collect();
        assert_eq!(answers.len(), pages.len(), "each page answers: {text}{output:?}");
        answers
    }

    /// Saves a picture of the first `height` pixels of a page.
    pub fn photograph(&self, page: &Path, view: View, height: u32, picture: &Path) {
        let frame = self.write("photograph.html", &frame_alone(page, view, height));
        let size = format!("--window-size={},{height}", view.width);
        let output = self.run(view, &[format!("--screenshot={}", picture.display()), size, frame]);
        assert!(picture.is_file(), "{output:?}");
    }

    /// Writes a page of ours and gives its address.
    fn write(&self, name: &str, text: &str) -> String {
        let file = self.folder.path().join(name);
        fs::write(&file, text).expect("files can be written");
        format!("file://{}", file.display())
    }

    fn run(&self, view: View, arguments: &[String]) -> Output {
        let home = self.folder.path();
        // 0 is dark in Blink's own settings, and 1 is light.
        let scheme = format!("--blink-settings=preferredColorScheme={}", u8::from(!view.is_dark));
        let mut command = Command::new(&self.program);
        command.args(FLAGS).arg(format!("--user-data-dir={}", home.join("profile").display()));
        command.arg(scheme).args(arguments).env("HOME", home).env("XDG_RUNTIME_DIR", home);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).process_group(0);
        finish(command.spawn().expect("the browser starts"))
    }
}

/// The browser of this machine; without one the test says that it is skipped.
pub fn program() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = || std::env::split_paths(&path);
    let program =
        NAMES.iter().find_map(|name| folders().map(|folder| folder.join(name)).find(|file| file.is_file()));
    if program.is_none() {
        skip("chromium is not installed");
    }
    program
}

/// Waits for the end of the browser, and ends it with all its helpers when it takes too long.
fn finish(child: Child) -> Output {
    let group = rustix::process::Pid::from_child(&child);
    let (done, is_done) = std::sync::mpsc::channel::<()>();
    let guard = std::thread::spawn(move || {
        let start = Instant::now();
        if is_done.recv_timeout(PATIENCE) == Err(std::sync::mpsc::RecvTimeoutError::Timeout) {
            let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
        }
        start.elapsed()
    });
    let output = child.wait_with_output().expect("the browser ends");
    drop(done);
    let took = guard.join().expect("the guard ends");
    assert!(took < PATIENCE, "the browser did not end within {PATIENCE:?}");
    output
}

/// A page of frames that puts the answer of each frame behind it.
fn frames(pages: &[&Path], view: View, expression: &str) -> String {
    let mut text = String::from("<!doctype html><meta charset=utf-8><body style='margin:0'>");
    for page in pages {
        write!(text, "{}", frame(page, view.width, 900)).expect("a string takes everything");
    }
    let functions = include_str!("browser.js");
    let ask = "addEventListener('load', () => {
        for (const frame of document.querySelectorAll('iframe')) {
            const answer = document.createElement('pre');
            try { answer.textContent = JSON.stringify(ask(frame.contentWindow, frame.contentDocument) ?? null); }
            catch (error) { answer.textContent = JSON.stringify('error: ' + error); }
            document.body.append(answer);
        }
        document.querySelectorAll('iframe, script').forEach(element => element.remove());
    });";
    write!(
        text,
        "<script>{functions}\nfunction ask(window, document) {{ return ({expression}); }}\n{ask}</script>"
    )
    .expect("a string takes everything");
    text
}

fn frame_alone(page: &Path, view: View, height: u32) -> String {
    format!("<!doctype html><meta charset=utf-8><body style='margin:0'>{}", frame(page, view.width, height))
}

/// A copy of the page in a frame of this page, which may therefore ask it anything.
fn frame(page: &Path, width: u32, height: u32) -> String {
    let text = fs::read_to_string(page).expect("the page can be read");
    let folder = page.parent().and_then(Path::to_str).expect("the page lies in a folder");
    // What the page names lies beside the page, not beside the copy.
    let text = text.replacen("<head>", &format!("<head><base href=\"file://{folder}/\">"), 1);
    let escaped = text.replace('&', "&amp;").replace('"', "&quot;");
    format!(
        "<iframe width={width} height={height} style='border:0;display:block' srcdoc=\"{escaped}\"></iframe>\n"
    )
}

fn unescape(text: &str) -> String {
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&nbsp;", "\u{a0}")
        .replace("&amp;", "&")
}
