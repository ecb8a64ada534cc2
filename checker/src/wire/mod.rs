//! The peer: real sockets that play a script and record what the program does with them.
//!
//! Nothing here judges. A [`Peer`] is driven by a loop that owns the clock: it is asked to take a
//! [`Peer::turn`] whenever something may have happened, and says until when it may be left alone.

mod gate;
mod page_server;
mod peer;
mod player;
mod scripts;
mod world;

pub use page_server::PageServer;
pub use peer::Peer;
pub use world::{Link, World};

use std::time::Instant;

use crate::trace::What;

/// Takes note of an event at the moment of the call.
pub type Record<'a> = dyn FnMut(What) + 'a;

/// What became of a turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Turn {
    /// Something happened that may make more happen.
    pub has_moved: bool,
    /// When the next turn is due even if no descriptor becomes ready.
    pub wake: Option<Instant>,
}

impl Turn {
    fn moved() -> Self {
        Self { has_moved: true, wake: None }
    }

    fn until(wake: Instant) -> Self {
        Self { has_moved: false, wake: Some(wake) }
    }

    /// Both turns as one.
    fn and(self, other: Self) -> Self {
        let wake = match (self.wake, other.wake) {
            (Some(one), Some(two)) => Some(one.min(two)),
            (one, two) => one.or(two),
        };
        Self { has_moved: self.has_moved || other.has_moved, wake }
    }
}
