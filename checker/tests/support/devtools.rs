//! A page in a headless Chromium that is used as a person would: keys, clicks, the way back. What its console
//! complains about and what it fetches is kept.

use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader, Write};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Instant;

use serde_json::{Value, json};
use tempfile::TempDir;

use super::browser::{FLAGS, PATIENCE, View, program};

/// A window with one page. The browser ends when it is dropped.
pub struct Window {
    browser: Child,
    commands: File,
    messages: Receiver<Value>,
    session: String,
    last_id: u64,
    /// What the console complained about, and what was fetched, both in order.
    pub complaints: Vec<String>,
    pub fetched: Vec<String>,
    /// How often a page was loaded.
    loaded: usize,
    _folder: TempDir,
}

impl Window {
    /// A window of the browser of this machine; without one the test says that it is skipped.
    pub fn open() -> Option<Self> {
        let program = program()?;
        let folder = tempfile::tempdir().expect("a temporary folder");
        let pipes = ["commands", "answers"].map(|name| folder.path().join(name));
        assert!(Command::new("mkfifo").args(&pipes).status().expect("mkfifo runs").success());
        // The browser reads commands from descriptor 3 and answers on 4; opened for both, no pipe waits for its other end.
        let script = "exec \"$0\" \"$@\" 3<>\"$COMMANDS\" 4<>\"$ANSWERS\"";
        let mut command = Command::new("sh");
        command
            .args(["-c", script])
            .arg(program)
            .args(FLAGS)
            .arg("--remote-debugging-pipe")
            .arg("about:blank");
        command.arg(format!("--user-data-dir={}", folder.path().join("profile").display()));
        command.env("COMMANDS", &pipes[0]).env("ANSWERS", &pipes[1]);
        command.env("HOME", folder.path()).env("XDG_RUNTIME_DIR", folder.path());
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).process_group(0);
        let browser = command.spawn().expect("the browser starts");
        let both = |path: &Path| OpenOptions::new().read(true).write(true).open(path).expect("a pipe");
        let mut window = Self {
            browser,
            commands: both(&pipes[0]),
            messages: listen(both(&pipes[1])),
            session: String::new(),
            last_id: 0,
            complaints: Vec::new(),
            fetched: Vec::new(),
            loaded: 0,
            _folder: folder,
        };
        let target = window.call("Target.createTarget", json!({ "url": "about:blank" }));
        let attach = json!({ "targetId": target["targetId"], "flatten": true });
        let attached = window.call("Target.attachToTarget", attach);
        window.session = attached["sessionId"].as_str().expect("a session").to_owned();
        for domain in ["Page", "Runtime", "Log", "Network"] {
            window.call(&format!("{domain}.enable"), json!({}));
        }
        Some(window)
    }

    /// Looks at pages as in this view from now on.
    pub fn resize(&mut self, view: View, height: u32) {
        let metrics =
            json!({ "width": view.width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        self.call("Emulation.setDeviceMetricsOverride", metrics);
        let scheme = if view.is_dark { "dark" } else { "light" };
        let features = json!([{ "name": "prefers-color-scheme", "value": scheme }]);
        self.call("Emulation.setEmulatedMedia", json!({ "features": features }));
    }

    /// Opens a file, or a part of it, and waits until all of it is there.
    pub fn go(&mut self, file: &Path, behind: &str) {
        let before = self.loaded;
        // A page that is open already would only move within itself.
        self.call("Page.navigate", json!({ "url": "about:blank" }));
        self.wait_for_page(before);
        let before = self.loaded;
        self.call("Page.navigate", json!({ "url": format!("file://{}{behind}", file.display()) }));
        self.wait_for_page(before);
    }

    /// Does something that opens another page, and waits until all of it is there.
    pub fn turn(&mut self, act: impl FnOnce(&mut Self)) {
        let before = self.loaded;
        act(self);
        self.wait_for_page(before);
    }

    /// Goes back to the page before, and waits until all of it is there.
    pub fn go_back(&mut self) {
        let before = self.loaded;
        let history = self.call("Page.getNavigationHistory", json!({}));
        let current = history["currentIndex"].as_u64().expect("a place in the history");
        let place = usize::try_from(current).expect("a short history").checked_sub(1).expect("a page before");
        self.call("Page.navigateToHistoryEntry", json!({ "entryId": history["entries"][place]["id"] }));
        self.wait_for_page(before);
    }

    /// The value of a JavaScript expression in the page; promises are waited for.
    pub fn ask(&mut self, expression: &str) -> Value {
        let functions = include_str!("browser.js");
        let expression = format!("(() => {{ {functions}\nreturn ({expression}); }})()");
        let question = json!({ "expression": expression, "returnByValue": true, "awaitPromise": true });
        let answer = self.call("Runtime.evaluate", question);
        assert!(answer.get("exceptionDetails").is_none(), "{expression}: {answer}");
        answer["result"]["value"].clone()
    }

    /// Waits until a JavaScript expression holds, looking whenever the page is drawn.
    pub fn wait_until(&mut self, expression: &str) {
        self.ask(&format!(
            "new Promise(done => {{ const look = () => ({expression}) ? done() : requestAnimationFrame(look); look(); }})"
        ));
    }

    /// Clicks in the middle of the first element of this selector that is shown.
    pub fn click(&mut self, selector: &str) {
        let place = self.ask(&format!(
            "(() => {{ const element = document.querySelector({});
                element.scrollIntoView({{ block: 'center' }});
                const box = element.getBoundingClientRect();
                return [box.left + box.width / 2, box.top + box.height / 2]; }})()",
            Value::from(selector)
        ));
        for kind in ["mousePressed", "mouseReleased"] {
            let event =
                json!({ "type": kind, "x": place[0], "y": place[1], "button": "left", "clickCount": 1 });
            self.call("Input.dispatchMouseEvent", event);
        }
    }

    /// Types a text where the focus is.
    pub fn type_text(&mut self, text: &str) {
        self.call("Input.insertText", json!({ "text": text }));
    }

    fn wait_for_page(&mut self, before: usize) {
        while self.loaded == before {
            let message = self.next("a page");
            self.note(&message);
        }
    }

    /// Sends a command and waits for its result.
    fn call(&mut self, method: &str, parameters: Value) -> Value {
        self.last_id += 1;
        let mut command = json!({ "id": self.last_id, "method": method, "params": parameters });
        if !self.session.is_empty() {
            command["sessionId"] = self.session.clone().into();
        }
        self.commands.write_all(format!("{command}\0").as_bytes()).expect("the browser listens");
        loop {
            let message = self.next(method);
            if message["id"] == self.last_id {
                assert!(message.get("error").is_none(), "{method}: {message}");
                return message["result"].clone();
            }
            self.note(&message);
        }
    }

    fn next(&self, what: &str) -> Value {
        let start = Instant::now();
        let message = self.messages.recv_timeout(PATIENCE);
        message.unwrap_or_else(|error| panic!("{what}: {error} after {:?}", start.elapsed()))
    }

    /// Keeps what an event tells.
    fn note(&mut self, event: &Value) {
        let parameters = &event["params"];
        match event["method"].as_str().unwrap_or_default() {
            "Page.loadEventFired" => self.loaded += 1,
            "Network.requestWillBeSent" => {
                self.fetched.push(parameters["request"]["url"].as_str().unwrap_or_default().to_owned());
            }
            "Log.entryAdded" => self.complaints.push(parameters["entry"]["text"].to_string()),
            "Runtime.exceptionThrown" => self.complaints.push(parameters["exceptionDetails"].to_string()),
            "Runtime.consoleAPICalled" => self.complaints.push(parameters["args"].to_string()),
            _ => {}
        }
    }
}

impl Drop for Window {
    fn drop(&mut self) {
        let group = rustix::process::Pid::from_child(&self.browser);
        let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
        let _ = self.browser.wait();
    }
}

/// Reads answers as long as there are any.
fn listen(answers: File) -> Receiver<Value> {
    let (told, heard) = channel();
    std::thread::spawn(move || {
        let mut answers = BufReader::new(answers);
        let mut answer = Vec::new();
        while matches!(answers.read_until(0, &mut answer), Ok(1..)) {
            answer.pop();
            let value = serde_json::from_slice(&answer).expect("the browser answers with JSON");
            answer.clear();
            if told.send(value).is_err() {
                return;
            }
        }
    });
    heard
}
