//! What is to be seen, in forms of different length.

use std::rc::Rc;

use crate::judge::Verdict;
use crate::report::terminal::{self, Detail};
use crate::report::{Heading, Look};

/// What a check has shown, with words beneath it.
#[derive(Default)]
pub(super) struct Shown {
    content: Content,
    /// Further words at the end.
    note: String,
    /// The longest form was asked for, whether it fits or not.
    pub(super) is_whole: bool,
}

/// Kept as it is: windows change their size.
#[derive(Default)]
pub(super) enum Content {
    #[default]
    Nothing,
    Text(String),
    DoesNotBuild {
        lesson: String,
        program: String,
        output: Vec<u8>,
    },
    Verdict(Rc<(Verdict, Heading)>),
}

impl Shown {
    pub(super) fn of(content: Content) -> Self {
        Self { content, ..Self::default() }
    }

    /// Words beneath all else, in the place of those that were there.
    pub(super) fn set_note(&mut self, note: &str) {
        self.note = format!("\n{}\n", note.trim_end());
    }

    pub(super) fn note(&self) -> &str {
        &self.note
    }

    pub(super) fn is_empty(&self) -> bool {
        matches!(self.content, Content::Nothing)
    }

    /// Everything, the usual form, and a short one; or as many as there are.
    pub(super) fn forms(&self, look: &Look) -> Vec<String> {
        match &self.content {
            Content::Nothing => Vec::new(),
            Content::Text(text) => vec![text.clone()],
            Content::DoesNotBuild { lesson, program, output } => {
                vec![terminal::build_failure(lesson, program, output, look)]
            }
            Content::Verdict(verdict) => {
                let (verdict, heading) = &**verdict;
                [(true, false), (false, false), (false, true)]
                    .map(|(all, is_brief)| Detail { all, is_brief, ..Detail::default() })
                    .map(|detail| terminal::full(verdict, heading, look, detail))
                    .into()
            }
        }
    }
}
