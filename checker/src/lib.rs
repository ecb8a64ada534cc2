//! The library behind `workbook`: lessons as data, a scripted peer, a lab for untrusted programs,
//! a pure judge, and reports.

pub mod course;
pub mod judge;
pub mod report;
pub mod trace;
