//! Shows a file in a browser.

use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc;

use super::out;
use crate::deadlines::OPENER;

/// Opens a file in the browser that `BROWSER` names, else in the system's own. Where there is none, the person is
/// told where the file is: that is no failure.
pub(super) fn open(file: &Path) {
    let named = std::env::var("BROWSER").unwrap_or_default();
    let system = if cfg!(target_os = "macos") { "open" } else { "xdg-open" };
    let commands = named.split(':').chain([system]).filter(|command| !command.trim().is_empty());
    let is_open = commands.into_iter().any(|command| is_opened_by(command, file));
    if is_open {
        out::note(&format!("opened {}", file.display()));
    } else {
        out::note(&format!("no browser was found here; open this file in one:\n  {}", file.display()));
    }
}

/// Has this command taken the file? One that is still busy with it soon after has.
fn is_opened_by(command: &str, file: &Path) -> bool {
    let Some(mut words) = shlex::split(command) else { return false };
    let file = file.to_string_lossy();
    if words.iter().any(|word| word.contains("%s")) {
        words = words.iter().map(|word| word.replace("%s", &file)).collect();
    } else {
        words.push(file.into_owned());
    }
    let mut command = Command::new(&words[0]);
    let command = command.args(&words[1..]).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let Ok(mut child) = command.spawn() else { return false };
    let (tell, told) = mpsc::channel();
    std::thread::spawn(move || tell.send(child.wait().is_ok_and(|status| status.success())));
    told.recv_timeout(OPENER).unwrap_or(true)
}
