//! A class as a table of grades, and CSV that no spreadsheet takes for a program.

use std::collections::BTreeMap;

/// Grades of a class, to be imported into the system that its roster comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sheet {
    /// The lessons, in order.
    pub lessons: Vec<Column>,
    /// The learners, in order. All are on the roster.
    pub rows: Vec<Row>,
}

/// A lesson in the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// The lesson's id.
    pub lesson: String,
    /// What the system calls it.
    pub title: String,
    /// The most that can be earned, in hundredths of a point.
    pub most: u64,
}

/// A learner in the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The name by which the gradebook knows the learner.
    pub login: String,
    /// All columns of the roster's row, in order.
    pub roster: Vec<(String, String)>,
    /// One for each lesson.
    pub grades: Vec<Grade>,
}

/// What a learner gets for a lesson.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Grade {
    /// Hundredths of a point; none where there is no grade, or not yet: the cell stays empty.
    pub hundredths: Option<u64>,
    /// What is said about it, on one line.
    pub feedback: String,
}

/// Why there is no table. Systems that import one refuse or garble all of it for a single wrong row.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SheetError {
    /// Nobody is on a roster.
    #[error(
        "--format {format} needs the roster that the system gave out, and the class was graded without one: grade again with --roster FILE; nothing runs twice"
    )]
    NoRoster {
        /// Of the table.
        format: &'static str,
    },
    /// The roster lacks columns by which the system knows learners.
    #[error("the roster has none of the columns {}, by which --format {format} tells learners apart; it has: {}", wanted.join(", "), has.join(", "))]
    NoColumn {
        /// Of the table.
        format: &'static str,
        /// What would do.
        wanted: Vec<String>,
        /// What there is.
        has: Vec<String>,
    },
    /// A learner has nothing in the column that matters.
    #[error("the roster says nothing in `{column}` for {login}, and the system would not know who that is")]
    NoKey {
        /// The column.
        column: String,
        /// Who.
        login: String,
    },
    /// Two learners cannot be told apart.
    #[error("{first} and {second} have the same `{column}`: {key}")]
    SameKey {
        /// The column.
        column: String,
        /// What stands in it.
        key: String,
        /// One of them.
        first: String,
        /// The other.
        second: String,
    },
    /// What the system knows the learner by would be taken for a formula.
    #[error("{login}'s `{column}` is {key}, which a spreadsheet takes for a formula; correct the roster")]
    FormulaKey {
        /// The column.
        column: String,
        /// What stands in it.
        key: String,
        /// Who.
        login: String,
    },
    /// The system's name of a lesson is missing or not one of its own.
    #[error("what does the system call {lesson}? Tell it with --column {lesson}='{example}'{}", given.as_ref().map(|given| format!(": `{given}` does not end with the number that the system gave it")).unwrap_or_default())]
    NoTitle {
        /// The lesson's id.
        lesson: String,
        /// What was told.
        given: Option<String>,
        /// What it could be.
        example: String,
    },
    /// More was earned than can be.
    #[error("{login} has {grade} points for {lesson}, and {most} are the most; nothing was written")]
    AboveMost {
        /// Who.
        login: String,
        /// In which lesson.
        lesson: String,
        /// What was earned.
        grade: String,
        /// What can be earned.
        most: String,
    },
}

impl Sheet {
    /// # Errors
    /// When a learner is not on a roster, or has more points than there are.
    pub(super) fn validate(&self, format: &'static str) -> Result<(), SheetError> {
        if self.rows.is_empty() || self.rows.iter().any(|row| row.roster.is_empty()) {
            return Err(SheetError::NoRoster { format });
        }
        for row in &self.rows {
            for (grade, column) in row.grades.iter().zip(&self.lessons) {
                let above = grade.hundredths.filter(|hundredths| *hundredths > column.most);
                above.map_or(Ok(()), |above| Err(above_most(row, column, above)))?;
            }
        }
        Ok(())
    }

    /// # Errors
    /// When the column does not tell all learners apart.
    pub(super) fn require_key(&self, column: &str) -> Result<(), SheetError> {
        let mut seen: BTreeMap<&str, &str> = BTreeMap::new();
        for row in &self.rows {
            let (column, login) = (column.to_owned(), row.login.clone());
            let key = row.known(&column).trim();
            if key.is_empty() {
                return Err(SheetError::NoKey { column, login });
            }
            if is_formula(key) {
                return Err(SheetError::FormulaKey { column, key: key.to_owned(), login });
            }
            if let Some(first) = seen.insert(key, &row.login) {
                let (key, first) = (key.to_owned(), first.to_owned());
                return Err(SheetError::SameKey { column, key, first, second: login });
            }
        }
        Ok(())
    }

    /// The columns that the roster has.
    pub(super) fn columns(&self) -> Vec<String> {
        self.rows
            .first()
            .map(|row| row.roster.iter().map(|(name, _)| name.clone()).collect())
            .unwrap_or_default()
    }
}

impl Row {
    /// What the roster says in a column.
    pub(super) fn known(&self, column: &str) -> &str {
        self.roster.iter().find(|(name, _)| name == column).map_or("", |(_, value)| value)
    }
}

fn above_most(row: &Row, column: &Column, above: u64) -> SheetError {
    SheetError::AboveMost {
        login: row.login.clone(),
        lesson: column.lesson.clone(),
        grade: points(above),
        most: points(column.most),
    }
}

/// Points as a decimal with no more digits than it needs.
pub(super) fn points(hundredths: u64) -> String {
    match (hundredths / 100, hundredths % 100) {
        (whole, 0) => whole.to_string(),
        (whole, part) if part % 10 == 0 => format!("{whole}.{}", part / 10),
        (whole, part) => format!("{whole}.{part:02}"),
    }
}

/// Would a spreadsheet compute it? Numbers with a sign are but numbers.
fn is_formula(cell: &str) -> bool {
    cell.trim_start().starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠'])
        && cell.trim().parse::<f64>().is_err()
        || cell.starts_with(['\t', '\r', '\n'])
}

/// The table as CSV (RFC 4180, with line feeds). A cell that a spreadsheet would compute begins with an apostrophe.
pub(super) fn csv(rows: &[Vec<String>]) -> String {
    let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
    for row in rows {
        let cells = row.iter().map(|cell| if is_formula(cell) { format!("'{cell}") } else { cell.clone() });
        writer.write_record(cells).expect("memory takes all");
    }
    let bytes = writer.into_inner().expect("memory takes all");
    String::from_utf8(bytes).expect("it was made of text")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_spreadsheet_would_compute_is_text() {
        let cells =
            ["=cmd()", "+1+cmd", "-5", "-x", "@a", " =a", "\t=a", "a=b", "\"q\"", "a\nb", "＝a", "+7"];
        let text = csv(&[cells.map(str::to_owned).to_vec()]);
        let expected = "'=cmd(),'+1+cmd,-5,'-x,'@a,' =a,'\t=a,a=b,\"\"\"q\"\"\",\"a\nb\",'＝a,+7\n";
        assert_eq!(text, expected);
    }
}
