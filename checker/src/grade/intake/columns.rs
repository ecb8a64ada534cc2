//! Which column of a roster says what: every course system has its own words.

use jiff::Timestamp;

use super::list::{List, RosterError, Row};
use super::names::Id;
use crate::trace::escape;

const LOGINS: [&str; 6] = ["login", "username", "sis login id", "user name", "github_username", "login id"];
const EMAILS: [&str; 4] = ["email", "email address", "e-mail", "mail"];
const IDS: [&str; 8] =
    ["sis user id", "id number", "idnumber", "sid", "student id", "user id", "id", "identifier"];
const NAMES: [&str; 5] = ["name", "student", "full name", "fullname", "student name"];
const FIRST_NAMES: [&str; 4] = ["first name", "firstname", "given name", "first"];
const LAST_NAMES: [&str; 5] = ["last name", "lastname", "surname", "family name", "last"];
const TIMES: [&str; 2] = ["submitted_at", "submitted at"];

/// The numbers of columns, those first that tell more exactly.
pub(super) struct Columns {
    logins: Vec<usize>,
    emails: Vec<usize>,
    ids: Vec<usize>,
    names: Vec<usize>,
    first: Option<usize>,
    last: Option<usize>,
    time: Option<usize>,
    /// The user's number in Canvas.
    canvas: Option<usize>,
    /// The participant's number in an assignment of Moodle.
    moodle: Option<usize>,
}

impl Columns {
    pub(super) fn of(list: &List) -> Result<Self, RosterError> {
        let headers: Vec<String> = list.headers.iter().map(|header| header.to_lowercase()).collect();
        let all = |known: &[&str]| -> Vec<usize> {
            known.iter().filter_map(|name| headers.iter().position(|header| header == name)).collect()
        };
        let one = |known: &[&str]| all(known).first().copied();
        let columns = Self {
            logins: all(&LOGINS),
            emails: all(&EMAILS),
            ids: all(&IDS),
            names: all(&NAMES),
            first: one(&FIRST_NAMES),
            last: one(&LAST_NAMES),
            time: one(&TIMES),
            canvas: one(&["id"]).filter(|_| one(&["student"]).is_some()),
            moodle: one(&["identifier"]),
        };
        let used = [&columns.logins, &columns.emails, &columns.ids, &columns.names];
        let twice = used.into_iter().flatten().find(|&&at| headers[at + 1..].contains(&headers[at]));
        if let Some(&at) = twice {
            return Err(
                list.error(1, format!("there are two columns `{}`", escape(list.headers[at].as_bytes())))
            );
        }
        if used.into_iter().all(Vec::is_empty) && columns.last.is_none() {
            return Err(list.error(1, no_column(list)));
        }
        Ok(columns)
    }

    /// Is it a line of the system's own, or none at all?
    pub(super) fn is_other(&self, row: &Row) -> bool {
        let is_canvas = self.canvas.is_some();
        let student = self.names.first().map_or("", |&at| row.cells[at].as_str());
        let is_of_canvas = is_canvas && (student.is_empty() || student.starts_with("Points Possible"));
        is_of_canvas || row.cells.iter().all(String::is_empty)
    }

    pub(super) fn login<'a>(&self, row: &'a Row) -> Option<&'a str> {
        let columns = [&self.logins, &self.emails, &self.ids, &self.names].into_iter().flatten().copied();
        let mut cells = columns.chain(self.last).map(|at| row.cells[at].as_str());
        cells.find(|cell| !cell.is_empty())
    }

    /// All by which somebody may be called.
    pub(super) fn names(&self, row: &Row) -> Vec<String> {
        let columns = [&self.logins, &self.emails, &self.ids, &self.names].into_iter().flatten();
        let mut names: Vec<String> = columns.map(|&at| row.cells[at].clone()).collect();
        let local = self.emails.iter().filter_map(|&at| row.cells[at].split_once('@'));
        names.extend(local.map(|(local, _)| local.to_owned()));
        if let Some(name) = self.full_name(row) {
            let turned = name.rsplit_once(' ').map(|(first, last)| format!("{last}{first}"));
            names.extend(turned);
            names.push(name);
        }
        if let (Some(first), Some(last)) = (self.first, self.last) {
            names.push(format!("{}{}", row.cells[last], row.cells[first]));
        }
        names.retain(|name| !name.is_empty());
        names
    }

    /// First name first.
    pub(super) fn full_name(&self, row: &Row) -> Option<String> {
        let whole = self.names.iter().map(|&at| &row.cells[at]).find(|name| !name.is_empty());
        let name = match (whole, self.first, self.last) {
            (Some(name), ..) => match name.split_once(',') {
                Some((last, first)) => format!("{} {}", first.trim(), last.trim()),
                None => name.clone(),
            },
            (None, Some(first), Some(last)) => format!("{} {}", row.cells[first], row.cells[last]),
            (None, first, last) => row.cells[first.or(last)?].clone(),
        };
        Some(escape(name.trim().as_bytes())).filter(|name| !name.is_empty())
    }

    /// The number by which a system names its downloads.
    pub(super) fn id(&self, row: &Row) -> Option<Id> {
        let cell = |at: Option<usize>| at.map(|at| row.cells[at].as_str()).filter(|cell| !cell.is_empty());
        let canvas = cell(self.canvas).map(|id| Id::Canvas(id.to_owned()));
        canvas.or_else(|| {
            let id = cell(self.moodle)?.rsplit(' ').next()?;
            Some(Id::Moodle(id.to_owned()))
        })
    }

    pub(super) fn time(&self, list: &List, row: &Row) -> Result<Option<Timestamp>, RosterError> {
        let Some(cell) = self.time.map(|at| row.cells[at].as_str()).filter(|cell| !cell.is_empty()) else {
            return Ok(None);
        };
        cell.parse().map(Some).map_err(|_| {
            let problem =
                format!("`{}` is no time: write it as `2026-11-02T23:59:00+01:00`", escape(cell.as_bytes()));
            list.error(row.line, problem)
        })
    }
}

fn no_column(list: &List) -> String {
    let there: Vec<String> =
        list.headers.iter().map(|header| format!("`{}`", escape(header.as_bytes()))).collect();
    format!(
        "no column tells who somebody is: expected `login`, `username`, `SIS Login ID`, `Email address`, `ID number` \
         or `name`; there are {}",
        there.join(", ")
    )
}
