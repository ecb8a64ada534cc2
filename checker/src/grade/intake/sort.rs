//! Which entries of the folder of submissions are one submission, and whose.

use std::collections::{BTreeMap, BTreeSet};

use super::archive::Nature;
use super::material::may_run;
use super::names::{Id, Known, Named, login_in_front, main, of_file, of_folder};
use super::path::{Kind, is_junk};
use crate::trace::escape;

/// What Gradescope writes beside the submissions.
pub(super) const METADATA: &str = "submission_metadata.yml";

/// An entry of the folder of submissions.
#[derive(Debug, Clone)]
pub(super) struct Top {
    pub(super) name: Vec<u8>,
    pub(super) nature: Nature,
    pub(super) is_executable: bool,
}

/// What was handed in at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Submission {
    pub(super) who: String,
    pub(super) id: Option<Id>,
    /// Entries by number, with the path that each has within the submission.
    pub(super) pieces: Vec<(usize, Vec<u8>)>,
    /// Which one it is of several that the system numbers.
    pub(super) order: usize,
    /// The entry that the system marks as late, printable.
    pub(super) late: Option<String>,
    /// Is it files beside which a program may lie as another submission, such as `ada_report.pdf`?
    pub(super) is_aside: bool,
    /// Its first entry, printable.
    pub(super) origin: String,
}

/// Submissions in order of their first entry, and what is to be said of the rest.
#[derive(Debug, Default)]
pub(super) struct Sorted {
    pub(super) submissions: Vec<Submission>,
    pub(super) notes: Vec<String>,
}

/// An entry, what its name tells, and its path within the submission.
type Member = (usize, Named, Vec<u8>);
type Groups = BTreeMap<(String, Option<Id>), Vec<Member>>;

/// Sorts entries, which are in order of their names.
pub(super) fn sort(tops: &[Top], known: &Known<'_>) -> Sorted {
    let mut sorted = Sorted::default();
    let mut groups = Groups::new();
    let mut unclear = Vec::new();
    for (index, top) in tops.iter().enumerate().filter(|(_, top)| !is_no_submission(top)) {
        let name = escape(&top.name);
        match named(top, &name, known) {
            Some(named) if named.rest.is_some() => {
                let path = path(top, &name, &named);
                groups.entry((named.who.clone(), named.id.clone())).or_default().push((index, named, path));
            }
            // `ada_util.c` is ada's where there is `ada_main.c`.
            Some(named) if is_whole_for_sure(top, &named, known) => {
                sorted.submissions.push(one(tops, &named, vec![(index, path(top, &name, &named))], 0));
            }
            named => unclear.push((index, name, named)),
        }
    }
    settle(tops, known, unclear, &mut groups, &mut sorted);
    for ((_, id), members) in groups {
        let is_of_use =
            |member: &Member| !matches!(Kind::of(&tops[member.0].name), Kind::Other | Kind::Header);
        let is_aside = id.is_none() && !members.iter().any(is_of_use);
        let attempts = attempts(tops, members).into_iter();
        sorted.submissions.extend(attempts.map(|attempt| Submission { is_aside, ..attempt }));
    }
    let first = |submission: &Submission| submission.pieces.first().map(|piece| piece.0);
    sorted.submissions.sort_by_key(|submission| (first(submission), submission.order));
    sorted
}

/// What may belong to somebody who has other files; else to whom its name says, if it says anything.
fn settle(
    tops: &[Top],
    known: &Known<'_>,
    unclear: Vec<(usize, String, Option<Named>)>,
    groups: &mut Groups,
    sorted: &mut Sorted,
) {
    let flat = groups.keys().filter(|(_, id)| id.is_none());
    let names: BTreeSet<String> = flat.map(|(who, _)| who.clone()).collect();
    for (index, name, named) in unclear {
        let is_name = |login: &str| names.contains(login) || (known.is_login)(login);
        if let Some(who) = login_in_front(&name, &is_name) {
            let rest = &name[who.len() + 1..];
            let member = (index, Named::flat(who, rest), rest.as_bytes().to_vec());
            groups.entry((who.to_owned(), None)).or_default().push(member);
        } else if let Some(named) = named {
            sorted.submissions.push(one(tops, &named, vec![(index, path(&tops[index], &name, &named))], 0));
        } else {
            let note = format!("{name} is neither a folder, a program nor an archive, and was left out.");
            sorted.notes.push(note);
        }
    }
}

fn is_whole_for_sure(top: &Top, named: &Named, known: &Known<'_>) -> bool {
    let is_source = top.nature == Nature::File && matches!(Kind::of(&top.name), Kind::Source(_));
    !is_source || (known.is_login)(&named.who)
}

fn is_no_submission(top: &Top) -> bool {
    let name = &top.name;
    name == METADATA.as_bytes()
        || (is_junk(name) && (name.starts_with(b".") || name.starts_with(b"__MACOSX")))
}

fn named(top: &Top, name: &str, known: &Known<'_>) -> Option<Named> {
    if top.nature == Nature::Folder {
        return Some(of_folder(name, known));
    }
    let is_program = may_run(&top.name, top.is_executable) && !top.name.starts_with(b".");
    of_file(name, known)
        .or_else(|| (is_program || top.nature != Nature::File).then(|| of_folder(name, known)))
}

/// Names of single files say whose they are, and no more.
fn path(top: &Top, name: &str, named: &Named) -> Vec<u8> {
    match (&named.rest, Kind::of(&top.name)) {
        (Some(rest), _) => rest.clone().into_bytes(),
        (None, Kind::Source(_)) if top.nature == Nature::File => main(name).into_bytes(),
        (None, Kind::Other | Kind::Header) if top.nature == Nature::File => b"main".to_vec(),
        _ => Vec::new(),
    }
}

/// Files with one name are attempts, in the order of the system's numbers; others belong to each of them.
fn attempts(tops: &[Top], mut members: Vec<Member>) -> Vec<Submission> {
    members.sort_by_key(|(index, named, _)| (named.order, *index));
    let mut by_path: BTreeMap<Vec<u8>, Vec<usize>> = BTreeMap::new();
    let mut whole = Vec::new();
    for (index, _, path) in &members {
        if path.is_empty() {
            whole.push((*index, Vec::new()));
        } else {
            by_path.entry(path.clone()).or_default().push(*index);
        }
    }
    let count = by_path.values().map(Vec::len).max().unwrap_or(1);
    let named = members[0].1.clone();
    let late =
        members.iter().find(|(_, named, _)| named.is_late).map(|(index, ..)| escape(&tops[*index].name));
    let attempt = |order: usize| {
        let files = by_path.iter().map(|(path, all)| (all[order.min(all.len() - 1)], path.clone()));
        let mut pieces: Vec<(usize, Vec<u8>)> = whole.iter().cloned().chain(files).collect();
        pieces.sort();
        Submission { late: late.clone(), ..one(tops, &named, pieces, order) }
    };
    (0..count).map(attempt).collect()
}

fn one(tops: &[Top], named: &Named, pieces: Vec<(usize, Vec<u8>)>, order: usize) -> Submission {
    let Named { who, id, is_late, .. } = named.clone();
    let origin = pieces.first().map_or_else(String::new, |piece| escape(&tops[piece.0].name));
    let late = is_late.then(|| origin.clone());
    Submission { who, id, pieces, order, late, is_aside: false, origin }
}
