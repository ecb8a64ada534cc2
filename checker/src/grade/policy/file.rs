//! The words of a policy's file.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Spanned;
use toml::value::Datetime;

use super::Attempts;

/// A whole policy.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PolicyFile {
    /// Hexadecimal digits, as reports show them.
    pub(super) seed: Option<Spanned<String>>,
    #[serde(default)]
    pub(super) attempts: Attempts,
    pub(super) pass: Option<Spanned<String>>,
    #[serde(default)]
    pub(super) late: LateWords,
    /// By id.
    #[serde(default, rename = "lesson")]
    pub(super) lessons: BTreeMap<Spanned<String>, LessonWords>,
    /// By the name by which the course's system knows the learner.
    #[serde(default, rename = "learner")]
    pub(super) learners: BTreeMap<Spanned<String>, LearnerWords>,
}

/// What lateness costs.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct LateWords {
    pub(super) due: Option<Spanned<Datetime>>,
    /// Of all times without an offset.
    pub(super) time_zone: Option<Spanned<String>>,
    pub(super) grace: Option<Spanned<String>>,
    pub(super) per_day: Option<Spanned<String>>,
    pub(super) most: Option<Spanned<String>>,
    pub(super) after: Option<Spanned<String>>,
}

/// What is different for one lesson.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LessonWords {
    pub(super) due: Option<Spanned<Datetime>>,
    pub(super) pass: Option<Spanned<String>>,
    /// By the criterion's id.
    #[serde(default)]
    pub(super) points: BTreeMap<Spanned<String>, u32>,
    /// Ids of criteria.
    #[serde(default)]
    pub(super) hidden: Vec<Spanned<String>>,
}

/// Until when a learner may hand in.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LearnerWords {
    pub(super) due: Option<Spanned<Datetime>>,
    /// By id.
    #[serde(default, rename = "lesson")]
    pub(super) lessons: BTreeMap<Spanned<String>, DueWords>,
}

/// When something is due.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DueWords {
    pub(super) due: Spanned<Datetime>,
}
