//! What all checks of a lesson need: its file, its names, and a place for errors.

use std::collections::BTreeMap;
use std::ops::{Range, RangeInclusive};

use toml::Spanned;

use crate::course::checks::{Checks, Printed};
use crate::course::error::{CourseError, SourceFile};
use crate::course::template::{BadPlaceholder, Place, Template};
use crate::course::words;

/// The lesson that is checked, and what is wrong with it so far.
pub(super) struct Context<'a> {
    pub(super) file: &'a SourceFile,
    pub(super) checks: &'a Checks,
    pub(super) errors: Vec<CourseError>,
    /// How long each body may become, whatever the seed.
    lengths: BTreeMap<&'a str, RangeInclusive<usize>>,
}

impl<'a> Context<'a> {
    /// Begins with the contents of the bodies.
    pub(super) fn new(file: &'a SourceFile, checks: &'a Checks) -> Self {
        let mut context = Self { file, checks, errors: Vec::new(), lengths: BTreeMap::new() };
        for body in &checks.bodies {
            match body.content.get_ref().lengths() {
                Ok(lengths) => {
                    context.lengths.insert(body.id.get_ref(), lengths);
                }
                Err(bad) => context.bad_placeholder(bad, body.content.span()),
            }
        }
        context
    }

    /// Adds an error about some bytes of the file.
    pub(super) fn wrong(&mut self, span: Range<usize>, message: impl Into<String>, help: &str) {
        self.errors.push(self.file.error(span, message).help(help));
    }

    /// How long a body may become; nothing where that cannot be known because the body itself is wrong.
    pub(super) fn body_lengths(&self, id: &Spanned<String>) -> Option<RangeInclusive<usize>> {
        self.lengths.get(id.get_ref().as_str()).cloned()
    }

    /// The name must be one of the ids.
    pub(super) fn known(&mut self, noun: &str, name: &Spanned<String>, ids: &[&Spanned<String>]) {
        if !ids.iter().any(|id| id.get_ref() == name.get_ref()) {
            let known: Vec<_> = ids.iter().map(|id| id.get_ref().as_str()).collect();
            self.errors.push(words::unknown(self.file, name.span(), noun, name.get_ref(), &known));
        }
    }

    pub(super) fn known_body(&mut self, name: &Spanned<String>) {
        let known: Vec<_> = self.checks.bodies.iter().map(|body| &body.id).collect();
        self.known("body", name, &known);
    }

    pub(super) fn known_criterion(&mut self, name: &Spanned<String>) {
        let known: Vec<_> = self.checks.criteria.iter().map(|criterion| &criterion.id).collect();
        self.known("criterion", name, &known);
    }

    /// Placeholders must mean something; `span` is where the text stands.
    pub(super) fn template(&mut self, text: &str, place: Place, span: Range<usize>) -> Option<Template> {
        Template::parse(text, place).map_err(|bad| self.bad_placeholder(bad, span)).ok()
    }

    fn bad_placeholder(&mut self, bad: BadPlaceholder, span: Range<usize>) {
        let mut error = self.file.error(self.file.find_in(span, &bad.written), bad.message);
        error.label = bad.label.map(Into::into);
        self.errors.push(error.maybe_help(bad.help));
    }

    /// Bodies must exist and placeholders mean something; `span` is where the output stands.
    pub(super) fn printed(&mut self, parts: &[Printed], span: &Range<usize>) {
        for part in parts {
            match part {
                Printed::Body(body) => self.known_body(body),
                Printed::Line(_) => {}
                Printed::Text(text) => {
                    self.template(text, Place::Printed, span.clone());
                }
            }
        }
    }
}
