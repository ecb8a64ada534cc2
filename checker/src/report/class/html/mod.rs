//! A class as pages that need nothing but themselves: no network, and a script only for the table.
//!
//! Names and whatever programs have printed are text in all of them, with escapes for what could move or hide anything.

mod bars;
mod document;
mod encounter;
mod filters;
mod learner;
mod lesson;
mod overview;
mod table;
mod words;

pub use learner::learner;
pub use overview::OverviewPage;
pub use words::page_name;
pub(in crate::report::class) use words::span;
