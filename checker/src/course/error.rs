//! Mistakes of authors, shown where they stand.

use std::fmt;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use annotate_snippets::{AnnotationKind, Level, Origin, Renderer, Snippet};

/// Something that is wrong with a file of the course.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.render(false))]
pub struct CourseError {
    /// The file, relative to the course's root.
    pub file: Arc<Path>,
    /// The bytes that are wrong; none where the file as a whole is.
    pub span: Option<Range<usize>>,
    /// What is wrong.
    pub message: String,
    /// What was expected there.
    pub label: Option<Box<str>>,
    /// What to do.
    pub help: Option<Box<str>>,
    /// The file's text.
    text: Arc<str>,
}

impl CourseError {
    /// An error about a file as a whole, such as one that is missing.
    #[must_use]
    pub fn about_file(file: &Path, message: impl Into<String>) -> Self {
        let (file, message) = (Arc::from(file), message.into());
        Self { file, span: None, message, label: None, help: None, text: Arc::from("") }
    }

    /// Adds what was expected at the caret.
    #[must_use]
    pub fn label(mut self, label: impl Into<Box<str>>) -> Self {
        self.label = Some(label.into());
        self
    }

    /// Adds what to do.
    #[must_use]
    pub fn help(mut self, help: impl Into<Box<str>>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Adds what to do, where there is something to say.
    #[must_use]
    pub(crate) fn maybe_help(mut self, help: Option<String>) -> Self {
        self.help = help.map(Into::into).or(self.help);
        self
    }

    /// Line and column of the error, both counted from 1 (columns in characters).
    #[must_use]
    pub fn location(&self) -> Option<(usize, usize)> {
        let before = self.text.get(..self.span.as_ref()?.start)?;
        let line_start = before.rfind('\n').map_or(0, |end| end + 1);
        Some((before.matches('\n').count() + 1, before[line_start..].chars().count() + 1))
    }

    /// The whole message: file, line, caret and help.
    #[must_use]
    pub fn render(&self, is_coloured: bool) -> String {
        let renderer = if is_coloured { Renderer::styled() } else { Renderer::plain() };
        let file = self.file.to_string_lossy();
        let title = Level::ERROR.primary_title(self.message.as_str());
        let mut group = match &self.span {
            Some(span) => {
                let annotation = AnnotationKind::Primary.span(span.clone()).label(self.label.as_deref());
                title.element(Snippet::source(&*self.text).path(file).annotation(annotation))
            }
            None => title.element(Origin::path(file)),
        };
        if let Some(help) = &self.help {
            group = group.element(Level::HELP.message(&**help));
        }
        renderer.render(&[group])
    }
}

/// Everything that is wrong with a course, in order of files and lines.
#[derive(Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.render(false))]
pub struct CourseErrors(pub Vec<CourseError>);

/// Readable, for tests that expect a course without errors.
impl fmt::Debug for CourseErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\n{self}")
    }
}

impl CourseErrors {
    /// Nothing when there are no errors, otherwise all of them sorted.
    pub(crate) fn check(mut errors: Vec<CourseError>) -> Result<(), Self> {
        if errors.is_empty() {
            return Ok(());
        }
        sort(&mut errors);
        Err(Self(errors))
    }

    /// All messages, with an empty line between two.
    #[must_use]
    pub fn render(&self, is_coloured: bool) -> String {
        let messages: Vec<_> = self.0.iter().map(|error| error.render(is_coloured)).collect();
        messages.join("\n\n")
    }
}

/// Puts errors in order of files and lines.
pub(crate) fn sort(errors: &mut [CourseError]) {
    errors.sort_by_key(|error| (error.file.clone(), error.span.as_ref().map(|span| span.start)));
}

/// A file of the course with its text, for errors that point into it.
#[derive(Debug, Clone)]
pub(crate) struct SourceFile {
    /// Relative to the course's root.
    pub(crate) path: Arc<Path>,
    pub(crate) text: Arc<str>,
}

impl SourceFile {
    /// Reads `path`, which is relative to `root`.
    pub(crate) fn read(root: &Path, path: &Path) -> Result<Self, CourseError> {
        match std::fs::read_to_string(root.join(path)) {
            Ok(text) => Ok(Self { path: path.into(), text: text.into() }),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                Err(CourseError::about_file(path, "there is no such file"))
            }
            Err(error) => Err(CourseError::about_file(path, format!("cannot read the file: {error}"))),
        }
    }

    /// An error about some bytes of the file.
    pub(crate) fn error(&self, span: Range<usize>, message: impl Into<String>) -> CourseError {
        let mut error = CourseError::about_file(&self.path, message);
        error.span = Some(span);
        error.text = Arc::clone(&self.text);
        error
    }

    /// The line of an offset, counted from 1.
    pub(crate) fn line(&self, offset: usize) -> usize {
        self.text[..offset].matches('\n').count() + 1
    }

    /// Narrows a span to the first place in it where `needle` stands.
    pub(crate) fn find_in(&self, span: Range<usize>, needle: &str) -> Range<usize> {
        let found = self.text.get(span.clone()).and_then(|text| text.find(needle));
        found.map_or(span.clone(), |offset| span.start + offset..span.start + offset + needle.len())
    }
}
