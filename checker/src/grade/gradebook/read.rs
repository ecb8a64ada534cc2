//! What is in the gradebook: runs, what was handed in, and what came of it.

use std::collections::BTreeMap;

use rusqlite::{OptionalExtension, Result, Row, params};
use serde::{Deserialize, Serialize};

use super::error::{GradebookError, told};
use super::{Gradebook, words};
use crate::grade::clusters::Mark;
use crate::grade::evidence::{Bodies, Unpacker};
use crate::grade::handed_in::{Content, Digest, HandedIn, Problem, Program};
use crate::grade::plan::{Entry, Learner, PlannedLesson};
use crate::grade::record::{Key, Outcome};
use crate::grade::standing::Standing;
use crate::judge::{CriterionVerdict, State};
use crate::trace::Level;

/// A run that is complete.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// From 1, in the order in which they were finished.
    pub number: u32,
    /// The id of its plan.
    pub plan: Digest,
    /// How its results came to be.
    pub origin: Origin,
    /// The checker: version and hash of all that decides on verdicts.
    pub checker: String,
    /// What bodies were made from.
    pub seed: u64,
    /// How programs were contained.
    pub level: Level,
    /// The lessons, in order of the course.
    pub lessons: Vec<PlannedLesson>,
    /// How many submissions it has.
    pub entries: usize,
    id: i64,
}

/// How the results of a run came to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Origin {
    /// Programs were run.
    Graded,
    /// Traces that were stored before were judged again.
    Rejudged,
}

/// A submission with what came of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Graded {
    /// What was handed in.
    pub entry: Entry,
    /// What counts of its result; none where there was no program.
    pub standing: Option<Standing>,
    /// Its criteria with texts and with the lesson's points; none where nothing ran. What was not played any more
    /// because the program ran out of time so often did not hold.
    pub criteria: Vec<CriterionVerdict>,
    /// The cluster of its failure.
    pub mark: Option<Mark>,
    /// How long all scenarios took, in milliseconds.
    pub took_ms: u64,
}

impl Gradebook {
    /// All runs that are complete, in order.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn runs(&self) -> Result<Vec<Run>, GradebookError> {
        self.read_runs().map_err(told(&self.file))
    }

    /// The latest run.
    ///
    /// # Errors
    /// When there is none, or the file cannot be read.
    pub fn latest(&self) -> Result<Run, GradebookError> {
        self.runs()?.pop().ok_or_else(|| GradebookError::NoRun(self.file.clone()))
    }

    /// The run of this number.
    ///
    /// # Errors
    /// When there is none, or the file cannot be read.
    pub fn run(&self, number: u32) -> Result<Run, GradebookError> {
        let latest = self.latest()?.number;
        let unknown = || GradebookError::UnknownRun { file: self.file.clone(), number, latest };
        self.runs()?.into_iter().find(|run| run.number == number).ok_or_else(unknown)
    }

    /// The learners of a run, in order of login.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn learners(&self, run: &Run) -> Result<Vec<Learner>, GradebookError> {
        let read = || -> Result<Vec<Learner>> {
            let sql = "SELECT login, name, roster FROM learner WHERE run = ? ORDER BY place";
            self.connection.prepare_cached(sql)?.query_map([run.id], learner)?.collect()
        };
        read().map_err(told(&self.file))
    }

    /// Hands over every submission of a run, in order of learner, lesson and attempt, without its evidence: one at a
    /// time, so that memory stays flat.
    ///
    /// # Errors
    /// When the file cannot be read, and those of `take`.
    pub fn each_entry<E: From<GradebookError>>(
        &self,
        run: &Run,
        mut take: impl FnMut(Graded) -> Result<(), E>,
    ) -> Result<(), E> {
        let told = |error| E::from(told(&self.file)(error));
        let sql = "SELECT entry.*, standing, cluster, cluster_title, took_ms FROM entry \
                   LEFT JOIN result USING (key) WHERE run = ? ORDER BY place";
        let mut statement = self.connection.prepare_cached(sql).map_err(told)?;
        let mut rows = statement.query([run.id]).map_err(told)?;
        while let Some(row) = rows.next().map_err(told)? {
            take(self.graded(row).map_err(told)?)?;
        }
        Ok(())
    }

    /// All submissions of a run at once.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn entries(&self, run: &Run) -> Result<Vec<Graded>, GradebookError> {
        let mut entries = Vec::with_capacity(run.entries);
        self.each_entry(run, |graded| {
            entries.push(graded);
            Ok::<(), GradebookError>(())
        })?;
        Ok(entries)
    }

    /// Programs that more than one learner has handed in, and who has, in order.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn duplicates(&self, run: &Run) -> Result<BTreeMap<Key, Vec<String>>, GradebookError> {
        let sql = "SELECT DISTINCT key, learner FROM entry WHERE run = ?1 AND key IN (SELECT key FROM entry \
                   WHERE run = ?1 GROUP BY key HAVING count(DISTINCT learner) > 1) ORDER BY learner";
        let read = || -> Result<BTreeMap<Key, Vec<String>>> {
            let mut statement = self.connection.prepare_cached(sql)?;
            let rows = statement.query_map([run.id], |row| Ok((Key(Digest(row.get(0)?)), row.get(1)?)))?;
            let mut duplicates: BTreeMap<Key, Vec<String>> = BTreeMap::new();
            for row in rows {
                let (key, learner) = row?;
                duplicates.entry(key).or_default().push(learner);
            }
            Ok(duplicates)
        };
        read().map_err(told(&self.file))
    }

    /// How many different programs were handed in.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn programs(&self, run: &Run) -> Result<usize, GradebookError> {
        let sql = "SELECT count(DISTINCT key) AS programs FROM entry WHERE run = ?";
        let count = |row: &Row<'_>| words::of_count(row, "programs");
        self.connection.query_row(sql, [run.id], count).map_err(told(&self.file))
    }

    /// A result with all its evidence; none when it is not known.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn outcome(&self, key: &Key) -> Result<Option<Outcome>, GradebookError> {
        self.read_outcome(key).map_err(told(&self.file))
    }

    pub(super) fn read_outcome(&self, key: &Key) -> Result<Option<Outcome>> {
        let sql = "SELECT outcome, bodies FROM result WHERE key = ?";
        let mut statement = self.connection.prepare_cached(sql)?;
        let read = |row: &Row<'_>| Ok((row.get(0)?, row.get(1)?));
        let packed: Option<(Vec<u8>, String)> = statement.query_row([&key.0.0], read).optional()?;
        let Some((packed, bodies)) = packed else { return Ok(None) };
        let mut unpackers = self.unpackers.borrow_mut();
        let make = || Unpacker::new(self.bodies_of(&bodies)?.into()).map_err(words::strange);
        unpackers.of(&bodies, make)?.unpack(&packed).map(Some).map_err(words::strange)
    }

    fn bodies_of(&self, id: &str) -> Result<Vec<u8>> {
        let mut statement = self.connection.prepare_cached("SELECT bytes FROM bodies WHERE id = ?")?;
        statement.query_row([id], |row| row.get(0))
    }

    /// What programs of this lesson were sent, where that is known: results that are alike take less room with it.
    pub(super) fn bodies_like(&self, lesson: &str, seed: &str) -> Result<Bodies> {
        let sql = "SELECT bytes FROM bodies JOIN result ON result.bodies = bodies.id \
                   WHERE lesson = ? AND seed = ? ORDER BY length(bytes) DESC LIMIT 1";
        let bytes: Option<Vec<u8>> =
            self.connection.prepare_cached(sql)?.query_row([lesson, seed], |row| row.get(0)).optional()?;
        Ok(Bodies::from(bytes.unwrap_or_default()))
    }

    fn read_runs(&self) -> Result<Vec<Run>> {
        let sql = "SELECT *, (SELECT count(*) FROM entry WHERE run = run.id) AS entries FROM run \
                   WHERE number IS NOT NULL ORDER BY number";
        self.connection.prepare_cached(sql)?.query_map((), |row| self.read_run(row))?.collect()
    }

    fn read_run(&self, row: &Row<'_>) -> Result<Run> {
        let id: i64 = row.get("id")?;
        let lessons = "SELECT id, title, digest FROM lesson WHERE run = ? ORDER BY place";
        Ok(Run {
            number: row.get("number")?,
            plan: Digest(row.get("plan")?),
            origin: words::of_word(row, "origin")?,
            checker: row.get("checker")?,
            seed: words::of_seed(row, "seed")?,
            level: words::of_word(row, "level")?,
            lessons: self
                .connection
                .prepare_cached(lessons)?
                .query_map([id], lesson)?
                .collect::<Result<_>>()?,
            entries: words::of_count(row, "entries")?,
            id,
        })
    }

    fn graded(&self, row: &Row<'_>) -> Result<Graded> {
        let entry = entry(row)?;
        let standing: Option<String> = row.get("standing")?;
        let mark = match (row.get("cluster")?, row.get("cluster_title")?) {
            (Some(id), Some(title)) => Some(Mark { id, title }),
            _ => None,
        };
        Ok(Graded {
            standing: standing.map(|standing| words::of_json(&standing)).transpose()?,
            criteria: entry.key.as_ref().map_or(Ok(Vec::new()), |key| self.criteria(key))?,
            entry,
            mark,
            took_ms: row
                .get::<_, Option<i64>>("took_ms")?
                .and_then(|took| u64::try_from(took).ok())
                .unwrap_or(0),
        })
    }

    fn criteria(&self, key: &Key) -> Result<Vec<CriterionVerdict>> {
        let sql = "SELECT * FROM criterion WHERE key = ? ORDER BY place";
        self.connection.prepare_cached(sql)?.query_map(params![key.0.0], criterion)?.collect()
    }
}

fn lesson(row: &Row<'_>) -> Result<PlannedLesson> {
    Ok(PlannedLesson { id: row.get("id")?, title: row.get("title")?, digest: Digest(row.get("digest")?) })
}

fn learner(row: &Row<'_>) -> Result<Learner> {
    let columns = words::of_json(&row.get::<_, String>("roster")?)?;
    Ok(Learner { login: row.get("login")?, name: row.get("name")?, columns })
}

fn entry(row: &Row<'_>) -> Result<Entry> {
    let at: Option<String> = row.get("handed_in_at")?;
    let files: Option<String> = row.get("files")?;
    let content = match files {
        Some(files) => Content::Program(Program { digest: Digest(files), file: row.get("program")? }),
        None => {
            Content::Problem(Problem { fault: words::of_word(row, "fault")?, reason: row.get("reason")? })
        }
    };
    let handed_in = HandedIn {
        learner: row.get("learner")?,
        lesson: row.get("lesson")?,
        attempt: row.get("attempt")?,
        origin: row.get("origin")?,
        at: at.map(|at| at.parse().map_err(words::strange)).transpose()?,
        content,
    };
    let key: Option<String> = row.get("key")?;
    Ok(Entry { handed_in, key: key.map(|key| Key(Digest(key))) })
}

fn criterion(row: &Row<'_>) -> Result<CriterionVerdict> {
    Ok(CriterionVerdict {
        id: row.get("id")?,
        text: row.get("text")?,
        state: words::of_word::<State>(row, "state")?,
        held: words::of_count(row, "held")?,
        of: words::of_count(row, "of")?,
        points: row.get("points")?,
        earned: row.get("earned")?,
    })
}
