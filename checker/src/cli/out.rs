//! The one door to the terminal.

use std::io::{self, IsTerminal, Write};

use crate::report::text::shown;
use crate::report::{LEAST_COLUMNS, Look};

/// Prints a text on standard output. A reader who has left early (`| head`) is no error.
///
/// # Errors
/// When the output cannot be written, as on a full disk.
pub(super) fn print(text: &str) -> anyhow::Result<()> {
    stream(text).map(drop)
}

/// Prints a part of an output that goes on; false when its reader has left.
///
/// # Errors
/// As [`print`].
pub(super) fn stream(text: &str) -> anyhow::Result<bool> {
    let mut stdout = io::stdout().lock();
    match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(false),
        Err(error) => Err(anyhow::Error::new(error).context("cannot write to standard output")),
    }
}

/// Prints what this writes, as it comes.
///
/// # Errors
/// As [`print`], and those of `write`.
pub(super) fn write(write: impl FnOnce(&mut dyn Write) -> anyhow::Result<()>) -> anyhow::Result<()> {
    let mut stdout = io::stdout().lock();
    let has_left = |error: &io::Error| error.kind() == io::ErrorKind::BrokenPipe;
    match write(&mut stdout).and_then(|()| Ok(stdout.flush()?)) {
        Err(error) if error.downcast_ref().is_some_and(has_left) => Ok(()),
        Err(error) if error.is::<io::Error>() => Err(error.context("cannot write to standard output")),
        written => written,
    }
}

/// Says something to the person on standard error. Names from files, programs and the command line may be in it, so
/// nothing in it commands the terminal.
pub(super) fn note(text: &str) {
    let text = harmless(text);
    // Nobody is left to tell when this fails.
    let _ = writeln!(io::stderr(), "{text}");
}

fn harmless(text: &str) -> String {
    let look = Look { width: 0, is_unicode: true, has_colour: false };
    text.split('\t').map(|part| shown(part, &look)).collect::<Vec<_>>().join("\t")
}

/// Says what went wrong.
pub(super) fn error(text: &str) {
    note(&format!("workbook: {text}"));
}

/// Shows help, version, or what is wrong with the arguments.
pub(super) fn usage(usage: &clap::Error) {
    let _ = usage.print();
}

/// How standard output wants to be written to; also tells the colour library.
pub(super) fn look() -> Look {
    let look = Look::detect(&io::stdout());
    colored::control::set_override(look.has_colour);
    look
}

/// Says that drawings will break at the edge, where they will.
pub(super) fn tell_narrow() {
    let columns = terminal_size::terminal_size_of(io::stdout()).map(|(columns, _)| usize::from(columns.0));
    if let Some(columns) = columns.filter(|columns| *columns < LEAST_COLUMNS && is_terminal()) {
        note(&format!(
            "workbook: this terminal has {columns} columns, and drawings need {LEAST_COLUMNS}: make it wider, or \
             its letters smaller"
        ));
    }
}

/// The same for a drawing that can make use of a wide terminal.
pub(super) fn wide_look() -> Look {
    let look = Look::detect_wide(&io::stdout());
    colored::control::set_override(look.has_colour);
    look
}

/// Is it a person that standard output goes to?
pub(super) fn is_terminal() -> bool {
    io::stdout().is_terminal()
}
