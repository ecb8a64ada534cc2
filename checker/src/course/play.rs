//! A scenario with every byte decided: what the peer plays and what the judge compares with.

use std::collections::BTreeMap;

use crate::trace::Script;

/// One run of a scenario: the same seed and cut give the same bytes.
#[derive(Debug, Clone)]
pub struct Play {
    /// The lesson's id.
    pub lesson: String,
    /// The scenario's id.
    pub scenario: String,
    /// What bodies are made from.
    pub seed: u64,
    /// In a sweep, the offset of the cut.
    pub cut: Option<usize>,
    /// The program's arguments; `{host}` and `{port}` are still to be filled in.
    pub arguments: Vec<String>,
    /// What the program reads from standard input.
    pub stdin: Vec<u8>,
    /// What the peer does.
    pub script: Script,
    /// The generated bodies by id.
    pub bodies: BTreeMap<String, Vec<u8>>,
}
