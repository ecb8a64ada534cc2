//! The pages of the book in a real browser.
#![allow(missing_docs, clippy::unwrap_used, reason = "tests")]

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::json;
use support::browser::{Browser, View};
use tempfile::TempDir;

const PHONE: View = View { width: 360, is_dark: false };

#[test]
fn the_browser_sees_what_is_wrong_with_a_page() {
    let Some(browser) = Browser::find() else { return };
    let folder = tempfile::tempdir().unwrap();
    let page = |name: &str, body: &str| {
        let file = folder.path().join(name);
        let style = "body { color: #000; background: #fff } .wide { width: 500px }
            .box { overflow-x: auto } .pale { color: #999; background: #fff8 }
            @media (prefers-color-scheme: dark) { body { color: #fff; background: #000 } .pale { background: none } }";
        fs::write(
            &file,
            format!("<!doctype html><html><head><style>{style}</style></head><body>{body}</body></html>"),
        )
        .unwrap();
        file
    };
    let good = page("good.html", "<p>text</p><div class=box><div class=wide>wide</div></div>");
    let bad = page("bad.html", "<div class=wide>wide</div><p class=pale>pale</p>");
    let ask = |view, expression| browser.ask(&[&good, &bad], view, expression);

    assert_eq!(ask(PHONE, "window.innerWidth"), [360, 360]);
    assert_eq!(ask(PHONE, "scrolling(window)"), [json!(["div"]), json!([])]);
    let overflowing = json!(["the page: 508 > 360", "DIV wide: right end at 508 of 360"]);
    assert_eq!(ask(PHONE, "overflowing(window)"), [json!([]), overflowing]);
    assert_eq!(ask(View { width: 1280, ..PHONE }, "overflowing(window)"), [json!([]), json!([])]);

    let contrast = "leastContrast(window).ratio.toFixed(1) + ' ' + leastContrast(window).text";
    assert_eq!(ask(PHONE, contrast), ["21.0 text", "2.8 pale"]);
    assert_eq!(ask(View { is_dark: true, ..PHONE }, contrast), ["21.0 text", "7.4 pale"]);
}

/// The real course as a book, in a folder of its own.
struct Book {
    folder: TempDir,
    /// The name of each page with its text.
    pages: BTreeMap<String, String>,
}

impl Book {
    fn write() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let course = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        let out = folder.path().to_str().unwrap();
        let write = ["read", "--web", "--out", out];
        support::workbook().current_dir(course).args(write).assert().success();
        let names =
            fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let pages = names.filter(|name| name.ends_with(".html"));
        let pages: BTreeMap<_, _> =
            pages.map(|name| (name.clone(), fs::read_to_string(folder.path().join(name)).unwrap())).collect();
        assert!(pages.len() > 5, "the real course has some lessons");
        Self { folder, pages }
    }

    fn files(&self) -> Vec<PathBuf> {
        self.pages.keys().map(|name| self.folder.path().join(name)).collect()
    }
}

/// The values of an attribute in a page, without escapes.
fn values<'t>(page: &'t str, attribute: &str) -> Vec<String> {
    let start = format!(" {attribute}=\"");
    let values = page.split(&start).skip(1).map(|rest: &'t str| rest.split('"').next().unwrap());
    values.map(|value| value.replace("&amp;", "&").replace("&#39;", "'")).collect()
}

#[test]
fn every_link_leads_somewhere_and_every_anchor_is_one_place() {
    let book = Book::write();
    let ids: BTreeMap<&str, Vec<String>> =
        book.pages.iter().map(|(name, text)| (name.as_str(), values(text, "id"))).collect();
    let (mut reached, mut elsewhere) = (BTreeSet::from(["index.html".to_owned()]), 0);
    for (name, text) in &book.pages {
        let mut own = ids[name.as_str()].clone();
        let amount = own.len();
        own.sort();
        own.dedup();
        assert_eq!(own.len(), amount, "{name}: an id stands twice");
        for target in [values(text, "href"), values(text, "src")].concat() {
            if target.starts_with("https:") {
                elsewhere += 1;
                continue;
            }
            assert!(!target.contains(':') && !target.starts_with('/'), "{name}: {target}");
            let (file, anchor) = target.split_once('#').unwrap_or((&target, ""));
            let file = if file.is_empty() { name } else { file };
            assert!(book.folder.path().join(file).is_file(), "{name}: there is no {file}");
            let is_there = anchor.is_empty() || ids[file].iter().any(|id| id == anchor);
            assert!(is_there, "{name}: there is no #{anchor} in {file}");
            reached.insert(file.to_owned());
        }
    }
    assert!(elsewhere > 30, "the lessons cite their sources");
    assert!(book.pages.keys().all(|name| reached.contains(name)), "each page can be reached: {reached:?}");
}

/// The lint knows the same links and anchors: none of them has got lost on the way to the page.
#[test]
fn the_links_of_the_lessons_are_all_there() {
    let book = Book::write();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let course = workbook::course::Course::load(root).unwrap();
    for lesson in &course.lessons {
        let written = lesson.text.matches("](").count();
        let (_, text) = book.pages[&format!("{}.html", lesson.id)].split_once("<article>").unwrap();
        let (text, _) = text.split_once("</article>").unwrap();
        // A heading links to itself.
        let headings =
            ["<h2", "<h3", "<h4"].map(|heading| text.matches(heading).count()).iter().sum::<usize>();
        assert!(written > 10);
        assert_eq!(values(text, "href").len() - headings, written, "{}", lesson.id);
    }
}

#[test]
fn pages_need_nothing_but_themselves_and_say_what_their_parts_are() {
    for (name, text) in Book::write().pages {
        assert!(text.starts_with("<!doctype html>\n<html lang=\"en\">"), "{name}");
        assert!(!text.contains("<script") && !text.contains("@import") && !text.contains("url("), "{name}");
        assert!(!text.contains("<link"), "{name}");
        for part in ["<main ", "class=\"skip\" href=\"#book.text\"", "<h1", "<title>", "name=\"viewport\""] {
            assert_eq!(text.matches(part).count(), 1, "{name}: {part}");
        }
        let headers = text.matches("<th ").count() + text.matches("<th>").count();
        assert_eq!(headers, text.matches("<th scope=\"").count(), "{name}");
    }
}

#[test]
fn every_page_fits_and_can_be_read() {
    let Some(browser) = Browser::find() else { return };
    let book = Book::write();
    let files = book.files();
    let files: Vec<&Path> = files.iter().map(PathBuf::as_path).collect();
    for is_dark in [false, true] {
        for width in [360, 1280] {
            let view = View { width, is_dark };
            let seen = "[overflowing(window), leastContrast(window), scrolling(window)]";
            for (file, seen) in files.iter().zip(browser.ask(&files, view, seen)) {
                assert_eq!(seen[0], json!([]), "{view:?} {file:?}");
                assert!(seen[1]["ratio"].as_f64().unwrap() >= 4.5, "{view:?} {file:?} {seen}");
                let is_lesson = file.to_str().unwrap().contains("-l0");
                let has_scrolling_code = seen[2].as_array().unwrap().contains(&json!("pre"));
                assert!(width > 360 || has_scrolling_code == is_lesson, "{view:?} {file:?} {seen}");
            }
        }
    }
}

/// Drawings are whole on a screen, arrows in fonts of any width keep the columns, and the keyboard gets everywhere.
#[test]
fn drawings_are_whole_and_straight() {
    let Some(browser) = Browser::find() else { return };
    let book = Book::write();
    let files = book.files();
    let files: Vec<&Path> =
        files.iter().filter(|file| file.to_str().unwrap().contains("-l0")).map(PathBuf::as_path).collect();
    let view = View { width: 1280, is_dark: false };
    let cut = "[...document.querySelectorAll('.drawing pre')].map(pre => pre.scrollWidth - pre.clientWidth)";
    for (file, cut) in files.iter().zip(browser.ask(&files, view, cut)) {
        let cut = cut.as_array().unwrap();
        assert!(!cut.is_empty() && cut.iter().all(|cut| *cut == 0), "{file:?} {cut:?}");
    }
    let arrows = "(() => {
        const widths = new Set([...document.querySelectorAll('.drawing i')].map(arrow => {
            const column = document.createElement('span');
            column.textContent = '0';
            arrow.parentElement.append(column);
            const ratio = arrow.getBoundingClientRect().width / column.getBoundingClientRect().width;
            column.remove();
            return ratio.toFixed(2);
        }));
        return [...widths];
    })()";
    assert!(browser.ask(&files, view, arrows).iter().all(|widths| *widths == json!(["1.00"])));
    let unreachable =
        "[...document.querySelectorAll('pre, .table')].filter(element => element.tabIndex !== 0).length";
    assert!(browser.ask(&files, view, unreachable).iter().all(|amount| *amount == 0));
}

/// `WORKBOOK_PICTURES=DIR cargo test --test book pictures`: for people to look at.
#[test]
fn pictures() {
    let Some(folder) = std::env::var_os("WORKBOOK_PICTURES").map(PathBuf::from) else { return };
    let Some(browser) = Browser::find() else { return };
    for file in Book::write().files() {
        for (width, is_dark) in [(360, false), (360, true), (1280, false), (1280, true)] {
            let name = file.file_stem().unwrap().to_str().unwrap();
            let scheme = if is_dark { "dark" } else { "light" };
            let picture = folder.join(format!("{name}-{width}-{scheme}.png"));
            browser.photograph(&file, View { width, is_dark }, 2400, &picture);
        }
    }
}
