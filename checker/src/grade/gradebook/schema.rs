//! The layout of the file, and how a file of an older layout is brought up to this one.

use rusqlite::{Connection, Result, TransactionBehavior};

/// What marks a file as a gradebook: `work` in ASCII.
pub(super) const APPLICATION: i64 = 0x776f_726b;

/// How each version is made from the one before. What is in this list never changes any more: files of every
/// version are out there. `PRAGMA user_version` tells how many steps a file has taken.
pub(super) const STEPS: [&str; 2] = [include_str!("schema/1.sql"), include_str!("schema/2.sql")];

/// What a file says of itself.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Layout {
    /// Nothing is in it.
    Empty,
    /// It is a gradebook of this version.
    Version(usize),
    /// It is something else.
    Foreign,
}

/// What the file says of itself.
pub(super) fn layout(connection: &Connection) -> Result<Layout> {
    let number = |sql: &str| connection.query_row(sql, (), |row| row.get::<_, i64>(0));
    let application = number("PRAGMA application_id")?;
    let version = usize::try_from(number("PRAGMA user_version")?);
    Ok(match (application, version) {
        (APPLICATION, Ok(version @ 1..)) => Layout::Version(version),
        (0, Ok(0)) if number("SELECT count(*) FROM sqlite_schema")? == 0 => Layout::Empty,
        _ => Layout::Foreign,
    })
}

/// Takes all steps that are missing, each whole or not at all. Others may be doing the same: the first one does it.
pub(super) fn migrate(connection: &mut Connection) -> Result<()> {
    while version(connection)? < STEPS.len() {
        let step = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let taken = version(&step)?;
        if let Some(sql) = STEPS.get(taken) {
            step.execute_batch(sql)?;
            step.pragma_update(None, "application_id", APPLICATION)?;
            step.pragma_update(None, "user_version", i64::try_from(taken + 1).unwrap_or(i64::MAX))?;
        }
        step.commit()?;
    }
    Ok(())
}

fn version(connection: &Connection) -> Result<usize> {
    let version: i64 = connection.query_row("PRAGMA user_version", (), |row| row.get(0))?;
    Ok(usize::try_from(version).unwrap_or(usize::MAX))
}
