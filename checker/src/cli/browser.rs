//! Opens a page in a browser, and never waits until the browser is closed.

use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc;

use crate::deadlines::OPENER;

/// Browsers that are shown in the terminal.
const IN_TERMINAL: [&str; 6] = ["w3m", "lynx", "links", "links2", "elinks", "www-browser"];

/// Opens the page in the browser that `BROWSER` names, or in the system's.
///
/// # Errors
/// Why it is not opened.
pub(super) fn open(page: &Path) -> Result<(), String> {
    let named = std::env::var("BROWSER").unwrap_or_default();
    let named: Vec<&str> = named.split(':').map(str::trim).filter(|line| !line.is_empty()).collect();
    if !named.is_empty() {
        let is_open = named.iter().any(|line| with_line(line, page));
        return if is_open { Ok(()) } else { Err(format!("BROWSER={} opened nothing", named.join(":"))) };
    }
    if !has_display() {
        return Err("there is no display here".to_owned());
    }
    let is_open = ::open::commands(page).into_iter().any(is_started);
    if is_open { Ok(()) } else { Err("no browser was found (BROWSER can name one)".to_owned()) }
}

/// A command as people write it into `BROWSER`: the address stands for `%s`, or behind it.
fn with_line(line: &str, page: &Path) -> bool {
    let Some(words) = shlex::split(line).filter(|words| !words.is_empty()) else { return false };
    let address = address(page);
    let has_place = words.iter().any(|word| word.contains("%s"));
    let mut command = Command::new(&words[0]);
    command.args(words[1..].iter().map(|word| word.replace("%s", &address)));
    if !has_place {
        command.arg(&address);
    }
    let name = Path::new(&words[0]).file_name().unwrap_or_default().to_string_lossy().into_owned();
    if IN_TERMINAL.contains(&name.as_str()) {
        return command.status().is_ok_and(|status| status.success());
    }
    is_started(command)
}

/// Starts it apart from this terminal, and sees whether it fails at once.
fn is_started(mut command: Command) -> bool {
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).process_group(0);
    let Ok(mut child) = command.spawn() else { return false };
    let (tell, told) = mpsc::channel();
    std::thread::spawn(move || tell.send(child.wait().is_ok_and(|status| status.success())));
    // What is still busy after that has become the browser.
    told.recv_timeout(OPENER).unwrap_or(true)
}

/// Is there anything that a window could appear on?
fn has_display() -> bool {
    let is_set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    let is_windows_below = || std::env::var_os("WSL_DISTRO_NAME").is_some();
    cfg!(target_os = "macos") || is_set("DISPLAY") || is_set("WAYLAND_DISPLAY") || is_windows_below()
}

/// The address of a file.
fn address(file: &Path) -> String {
    let is_harmless = |byte: u8| byte.is_ascii_alphanumeric() || b"/-._~".contains(&byte);
    let piece =
        |byte: &u8| if is_harmless(*byte) { char::from(*byte).to_string() } else { format!("%{byte:02X}") };
    let path: String = file.as_os_str().as_encoded_bytes().iter().map(piece).collect();
    format!("file://{path}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_has_an_address_whatever_its_name() {
        assert_eq!(address(Path::new("/a b/ü%.html")), "file:///a%20b/%C3%BC%25.html");
    }
}
