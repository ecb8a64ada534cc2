//! The pages of a class in a real browser: chosen from, sorted, followed and gone back from; on a telephone and on a
//! desk, by day and by night; and with more lines than anybody reads.
#![allow(missing_docs, clippy::unwrap_used, reason = "tests")]

mod support;

use std::fs::{self, File};
use std::io::BufWriter;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::{Value, json};
use support::browser::{Browser, View};
use support::devtools::Window;
use tempfile::TempDir;
use workbook::report::class::html::{OverviewPage, page_name};
use workbook::report::class::{
    Counts, CriterionOverview, Flag, Histogram, Kind, LessonOverview, Overview, Person, Points, Row, Score,
};
use workbook::trace::Level;

const DESK: View = View { width: 1280, is_dark: false };
const VIEWS: [View; 4] = [
    View { width: 360, is_dark: false },
    View { width: 360, is_dark: true },
    DESK,
    View { width: 1280, is_dark: true },
];
/// The golden pages, and the names under which they lie beside each other.
const PAGES: [(&str, &str); 4] = [
    ("overview", "index.html"),
    ("settled", "settled.html"),
    ("failing", "learner-ada.html"),
    ("everything", "learner-everything.html"),
];

/// A report as it is written for a class.
struct Report(TempDir);

impl Report {
    fn lay_out() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/report/class/snapshots");
        for (name, file) in PAGES {
            let from = golden.join(format!("workbook__report__class__tests__{name}.snap.html"));
            fs::copy(&from, folder.path().join(file))
                .unwrap_or_else(|error| panic!("{}: {error}", from.display()));
        }
        Self(folder)
    }

    fn page(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn pages(&self) -> Vec<PathBuf> {
        PAGES.iter().map(|(_, file)| self.page(file)).collect()
    }
}

/// Asks all pages; answers are told together with the page and the view.
fn ask(view: View, expression: &str) -> Vec<(String, Value)> {
    let Some(browser) = Browser::find() else { return Vec::new() };
    let report = Report::lay_out();
    let pages = report.pages();
    let answers = browser.ask(&pages.iter().map(PathBuf::as_path).collect::<Vec<_>>(), view, expression);
    PAGES.iter().map(|(name, _)| format!("{name} {view:?}")).zip(answers).collect()
}

/// Everything that is folded is opened first.
const OPENED: &str = "document.querySelectorAll('details').forEach(each => each.open = true)";

#[test]
fn nothing_sticks_out() {
    for view in VIEWS {
        for (page, found) in ask(view, &format!("({OPENED}, overflowing(window))")) {
            assert_eq!(found, json!([]), "{page}");
        }
    }
}

#[test]
fn every_text_stands_out_from_its_paper() {
    for view in VIEWS {
        for (page, least) in ask(view, &format!("({OPENED}, leastContrast(window))")) {
            assert!(least["ratio"].as_f64().unwrap() >= 4.5, "{page}: {least}");
        }
    }
}

#[test]
fn a_page_is_read_aloud_in_order() {
    let expression = "({
        levels: [...document.querySelectorAll('h1, h2, h3, h4')].map(each => Number(each.tagName[1])),
        unnamed: [...document.querySelectorAll('input, select')].filter(each => !each.closest('label')).length,
        nameless: [...document.querySelectorAll('section, aside, nav')].filter(each => !each.ariaLabel &&
            !document.getElementById(each.getAttribute('aria-labelledby'))).length,
        headless: [...document.querySelectorAll('table')].filter(table => !table.caption ||
            [...table.tHead.querySelectorAll('th')].some(each => each.scope !== 'col')).length,
        twice: [...document.querySelectorAll('[id]')].map(each => each.id).filter((id, place, all) => all.indexOf(id) !== place),
        language: document.documentElement.lang })";
    for (page, found) in ask(DESK, expression) {
        let levels: Vec<u64> =
            found["levels"].as_array().unwrap().iter().map(|level| level.as_u64().unwrap()).collect();
        assert!(
            levels[0] == 1 && levels.windows(2).all(|two| two[1] <= two[0] + 1 && two[1] > 1),
            "{page}: {levels:?}"
        );
        for kind in ["unnamed", "nameless", "headless"] {
            assert_eq!(found[kind], 0, "{page}: {kind}");
        }
        assert_eq!((&found["twice"], &found["language"]), (&json!([]), &json!("en")), "{page}");
    }
}

#[test]
fn nothing_that_a_learner_or_a_program_says_is_markup() {
    let expression = "({ scripts: document.scripts.length, bold: [...document.querySelectorAll('b')].map(each => each.textContent),
        shown: document.body.textContent })";
    for (page, found) in ask(DESK, expression) {
        let scripts = usize::from(page.starts_with("overview") || page.starts_with("settled"));
        assert_eq!(found["scripts"], scripts, "{page}");
        assert!(!found["bold"].to_string().contains("See me"), "{page}: {}", found["bold"]);
        let hostile = "<script>alert(1)</script>";
        assert!(found["shown"].as_str().unwrap().contains(hostile), "{page}");
    }
}

/// Logins of the lines that are shown, in order, cut after some letters.
const SHOWN: &str =
    "[...document.querySelectorAll('.results tbody tr')].map(row => row.cells[0].textContent.slice(0, 8))";
const COUNT: &str = "document.querySelector('.count').textContent";

#[test]
fn lines_are_chosen_sorted_followed_and_found_again() {
    let Some(mut window) = Window::open() else { return };
    let report = Report::lay_out();
    window.resize(DESK, 900);
    window.go(&report.page("index.html"), "");
    assert_eq!(window.ask(COUNT), "11 results");

    window.ask("document.querySelector('input').focus()");
    window.type_text("hoare");
    assert_eq!((window.ask(COUNT), window.ask(SHOWN)), (json!("1 of 11 results"), json!(["Tony Hoa"])));
    window.click("button[type=reset]");
    assert_eq!(window.ask(COUNT), "11 results");

    let choose = |window: &mut Window, name: &str, value: &str| {
        window.ask(&format!(
            "(() => {{ const choice = document.querySelector('[name={name}]'); choice.value = '{value}';
                choice.dispatchEvent(new Event('input', {{ bubbles: true }})); return choice.selectedIndex; }})()"
        ))
    };
    assert!(choose(&mut window, "criterion", "w04-l03/one-socket").as_i64().unwrap() > 0);
    assert_eq!(window.ask(SHOWN), json!(["Tony Hoa", "=HYPERLI", "Ken Thom"]));
    choose(&mut window, "result", "failed");
    assert_eq!(window.ask(SHOWN), json!(["Tony Hoa"]));
    choose(&mut window, "criterion", "");
    choose(&mut window, "cluster", "w04-l03/k3f2");
    assert_eq!(window.ask(SHOWN), json!(["Ada Love", "Niklaus "]));

    window.click("th[data-sort=score] button");
    assert_eq!(window.ask("document.querySelector('[aria-sort]').ariaSort"), "descending");
    window.click("th[data-sort=score] button");
    assert_eq!(window.ask(SHOWN), json!(["Niklaus ", "Ada Love"]));
    assert_eq!(window.ask("location.hash"), "#result=failed&cluster=w04-l03%2Fk3f2&sort=score");

    window.turn(|window| window.click(".results tbody tr:nth-child(2) a"));
    assert_eq!(window.ask("document.querySelector('h1').textContent"), "Ada Lovelace ada");
    window.go_back();
    assert_eq!(window.ask(SHOWN), json!(["Niklaus ", "Ada Love"]), "the way back leads to the same view");
    window.go(&report.page("learner-ada.html"), "");
    window.turn(|window| window.click(".where a"));
    assert_eq!(window.ask(COUNT), "11 results");

    assert_eq!(window.complaints, Vec::<String>::new());
    let is_ours = |address: &String| address == "about:blank" || address.starts_with("file://");
    assert!(!window.fetched.is_empty() && window.fetched.iter().all(is_ours), "{:?}", window.fetched);
}

#[test]
fn an_address_shows_the_same_view_to_others_and_a_wrong_one_shows_all() {
    let Some(mut window) = Window::open() else { return };
    let report = Report::lay_out();
    window.resize(DESK, 900);
    window.go(&report.page("index.html"), "#only=look&sort=learner&way=descending");
    assert_eq!(window.ask(SHOWN), json!(["עדה לאבל", "Barbara "]));
    assert!(
        window.ask("document.querySelector('#table').getBoundingClientRect().top").as_f64().unwrap() < 450.0
    );
    window.go(&report.page("index.html"), "#lesson=%3Cscript%3E&result=no-such&sort=constructor&text=");
    assert_eq!(window.ask(COUNT), "11 results");
    window.click(".kinds .does-not-build a");
    window.wait_until(&format!("{COUNT} !== '11 results'"));
    assert_eq!(window.ask(SHOWN), json!(["=HYPERLI"]));
    window.go(&report.page("settled.html"), "#lesson=w04-l04");
    assert_eq!(window.ask(COUNT), "2 of 8 results");
    assert_eq!(window.complaints, Vec::<String>::new());
}

#[test]
fn a_page_is_whole_without_its_script() {
    let Some(mut window) = Window::open() else { return };
    let report = Report::lay_out();
    let page = report.page("index.html");
    let text = fs::read_to_string(&page).unwrap();
    // A script that is not the one that was written does not run.
    fs::write(&page, text.replace("'use strict';", "document.title = 'changed';")).unwrap();
    window.go(&page, "");
    let found = window.ask(
        "({ rows: document.querySelectorAll('.results tbody tr').length, title: document.title,
            form: document.querySelector('form').getBoundingClientRect().height,
            links: [...document.querySelectorAll('a[data-view]')].every(link => link.hash === '#table') })",
    );
    let title = "Networks 101, group B · class report";
    assert_eq!(found, json!({ "rows": 11, "title": title, "form": 0, "links": true }));
    assert!(
        window.complaints.iter().any(|text| text.contains("Content Security Policy")),
        "{:?}",
        window.complaints
    );
}

/// A line of a class that is larger than any.
fn row(number: u32) -> Row {
    let login = format!("learner{number:05}");
    let kind = if number.is_multiple_of(3) { Kind::Failed } else { Kind::Held };
    let failed = if kind == Kind::Failed { vec!["one-socket".to_owned()] } else { Vec::new() };
    Row {
        person: Person { name: Some(format!("Name {}", number % 977)), page: Some(page_name(&login)), login },
        lesson: "w04-l03".to_owned(),
        program: Some("main.c".to_owned()),
        kind,
        score: Some(Score { earned: Points(number % 1000), of: Points(1000) }),
        has_passed: None,
        late: number.is_multiple_of(7).then(|| Duration::from_secs(u64::from(number))),
        attempts: 1 + number % 4,
        failed,
        not_judged: Vec::new(),
        cluster: None,
        flags: number.is_multiple_of(500).then_some(Flag::HiddenFailed).into_iter().collect(),
    }
}

fn large(file: &Path, rows: u32) {
    let criterion = CriterionOverview {
        id: "one-socket".to_owned(),
        text: "The socket is opened and closed once".to_owned(),
        points: Points::whole(10),
        is_hidden: false,
        held: 0,
        failed: 0,
        not_judged: 0,
    };
    let lesson = LessonOverview {
        id: "w04-l03".to_owned(),
        title: "Keep-Alive Semantics".to_owned(),
        counts: Counts::default(),
        passed: None,
        criteria: vec![criterion],
        scores: Histogram::default(),
        clusters: Vec::new(),
    };
    let overview = Overview {
        title: "Everybody".to_owned(),
        learners: rows as usize,
        submissions: rows as usize,
        programs: rows as usize,
        seed: 1,
        level: Level::Private,
        checker: "0.1.0".to_owned(),
        lessons: vec![lesson],
        needs_look: Vec::new(),
    };
    let mut page = OverviewPage::begin(BufWriter::new(File::create(file).unwrap()), &overview).unwrap();
    (0..rows).for_each(|number| page.row(&row(number)).unwrap());
    page.finish().unwrap();
}

#[test]
fn ten_thousand_lines_stay_usable() {
    let Some(mut window) = Window::open() else { return };
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("index.html");
    large(&file, 10_000);
    window.resize(DESK, 900);
    window.go(&file, "");
    assert_eq!(window.ask(COUNT), "10,000 results");
    assert_eq!(window.ask(SHOWN).as_array().unwrap().len(), 500);
    // Each act with all that the browser has to lay out for it.
    let times = window.ask(
        "(() => {
            const timed = act => { const start = performance.now(); act(); document.body.offsetHeight; return performance.now() - start; };
            const find = text => { const field = document.querySelector('input'); field.value = text;
                field.dispatchEvent(new Event('input', { bubbles: true })); };
            const sort = name => document.querySelector(`th[data-sort=${name}] button`).click();
            return [timed(() => find('9')), timed(() => find('99')), timed(() => find('')), timed(() => sort('score')),
                timed(() => sort('learner')), timed(() => sort('learner'))];
        })()",
    );
    // Generous for a busy machine; it takes some tens of milliseconds on a quiet one.
    let slow: Vec<f64> = times.as_array().unwrap().iter().map(|time| time.as_f64().unwrap()).collect();
    assert!(slow.iter().all(|time| *time < 3000.0), "{slow:?}");
    assert_eq!(window.ask(SHOWN)[0], "Name 976", "numbers in names count as numbers");
    window.click(".more button");
    assert_eq!(window.ask(SHOWN).as_array().unwrap().len(), 10_000);
    assert_eq!(window.complaints, Vec::<String>::new());
}
