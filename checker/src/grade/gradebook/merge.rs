//! Results on their way into the gradebook.

use rusqlite::{Connection, OptionalExtension, Result, params};

use super::error::{GradebookError, told};
use super::read::Origin;
use super::rows::{Source, store_plan};
use super::{Gradebook, words};
use crate::grade::evidence::{Bodies, Packer};
use crate::grade::handed_in::Digest;
use crate::grade::merge::differing;
use crate::grade::plan::Plan;
use crate::grade::record::{Key, Outcome, Packed, Record};
use crate::grade::standing::{Kind, Standing};

/// So many results are written at a time: few enough to keep memory flat and others waiting shortly, enough to make the
/// disk wait seldom.
const BATCH: usize = 200;

/// A run whose results are being stored. Without [`Merge::finish`] it does not count, and the next merge of the same
/// plan goes on with it.
#[derive(Debug)]
pub struct Merge<'a> {
    book: &'a mut Gradebook,
    run: i64,
    source: Source,
    /// How many results of this batch are written.
    pending: usize,
}

/// What became of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Added {
    /// It is stored.
    New,
    /// The same was known already.
    Known,
    /// It takes the place of a result that could not be judged, or was thought to be the same each time.
    Better,
    /// Another result was known already: the program is not the same each time, and both are kept as that.
    Differs,
    /// Nobody has planned it; it is not stored.
    Unplanned,
}

impl Gradebook {
    /// Begins to store the results of a plan, or goes on with it.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn begin(&mut self, plan_id: &Digest, plan: &Plan) -> Result<Merge<'_>, GradebookError> {
        self.begin_as(Origin::Graded, plan_id, plan)
    }

    /// The same for results of another origin.
    pub(super) fn begin_as(
        &mut self,
        origin: Origin,
        plan_id: &Digest,
        plan: &Plan,
    ) -> Result<Merge<'_>, GradebookError> {
        let file = self.file.clone();
        let transaction = self.connection.transaction().map_err(told(&file))?;
        let known = "SELECT id FROM run WHERE plan = ?";
        let store = || -> Result<i64> {
            let known = transaction.query_row(known, [&plan_id.0], |row| row.get(0)).optional()?;
            known.map_or_else(|| store_plan(&transaction, origin, plan_id, plan), Ok)
        };
        let run = store().map_err(told(&file))?;
        transaction.commit().map_err(told(&file))?;
        Ok(Merge { book: self, run, source: Source::of(plan), pending: 0 })
    }
}

impl Merge<'_> {
    /// Stores one record. Storing it twice is no harm.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn add(&mut self, record: &Record) -> Result<Added, GradebookError> {
        let file = self.book.file.clone();
        let lesson = self.lesson(&record.key).map_err(told(&file))?;
        let bodies =
            self.book.bodies_like(&lesson.unwrap_or_default(), &self.source.seed).map_err(told(&file))?;
        let packed = Packer::new(&bodies)
            .and_then(|mut packer| Packed::of(record.clone(), &mut packer, &bodies))
            .map_err(|error| told(&file)(words::strange(error)))?;
        self.add_packed(&packed, &record.outcome, &bodies)
    }

    /// The same for a record that is packed already.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn add_packed(
        &mut self,
        record: &Packed,
        outcome: &Outcome,
        bodies: &Bodies,
    ) -> Result<Added, GradebookError> {
        let added = self.try_add(record, outcome, bodies).inspect_err(|_| self.roll_back());
        let added = added.map_err(told(&self.book.file))?;
        if self.pending >= BATCH {
            self.commit().map_err(told(&self.book.file))?;
        }
        Ok(added)
    }

    /// The run is complete: from now on it counts. Answers with its number.
    ///
    /// # Errors
    /// When a planned result is missing, or the file cannot be written.
    pub fn finish(mut self) -> Result<u32, GradebookError> {
        let file = self.book.file.clone();
        self.commit().map_err(told(&file))?;
        let (missing, first) = self.missing().map_err(told(&file))?;
        if let Some(first) = first {
            return Err(GradebookError::Incomplete { missing, first });
        }
        self.number().map_err(told(&file))
    }

    /// For which lesson a key was planned.
    fn lesson(&self, key: &Key) -> Result<Option<String>> {
        let planned = "SELECT lesson FROM entry WHERE run = ? AND key = ? LIMIT 1";
        let mut planned = self.book.connection.prepare_cached(planned)?;
        planned.query_row(params![self.run, key.0.0], |row| row.get(0)).optional()
    }

    fn try_add(&mut self, record: &Packed, outcome: &Outcome, bodies: &Bodies) -> Result<Added> {
        self.begin_batch()?;
        let Some(lesson) = self.lesson(&record.key)? else { return Ok(Added::Unplanned) };
        let added = match known(&self.book.connection, &record.key)? {
            None => Added::New,
            Some(known) if known == record.standing => return Ok(Added::Known),
            Some(Standing { kind: Kind::NotJudged, .. }) => Added::Better,
            // What was the same until now, and is so no more, needs a look.
            Some(_) if record.standing.kind == Kind::Unstable => Added::Better,
            Some(_) if record.standing.kind == Kind::NotJudged => return Ok(Added::Known),
            Some(Standing { kind: Kind::Unstable, .. }) => return Ok(Added::Differs),
            Some(_) => return self.keep_both(&lesson, record, outcome, bodies).map(|()| Added::Differs),
        };
        self.keep(&lesson, record, outcome, bodies)?;
        Ok(added)
    }

    fn keep_both(&mut self, lesson: &str, record: &Packed, outcome: &Outcome, bodies: &Bodies) -> Result<()> {
        let before = self.book.read_outcome(&record.key)?;
        let both = before.map_or(outcome.clone(), |before| differing(before, outcome.clone()));
        let packer = Packer::new(bodies).and_then(|mut packer| packer.pack(both.clone()));
        let evidence = packer.map_err(words::strange)?;
        let packed = Packed { standing: Standing::of(&both), evidence, ..record.clone() };
        self.keep(lesson, &packed, &both, bodies)
    }

    /// In the place of what was there.
    fn keep(&mut self, lesson: &str, record: &Packed, outcome: &Outcome, bodies: &Bodies) -> Result<()> {
        let connection = &self.book.connection;
        let sql = "INSERT OR IGNORE INTO bodies VALUES (?, ?)";
        connection.prepare_cached(sql)?.execute(params![record.bodies.0, bodies.bytes()])?;
        connection.prepare_cached("DELETE FROM result WHERE key = ?")?.execute([&record.key.0.0])?;
        self.source.store(connection, lesson, record, outcome)?;
        self.pending += 1;
        Ok(())
    }

    /// Transactions are begun by hand, for this value outlives each of them.
    fn begin_batch(&self) -> Result<()> {
        if self.book.connection.is_autocommit() {
            self.book.connection.execute_batch("BEGIN IMMEDIATE")?;
        }
        Ok(())
    }

    fn commit(&mut self) -> Result<()> {
        if !self.book.connection.is_autocommit() {
            self.book.connection.execute_batch("COMMIT")?;
        }
        self.pending = 0;
        Ok(())
    }

    /// No result is ever stored in part.
    fn roll_back(&self) {
        // When even that fails, there is nothing to roll back: the library did it by itself.
        let _ = self.book.connection.execute_batch("ROLLBACK");
    }

    /// How many planned results there are not, and one of them.
    fn missing(&self) -> Result<(usize, Option<Key>)> {
        let sql = "SELECT count(DISTINCT entry.key), min(entry.key) FROM entry LEFT JOIN result USING (key) \
                   WHERE run = ? AND entry.key IS NOT NULL AND result.key IS NULL";
        self.book.connection.query_row(sql, [self.run], |row| {
            let first: Option<String> = row.get(1)?;
            Ok((usize::try_from(row.get::<_, i64>(0)?).unwrap_or(0), first.map(|key| Key(Digest(key)))))
        })
    }

    /// A run is the latest when it is finished, also one that was finished before and followed by others: what was
    /// graded last is what is shown. One statement, so that two who finish at a time get two numbers.
    fn number(&self) -> Result<u32> {
        let connection = &self.book.connection;
        let sql = "UPDATE run SET number = (SELECT coalesce(max(number), 0) + 1 FROM run) \
                   WHERE id = ? AND coalesce(number < (SELECT max(number) FROM run), 1)";
        connection.execute(sql, [self.run])?;
        connection.query_row("SELECT number FROM run WHERE id = ?", [self.run], |row| row.get(0))
    }
}

impl Drop for Merge<'_> {
    fn drop(&mut self) {
        // What is not committed will be merged again.
        let _ = self.commit();
    }
}

/// The standing of a result that is stored.
fn known(connection: &Connection, key: &Key) -> Result<Option<Standing>> {
    let mut known = connection.prepare_cached("SELECT standing FROM result WHERE key = ?")?;
    let text: Option<String> = known.query_row([&key.0.0], |row| row.get(0)).optional()?;
    text.map(|text| words::of_json(&text)).transpose()
}
