//! Who is in the class: the list that a course's system exports.

use std::collections::{BTreeSet, HashMap};
use std::path::Path;

use jiff::Timestamp;

use super::columns::Columns;
pub use super::list::RosterError;
use super::list::{List, Row};
use super::names::Id;
use crate::grade::plan::Learner;

/// The learners of a class.
#[derive(Debug, Clone, Default)]
pub struct Roster {
    learners: Vec<Learner>,
    times: Vec<Option<Timestamp>>,
    logins: HashMap<String, usize>,
    names: HashMap<String, BTreeSet<usize>>,
    ids: HashMap<Id, usize>,
}

/// Whom a name means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Meant {
    One(usize),
    Several(Vec<String>),
    Nobody,
}

impl Roster {
    /// Reads a list in CSV with a line of headers: a gradebook of Canvas, participants or grades of Moodle, a roster
    /// of Gradescope, or any with a column `login`. Commas, semicolons or tabs are between columns.
    ///
    /// # Errors
    /// When it cannot be read, or a line says something that cannot be: with file and line.
    pub fn read(file: &Path) -> Result<Self, RosterError> {
        Self::of(&List::read(file)?)
    }

    fn of(list: &List) -> Result<Self, RosterError> {
        let columns = Columns::of(list)?;
        let mut roster = Self::default();
        let mut lines: HashMap<String, u64> = HashMap::new();
        for row in list.rows.iter().filter(|row| !columns.is_other(row)) {
            let Some(login) = columns.login(row) else {
                return Err(list.error(row.line, "there is neither login nor email, id or name".to_owned()));
            };
            if let Some(first) = lines.insert(login.to_owned(), row.line) {
                let problem =
                    format!("`{}` is in line {first} already", super::trouble::shown(login.as_bytes()));
                return Err(list.error(row.line, problem));
            }
            roster.add(list, &columns, row, login)?;
        }
        Ok(roster)
    }

    fn add(&mut self, list: &List, columns: &Columns, row: &Row, login: &str) -> Result<(), RosterError> {
        let index = self.learners.len();
        let login = crate::trace::escape(login.as_bytes());
        self.times.push(columns.time(list, row)?);
        self.logins.insert(login.clone(), index);
        for name in columns.names(row) {
            self.names.entry(plain(&name)).or_default().insert(index);
        }
        self.ids.extend(columns.id(row).map(|id| (id, index)));
        let cells = list.headers.iter().cloned().zip(row.cells.iter().cloned()).collect();
        self.learners.push(Learner { login, name: columns.full_name(row), columns: cells });
        Ok(())
    }

    /// Everybody, in order of the list.
    #[must_use]
    pub fn learners(&self) -> &[Learner] {
        &self.learners
    }

    /// When somebody handed in, where the list has a column `submitted_at`.
    pub(super) fn time(&self, index: usize) -> Option<Timestamp> {
        self.times.get(index).copied().flatten()
    }

    /// Is this exactly somebody's login?
    pub(super) fn is_login(&self, name: &str) -> bool {
        self.logins.contains_key(name)
    }

    /// Whom a name, or the number in a system, means.
    pub(super) fn meant(&self, name: &str, id: Option<&Id>) -> Meant {
        let exact = id.and_then(|id| self.ids.get(id)).or_else(|| self.logins.get(name));
        if let Some(index) = exact {
            return Meant::One(*index);
        }
        let found = self.names.get(&plain(name)).filter(|_| !plain(name).is_empty());
        match found.map(|found| found.iter().copied().collect::<Vec<_>>()).unwrap_or_default()[..] {
            [] => Meant::Nobody,
            [index] => Meant::One(index),
            ref several => {
                Meant::Several(several.iter().map(|&index| self.learners[index].login.clone()).collect())
            }
        }
    }
}

/// A name without what systems leave out or change: case, spaces, commas.
fn plain(name: &str) -> String {
    name.chars().filter(|character| character.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(content: &[u8]) -> Result<Roster, String> {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("roster.csv");
        std::fs::write(&file, content).expect("written");
        let shown = file.display().to_string();
        Roster::read(&file).map_err(|error| error.to_string().replace(&shown, "roster.csv"))
    }

    fn logins(roster: &Roster) -> Vec<&str> {
        roster.learners().iter().map(|learner| learner.login.as_str()).collect()
    }

    #[test]
    fn gradebook_of_canvas() {
        let text = "Student,ID,SIS User ID,SIS Login ID,Section,w04 (12)\n\
                    ,,,,,Manual Posting\n    Points Possible,,,,,10\n\
                    \"Doe, Jane\",501,s1,jdoe,A,\n\"Roe, R\u{e9}my\",502,s2,rroe,A,7\n\"Doe, Jane\",503,s3,jdoe2,A,\n";
        let roster = read(text.as_bytes()).expect("a roster");
        assert_eq!(logins(&roster), ["jdoe", "rroe", "jdoe2"]);
        assert_eq!(roster.learners()[1].name.as_deref(), Some("R\u{e9}my Roe"));
        assert_eq!(roster.learners()[1].columns[5], ("w04 (12)".to_owned(), "7".to_owned()));
        let canvas = |id: &str| Some(Id::Canvas(id.to_owned()));
        assert_eq!(roster.meant("doejane", canvas("503").as_ref()), Meant::One(2), "the number decides");
        assert_eq!(
            roster.meant("doejane", None),
            Meant::Several(vec!["jdoe".to_owned(), "jdoe2".to_owned()])
        );
        assert_eq!(roster.meant("roer\u{e9}my", None), Meant::One(1));
        assert_eq!(roster.meant("R\u{e9}my Roe", None), Meant::One(1));
        assert_eq!(roster.meant("501", None), Meant::One(0));
        assert_eq!(roster.meant("nobody", canvas("999").as_ref()), Meant::Nobody);
    }

    #[test]
    fn lists_of_moodle_gradescope_and_by_hand() {
        let moodle = "\u{feff}First name;Last name;ID number;Email address\r\nJane;Doe;;jane@x.org\r\nA;B;7;a@x.org\r\n";
        let roster = read(moodle.as_bytes()).expect("a roster");
        assert_eq!(logins(&roster), ["jane@x.org", "a@x.org"]);
        for name in ["Jane Doe", "jane", "JANE@x.org", "doejane"] {
            assert_eq!(roster.meant(name, None), Meant::One(0), "{name}");
        }
        let worksheet = "Identifier,Full name,Email address\nParticipant 77,Jane Doe,j@x.org\n";
        let roster = read(worksheet.as_bytes()).expect("a roster");
        assert_eq!(roster.meant("Participant", Some(&Id::Moodle("77".to_owned()))), Meant::One(0));
        let plain = "name,login,submitted_at\n\"Two\nlines\",=cmd(),2026-11-02T10:00:00Z\n\nEve,eve\n";
        let roster = read(plain.as_bytes()).expect("a roster");
        assert_eq!(logins(&roster), ["=cmd()", "eve"]);
        assert_eq!(roster.time(0).map(|at| at.to_string()).as_deref(), Some("2026-11-02T10:00:00Z"));
        assert_eq!((roster.time(1), roster.learners()[1].columns.len()), (None, 3));
    }

    #[test]
    fn what_cannot_be_is_told_with_file_and_line() {
        for (content, expected) in [
            (&b""[..], "roster.csv is empty: expected a line of headers, such as `login,name`"),
            (
                b"group,points\nA,1\n",
                "roster.csv:1: no column tells who somebody is: expected `login`, `username`, `SIS Login ID`, \
                 `Email address`, `ID number` or `name`; there are `group`, `points`",
            ),
            (
                b"login,points\nada,1\n\"\n\",5\n",
                "roster.csv:3: there is neither login nor email, id or name",
            ),
            (b"login\nada\nbob\nada\n", "roster.csv:4: `ada` is in line 2 already"),
            (b"login,login\nada,bob\n", "roster.csv:1: there are two columns `login`"),
            (b"login,name\nada,A,B\n", "roster.csv:2: there are 3 columns, and the line of headers has 2"),
            (b"login\nada\nb\xffb\n", "roster.csv:3: this is not UTF-8: save the list with that encoding"),
            (b"\xff\xfel\0o\0", "roster.csv:1: this is not UTF-8: save the list with that encoding"),
            (b"login,name\nada,\"A\nbob,B\n", "roster.csv:2: a quote is opened and not closed"),
            (
                b"login,submitted_at\nada,yesterday\n",
                "roster.csv:2: `yesterday` is no time: write it as `2026-11-02T23:59:00+01:00`",
            ),
        ] {
            assert_eq!(read(content).expect_err("not a roster"), expected);
        }
        let missing = Roster::read(Path::new("/nowhere/roster.csv")).expect_err("no file").to_string();
        assert_eq!(missing, "cannot read /nowhere/roster.csv: No such file or directory");
    }
}
