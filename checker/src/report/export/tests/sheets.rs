//! Tables for gradebooks, read back as spreadsheets and Python read them.

use std::io::Write as _;
use std::process::{Command, Stdio};

use crate::report::export::sheet::{Column, Grade, Row, Sheet, SheetError};
use crate::report::export::{canvas, moodle};

const HOSTILE: &str = "=HYPERLINK(\"http://x\",\"a\")";

fn row(login: &str, student: &str, hundredths: Option<u64>, feedback: &str) -> Row {
    let number = login.len().to_string();
    let roster = [
        ("Student", student),
        ("ID", number.as_str()),
        ("SIS Login ID", login),
        ("Section", "Networks"),
        ("Old homework (7)", "3"),
        ("Email address", &format!("{login}@example.com")),
    ];
    let roster = roster.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
    Row { login: login.to_owned(), roster, grades: vec![Grade { hundredths, feedback: feedback.to_owned() }] }
}

fn sheet() -> Sheet {
    let lesson =
        Column { lesson: "w04-l03".to_owned(), title: "HTTP keep-alive (1234)".to_owned(), most: 1200 };
    let rows = vec![
        row("ada", "Lovelace, Ada", Some(1200), "12 of 12 points."),
        row("evil", HOSTILE, Some(650), "-1; Your program printed \"<b>\"\nand more"),
        row("later", "\u{202e}Right \"to\" left", None, "Somebody has to look at it."),
        row("nobody", "Joe", Some(0), ""),
    ];
    Sheet { lessons: vec![lesson], rows }
}

fn read(text: &str) -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes());
    reader.records().map(|record| record.expect("a row").iter().map(str::to_owned).collect()).collect()
}

/// What Python's reader makes of it.
fn read_with_python(text: &str) -> Vec<Vec<String>> {
    let script = "import csv,json,sys\nprint(json.dumps(list(csv.reader(open(0, newline='', encoding='utf-8'), strict=True))))";
    let mut python = Command::new("python3")
        .args(["-c", script])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("python3 is installed");
    python.stdin.take().expect("a pipe").write_all(text.as_bytes()).expect("written");
    serde_json::from_slice(&python.wait_with_output().expect("it ends").stdout).expect("JSON")
}

#[test]
fn canvas_gets_its_own_columns_back() {
    let text = canvas::of_class(&sheet()).expect("a table");
    insta::assert_snapshot!("canvas", text);
    let rows = read(&text);
    assert_eq!(rows, read_with_python(&text));
    assert!(rows.iter().all(|row| row.len() == 5));
    let grades: Vec<&str> = rows[1..].iter().map(|row| row[4].as_str()).collect();
    assert_eq!(grades, ["12", "12", "6.5", "", "0"], "nothing is not zero");
}

#[test]
fn moodle_gets_a_key_a_grade_and_a_feedback() {
    let text = moodle::of_class(&sheet(), None).expect("a table");
    insta::assert_snapshot!("moodle", text);
    assert_eq!(read(&text), read_with_python(&text));
    let by_number = moodle::of_class(&sheet(), Some("id")).expect("a table");
    assert_eq!(read(&by_number)[1][0], "3");
}

#[test]
fn no_cell_is_a_formula() {
    for text in [canvas::of_class(&sheet()), moodle::of_class(&sheet(), None)] {
        for cell in read(&text.expect("a table")).concat() {
            assert!(!cell.starts_with(['=', '+', '-', '@']), "{cell}");
        }
    }
}

/// What is told of the sheet after a change; the same sheet is fine without it.
fn refused(change: impl FnOnce(&mut Sheet), format: impl Fn(&Sheet) -> Result<String, SheetError>) -> String {
    let mut sheet = sheet();
    format(&sheet).expect("it is fine");
    change(&mut sheet);
    format(&sheet).expect_err("refused").to_string()
}

#[test]
fn what_a_system_would_stumble_on_is_told_before() {
    let moodle = |sheet: &Sheet| moodle::of_class(sheet, None);
    let set =
        |sheet: &mut Sheet, column: usize, value: &str| sheet.rows[1].roster[column].1 = value.to_owned();
    assert_eq!(
        refused(|sheet| sheet.rows[2].grades[0].hundredths = Some(1250), moodle),
        "later has 12.5 points for w04-l03, and 12 are the most; nothing was written"
    );
    assert_eq!(refused(|sheet| set(sheet, 1, "3"), canvas::of_class), "ada and evil have the same `ID`: 3");
    assert_eq!(
        refused(|sheet| set(sheet, 1, " "), canvas::of_class),
        "the roster says nothing in `ID` for evil, and the system would not know who that is"
    );
    assert_eq!(
        refused(|sheet| set(sheet, 1, "@4"), canvas::of_class),
        "evil's `ID` is @4, which a spreadsheet takes for a formula; correct the roster"
    );
    assert_eq!(
        refused(|sheet| sheet.rows[0].roster.clear(), moodle),
        "--format moodle needs the roster that the system gave out, and the class was graded without one: grade again \
         with --roster FILE; nothing runs twice"
    );
    assert_eq!(
        refused(|sheet| sheet.lessons[0].title = String::new(), canvas::of_class),
        "what does the system call w04-l03? Tell it with --column w04-l03='HTTP keep-alive (1234)'"
    );
    assert_eq!(
        refused(|sheet| sheet.lessons[0].title = "Keep-alive".to_owned(), canvas::of_class),
        "what does the system call w04-l03? Tell it with --column w04-l03='HTTP keep-alive (1234)': `Keep-alive` does \
         not end with the number that the system gave it"
    );
    assert_eq!(
        refused(|sheet| sheet.rows.iter_mut().for_each(|row| drop(row.roster.drain(1..))), moodle),
        "the roster has none of the columns username, email, idnumber, id, by which --format moodle tells learners \
         apart; it has: Student"
    );
}
