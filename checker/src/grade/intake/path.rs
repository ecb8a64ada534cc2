//! Names of files, as whoever handed in wrote them: any bytes, `/` between parts.

use crate::course::Language;

/// Folders of tools, not of programs.
const TOOL_FOLDERS: [&str; 14] = [
    "__MACOSX",
    ".git",
    ".svn",
    ".hg",
    ".idea",
    ".vscode",
    ".vs",
    ".workbook",
    "target",
    "node_modules",
    "__pycache__",
    ".venv",
    "venv",
    "site-packages",
];
/// Files of systems.
const SYSTEM_FILES: [&str; 3] = [".DS_Store", "Thumbs.db", "desktop.ini"];
/// What editors and compilers leave behind.
const LEFTOVERS: [&str; 7] = ["~", ".swp", ".swo", ".bak", ".orig", ".pyc", ".o"];

/// What a file can be good for, by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    /// A program in this language.
    Source(Language),
    /// A C header.
    Header,
    /// An archive.
    Archive(Format),
    /// Nothing, or a program that runs as it is: its first bytes tell.
    Other,
}

/// How an archive is packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Format {
    Zip,
    Tar,
    TarGz,
}

impl Kind {
    /// By the ending.
    pub(super) fn of(path: &[u8]) -> Self {
        let name = base(path).to_ascii_lowercase();
        match endings().find(|(ending, _)| name.len() > ending.len() && name.ends_with(ending.as_bytes())) {
            Some((_, kind)) => kind,
            None => Self::Other,
        }
    }

    /// Is it text that a program can be made of?
    pub(super) fn is_text(self) -> bool {
        matches!(self, Self::Source(_) | Self::Header)
    }
}

fn endings() -> impl Iterator<Item = (&'static str, Kind)> {
    [
        (".tar.gz", Kind::Archive(Format::TarGz)),
        (".tgz", Kind::Archive(Format::TarGz)),
        (".tar", Kind::Archive(Format::Tar)),
        (".zip", Kind::Archive(Format::Zip)),
        (".rs", Kind::Source(Language::Rust)),
        (".c", Kind::Source(Language::C)),
        (".py", Kind::Source(Language::Python)),
        (".h", Kind::Header),
    ]
    .into_iter()
}

/// A name without the ending that says what it is, or without its extension.
pub(super) fn stem(name: &str) -> &str {
    let known = endings().find_map(|(ending, _)| {
        let at = name.len().checked_sub(ending.len()).filter(|&at| at > 0)?;
        name.is_char_boundary(at)
            .then(|| name.split_at(at))
            .filter(|(_, end)| end.eq_ignore_ascii_case(ending))
    });
    match known {
        Some((stem, _)) => stem,
        None => name.rsplit_once('.').map_or(name, |(stem, _)| if stem.is_empty() { name } else { stem }),
    }
}

/// The last part.
pub(super) fn base(path: &[u8]) -> &[u8] {
    path.rsplit(|&byte| byte == b'/').next().unwrap_or(path)
}

/// All but the last part.
pub(super) fn folder(path: &[u8]) -> &[u8] {
    path.iter().rposition(|&byte| byte == b'/').map_or(&[], |at| &path[..at])
}

/// A part below a path, which may be empty.
pub(super) fn join(path: &[u8], separator: u8, part: &[u8]) -> Vec<u8> {
    let mut joined = path.to_vec();
    if !path.is_empty() {
        joined.push(separator);
    }
    joined.extend_from_slice(part);
    joined
}

/// Does nobody mean to hand this in? Of a path within a submission.
pub(super) fn is_junk(path: &[u8]) -> bool {
    let name = base(path);
    let is = |part: &[u8], known: &[&str]| known.iter().any(|known| part == known.as_bytes());
    path.split(|&byte| byte == b'/').any(|part| is(part, &TOOL_FOLDERS))
        || is(name, &SYSTEM_FILES)
        || name.starts_with(b"._")
        || name.starts_with(b".#")
        || (name.starts_with(b"#") && name.ends_with(b"#"))
        || LEFTOVERS.iter().any(|ending| name.len() > ending.len() && name.ends_with(ending.as_bytes()))
}

/// The parts of a name in an archive, joined anew; none for one that leads out of it, or to nowhere.
pub(super) fn inside(name: &[u8]) -> Option<Vec<u8>> {
    let is_separator = |byte: &u8| matches!(byte, b'/' | b'\\');
    let has_drive = name.len() > 1 && name[1] == b':' && name[0].is_ascii_alphabetic();
    if has_drive || name.first().is_some_and(is_separator) || name.contains(&0) {
        return None;
    }
    let parts = name.split(is_separator).filter(|part| !part.is_empty() && *part != b".");
    let mut path = Vec::new();
    for part in parts {
        if part == b".." {
            return None;
        }
        path = join(&path, b'/', part);
    }
    Some(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endings_tell_what_a_file_is() {
        assert_eq!(Kind::of(b"a/Main.RS"), Kind::Source(Language::Rust));
        assert_eq!(Kind::of(b"x.tar.gz"), Kind::Archive(Format::TarGz));
        assert_eq!(Kind::of(b"inc/a.h"), Kind::Header);
        assert_eq!(
            (Kind::of(b".c"), Kind::of(b"a.c.txt"), Kind::of(b"")),
            (Kind::Other, Kind::Other, Kind::Other)
        );
        let stems = ["ada.tar.gz", "ada.ZIP", "ada.report.pdf", "ada", ".c", "\u{e9}.c"].map(stem);
        assert_eq!(stems, ["ada", "ada", "ada.report", "ada", ".c", "\u{e9}"]);
    }

    #[test]
    fn what_tools_leave_behind_is_junk() {
        for path in
            ["__MACOSX/main.c", "a/.git/x.py", "._main.c", "a/main.c~", "main.c.bak", "#main.c#", ".DS_Store"]
        {
            assert!(is_junk(path.as_bytes()), "{path}");
        }
        for path in ["main.c", "targets/main.c", "git/main.c", "a/#main.c", "o"] {
            assert!(!is_junk(path.as_bytes()), "{path}");
        }
    }

    #[test]
    fn no_name_leads_out_of_an_archive() {
        for name in ["/etc/passwd", "../x", "a/../../x", "a\\..\\x", "\\x", "C:\\x", "c:x", "a\0b"] {
            assert_eq!(inside(name.as_bytes()), None, "{name:?}");
        }
        for (name, path) in [("./a//b/", "a/b"), ("a\\b.c", "a/b.c"), ("..a/b..", "..a/b.."), ("", "")] {
            assert_eq!(inside(name.as_bytes()).as_deref(), Some(path.as_bytes()), "{name:?}");
        }
    }
}
