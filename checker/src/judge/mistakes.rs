//! Which of the lesson's common mistakes the findings reveal.

use bstr::ByteSlice;

use crate::course::Lesson;
use crate::course::checks::{Mistake, Sign};

use super::{Diagnosis, Finding};

/// The first mistake, in the order of the lesson, that has a sign which fits a finding of the scenario.
pub(super) fn diagnose(
    lesson: &Lesson,
    scenario: &str,
    findings: &[Finding],
    stdout: &[u8],
) -> Option<Diagnosis> {
    let fits = |sign: &Sign| findings.iter().any(|finding| is_sign(sign, scenario, finding, stdout));
    let mistake = lesson.checks.mistakes.iter().find(|mistake| mistake.reveals.iter().any(fits))?;
    Some(diagnosis(lesson, mistake))
}

fn is_sign(sign: &Sign, scenario: &str, finding: &Finding, stdout: &[u8]) -> bool {
    sign.finding.as_ref().is_none_or(|word| finding.kind.is_named(word.get_ref()))
        && (sign.scenarios.is_empty() || sign.scenarios.iter().any(|id| id.get_ref() == scenario))
        && sign.printed.as_ref().is_none_or(|text| stdout.contains_str(text))
}

fn diagnosis(lesson: &Lesson, mistake: &Mistake) -> Diagnosis {
    let id = mistake.id.get_ref();
    let is_for_it =
        |hint: &&Option<_>| hint.as_ref().is_some_and(|of: &toml::Spanned<String>| of.get_ref() == id);
    Diagnosis {
        id: id.clone(),
        mistake: mistake.row.get_ref().clone(),
        fix: lesson.fix(mistake).to_owned(),
        hints: lesson.checks.hints.iter().map(|hint| &hint.mistake).filter(is_for_it).count(),
    }
}
