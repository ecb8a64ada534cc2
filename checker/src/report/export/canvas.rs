//! The CSV that Canvas imports into its gradebook.
//!
//! Canvas knows a lesson by the number at the end of its title, and learners by the columns that it gave out itself.

use super::sheet::{Sheet, SheetError, csv, points};

/// The columns by which Canvas knows people; one of those behind the first has to say who it is.
const PEOPLE: [&str; 7] =
    ["Student", "ID", "SIS User ID", "SIS Login ID", "Integration ID", "Root Account", "Section"];
/// Those that tell people apart.
const KEYS: [&str; 3] = ["ID", "SIS User ID", "SIS Login ID"];
/// What Canvas writes itself.
const POINTS_POSSIBLE: &str = "    Points Possible";

/// The table, checked as a whole.
///
/// # Errors
/// When Canvas would refuse it, or take a row for another learner.
pub fn of_class(sheet: &Sheet) -> Result<String, SheetError> {
    sheet.validate("canvas")?;
    require_titles(sheet)?;
    let columns: Vec<String> =
        sheet.columns().into_iter().filter(|column| PEOPLE.contains(&column.as_str())).collect();
    let key = columns.iter().find(|column| KEYS.contains(&column.as_str()));
    let Some(key) = key.filter(|_| columns.first().is_some_and(|first| first == PEOPLE[0])) else {
        let wanted = KEYS.map(str::to_owned).to_vec();
        return Err(SheetError::NoColumn { format: "canvas", wanted, has: sheet.columns() });
    };
    sheet.require_key(key)?;
    let head = columns.iter().cloned().chain(sheet.lessons.iter().map(|lesson| lesson.title.clone()));
    let most = sheet.lessons.iter().map(|lesson| points(lesson.most));
    let blank = columns.iter().skip(1).map(|_| String::new());
    let possible = std::iter::once(POINTS_POSSIBLE.to_owned()).chain(blank).chain(most);
    let learners = sheet.rows.iter().map(|row| {
        let known = columns.iter().map(|column| row.known(column).to_owned());
        let grades = row.grades.iter().map(|grade| grade.hundredths.map(points).unwrap_or_default());
        known.chain(grades).collect()
    });
    Ok(csv(&[head.collect(), possible.collect()].into_iter().chain(learners).collect::<Vec<_>>()))
}

/// # Errors
/// When a lesson's title does not end with the number that Canvas gave it.
fn require_titles(sheet: &Sheet) -> Result<(), SheetError> {
    for column in &sheet.lessons {
        let number = column.title.trim_end().strip_suffix(')').and_then(|title| title.rsplit_once(" ("));
        let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        if !number.is_some_and(|(_, number)| is_number(number)) {
            return Err(SheetError::NoTitle {
                lesson: column.lesson.clone(),
                given: Some(column.title.clone()).filter(|title| !title.is_empty()),
                example: "HTTP keep-alive (1234)".to_owned(),
            });
        }
    }
    Ok(())
}
