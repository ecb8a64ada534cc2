//! Names: each given once, and each that is used given.

use toml::Spanned;

use super::context::Context;
use crate::course::FindingKind;
use crate::course::checks::{Mistake, Scenario};
use crate::course::error::CourseError;
use crate::course::template::Place;
use crate::course::words;

/// Checks all names but those inside scripts and rules.
pub(super) fn check(context: &mut Context<'_>) {
    given_once(context);
    anything_to_check(context);
    let checks = context.checks;
    let before_tables = 0..context.file.text.find("[[").unwrap_or(context.file.text.len());
    for argument in &checks.arguments {
        context.template(argument, Place::Argument, before_tables.clone());
    }
    for scenario in &checks.scenarios {
        used_by_scenario(context, scenario);
    }
    for mistake in &checks.mistakes {
        used_by_mistake(context, mistake);
    }
    let mistakes: Vec<_> = checks.mistakes.iter().map(|mistake| &mistake.id).collect();
    for mistake in checks.hints.iter().filter_map(|hint| hint.mistake.as_ref()) {
        context.known("mistake", mistake, &mistakes);
    }
}

fn given_once(context: &mut Context<'_>) {
    let checks = context.checks;
    let ids = [
        ("body", checks.bodies.iter().map(|body| &body.id).collect::<Vec<_>>()),
        ("criterion", checks.criteria.iter().map(|criterion| &criterion.id).collect()),
        ("scenario", checks.scenarios.iter().map(|scenario| &scenario.id).collect()),
        ("mistake", checks.mistakes.iter().map(|mistake| &mistake.id).collect()),
    ];
    for (noun, ids) in ids {
        context.errors.extend(words::bad_ids(context.file, noun, &ids));
    }
}

fn anything_to_check(context: &mut Context<'_>) {
    let checks = context.checks;
    for (noun, is_empty) in
        [("criterion", checks.criteria.is_empty()), ("scenario", checks.scenarios.is_empty())]
    {
        if is_empty {
            context.errors.push(CourseError::about_file(&context.file.path, format!("there is no {noun}")));
        }
    }
}

fn used_by_scenario(context: &mut Context<'_>, scenario: &Scenario) {
    context.known_criterion(&scenario.criterion);
    if let Some(body) = &scenario.stdin {
        context.known_body(body);
    }
    for argument in scenario.arguments.iter().flatten() {
        context.template(argument, Place::Argument, scenario.id.span().start..context.file.text.len());
    }
    if scenario.require.is_empty() {
        let message = format!("the scenario `{}` requires nothing", scenario.id.get_ref());
        context.wrong(scenario.id.span(), message, "write `require = [ … ]` with at least one rule");
    }
}

fn used_by_mistake(context: &mut Context<'_>, mistake: &Mistake) {
    if mistake.reveals.is_empty() {
        let message = format!("nothing reveals the mistake `{}`", mistake.id.get_ref());
        context.wrong(
            mistake.id.span(),
            message,
            "write at least one finding, such as { finding = \"prints.extra\" }",
        );
    }
    let scenarios: Vec<_> = context.checks.scenarios.iter().map(|scenario| &scenario.id).collect();
    for sign in &mistake.reveals {
        if sign.finding.is_none() && sign.scenarios.is_empty() && sign.printed.is_none() {
            let message = format!("an empty sign of the mistake `{}` fits everything", mistake.id.get_ref());
            context.wrong(mistake.id.span(), message, "give it a finding, scenarios or printed text");
        }
        if let Some(finding) = &sign.finding {
            known_finding(context, finding);
        }
        for scenario in &sign.scenarios {
            context.known("scenario", scenario, &scenarios);
        }
    }
}

fn known_finding(context: &mut Context<'_>, finding: &Spanned<String>) {
    let name = finding.get_ref();
    if !FindingKind::is_known(name) {
        let known = FindingKind::known_words();
        context.errors.push(words::unknown(context.file, finding.span(), "kind of finding", name, &known));
    }
}
