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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judge::testing::{Case, PAGE_1, Run, lesson};

    const MISTAKES: &str = "
        arguments = []
        [[mistake]]
        id = 'by-text'
        row = 'Reading to the end'
        reveals = [{ finding = 'prints.extra', printed = 'NOT-YOURS' }, { finding = 'hang', scenarios = ['other'] }]
        [[mistake]]
        id = 'line-end'
        row = 'Adding a line end'
        reveals = [{ finding = 'connections' }, { finding = 'prints.newline', scenarios = ['other', 's'] }]
        [[mistake]]
        id = 'late'
        row = 'A row without fix'
        reveals = [{ finding = 'prints' }]
        [[hint]]
        text = 'For all.'
        [[hint]]
        text = 'For one.'
        mistake = 'line-end'
    ";

    fn diagnosed(run: Run) -> Option<Diagnosis> {
        let mut case = Case::new("{ prints = [{ body = 'page-1' }] }");
        case.lesson.checks.mistakes = lesson(MISTAKES).checks.mistakes;
        case.lesson.checks.hints = lesson(MISTAKES).checks.hints;
        case.judge(run).mistake
    }

    fn id(printed: &str) -> String {
        diagnosed(Run::exchanged().printed(printed).exits(0))
            .map_or("none".to_owned(), |diagnosis| diagnosis.id)
    }

    #[test]
    fn the_first_mistake_that_fits_is_shown() {
        assert_eq!(id(PAGE_1), "none");
        assert_eq!(id(&format!("{PAGE_1}NOT-YOURS")), "by-text");
        assert_eq!(id(&format!("{PAGE_1}something")), "late");
        assert_eq!(id(&format!("{PAGE_1}\n")), "line-end");
    }

    #[test]
    fn a_mistake_of_another_scenario_does_not_fit() {
        assert_eq!(diagnosed(Run::exchanged().printed(PAGE_1).hangs(1)), None);
    }

    #[test]
    fn a_diagnosis_has_the_fix_of_the_table_and_the_hints_of_the_mistake() {
        let expected = Diagnosis {
            id: "line-end".to_owned(),
            mistake: "Adding a line end".to_owned(),
            fix: "Write the bytes.".to_owned(),
            hints: 1,
        };
        assert_eq!(diagnosed(Run::exchanged().printed(format!("{PAGE_1}\n")).exits(0)), Some(expected));
    }
}
