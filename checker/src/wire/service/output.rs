//! A response on its way.

use std::time::Instant;

use super::answer::Answer;
use crate::deadlines::SLOW_PIECES;

/// A response that is being sent.
#[derive(Debug)]
pub(super) struct Output {
    pub(super) answer: Answer,
    pub(super) sent: usize,
    /// How many pieces were sent, where it trickles.
    pub(super) pieces: usize,
    /// Not before this moment.
    pub(super) due: Option<Instant>,
    pub(super) is_reset_due: bool,
}

impl Output {
    pub(super) fn new(answer: Answer) -> Self {
        Self { answer, sent: 0, pieces: 0, due: None, is_reset_due: false }
    }

    /// Where the next piece ends.
    pub(super) fn next_end(&self, is_slow: bool) -> usize {
        let all = self.answer.bytes.len();
        if !is_slow {
            return all;
        }
        let share = all * (self.pieces + 1) / SLOW_PIECES as usize;
        share.max(self.sent + 1).min(all)
    }
}
