//! The closed list of what a judge can find, by the names that lessons use.

use std::fmt;
use std::str::FromStr;

/// A kind of finding. Its name is `family.member`, or the family alone where there is but one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum FindingKind {
    /// The program did not build.
    Build,
    /// The program could not be started.
    NotStarted,
    /// A signal killed the program.
    Crash,
    /// It exited with another code than 0 where success is required.
    ExitFailure,
    /// It exited with code 0 where an error is required.
    ExitSuccess,
    /// It waits for ever, and everything that it should print is printed.
    HangAfterOutput,
    /// It waits for ever, and some of what it should print is printed.
    HangDuringOutput,
    /// It waits for ever, and nothing of what it should print is printed.
    HangBeforeOutput,
    /// The deadline passed, and everything that it should print is printed.
    DeadlineAfterOutput,
    /// The deadline passed, and not everything that it should print is printed.
    DeadlineBeforeOutput,
    /// It printed, sent or opened more than anybody reads.
    Flood,
    /// No connection carried a byte.
    ConnectionsNone,
    /// Fewer connections than required.
    ConnectionsFewer,
    /// More connections than required.
    ConnectionsMore,
    /// More connections were opened than required.
    OpenedMore,
    /// Fewer connections were opened than required.
    OpenedFewer,
    /// A connection carried more requests than it may.
    RequestsReused,
    /// A request came on a new connection where the old one was to be used.
    RequestsReconnected,
    /// A request is missing.
    RequestsMissing,
    /// There are more requests than required in all.
    RequestsExtra,
    /// Nothing of the expected output was printed.
    PrintsNothing,
    /// The output ends too early.
    PrintsShort,
    /// The output is right, and then goes on.
    PrintsExtra,
    /// The output is right but for one line end too many.
    PrintsNewline,
    /// Lines of the response's head are printed that should not be.
    PrintsHead,
    /// The output is right but for bytes that were changed as text.
    PrintsMangled,
    /// The output differs in another way.
    PrintsDifferent,
    /// The request was never finished: there is no empty line.
    RequestUnfinished,
    /// A lone LF ends a line of the request.
    RequestLineEnds,
    /// The request line is another one.
    RequestLine,
    /// A required field is missing or has another value.
    RequestFieldMissing,
    /// A field is there that must not be.
    RequestFieldUnwanted,
    /// Nothing was sent.
    SendsNothing,
    /// Less was sent than required.
    SendsShort,
    /// What was sent is right, and then goes on.
    SendsExtra,
    /// Something else was sent.
    SendsDifferent,
    /// The program closed its sending side too early.
    HalfClose,
    /// The connection was not closed in time.
    Closes,
    /// TCP keepalive was not armed.
    KeepaliveMissing,
    /// TCP keepalive was armed with other times.
    KeepaliveTimes,
}

/// Every kind with its name.
const NAMES: &[(FindingKind, &str)] = &[
    (FindingKind::Build, "build"),
    (FindingKind::NotStarted, "not-started"),
    (FindingKind::Crash, "crash"),
    (FindingKind::ExitFailure, "exit.failure"),
    (FindingKind::ExitSuccess, "exit.success"),
    (FindingKind::HangAfterOutput, "hang.after-output"),
    (FindingKind::HangDuringOutput, "hang.during-output"),
    (FindingKind::HangBeforeOutput, "hang.before-output"),
    (FindingKind::DeadlineAfterOutput, "deadline.after-output"),
    (FindingKind::DeadlineBeforeOutput, "deadline.before-output"),
    (FindingKind::Flood, "flood"),
    (FindingKind::ConnectionsNone, "connections.none"),
    (FindingKind::ConnectionsFewer, "connections.fewer"),
    (FindingKind::ConnectionsMore, "connections.more"),
    (FindingKind::OpenedMore, "opened.more"),
    (FindingKind::OpenedFewer, "opened.fewer"),
    (FindingKind::RequestsReused, "requests.reused"),
    (FindingKind::RequestsReconnected, "requests.reconnected"),
    (FindingKind::RequestsMissing, "requests.missing"),
    (FindingKind::RequestsExtra, "requests.extra"),
    (FindingKind::PrintsNothing, "prints.nothing"),
    (FindingKind::PrintsShort, "prints.short"),
    (FindingKind::PrintsExtra, "prints.extra"),
    (FindingKind::PrintsNewline, "prints.newline"),
    (FindingKind::PrintsHead, "prints.head"),
    (FindingKind::PrintsMangled, "prints.mangled"),
    (FindingKind::PrintsDifferent, "prints.different"),
    (FindingKind::RequestUnfinished, "request.unfinished"),
    (FindingKind::RequestLineEnds, "request.line-ends"),
    (FindingKind::RequestLine, "request.line"),
    (FindingKind::RequestFieldMissing, "request.field-missing"),
    (FindingKind::RequestFieldUnwanted, "request.field-unwanted"),
    (FindingKind::SendsNothing, "sends.nothing"),
    (FindingKind::SendsShort, "sends.short"),
    (FindingKind::SendsExtra, "sends.extra"),
    (FindingKind::SendsDifferent, "sends.different"),
    (FindingKind::HalfClose, "half-close"),
    (FindingKind::Closes, "closes"),
    (FindingKind::KeepaliveMissing, "keepalive.missing"),
    (FindingKind::KeepaliveTimes, "keepalive.times"),
];

impl FindingKind {
    /// The name, such as `prints.extra`.
    #[must_use]
    pub fn name(self) -> &'static str {
        NAMES.iter().find(|(kind, _)| *kind == self).map_or("", |(_, name)| name)
    }

    /// The part of the name before the dot.
    #[must_use]
    pub fn family(self) -> &'static str {
        self.name().split('.').next().unwrap_or_default()
    }

    /// All names and families that a lesson may use, in alphabetical order.
    #[must_use]
    pub fn known_words() -> Vec<&'static str> {
        let mut words: Vec<_> = NAMES.iter().flat_map(|(kind, name)| [*name, kind.family()]).collect();
        words.sort_unstable();
        words.dedup();
        words
    }

    /// Is this the name of a kind or of a family?
    #[must_use]
    pub fn is_known(word: &str) -> bool {
        NAMES.iter().any(|(_, name)| *name == word || name.split('.').next() == Some(word))
    }

    /// Is this kind what the word stands for: its name, or its family?
    #[must_use]
    pub fn is_named(self, word: &str) -> bool {
        self.name() == word || self.family() == word
    }
}

impl fmt::Display for FindingKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for FindingKind {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, String> {
        let found = NAMES.iter().find(|(_, name)| *name == word);
        found.map(|(kind, _)| *kind).ok_or_else(|| format!("unknown kind of finding `{word}`"))
    }
}

impl<'de> serde::Deserialize<'de> for FindingKind {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = <String as serde::Deserialize>::deserialize(deserializer)?;
        name.parse().map_err(serde::de::Error::custom)
    }
}

impl serde::Serialize for FindingKind {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_reads_back_to_its_kind() {
        for (kind, name) in NAMES {
            assert_eq!(name.parse(), Ok(*kind));
            assert_eq!(kind.name(), *name);
            assert!(kind.is_named(name) && kind.is_named(kind.family()));
        }
    }

    #[test]
    fn names_and_families_are_known_words_and_nothing_else_is() {
        assert!(FindingKind::known_words().into_iter().all(FindingKind::is_known));
        assert!(
            !FindingKind::is_known("extra")
                && !FindingKind::is_known("prints.")
                && !FindingKind::is_known("")
        );
    }
}
