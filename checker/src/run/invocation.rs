//! The command line of a program in one scenario.

use std::path::PathBuf;

use crate::lab::{Program, environment};
use crate::trace::Level;

/// Variables that programs keep; everything else that could change what they do is gone
/// (proxies, above all).
const ENVIRONMENT: &[&str] = &["PATH", "HOME", "TMPDIR", "USER", "PYENV_ROOT", "RUST_BACKTRACE"];

/// How a program is called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invocation {
    /// The program and its leading arguments; `{host}`, `{port}` and `{paths}` say where those of the
    /// scenario go. Without any of them, the scenario's arguments are appended.
    pub words: Vec<String>,
    /// The working folder, where the program can see it.
    pub folder: PathBuf,
    /// Files and folders that the program cannot run without.
    pub needs: Vec<PathBuf>,
}

/// Why a command line cannot be used.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum CommandError {
    /// A quote is open at the end.
    #[error("--program '{0}': a quote is not closed")]
    OpenQuote(String),
    /// There is no word in it.
    #[error("--program is empty: name a program, such as --program './client'")]
    Empty,
}

impl Invocation {
    /// A command line as one would type it into a shell; a relative program name is looked up from `folder`.
    ///
    /// # Errors
    /// See [`CommandError`].
    pub fn parse(command: &str, folder: PathBuf) -> Result<Self, CommandError> {
        let mut words = shlex::split(command).ok_or_else(|| CommandError::OpenQuote(command.to_owned()))?;
        let program = words.first_mut().ok_or(CommandError::Empty)?;
        if program.contains('/') {
            *program = folder.join(&*program).to_string_lossy().into_owned();
        }
        Ok(Self { words, folder, needs: Vec::new() })
    }

    /// Does it say where paths go?
    #[must_use]
    pub fn takes_paths(&self) -> bool {
        self.words.iter().any(|word| word.contains("{paths}"))
    }

    /// The program with the arguments of a scenario, against a peer with this name or address, at this level.
    #[must_use]
    pub fn program(&self, arguments: &[String], host: &str, port: u16, level: Level) -> Program {
        let port = port.to_string();
        let fill = |word: &str| word.replace("{host}", host).replace("{port}", &port);
        let is_place = |word: &str| ["{host}", "{port}", "{paths}"].iter().any(|place| word.contains(place));
        let command = if self.words.iter().any(|word| is_place(word)) {
            let paths: Vec<&str> =
                arguments.iter().map(String::as_str).filter(|argument| !is_place(argument)).collect();
            let paths = if paths.is_empty() { vec!["/"] } else { paths };
            self.words.iter().flat_map(|word| once_per_path(word, &paths)).map(|word| fill(&word)).collect()
        } else {
            let arguments = arguments.iter().map(|argument| fill(argument));
            self.words.iter().cloned().chain(arguments).collect()
        };
        let locale = ("LC_ALL".to_owned(), "C.UTF-8".to_owned());
        let environment = environment(ENVIRONMENT, level).into_iter().chain([locale]).collect();
        Program { command, folder: self.folder.clone(), environment }
    }
}

/// A word that holds `{paths}` stands once for every path.
fn once_per_path(word: &str, paths: &[&str]) -> Vec<String> {
    if word.contains("{paths}") {
        paths.iter().map(|path| word.replace("{paths}", path)).collect()
    } else {
        vec![word.to_owned()]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn command(line: &str, arguments: &[&str]) -> Vec<String> {
        let arguments: Vec<String> = arguments.iter().map(|&argument| argument.to_owned()).collect();
        let invocation = Invocation::parse(line, PathBuf::from("/home/me")).expect("a good command line");
        invocation.program(&arguments, "127.0.0.1", 8080, Level::Loopback).command
    }

    #[test]
    fn arguments_are_appended_when_the_command_has_no_place_for_them() {
        let arguments = ["{host}", "{port}", "/a"];
        assert_eq!(
            command("./client -v", &arguments),
            ["/home/me/./client", "-v", "127.0.0.1", "8080", "/a"]
        );
    }

    #[test]
    fn places_are_filled_and_a_word_with_paths_stands_once_for_each() {
        let line = "curl -s 'http://{host}:{port}{paths}'";
        let urls = ["curl", "-s", "http://127.0.0.1:8080/a", "http://127.0.0.1:8080/b"];
        assert_eq!(command(line, &["{host}", "{port}", "/a", "/b"]), urls);
        assert_eq!(command(line, &["{host}", "{port}"])[2], "http://127.0.0.1:8080/");
    }

    #[test]
    fn useless_command_lines_are_refused() {
        let folder = PathBuf::new();
        assert_eq!(Invocation::parse("", folder.clone()), Err(CommandError::Empty));
        assert!(matches!(Invocation::parse("'a", folder), Err(CommandError::OpenQuote(_))));
    }
}
