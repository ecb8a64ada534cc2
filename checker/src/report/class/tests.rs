//! Golden pages and texts of a class written by hand.

use insta::{assert_binary_snapshot, assert_snapshot};

use crate::report::Look;
use crate::report::samples::{ASCII, COLOUR, NARROW, PLAIN};
use crate::report::text::width;

use super::samples::*;
use super::*;

fn page(overview: &Overview, rows: &[Row]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut page = html::OverviewPage::begin(&mut out, overview).expect("a vector takes everything");
    rows.iter().for_each(|row| page.row(row).expect("a vector takes everything"));
    page.finish().expect("a vector takes everything");
    out
}

fn class(overview: &Overview, rows: &[Row], look: &Look) -> String {
    let rows: String = rows.iter().map(|row| text::row(row, look)).collect();
    format!("{}\n{}{rows}", text::overview(overview, look), text::head(look))
}

#[test]
fn the_class_as_a_page() {
    assert_binary_snapshot!("overview.html", page(&overview(), &rows()));
    let (overview, rows) = settled();
    assert_binary_snapshot!("settled.html", page(&overview, &rows));
}

#[test]
fn learners_as_pages() {
    assert_binary_snapshot!("failing.html", html::learner(&failing()).into_bytes());
    assert_binary_snapshot!("everything.html", html::learner(&everything()).into_bytes());
}

#[test]
fn the_class_as_text() {
    let (settled, settled_rows) = settled();
    let all = |look: &Look| {
        format!("{}\n\n{}", class(&overview(), &rows(), look), class(&settled, &settled_rows, look))
    };
    assert_snapshot!("overview-80", all(&PLAIN));
    assert_snapshot!("overview-40", all(&NARROW));
    assert!(all(&ASCII).is_ascii());
    assert_snapshot!("overview-ascii", all(&ASCII));
    assert_snapshot!("overview-colour", all(&COLOUR).replace('\x1b', "ESC"));
}

#[test]
fn learners_as_text() {
    let all = |look: &Look| [failing(), everything()].map(|page| text::learner(&page, look)).join("\n\n");
    assert_snapshot!("learner-80", all(&PLAIN));
    assert_snapshot!("learner-40", all(&NARROW));
    assert!(all(&ASCII).is_ascii());
}

#[test]
fn no_line_is_wider_than_the_look() {
    for columns in 40..=100 {
        let look = Look { width: columns, ..PLAIN };
        let class = class(&overview(), &rows(), &look);
        let learners = [failing(), everything()].map(|page| text::learner(&page, &look)).join("\n");
        // What a compiler says stays as it is, and a word of a command is never broken.
        let is_ours = |line: &&str| !line.starts_with("main.c:") && !line.contains("grades/store");
        for line in class.lines().chain(learners.lines()).filter(is_ours) {
            assert!(width(line) <= columns, "{columns}: {line}");
        }
    }
}

#[test]
fn what_programs_and_learners_say_is_never_markup() {
    let pages =
        [page(&overview(), &rows()), html::learner(&failing()).into(), html::learner(&everything()).into()];
    for page in pages {
        let page = String::from_utf8(page).expect("UTF-8");
        assert!(!page.contains("<script>alert") && !page.contains("<b>See") && !page.contains("<b>\u{5e2}"));
        assert!(!page.contains(['\u{202e}', '\u{1b}', '\u{ff}']), "nothing moves or hides anything");
    }
}

#[test]
fn a_class_of_nobody_is_a_page_and_a_text_too() {
    let mut nobody = overview();
    nobody.needs_look.clear();
    nobody.lessons.iter_mut().for_each(|lesson| {
        (lesson.counts, lesson.scores) = (Counts::default(), Histogram::default());
        lesson.criteria.iter_mut().for_each(|criterion| {
            (criterion.held, criterion.failed, criterion.not_judged) = (0, 0, 0);
        });
        lesson.clusters.clear();
    });
    let page = String::from_utf8(page(&nobody, &[])).expect("UTF-8");
    assert!(page.contains("<p>Nobody has handed in anything.</p>"), "{page}");
    assert!(class(&nobody, &[], &PLAIN).contains("0 % hold all criteria: 0 of 0."));
    let nothing = LearnerPage { submissions: Vec::new(), ..failing() };
    assert!(html::learner(&nothing).contains("<p>Nothing was handed in.</p>"));
    assert_eq!(text::learner(&nothing, &PLAIN), "Ada Lovelace (ada)\nNothing was handed in.\n");
}
