//! A class as pages and as text: the overview with its table, and a page for each learner.
//!
//! Plain data comes in, from whoever keeps the results; text goes out. The table is written row by row, so that a
//! class of any size takes no more memory than a small one.

pub mod html;
mod learner;
mod overview;
mod points;
mod row;
#[cfg(test)]
mod samples;
#[cfg(test)]
mod tests;
pub mod text;

pub use learner::{CriterionResult, Evidence, LearnerPage, SourceFile, Submission};
pub use overview::{Cluster, Counts, CriterionOverview, Histogram, LessonOverview, Overview};
pub use points::{Points, Score};
pub use row::{Flag, Kind, Person, Row};
