//! Which connection plays which script.
//!
//! Scripts are dealt in the order of accept. A program may open connections in another order than the
//! author thought, or more of them: a connection that has no script, or whose first request is not the
//! expected one, takes over from a connection that waits for just that request, so that the program
//! gets its answers and only the rules about connections see the difference.

use std::collections::VecDeque;

use crate::trace::{Close, Connection, Expect, Step};

/// A script that is being played.
#[derive(Debug, Clone)]
pub(super) struct Part {
    /// The connection that it was written for.
    pub(super) script: Connection,
    pub(super) steps: Vec<Step>,
    /// Index of the step that is being played.
    pub(super) at: usize,
}

impl Part {
    /// For a connection that nobody planned: answer nothing, and end it after the first request.
    fn unplanned(connection: Connection) -> Self {
        let any = Step::Expect(Expect { request: String::new() });
        Self { script: connection, steps: vec![any, Step::Close(Close::Fin)], at: 0 }
    }

    /// Nothing left to do.
    pub(super) fn finished(script: Connection) -> Self {
        Self { script, steps: Vec::new(), at: 0 }
    }

    pub(super) fn step(&self) -> Option<&Step> {
        self.steps.get(self.at)
    }

    /// Does it wait for this request (by method and target)?
    pub(super) fn waits_for(&self, request: &[u8]) -> bool {
        matches!(self.step(), Some(Step::Expect(expect)) if expect.request.as_bytes() == request)
    }

    pub(super) fn waits_for_some_request(&self) -> bool {
        matches!(self.step(), Some(Step::Expect(_)))
    }
}

/// The scripts that no connection plays yet.
#[derive(Debug)]
pub(super) struct Scripts {
    waiting: VecDeque<Part>,
}

impl Scripts {
    pub(super) fn new(connections: Vec<Vec<Step>>) -> Self {
        let parts = connections.into_iter().enumerate();
        Self { waiting: parts.map(|(index, steps)| Part { script: index + 1, steps, at: 0 }).collect() }
    }

    /// The script for a new connection with this number; false when it is not a planned one.
    pub(super) fn deal(&mut self, connection: Connection) -> (Part, bool) {
        match self.waiting.pop_front() {
            Some(part) => (part, true),
            None => (Part::unplanned(connection), false),
        }
    }

    /// A script that was dealt and not played is the next to be dealt.
    pub(super) fn take_back(&mut self, part: Part) {
        self.waiting.push_front(part);
    }
}
