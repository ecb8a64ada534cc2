//! What a `checks.toml` says beyond its words: names that exist, scripts that can be played, rules that can hold.

mod content_length;
mod context;
mod message;
mod names;
mod network;
mod rules;
mod script;

use super::checks::Checks;
use super::error::{CourseError, SourceFile};
use context::Context;

/// Everything that would make a check of this lesson meaningless.
pub(crate) fn checks(file: &SourceFile, checks: &Checks) -> Vec<CourseError> {
    let mut context = Context::new(file, checks);
    names::check(&mut context);
    for scenario in &checks.scenarios {
        network::check(&mut context, scenario);
        script::check(&mut context, scenario);
        rules::check(&mut context, scenario);
    }
    context.errors
}
