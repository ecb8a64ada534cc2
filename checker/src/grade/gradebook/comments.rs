//! What the instructor says to everyone in a cluster: it stays from run to run.

use std::collections::BTreeMap;

use rusqlite::{Result, params};

use super::Gradebook;
use super::error::{GradebookError, told};
use crate::grade::clusters::Cluster;

impl Gradebook {
    /// All comments, by the id of their cluster.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn comments(&self) -> Result<BTreeMap<String, String>, GradebookError> {
        let read = || -> Result<BTreeMap<String, String>> {
            let mut statement = self.connection.prepare_cached("SELECT cluster, text FROM comment")?;
            statement.query_map((), |row| Ok((row.get(0)?, row.get(1)?)))?.collect()
        };
        read().map_err(told(&self.file))
    }

    /// Says something to everyone in the cluster, in the place of what was said before; an empty text takes it back.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn comment(&mut self, cluster: &Cluster, text: &str) -> Result<(), GradebookError> {
        let Cluster { lesson, mark, .. } = cluster;
        let write = || match text.trim() {
            "" => self.connection.execute("DELETE FROM comment WHERE cluster = ?", [&mark.id]),
            text => {
                let sql = "INSERT OR REPLACE INTO comment VALUES (?, ?, ?, ?)";
                self.connection.execute(sql, params![mark.id, lesson, mark.title, text])
            }
        };
        write().map(drop).map_err(told(&self.file))
    }
}
