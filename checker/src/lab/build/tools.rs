//! Compilers and interpreters: the real ones, behind the shims that version managers put on the PATH.

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::io::Read;
use std::os::unix::process::CommandExt;
use std::path::{Component, Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::time::UNIX_EPOCH;

/// Something that must be installed to run a language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tool {
    /// The Rust compiler.
    Rustc,
    /// The C compiler.
    Cc,
    /// The Python interpreter.
    Python,
}

impl Tool {
    /// All of them.
    pub const ALL: [Tool; 3] = [Tool::Rustc, Tool::Cc, Tool::Python];

    /// The command's name.
    #[must_use]
    pub fn command(self) -> &'static str {
        match self {
            Tool::Rustc => "rustc",
            Tool::Cc => "cc",
            Tool::Python => "python3",
        }
    }

    /// How to get it.
    #[must_use]
    pub fn advice(self) -> &'static str {
        match self {
            Tool::Rustc => "install Rust from https://rustup.rs",
            Tool::Cc => {
                "install a C compiler (Debian and Ubuntu: apt install gcc libc6-dev; Fedora: dnf install gcc; macOS: xcode-select --install)"
            }
            Tool::Python => "install Python 3.8 or later (Debian and Ubuntu: apt install python3)",
        }
    }
}

impl fmt::Display for Tool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.command())
    }
}

/// Finds tools, and remembers across runs what a shim leads to: asking it costs up to 140 ms.
#[derive(Debug)]
pub struct Tools {
    memory: PathBuf,
    found: Mutex<BTreeMap<Tool, Option<PathBuf>>>,
}

impl Tools {
    /// Tools, with this file as memory (used only where it can be read and written).
    #[must_use]
    pub fn new(memory: PathBuf) -> Self {
        Self { memory, found: Mutex::default() }
    }

    /// The real executable of a tool; none when it is not installed.
    #[must_use]
    pub fn find(&self, tool: Tool) -> Option<PathBuf> {
        let mut found = self.found.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        found.entry(tool).or_insert_with(|| self.look_for(tool)).clone()
    }

    fn look_for(&self, tool: Tool) -> Option<PathBuf> {
        let path = on_path(tool.command())?;
        if !is_shim(&path) {
            return Some(path);
        }
        let question = format!("{} {} {}", path.display(), stamp(&path), selection());
        let mut memory: BTreeMap<String, PathBuf> = fs::read(&self.memory)
            .ok()
            .and_then(|bytes| serde_json::from_slice(&bytes).ok())
            .unwrap_or_default();
        if let Some(real) = memory.get(&question).filter(|real| real.exists()) {
            return Some(real.clone());
        }
        let real = ask(tool, &path)?;
        memory.insert(question, real.clone());
        self.remember(&memory);
        Some(real)
    }

    /// Without a place to write, the next run asks again.
    fn remember(&self, memory: &BTreeMap<String, PathBuf>) {
        let write = || -> std::io::Result<()> {
            let folder = self.memory.parent().unwrap_or(Path::new("."));
            let mut file = tempfile::NamedTempFile::new_in(folder)?;
            serde_json::to_writer_pretty(&mut file, memory)?;
            file.persist(&self.memory)?;
            Ok(())
        };
        let _ = write();
    }
}

/// What tells one version of a file from another without reading it.
pub(super) fn stamp(path: &Path) -> String {
    let stamp = || {
        let data = fs::metadata(path).ok()?;
        let modified = data.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
        Some(format!("{}-{}", data.len(), modified.as_nanos()))
    };
    stamp().unwrap_or_default()
}

/// What version managers go by beside the command itself.
fn selection() -> String {
    let variable = |name: &str| std::env::var(name).unwrap_or_default();
    let home = PathBuf::from(variable("HOME"));
    let rustup = std::env::var("RUSTUP_HOME").map_or_else(|_| home.join(".rustup"), PathBuf::from);
    let pyenv = std::env::var("PYENV_ROOT").map_or_else(|_| home.join(".pyenv"), PathBuf::from);
    [
        variable("RUSTUP_TOOLCHAIN"),
        stamp(&rustup.join("settings.toml")),
        variable("PYENV_VERSION"),
        stamp(&pyenv.join("version")),
    ]
    .join("|")
}

/// The file that a command's name stands for.
#[must_use]
pub fn on_path(command: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let files = std::env::split_paths(&path).map(|folder| folder.join(command));
    files.filter_map(|file| std::path::absolute(file).ok()).find(|file| is_executable(file))
}

/// What must be seen for this executable to run: the installation that it belongs to, and those to which it leads.
#[must_use]
pub fn places(executable: &Path) -> Vec<PathBuf> {
    let mut places: Vec<PathBuf> = steps(executable).iter().flat_map(|step| installation(step)).collect();
    places.sort();
    places.dedup();
    places
}

/// The executable, each link on the way to what it leads to, and that.
fn steps(executable: &Path) -> Vec<PathBuf> {
    const MOST_LINKS: usize = 16;
    let mut steps = vec![executable.to_owned()];
    while let Some(step) = steps.last().filter(|_| steps.len() <= MOST_LINKS)
        && let (Ok(target), Some(folder)) = (fs::read_link(step), step.parent())
    {
        let goes_up = target.components().any(|component| component == Component::ParentDir);
        let next = folder.join(target);
        steps.push(if goes_up { next.canonicalize().unwrap_or(next) } else { next });
    }
    steps.extend(executable.canonicalize());
    steps
}

/// What belongs to an executable: of `PREFIX/bin/NAME` all in `PREFIX`, or only programs and libraries where other
/// things lie there too, and of `PREFIX/shims/NAME` the version manager and all that it manages; elsewhere what
/// lies beside it.
fn installation(executable: &Path) -> Vec<PathBuf> {
    const PARTS: [&str; 4] = ["bin", "lib", "lib64", VIRTUAL];
    let only_itself = || vec![executable.to_owned()];
    let Some(folder) = executable.parent() else { return only_itself() };
    let holds_more = |folder: &Path| is_wide(folder) || is_shared(folder);
    match folder.parent().filter(|_| folder.ends_with("bin") || folder.ends_with("shims")) {
        Some(prefix) if holds_more(prefix) => {
            PARTS.iter().map(|part| prefix.join(part)).filter(|part| part.exists()).collect()
        }
        Some(prefix) => vec![prefix.to_owned()],
        None if holds_more(folder) => only_itself(),
        None => vec![folder.to_owned()],
    }
}

/// By this file Python knows that an environment is a virtual one.
const VIRTUAL: &str = "pyvenv.cfg";

/// Do people put other things there than programs? A virtual environment is often made in the folder of a project,
/// and beside the programs in `~/.local` lie keys.
fn is_shared(prefix: &Path) -> bool {
    prefix.ends_with(".local") || prefix.join(VIRTUAL).exists() || prefix.join("lessons").exists()
}

/// Is there more in this folder than a program needs: a home, the temporary files of all, everything?
#[must_use]
pub fn is_wide(folder: &Path) -> bool {
    let home = std::env::var_os("HOME").map(PathBuf::from);
    let wide = home.into_iter().chain([std::env::temp_dir(), PathBuf::from("/var"), PathBuf::from("/home")]);
    folder.parent().is_none()
        || wide.filter(|path| path.is_absolute()).any(|path| {
            path.starts_with(folder) || path.canonicalize().is_ok_and(|path| path.starts_with(folder))
        })
}

/// Is it a file that may be run?
#[must_use]
pub fn is_executable(file: &Path) -> bool {
    file.is_file() && rustix::fs::access(file, rustix::fs::Access::EXEC_OK).is_ok()
}

/// Does the file only lead to another one: rustup's proxy, or a script?
fn is_shim(path: &Path) -> bool {
    let real = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let is_rustup = |path: &Path| path.file_name().is_some_and(|name| name == "rustup");
    let beside = path.with_file_name("rustup");
    let is_same_as_rustup = stamp(&beside) == stamp(path) && beside.exists();
    is_rustup(&real) || is_same_as_rustup || starts_with(path, b"#!")
}

fn starts_with(path: &Path, magic: &[u8; 2]) -> bool {
    let mut start = [0; 2];
    fs::File::open(path).and_then(|mut file| file.read_exact(&mut start)).is_ok() && start == *magic
}

/// Asks a shim what it leads to. Never from a folder of the learner's: a file there could name a compiler.
fn ask(tool: Tool, path: &Path) -> Option<PathBuf> {
    let arguments: &[&str] = match tool {
        Tool::Rustc => &["--print", "sysroot"],
        Tool::Python => &["-c", "import sys; print(sys.executable)"],
        Tool::Cc => return Some(path.to_owned()),
    };
    let answer = Command::new(path)
        .args(arguments)
        .current_dir("/")
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .process_group(0) // Ctrl-Z stops whoever asks, and must not stop who answers before that
        .output()
        .ok()?;
    let answer = PathBuf::from(String::from_utf8(answer.stdout).ok()?.trim_end());
    let real = if tool == Tool::Rustc { answer.join("bin/rustc") } else { answer };
    is_executable(&real).then_some(real)
}
