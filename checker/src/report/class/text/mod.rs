//! A class as text for a terminal: the same facts as on the pages, in the same order.

mod learner;
mod lesson;
mod overview;
mod table;

pub use learner::learner;
pub use overview::overview;
pub use table::{head, row};

use crate::report::class::Kind;
use crate::report::line::Tone;
use crate::report::look::Look;
use crate::report::text::shown;

/// A name on one line, in characters that can be shown.
fn name(text: &str, look: &Look) -> String {
    shown(&text.replace('\n', "\\n"), look)
}

/// The sign for a kind of result, in its tone.
fn mark(kind: Kind, look: &Look) -> (Tone, &'static str) {
    let glyphs = look.glyphs();
    match kind {
        Kind::Held => (Tone::Good, glyphs.held),
        Kind::Failed | Kind::DoesNotBuild => (Tone::Bad, glyphs.failed),
        Kind::NothingHandedIn => (Tone::Quiet, "-"),
        Kind::Unstable => (Tone::Strong, glyphs.unstable),
        Kind::NotJudged => (Tone::Strong, glyphs.not_run),
    }
}
