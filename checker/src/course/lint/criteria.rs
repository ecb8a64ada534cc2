//! What the text promises and what the checks decide must be the same.

use toml::Spanned;

use super::LessonText;
use crate::course::checks::{Content, Scenario};
use crate::course::document::{Text, plain_text};
use crate::course::error::CourseError;

/// Checks bullets against criteria, table rows against mistakes, and that nothing is left without use.
pub(super) fn check(text: &LessonText<'_>, errors: &mut Vec<CourseError>) {
    bullets_are_criteria(text, errors);
    rows_are_mistakes(text, errors);
    criteria_are_decided(text, errors);
    bodies_are_used(text, errors);
    names_are_used(text, errors);
    scenarios_have_sources(text, errors);
    let hints = &text.lesson.checks.hints;
    if hints.is_empty() {
        errors.push(
            CourseError::about_file(&text.checks.path, "there is no hint")
                .help("write [[hint]], gentle first"),
        );
    }
}

fn about(text: &LessonText<'_>, place: &Spanned<String>, message: String) -> CourseError {
    text.checks.error(place.span(), message)
}

fn bullets_are_criteria(text: &LessonText<'_>, errors: &mut Vec<CourseError>) {
    let bullets = text.document.bullets("Done when");
    let criteria = &text.lesson.checks.criteria;
    let texts: Vec<_> = criteria.iter().map(|criterion| plain_text(criterion.text.get_ref())).collect();
    let before = errors.len();
    for (criterion, plain) in criteria.iter().zip(&texts) {
        if !bullets.iter().any(|bullet| bullet.text == *plain) {
            let error = about(
                text,
                &criterion.text,
                format!("the criterion `{}` is no bullet", criterion.id.get_ref()),
            );
            errors.push(error.help("write it under \"Done when\" in lesson.md, word for word"));
        }
    }
    for bullet in bullets.iter().filter(|bullet| !texts.contains(&bullet.text)) {
        let error = text.file.error(first_line(text, bullet), "this bullet is no criterion");
        errors.push(error.help("write a [[criterion]] with this text, word for word"));
    }
    if errors.len() > before {
        return;
    }
    if let Some((bullet, _)) = bullets.iter().zip(&texts).find(|(bullet, text)| bullet.text != **text) {
        let error = text.file.error(first_line(text, bullet), "bullets and criteria are in another order");
        errors.push(error.help("put the bullets in the order of the criteria, each once"));
    } else if bullets.len() != texts.len() {
        let error = CourseError::about_file(&text.file.path, "bullets and criteria differ in number");
        errors.push(error.help("write each bullet and each criterion once"));
    }
}

/// Where the first line of a text is.
fn first_line(text: &LessonText<'_>, place: &Text) -> std::ops::Range<usize> {
    let whole = &text.file.text[place.span.clone()];
    let line = whole.lines().next().unwrap_or_default();
    place.span.start..place.span.start + line.len()
}

fn rows_are_mistakes(text: &LessonText<'_>, errors: &mut Vec<CourseError>) {
    let rows = text.document.table("Common mistakes");
    let mistakes = &text.lesson.checks.mistakes;
    let texts: Vec<_> = mistakes.iter().map(|mistake| plain_text(mistake.row.get_ref())).collect();
    for (mistake, plain) in mistakes.iter().zip(&texts) {
        if !rows.iter().any(|row| row[0].text == *plain) {
            let error = about(
                text,
                &mistake.row,
                format!("the mistake `{}` is not in the table", mistake.id.get_ref()),
            );
            errors.push(error.help("write it under \"Common mistakes\" in lesson.md, word for word"));
        }
    }
    for row in rows {
        let [mistake, rest @ ..] = row else { continue };
        if !texts.contains(&mistake.text) {
            let error = text.file.error(mistake.span.clone(), "this row is no mistake");
            errors.push(error.help("write a [[mistake]] with this `row`, word for word"));
        }
        if rest.len() != 1 || rest[0].text.is_empty() {
            let error = text.file.error(mistake.span.clone(), "this row has no fix");
            errors.push(error.help("write two cells: what people do, and what to do instead"));
        }
    }
}

fn criteria_are_decided(text: &LessonText<'_>, errors: &mut Vec<CourseError>) {
    let scenarios = &text.lesson.checks.scenarios;
    for criterion in &text.lesson.checks.criteria {
        let id = criterion.id.get_ref();
        if !scenarios.iter().any(|scenario| !scenario.advice && decides_on(scenario, id)) {
            let error = about(text, &criterion.id, format!("no scenario decides on the criterion `{id}`"));
            errors.push(error.help("name it in a scenario that is not only advice"));
        }
    }
}

fn decides_on(scenario: &Scenario, criterion: &str) -> bool {
    let named = scenario.require.iter().filter_map(|requirement| requirement.get_ref().criterion.as_ref());
    named.chain([&scenario.criterion]).any(|named| named.get_ref() == criterion)
}

fn bodies_are_used(text: &LessonText<'_>, errors: &mut Vec<CourseError>) {
    let checks = &text.lesson.checks;
    let named: Vec<_> =
        checks.scenarios.iter().flat_map(Scenario::named_bodies).map(Spanned::get_ref).collect();
    for body in checks.bodies.iter().filter(|body| !named.contains(&body.id.get_ref())) {
        errors.push(about(text, &body.id, format!("the body `{}` is never used", body.id.get_ref())));
    }
}

/// A program can only ask for names that it is told.
fn names_are_used(text: &LessonText<'_>, errors: &mut Vec<CourseError>) {
    let checks = &text.lesson.checks;
    for scenario in &checks.scenarios {
        let arguments = scenario.arguments.as_ref().unwrap_or(&checks.arguments).iter();
        let stdin = checks.bodies.iter().filter_map(|body| match body.content.get_ref() {
            Content::Text(content) if names_body(scenario, body.id.get_ref()) => Some(content),
            _ => None,
        });
        let told: Vec<String> = arguments.chain(stdin).map(|text| text.to_ascii_lowercase()).collect();
        for name in &scenario.names {
            let host = name.host.get_ref();
            if !told.iter().any(|text| text.contains(&host.to_ascii_lowercase())) {
                let error = about(text, &name.host, format!("the program is never told the name `{host}`"));
                errors
                    .push(error.help("name it in the scenario's `arguments`, or in the body of its `stdin`"));
            }
        }
    }
}

fn names_body(scenario: &Scenario, id: &str) -> bool {
    scenario.stdin.as_ref().is_some_and(|stdin| stdin.get_ref() == id)
}

fn scenarios_have_sources(text: &LessonText<'_>, errors: &mut Vec<CourseError>) {
    for scenario in text.lesson.checks.scenarios.iter().filter(|scenario| scenario.source.is_none()) {
        let error =
            about(text, &scenario.id, format!("the scenario `{}` has no source", scenario.id.get_ref()));
        errors.push(error.help("say where the requirement stands: source = \"RFC 9112 section 6.3\""));
    }
}
