//! Whose a submission is: names in downloads are matched with the roster, and nobody is lost who does not match.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::Timestamp;

use super::metadata::{Submitter, Told, parse};
use super::names::Id;
use super::roster::{Meant, Roster};
use super::sort::Submission;
use crate::grade::plan::Learner;
use crate::trace::escape;

/// One of those whose submission it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Owner {
    pub(super) login: String,
    /// On the roster.
    pub(super) index: Option<usize>,
    /// When they handed in, where the course's system tells.
    pub(super) at: Option<Timestamp>,
}

/// Finds owners, and keeps who has been found.
pub(super) struct Owners<'a> {
    roster: Option<&'a Roster>,
    told: HashMap<String, Told>,
    /// Names that stand for several people.
    shared: BTreeSet<String>,
    found: BTreeMap<String, Learner>,
    /// Logins by their small letters.
    folded: HashMap<String, String>,
    noted: BTreeSet<String>,
    pub(super) notes: Vec<String>,
}

impl<'a> Owners<'a> {
    pub(super) fn new(all: &[Submission], roster: Option<&'a Roster>, metadata: Option<&str>) -> Self {
        let mut ids: BTreeMap<&str, BTreeSet<&Option<Id>>> = BTreeMap::new();
        for submission in all {
            ids.entry(&submission.who).or_default().insert(&submission.id);
        }
        let shared = ids.into_iter().filter(|(_, ids)| ids.len() > 1).map(|(who, _)| who.to_owned());
        let learners = roster.map_or(&[][..], Roster::learners);
        Self {
            roster,
            told: metadata.map(parse).unwrap_or_default(),
            shared: shared.collect(),
            found: learners.iter().map(|learner| (learner.login.clone(), learner.clone())).collect(),
            folded: learners
                .iter()
                .map(|learner| (learner.login.to_lowercase(), learner.login.clone()))
                .collect(),
            noted: BTreeSet::new(),
            notes: Vec::new(),
        }
    }

    /// Everybody, in order of login.
    pub(super) fn learners(self) -> Vec<Learner> {
        self.found.into_values().collect()
    }

    /// Whose it is: at least one.
    pub(super) fn of(&mut self, submission: &Submission) -> Vec<Owner> {
        let mut owners: Vec<Owner> = match self.told.get(&submission.who).cloned() {
            Some(told) if !told.submitters.is_empty() => {
                told.submitters.iter().map(|submitter| self.submitter(submitter, told.at)).collect()
            }
            _ => vec![self.named(submission)],
        };
        owners.sort_by(|one, other| one.login.cmp(&other.login));
        owners.dedup_by(|one, other| one.login == other.login);
        if matches!(submission.id, Some(Id::Canvas(_))) {
            self.note_once(
                "Canvas does not tell when something was handed in: a roster with a column `submitted_at` does."
                    .to_owned(),
            );
        }
        if let Some(late) = &submission.late {
            self.note_once(format!("{}: Canvas marks the submission as late ({late}).", owners[0].login));
        }
        owners
    }

    fn submitter(&mut self, submitter: &Submitter, at: Option<Timestamp>) -> Owner {
        let names: Vec<&String> =
            [&submitter.email, &submitter.id, &submitter.name].into_iter().flatten().collect();
        let found = self.roster.and_then(|roster| {
            names.iter().find_map(|name| match roster.meant(name, None) {
                Meant::One(index) => Some(index),
                Meant::Several(_) | Meant::Nobody => None,
            })
        });
        if let Some(owner) = found.and_then(|index| self.on_roster(index)) {
            return Owner { at, ..owner };
        }
        let login = escape(names.first().map_or("unknown", |name| name.as_str()).as_bytes());
        self.note_unknown(&login);
        Owner {
            at,
            ..self.unknown(login, submitter.name.as_ref().map(|name| escape(name.as_bytes())).as_deref())
        }
    }

    fn named(&mut self, submission: &Submission) -> Owner {
        let Submission { who, id, .. } = submission;
        match self.roster.map(|roster| roster.meant(who, id.as_ref())) {
            Some(Meant::One(index)) => {
                if let Some(owner) = self.on_roster(index) {
                    return owner;
                }
            }
            Some(Meant::Several(logins)) => self.note_once(format!(
                "{} may be {}: it is graded under the name found.",
                submission.origin,
                logins.join(" or ")
            )),
            Some(Meant::Nobody) => self.note_unknown(who),
            None => {}
        }
        let login = match id {
            Some(Id::Canvas(number) | Id::Moodle(number)) if self.shared.contains(who) => {
                format!("{who}_{number}")
            }
            _ => who.clone(),
        };
        let name = matches!(id, Some(Id::Moodle(_))).then_some(who.as_str());
        self.unknown(login, name)
    }

    fn on_roster(&self, index: usize) -> Option<Owner> {
        let learner = self.roster?.learners().get(index)?;
        Some(Owner { login: learner.login.clone(), index: Some(index), at: None })
    }

    fn unknown(&mut self, login: String, name: Option<&str>) -> Owner {
        match self.folded.entry(login.to_lowercase()).or_insert_with(|| login.clone()) {
            other if *other != login => {
                let note =
                    format!("{login} and {other} differ only in case: they are graded as two learners.");
                self.note_once(note);
            }
            _ => {}
        }
        let name = name.map(str::to_owned);
        let learner = Learner { login: login.clone(), name, columns: Vec::new() };
        self.found.entry(login.clone()).or_insert(learner);
        Owner { login, index: None, at: None }
    }

    fn note_unknown(&mut self, who: &str) {
        if self.roster.is_some() {
            self.note_once(format!("{who} is not on the roster: it is graded under that name."));
        }
    }

    fn note_once(&mut self, note: String) {
        if self.noted.insert(note.clone()) {
            self.notes.push(note);
        }
    }
}
