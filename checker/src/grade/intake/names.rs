//! Whose a file is, by the name that a course's system or a person has given it.

use std::collections::BTreeMap;

use super::path::{Kind, stem};

/// What a name tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Named {
    /// The name of the learner or group.
    pub(super) who: String,
    /// What the course's system numbers them by.
    pub(super) id: Option<Id>,
    /// In flat downloads, the name that the learner has given the file: several files may be one submission.
    pub(super) rest: Option<String>,
    /// How late it came, among files of the same name.
    pub(super) order: u64,
    /// Does the system say that it came too late?
    pub(super) is_late: bool,
}

/// A number that only one system knows.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Id {
    Canvas(String),
    Moodle(String),
}

/// What is known when a name is read.
pub(super) struct Known<'a> {
    /// The ids of the lessons.
    pub(super) lessons: &'a [String],
    /// Is this the login of somebody on the roster?
    pub(super) is_login: &'a dyn Fn(&str) -> bool,
    /// What is in front of logins in the names of folders, with its hyphen; see [`assignment`].
    pub(super) assignment: Option<&'a str>,
}

/// What most folders have in front of somebody's login. Else `task-mal-ada`, of `mal-ada` who is not on the roster,
/// would be ada's, beside her own `task-ada`.
pub(super) fn assignment(names: &[String], is_login: &dyn Fn(&str) -> bool) -> Option<String> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for name in names.iter().filter(|name| !is_login(name)) {
        if let Some(login) = login_behind(name, is_login) {
            *counts.entry(&name[..name.len() - login.len()]).or_default() += 1;
        }
    }
    let most = counts.into_iter().min_by_key(|(front, count)| (std::cmp::Reverse(*count), front.len()));
    most.map(|(front, _)| front.to_owned())
}

impl Named {
    fn whole(who: &str) -> Self {
        Self { who: who.to_owned(), id: None, rest: None, order: 0, is_late: false }
    }

    /// One of several files.
    pub(super) fn flat(who: &str, rest: &str) -> Self {
        Self { rest: Some(rest.to_owned()), ..Self::whole(who) }
    }
}

/// What the name of a folder tells.
pub(super) fn of_folder(name: &str, known: &Known<'_>) -> Named {
    if (known.is_login)(name) {
        return Named::whole(name);
    }
    if let Some(named) = moodle(name).or_else(|| canvas(name)) {
        // All of a folder is one submission, whatever it was called.
        let rest = named.rest.filter(|_| matches!(named.id, Some(Id::Moodle(_)))).map(|_| String::new());
        return Named { rest, ..named };
    }
    Named::whole(without_lesson(name, known).or_else(|| behind_assignment(name, known)).unwrap_or(name))
}

/// What the name of a file tells; none where it may be anybody's.
pub(super) fn of_file(name: &str, known: &Known<'_>) -> Option<Named> {
    let stem = stem(name);
    if (known.is_login)(stem) {
        return Some(Named::whole(stem));
    }
    if let Some(named) = moodle(name).or_else(|| canvas(name)) {
        return Some(named);
    }
    let behind = |who: &str| name[who.len() + 1..].to_owned();
    if let Some(who) = without_lesson(stem, known) {
        let is_in_front = name.starts_with(who);
        return Some(Named::flat(who, &if is_in_front { behind(who) } else { main(name) }));
    }
    let in_front =
        ["_main", "-main"].iter().find_map(|end| stem.strip_suffix(end)).filter(|who| !who.is_empty());
    if let Some(who) = in_front.or_else(|| login_in_front(name, known.is_login)) {
        return Some(Named::flat(who, &behind(who)));
    }
    (Kind::of(name.as_bytes()) != Kind::Other && Kind::of(name.as_bytes()) != Kind::Header)
        .then(|| Named::whole(stem))
}

/// The longest login that a name begins with, before `_` or `-`.
pub(super) fn login_in_front<'a>(name: &'a str, is_login: &dyn Fn(&str) -> bool) -> Option<&'a str> {
    let ends = name.char_indices().rev().filter(|(_, character)| matches!(character, '_' | '-'));
    ends.map(|(at, _)| &name[..at]).find(|login| is_login(login))
}

/// The name of a program whose own name says whose it is.
pub(super) fn main(name: &str) -> String {
    format!("main{}", &name[stem(name).len()..])
}

/// `ada_w04-l03` and `w04-l03-ada` are ada's.
fn without_lesson<'a>(stem: &'a str, known: &Known<'_>) -> Option<&'a str> {
    let is_separator = |character| matches!(character, '_' | '-' | ' ' | '.');
    known.lessons.iter().find_map(|lesson| {
        let behind = stem.strip_suffix(lesson.as_str()).and_then(|who| who.strip_suffix(is_separator));
        let in_front = stem.strip_prefix(lesson.as_str()).and_then(|who| who.strip_prefix(is_separator));
        behind.or(in_front).filter(|who| !who.is_empty())
    })
}

/// `assignment-login`, as classrooms name repositories: only a roster tells where the login begins.
fn behind_assignment<'a>(name: &'a str, known: &Known<'_>) -> Option<&'a str> {
    let behind = known.assignment.and_then(|assignment| name.strip_prefix(assignment));
    behind.filter(|login| !login.is_empty()).or_else(|| login_behind(name, known.is_login))
}

/// The longest login that a name ends with, behind a hyphen.
fn login_behind<'a>(name: &'a str, is_login: &dyn Fn(&str) -> bool) -> Option<&'a str> {
    name.match_indices('-').map(|(at, _)| &name[at + 1..]).find(|login| is_login(login))
}

/// Moodle: `Full Name_12345_assignsubmission_file_main.c`, or a folder that ends before the file's name.
fn moodle(name: &str) -> Option<Named> {
    let (in_front, behind) = name.split_once("_assignsubmission_")?;
    let (who, id) = in_front.rsplit_once('_').filter(|(who, id)| !who.is_empty() && is_number(id))?;
    let rest = behind.split_once('_').map_or("", |(_, rest)| rest);
    Some(Named { id: Some(Id::Moodle(id.to_owned())), ..Named::flat(who, rest) })
}

/// Canvas: `doejane_LATE_12345_67890_main-1.c`, where the numbers are the user's and the file's.
fn canvas(name: &str) -> Option<Named> {
    let parts: Vec<&str> = name.split('_').collect();
    let at = (1..parts.len().saturating_sub(1)).find(|&at| is_canvas_id(&parts, at))?;
    let is_late = parts[at - 1] == "LATE" || parts[0] == "LATE";
    let who: Vec<&str> = parts[..at].iter().copied().filter(|part| *part != "LATE").collect();
    let who = if who == ["anon"] { format!("anon_{}", parts[at]) } else { who.join("_") };
    let is_text = matches!(parts[at + 1], "text.html" | "link.html");
    let rest = parts[at + if is_text { 1 } else { 2 }..].join("_");
    let (rest, again) = without_number(&rest);
    let file = if is_text { 0 } else { parts[at + 1].parse().unwrap_or(u64::MAX) };
    let id = Some(Id::Canvas(parts[at].to_owned()));
    let named = Named { id, is_late, order: file.saturating_add(again), ..Named::flat(&who, &rest) };
    (!who.is_empty() && !rest.is_empty()).then_some(named)
}

fn is_canvas_id(parts: &[&str], at: usize) -> bool {
    let has_rest = parts.len() > at + 2 && is_number(parts[at + 1]);
    let is_text = parts.len() == at + 2 && matches!(parts[at + 1], "text.html" | "link.html");
    let is_anonymous = parts[at - 1] == "anon" && (at == 1 || parts[..at] == ["LATE", "anon"]);
    (is_number(parts[at]) || is_anonymous) && (has_rest || is_text)
}

/// `main-1.c` is what Canvas calls a second `main.c`.
fn without_number(name: &str) -> (String, u64) {
    let stem = stem(name);
    match stem.rsplit_once('-').filter(|(front, number)| !front.is_empty() && is_number(number)) {
        Some((front, number)) => (format!("{front}{}", &name[stem.len()..]), number.parse().unwrap_or(0)),
        None => (name.to_owned(), 0),
    }
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known<T>(test: impl FnOnce(&Known<'_>) -> T) -> T {
        let lessons = ["w04-l03".to_owned()];
        let is_login = |name: &str| matches!(name, "ada" | "ada_l" | "bob-b");
        test(&Known { lessons: &lessons, is_login: &is_login, assignment: None })
    }

    #[test]
    fn who_is_not_on_the_roster_is_nobody_else() {
        let is_login = |name: &str| matches!(name, "ada" | "bob-b" | "cyd");
        let names = ["task-ada", "task-mal-ada", "task-bob-b", "task-eve", "old-task-cyd", "ada"];
        let names = names.map(str::to_owned);
        let assignment = assignment(&names, &is_login);
        assert_eq!(assignment.as_deref(), Some("task-"));
        let known = Known { lessons: &[], is_login: &is_login, assignment: assignment.as_deref() };
        let whose = names.each_ref().map(|name| of_folder(name, &known).who);
        assert_eq!(whose, ["ada", "mal-ada", "bob-b", "eve", "cyd", "ada"]);
    }

    type Expected<'a> = Option<(&'a str, Option<&'a str>)>;

    fn files(names: &[(&str, Expected<'_>)]) {
        for (name, expected) in names {
            let named = known(|known| of_file(name, known));
            let found = named.as_ref().map(|named| (named.who.as_str(), named.rest.as_deref()));
            assert_eq!(found, *expected, "{name}");
        }
    }

    #[test]
    fn people_name_their_files_in_many_ways() {
        files(&[
            ("ada.zip", Some(("ada", None))),
            ("eve.c", Some(("eve", None))),
            ("eve_x.c", Some(("eve_x", None))),
            ("eve_main.c", Some(("eve", Some("main.c")))),
            ("eve-main.rs", Some(("eve", Some("main.rs")))),
            ("ada_l_client.py", Some(("ada_l", Some("client.py")))),
            ("bob-b-util.h", Some(("bob-b", Some("util.h")))),
            ("eve_w04-l03.c", Some(("eve", Some("w04-l03.c")))),
            ("w04-l03-eve.c", Some(("eve", Some("main.c")))),
            ("_main.c", Some(("_main", None))),
            ("eve.pdf", None),
            ("util.h", None),
        ]);
    }

    #[test]
    fn canvas_names_tell_user_file_lateness_and_number() {
        files(&[
            ("doejane_12345_67890_main.c", Some(("doejane", Some("main.c")))),
            ("doejane_LATE_12345_67890_main-1.c", Some(("doejane", Some("main.c")))),
            ("van_dyke_12_34_my_main.py", Some(("van_dyke", Some("my_main.py")))),
            ("anon_Xy3_67890_main.c", Some(("anon_Xy3", Some("main.c")))),
            ("LATE_anon_Xy3_67890_main.c", Some(("anon_Xy3", Some("main.c")))),
            ("doejane_12345_text.html", Some(("doejane", Some("text.html")))),
        ]);
        let named = known(|known| of_file("doejane_LATE_12345_67890_main-1.c", known)).expect("a name");
        assert_eq!(
            (named.is_late, named.order, named.id),
            (true, 67891, Some(Id::Canvas("12345".to_owned())))
        );
    }

    #[test]
    fn moodle_names_tell_name_and_number() {
        files(&[
            ("Jane Doe_77_assignsubmission_file_main.c", Some(("Jane Doe", Some("main.c")))),
            (
                "Jane Doe_77_assignsubmission_onlinetext_onlinetext.html",
                Some(("Jane Doe", Some("onlinetext.html"))),
            ),
        ]);
        for name in ["Jane Doe_77_assignsubmission_file_", "Jane Doe_77_assignsubmission_file"] {
            let named = known(|known| of_folder(name, known));
            let id = Some(Id::Moodle("77".to_owned()));
            assert_eq!(named, Named { id, ..Named::flat("Jane Doe", "") }, "{name}");
        }
    }

    #[test]
    fn folders_are_somebodys_whole() {
        let names = [
            "eve",
            "w04-l03-eve",
            "eve_w04-l03",
            "hello-ada",
            "hello-bob-b",
            "hello-eve",
            "doejane_1_2_project",
        ];
        let whose = names.map(|name| known(|known| of_folder(name, known)));
        let expected = ["eve", "eve", "eve", "ada", "bob-b", "hello-eve", "doejane"];
        assert_eq!(whose.each_ref().map(|named| named.who.as_str()), expected);
        assert!(whose.iter().all(|named| named.rest.is_none()));
    }
}
