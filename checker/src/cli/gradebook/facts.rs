//! What Classroom 50 wants to be told of each learner's submission.

use anyhow::bail;

use crate::cli::check::facts::{Fact, is_datetime, told};
use crate::grade::handed_in::HandedIn;
use crate::grade::plan::Learner;
use crate::report::export::classroom50::Facts;
use crate::trace::escape;

/// All facts: from the command line, from a column of the roster that is called so, or from what was handed in.
///
/// # Errors
/// When one is not known, or is not what it should be.
pub(super) fn collect(
    given: &[Fact],
    learner: Option<&Learner>,
    handed_in: &HandedIn,
) -> anyhow::Result<Facts> {
    let own = |name: &str| {
        let column = learner?.columns.iter().find(|(column, _)| column.eq_ignore_ascii_case(name));
        column.map(|(_, value)| value.clone()).filter(|value| !value.trim().is_empty())
    };
    let known = |name: &'static str| told(given, name).or_else(|| own(name));
    let fact = |name: &'static str, otherwise: Option<String>| match known(name).or(otherwise) {
        Some(value) => Ok(value),
        None => bail!(
            "--format classroom50 needs to know `{name}` of {}: tell it with --fact {name}=…, or in a column of the \
             roster that is called `{name}`",
            escape(handed_in.learner.as_bytes())
        ),
    };
    let at = handed_in.at.map(|at| at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string());
    let commit = fact("commit", None)?;
    let facts = Facts {
        classroom: fact("classroom", None)?,
        assignment: fact("assignment", Some(handed_in.lesson.clone()))?,
        assignment_type: fact("assignment-type", Some("individual".to_owned()))?,
        // What the command line says is said of everyone, and nobody is everyone.
        owner: own("owner").unwrap_or_else(|| handed_in.learner.clone()),
        submission: fact("submission", Some(handed_in.origin.clone()))?,
        release: fact("release", Some(commit.clone()))?,
        review: fact("review", Some(commit.clone()))?,
        commit,
        datetime: fact("datetime", at)?,
    };
    if !is_datetime(&facts.datetime) {
        bail!("datetime is `{}`, expected a moment such as 2026-09-12T09:00:00Z", facts.datetime);
    }
    Ok(facts)
}
