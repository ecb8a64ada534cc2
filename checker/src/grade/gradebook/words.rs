//! How values stand in columns.

use rusqlite::types::Type;
use rusqlite::{Error, Result, Row};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// The column `kind` of a result that could not be judged.
pub(super) const NOT_JUDGED: &str = "not-judged";

/// A value that is one word.
pub(super) fn word(value: &impl Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word,
        _ => String::new(),
    }
}

/// Reads a column that is one word.
pub(super) fn of_word<T: DeserializeOwned>(row: &Row<'_>, column: &str) -> Result<T> {
    let word: String = row.get(column)?;
    serde_json::from_value(serde_json::Value::String(word)).map_err(strange)
}

/// A value as JSON.
pub(super) fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("plain data with text keys always becomes JSON")
}

/// Reads JSON.
pub(super) fn of_json<T: DeserializeOwned>(text: &str) -> Result<T> {
    serde_json::from_str(text).map_err(strange)
}

/// A seed as it stands in columns: as reports show it.
pub(super) fn seed(seed: u64) -> String {
    crate::report::seed(seed)
}

/// Reads a seed.
pub(super) fn of_seed(row: &Row<'_>, column: &str) -> Result<u64> {
    u64::from_str_radix(&row.get::<_, String>(column)?, 16).map_err(strange)
}

/// A count as it stands in columns.
pub(super) fn count(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// Reads a count.
pub(super) fn of_count(row: &Row<'_>, column: &str) -> Result<usize> {
    usize::try_from(row.get::<_, i64>(column)?).map_err(strange)
}

/// What stands there is not what was written.
pub(super) fn strange(error: impl std::error::Error + Send + Sync + 'static) -> Error {
    Error::FromSqlConversionFailure(0, Type::Null, Box::new(error))
}
