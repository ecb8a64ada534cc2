//! The library behind `workbook`: lessons as data, a scripted peer, a lab for untrusted programs,
//! a pure judge, and reports.

pub mod book;
pub mod cli;
pub mod course;
pub mod deadlines;
pub mod grade;
pub mod judge;
pub mod kernel;
pub mod kit;
pub mod lab;
pub mod learner;
pub mod report;
pub mod run;
pub mod trace;
pub mod wire;
