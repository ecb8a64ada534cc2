//! A class: what was handed in is taken in, planned, graded, recorded and merged.
//!
//! ```text
//! SUBMISSIONS ──▶ intake ──▶ store (files by content) + plan (what is to be graded, frozen)
//!                                              │
//!                              shard: one worker, one program at a time ──▶ records/*.jsonl
//!                                              │
//!                                  merge: one result a key ──▶ gradebook ──▶ exports, report
//! ```

pub mod clusters;
pub mod evidence;
pub mod folder;
pub mod gradebook;
pub mod handed_in;
pub mod intake;
mod line;
mod load;
pub mod merge;
pub mod plan;
pub mod policy;
pub mod record;
pub mod records;
pub mod shard;
pub mod standing;
pub mod store;
pub mod worker;

pub use line::Summary;
pub use load::Load;
