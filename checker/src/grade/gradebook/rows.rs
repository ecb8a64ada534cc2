//! How plans and results become rows.

use rusqlite::{Connection, Result, params};

use super::read::Origin;
use super::words;
use crate::grade::clusters::Mark;
use crate::grade::handed_in::{Content, Digest};
use crate::grade::plan::{Entry, Plan};
use crate::grade::record::{Key, Outcome, Packed};
use crate::judge::{CriterionVerdict, ScenarioVerdict, Verdict};

/// What all results of the run have in common.
#[derive(Debug)]
pub(super) struct Source {
    checker: String,
    pub(super) seed: String,
    level: String,
}

/// Stores a plan as a run that does not count yet.
pub(super) fn store_plan(
    connection: &Connection,
    origin: Origin,
    plan_id: &Digest,
    plan: &Plan,
) -> Result<i64> {
    let sql = "INSERT INTO run (plan, origin, checker, seed, level, shards) VALUES (?, ?, ?, ?, ?, ?)";
    let (seed, level) = (words::seed(plan.seed), words::word(&plan.level));
    connection
        .execute(sql, params![plan_id.0, words::word(&origin), plan.checker, seed, level, plan.shards])?;
    let run = connection.last_insert_rowid();
    let mut lesson = connection.prepare("INSERT INTO lesson VALUES (?, ?, ?, ?, ?)")?;
    for (place, planned) in plan.lessons.iter().enumerate() {
        lesson.execute(params![run, words::count(place), planned.id, planned.title, planned.digest.0])?;
    }
    let mut learner = connection.prepare("INSERT INTO learner VALUES (?, ?, ?, ?, ?)")?;
    for (place, known) in plan.learners.iter().enumerate() {
        let roster = words::json(&known.columns);
        learner.execute(params![run, words::count(place), known.login, known.name, roster])?;
    }
    for (place, entry) in plan.entries.iter().enumerate() {
        store_entry(connection, run, place, entry)?;
    }
    Ok(run)
}

fn store_entry(connection: &Connection, run: i64, place: usize, entry: &Entry) -> Result<()> {
    let handed_in = &entry.handed_in;
    let (program, problem) = match &handed_in.content {
        Content::Program(program) => (Some(program), None),
        Content::Problem(problem) => (None, Some(problem)),
    };
    let sql = "INSERT INTO entry VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
    connection.prepare_cached(sql)?.execute(params![
        run,
        words::count(place),
        handed_in.learner,
        handed_in.lesson,
        handed_in.attempt,
        handed_in.origin,
        handed_in.at.map(|at| at.to_string()),
        program.map(|program| &program.digest.0),
        program.map(|program| &program.file),
        problem.map(|problem| words::word(&problem.fault)),
        problem.map(|problem| &problem.reason),
        entry.key.as_ref().map(|key| &key.0.0),
    ])?;
    Ok(())
}

impl Source {
    pub(super) fn of(plan: &Plan) -> Self {
        let (seed, level) = (words::seed(plan.seed), words::word(&plan.level));
        Self { checker: plan.checker.clone(), seed, level }
    }

    /// Stores a result that there is not yet.
    pub(super) fn store(
        &self,
        connection: &Connection,
        lesson: &str,
        record: &Packed,
        outcome: &Outcome,
    ) -> Result<()> {
        let mark = Mark::of(lesson, outcome);
        let sql = "INSERT INTO result VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
        connection.prepare_cached(sql)?.execute(params![
            record.key.0.0,
            lesson,
            words::word(&record.standing.kind),
            self.level,
            self.seed,
            self.checker,
            mark.as_ref().map(|mark| &mark.id),
            mark.as_ref().map(|mark| &mark.title),
            words::json(&record.standing),
            record.evidence,
            record.bodies.0,
            i64::try_from(record.took_ms).unwrap_or(i64::MAX),
        ])?;
        match outcome {
            Outcome::Judged { verdict, .. } => store_verdict(connection, &record.key, verdict),
            _ => Ok(()),
        }
    }
}

/// What people ask for with SQL.
fn store_verdict(connection: &Connection, key: &Key, verdict: &Verdict) -> Result<()> {
    for (place, criterion) in verdict.counted().iter().enumerate() {
        let CriterionVerdict { id, text, state, held, of, points, earned } = criterion;
        let sql = "INSERT INTO criterion VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)";
        let (state, held, of) = (words::word(state), words::count(*held), words::count(*of));
        let row = params![key.0.0, words::count(place), id, text, state, held, of, points, earned];
        connection.prepare_cached(sql)?.execute(row)?;
    }
    for (place, scenario) in verdict.scenarios.iter().enumerate() {
        store_scenario(connection, key, place, scenario)?;
    }
    Ok(())
}

fn store_scenario(
    connection: &Connection,
    key: &Key,
    place: usize,
    scenario: &ScenarioVerdict,
) -> Result<()> {
    let cut = scenario.trace.as_ref().and_then(|trace| trace.cut).map(words::count);
    let mistake = scenario.mistake.as_ref().map(|mistake| &mistake.id);
    let state = words::word(&scenario.state);
    let sql = "INSERT INTO scenario VALUES (?, ?, ?, ?, ?, ?, ?)";
    let row = params![key.0.0, words::count(place), scenario.id, scenario.is_advice, state, mistake, cut];
    connection.prepare_cached(sql)?.execute(row)?;
    for (place, finding) in scenario.findings.iter().enumerate() {
        let sql = "INSERT INTO finding VALUES (?, ?, ?, ?, ?, ?)";
        let (place, kind) = (words::count(place), finding.kind.name());
        let row = params![key.0.0, scenario.id, place, kind, finding.criterion, finding.sentence];
        connection.prepare_cached(sql)?.execute(row)?;
    }
    Ok(())
}
