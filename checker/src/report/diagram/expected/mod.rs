//! What was expected: the script of the peer and the rules of a scenario, as rows like those of a trace.
//!
//! Only what script and rules require is drawn. No row has a time, for nobody requires one; and as a program
//! may print when it likes, expected output stands beside the row that printed it.

mod ladder;
mod output;

use crate::trace::{Connection, Script};

pub(super) use ladder::{Item, items};
pub(super) use output::OutputPlan;

/// What a scenario requires, and what the peer does in it.
#[derive(Debug, Clone, Default)]
pub struct Expectation {
    /// What the peer does.
    pub script: Script,
    /// What standard output is in the end; none where it may be anything.
    pub output: Option<Output>,
    /// What single requests look like.
    pub requests: Vec<RequestForm>,
    /// All that arrives on the first connection, where that is required byte for byte.
    pub sends: Option<Vec<u8>>,
    /// How many connections may be opened, where that is required.
    pub opened: Option<usize>,
    /// Connections that the program closes before it uses the next one.
    pub closed: Vec<Connection>,
    /// How TCP keepalive is armed, in words; none where that is up to the program.
    pub keepalive: Option<String>,
    /// How the program exits; none where that is up to it.
    pub exit: Option<Exit>,
}

/// What standard output has to be.
#[derive(Debug, Clone, Default)]
pub struct Output {
    /// One after the other.
    pub parts: Vec<OutputPart>,
    /// Whether a beginning of it is enough.
    pub is_at_most: bool,
}

/// A part of expected output.
#[derive(Debug, Clone, Default)]
pub struct OutputPart {
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// Whether it ends with a line feed that may as well be CR LF.
    pub is_line: bool,
}

/// What one request looks like.
#[derive(Debug, Clone, Default)]
pub struct RequestForm {
    /// Which one, counted from 1 over all connections.
    pub nth: usize,
    /// Its first line.
    pub line: Option<String>,
    /// Field lines that it has.
    pub with: Vec<String>,
    /// Field lines that it has not.
    pub without: Vec<String>,
}

/// How a program exits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// With exit code 0.
    Success,
    /// With another exit code.
    Failure,
}
