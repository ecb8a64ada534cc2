//! Messages with every byte decided, and where they are cut.

use super::checks::{Cut, LineEnd, Segments, SendSpec};
use super::generate::Generator;
use super::template::{Place, Template};

/// A message as it goes on the wire.
pub(crate) struct Message {
    pub(crate) bytes: Vec<u8>,
    /// How many of the bytes are the head, with its empty line.
    pub(crate) head_bytes: usize,
}

impl LineEnd {
    pub(crate) fn bytes(self) -> &'static [u8] {
        match self {
            LineEnd::Crlf => b"\r\n",
            LineEnd::Lf => b"\n",
        }
    }
}

impl Message {
    /// Puts head, body and what follows together.
    pub(crate) fn build(spec: &SendSpec, body: &[u8], generator: &mut Generator) -> Self {
        let mut fill = |text: &str, place| match Template::parse(text, place) {
            Ok(template) => template.fill(generator, body.len()),
            // A loaded lesson has no bad placeholder.
            Err(_) => Vec::new(),
        };
        let mut bytes = Vec::new();
        if let Some(raw) = &spec.raw {
            bytes.extend(fill(raw.get_ref(), Place::Raw));
        }
        if let Some(head) = &spec.head {
            for line in head {
                bytes.extend(fill(line.get_ref(), Place::Head));
                bytes.extend(spec.line_end.bytes());
            }
            bytes.extend(spec.line_end.bytes());
        }
        let head_bytes = if spec.head.is_some() { bytes.len() } else { 0 };
        bytes.extend(&body[..spec.body_bytes.unwrap_or(body.len()).min(body.len())]);
        if let Some(extra) = &spec.extra {
            bytes.extend(fill(extra, Place::Raw));
        }
        Self { bytes, head_bytes }
    }

    /// Where segments begin, ascending; a sweep chooses its own later.
    pub(crate) fn cuts(&self, segments: &Segments) -> Vec<usize> {
        let end = self.bytes.len();
        let mut cuts = match segments {
            Segments::One | Segments::EverySplit => Vec::new(),
            Segments::EachByte => (1..end).collect(),
            Segments::HeadThenBody => vec![self.head_bytes],
            Segments::At(cuts) => cuts.iter().filter_map(|cut| cut.offset(self.head_bytes)).collect(),
        };
        cuts.retain(|cut| (1..end).contains(cut));
        cuts.sort_unstable();
        cuts.dedup();
        cuts
    }
}

impl Cut {
    /// The offset in a message with a head of this length; none before its start.
    pub(crate) fn offset(self, head_bytes: usize) -> Option<usize> {
        match self {
            Cut::FromStart(offset) => Some(offset),
            Cut::FromHeadEnd(offset) => head_bytes.checked_add_signed(offset),
        }
    }
}
