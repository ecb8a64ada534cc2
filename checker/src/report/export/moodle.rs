//! The CSV that Moodle imports into its grader report: a key, and a grade and a feedback for each lesson.
//!
//! Moodle gives up the whole import for one unknown user, one grade that is no number, or one above the maximum.

use super::sheet::{Sheet, SheetError, csv, points};

/// What Moodle can know people by, with the names that its own exports give these columns.
const KEYS: [(&str, &[&str]); 4] = [
    ("username", &["username", "user name"]),
    ("email", &["email", "email address", "e-mail"]),
    ("idnumber", &["idnumber", "id number"]),
    ("id", &["id", "user id", "userid"]),
];

/// The table, checked as a whole. `key` is the roster's column to know people by; without it, the first that Moodle can
/// use and that tells all of them apart.
///
/// # Errors
/// When Moodle would refuse it.
pub fn of_class(sheet: &Sheet, key: Option<&str>) -> Result<String, SheetError> {
    sheet.validate("moodle")?;
    let (name, column) = key_column(sheet, key)?;
    let titles = sheet.lessons.iter().flat_map(|lesson| {
        let title = if lesson.title.is_empty() { &lesson.lesson } else { &lesson.title };
        [title.clone(), format!("{title} (feedback)")]
    });
    let head = std::iter::once(name).chain(titles).collect();
    let learners = sheet.rows.iter().map(|row| {
        let cells = row.grades.iter().flat_map(|grade| {
            [grade.hundredths.map(points).unwrap_or_default(), without_markup(&grade.feedback)]
        });
        std::iter::once(row.known(&column).trim().to_owned()).chain(cells).collect()
    });
    Ok(csv(&std::iter::once(head).chain(learners).collect::<Vec<_>>()))
}

/// What Moodle calls the key, and what the roster calls its column.
fn key_column(sheet: &Sheet, wanted: Option<&str>) -> Result<(String, String), SheetError> {
    let columns = sheet.columns();
    let is_named = |column: &String, names: &[&str]| names.contains(&column.trim().to_lowercase().as_str());
    let candidates: Vec<(String, String)> = match wanted {
        Some(wanted) => {
            let found = columns.iter().find(|column| column.eq_ignore_ascii_case(wanted));
            let names = KEYS.iter().find(|(name, names)| *name == wanted || names.contains(&wanted));
            let column = found.or_else(|| {
                columns.iter().find(|column| names.is_some_and(|(_, names)| is_named(column, names)))
            });
            let name = names.map_or(wanted, |(name, _)| *name);
            column.map(|column| (name.to_owned(), column.clone())).into_iter().collect()
        }
        None => {
            let found = |(name, names): &(&str, &[&str])| {
                let column = columns.iter().find(|column| is_named(column, names))?;
                Some(((*name).to_owned(), column.clone()))
            };
            KEYS.iter().filter_map(found).collect()
        }
    };
    let Some(first) = candidates.first() else {
        let wanted =
            wanted.map_or_else(|| KEYS.map(|(name, _)| name.to_owned()).to_vec(), |one| vec![one.to_owned()]);
        return Err(SheetError::NoColumn { format: "moodle", wanted, has: columns });
    };
    let good = candidates.iter().find(|(_, column)| sheet.require_key(column).is_ok());
    sheet.require_key(&good.unwrap_or(first).1)?;
    Ok(good.unwrap_or(first).clone())
}

/// Moodle may take a feedback for HTML, and leave out what it takes for an element.
fn without_markup(text: &str) -> String {
    text.replace('<', "‹").replace('>', "›")
}
