//! What is wrong with a submission or a part of it, each in one sentence.

use std::io;

use super::limits::{DEEPEST, HIGHEST_RATIO, MOST_FILES};
use crate::trace::{escape, grouped};

/// What is wrong. Names are printable, and "it" where the submission itself is meant.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum Trouble {
    #[error("{0} is a link, and links are not followed.")]
    Link(String),
    #[error("{0} is neither a file nor a folder.")]
    Special(String),
    #[error("{0} cannot be read: {1}.")]
    Unreadable(String, String),
    #[error("The archive has a part named {0}, which leads out of it.")]
    Outside(String),
    #[error("{0} is an archive within an archive, which is not opened.")]
    Nested(String),
    #[error("{0} is encrypted.")]
    Encrypted(String),
    #[error("{0} is a damaged archive: {1}.")]
    Damaged(String, String),
    #[error("The archive has two parts with one name.")]
    Twins,
    #[error("There are more than {most} files.", most = grouped(MOST_FILES as u64))]
    TooMany,
    #[error("{0} is unpacked more than {HIGHEST_RATIO} times as long as packed.")]
    Bomb(String),
    #[error("{0} unpacks to more than {most} bytes.", most = grouped(*.1))]
    Unpacks(String, u64),
    #[error("{0} has more than {most} bytes.", most = grouped(*.1))]
    TooLong(String, u64),
    #[error("{0} lies more than {DEEPEST} folders deep.")]
    Deep(String),
    #[error("The sources have more than {most} bytes together.", most = grouped(*.0))]
    TooMuch(u64),
}

impl Trouble {
    /// Must somebody look at the submission, whatever else is in it?
    pub(super) fn is_grave(&self) -> bool {
        !matches!(
            self,
            Self::Link(_) | Self::Special(_) | Self::Unreadable(..) | Self::Nested(_) | Self::TooLong(..)
        )
    }

    /// Something that the system does not let us read.
    pub(super) fn unreadable(name: &[u8], error: &io::Error) -> Self {
        Self::Unreadable(shown(name), why(error))
    }
}

/// The system's words without its number.
pub(super) fn why(error: &io::Error) -> String {
    let text = error.to_string();
    text.split(" (os error").next().unwrap_or_default().to_owned()
}

/// A path as sentences begin with it.
pub(super) fn shown(path: &[u8]) -> String {
    if path.is_empty() { "It".to_owned() } else { escape(path) }
}
