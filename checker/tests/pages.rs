//! Drawings in a real browser: the golden pages and images, on a telephone and on a desk, by day and by night.
#![allow(missing_docs, clippy::unwrap_used, reason = "tests")]

mod support;

use std::path::{Path, PathBuf};

use serde_json::Value;
use support::browser::{Browser, View};

const VIEWS: [View; 4] = [
    View { width: 360, is_dark: false },
    View { width: 360, is_dark: true },
    View { width: 1280, is_dark: false },
    View { width: 1280, is_dark: true },
];

/// The golden files with this ending.
fn golden(ending: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/report/diagram/snapshots");
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<PathBuf> =
        entries.filter(|path| path.to_string_lossy().ends_with(&format!(".snap.{ending}"))).collect();
    files.sort();
    assert!(files.len() >= 3, "{files:?}");
    files
}

/// Asks all golden pages; answers are told together with the page and the view.
fn ask(view: View, expression: &str) -> Vec<(String, Value)> {
    let Some(browser) = Browser::find() else { return Vec::new() };
    let pages = golden("html");
    let answers = browser.ask(&pages.iter().map(PathBuf::as_path).collect::<Vec<_>>(), view, expression);
    let name = |page: &PathBuf| format!("{} {view:?}", page.file_name().unwrap().to_string_lossy());
    pages.iter().map(name).zip(answers).collect()
}

#[test]
fn nothing_sticks_out() {
    for view in VIEWS {
        for (page, found) in ask(view, "overflowing(window)") {
            assert_eq!(found, Value::Array(Vec::new()), "{page}");
        }
    }
}

#[test]
fn every_text_stands_out_from_its_paper() {
    for view in VIEWS {
        // Cards are looked at as if all were shown; so is the plain text.
        let expression = "(() => { for (const card of document.querySelectorAll('.card'))
            { card.style.display = 'block'; card.style.position = 'static'; }
            document.querySelector('details').open = true;
            return leastContrast(window); })()";
        for (page, least) in ask(view, expression) {
            assert!(least["ratio"].as_f64().unwrap() >= 4.5, "{page}: {least}");
        }
    }
}

/// Gives each row the focus, and tells what is wrong with what is shown then.
const FOCUS: &str = "(() => {
    const wrong = [];
    const cards = [...document.querySelectorAll('.card')];
    const isShown = card => card.getBoundingClientRect().height > 0;
    if (cards.some(isShown)) wrong.push('a card is shown before anything has the focus');
    const rows = [...document.querySelectorAll('li.row')];
    for (const row of rows) {
        row.focus();
        const shown = cards.filter(isShown);
        const name = row.querySelector('.label').textContent;
        if (document.activeElement !== row) wrong.push(`${name}: cannot have the focus`);
        if (shown.length !== 1 || shown[0].parentElement !== row) wrong.push(`${name}: shows ${shown.length} cards`);
        const box = shown[0].getBoundingClientRect();
        if (box.left < 0 || box.right > window.innerWidth) wrong.push(`${name}: its card sticks out`);
        if (shown[0].scrollWidth > shown[0].clientWidth) wrong.push(`${name}: its card is too narrow`);
        if (window.getComputedStyle(row).outlineStyle === 'none') wrong.push(`${name}: nobody sees the focus`);
        const isMoving = /(\\d B|200)/.test(name) && !row.closest('section.expected');
        if (isMoving && !shown[0].querySelector('.hex')) wrong.push(`${name}: shows no bytes`);
    }
    const isTwice = rows.length !== cards.length;
    return { wrong, rows: rows.length, isTwice };
})()";

#[test]
fn every_row_shows_its_bytes_when_it_has_the_focus() {
    for view in [VIEWS[0], VIEWS[3]] {
        for (page, found) in ask(view, FOCUS) {
            assert_eq!(found["wrong"], Value::Array(Vec::new()), "{page}");
            assert!(found["rows"].as_u64().unwrap() >= 10 && found["isTwice"] == false, "{page}: {found}");
        }
    }
}

#[test]
fn rows_that_belong_together_stand_side_by_side_where_there_is_room() {
    let expression = "(() => {
        const [left, right] = ['section.expected', 'section.happened'].map(side => document.querySelector(side));
        const tops = side => [...side.querySelectorAll('li')].map(row => Math.round(row.getBoundingClientRect().top));
        const isBeside = right.getBoundingClientRect().left >= left.getBoundingClientRect().right;
        return { isBeside, isAligned: JSON.stringify(tops(left)) === JSON.stringify(tops(right)),
                 blanks: [...document.querySelectorAll('.blank')].filter(row => row.getBoundingClientRect().height > 0).length };
    })()";
    for (page, found) in ask(VIEWS[2], expression) {
        assert_eq!(
            (&found["isBeside"], &found["isAligned"]),
            (&true.into(), &true.into()),
            "{page}: {found}"
        );
    }
    for (page, found) in ask(VIEWS[0], expression) {
        assert_eq!((&found["isBeside"], &found["blanks"]), (&false.into(), &0.into()), "{page}: {found}");
    }
}

#[test]
fn nothing_that_a_program_printed_runs_or_is_markup() {
    let expression =
        "({ scripts: document.scripts.length, odd: document.querySelectorAll('i, u, script').length,
        rows: document.querySelectorAll('li.row').length, title: document.title })";
    for (page, found) in ask(VIEWS[2], expression) {
        assert_eq!((&found["scripts"], &found["odd"]), (&0.into(), &0.into()), "{page}: {found}");
        assert!(found["title"].as_str().unwrap().starts_with("w04-l03 · "), "{page}: {found}");
    }
}

#[test]
fn images_are_read_by_a_strict_parser_and_all_texts_lie_within() {
    let Some(browser) = Browser::find() else { return };
    let folder = tempfile::tempdir().unwrap();
    let embedded = |image: &PathBuf| {
        let page = folder.path().join(image.file_name().unwrap()).with_extension("html");
        let text = std::fs::read_to_string(image).unwrap();
        let escaped = text.replace('&', "&amp;").replace('<', "&lt;");
        let html = format!(
            "<!doctype html><html><head></head><body style='margin:0'><pre hidden>{escaped}</pre>{text}"
        );
        std::fs::write(&page, html).unwrap();
        page
    };
    let images: Vec<PathBuf> = golden("svg").iter().map(embedded).collect();
    let expression = "(() => {
        const parsed = new DOMParser().parseFromString(document.querySelector('pre').textContent, 'image/svg+xml');
        const image = document.querySelector('svg');
        const room = image.getBoundingClientRect();
        const isOutside = text => { const box = text.getBoundingClientRect();
            return box.right > room.right - 8 || box.left < 8 || box.bottom > room.bottom; };
        return { error: parsed.querySelector('parsererror')?.textContent ?? null,
            role: image.getAttribute('role'), titles: image.querySelectorAll('g > title').length,
            outside: [...image.querySelectorAll('text')].filter(isOutside).map(text => text.textContent),
            contrast: leastContrastOfImage(window) };
    })()";
    // The paper of an image is its first rectangle, or that of a marked row.
    let contrast = "function leastContrastOfImage(window) {
        window.document.body.style.background = window.getComputedStyle(window.document.querySelector('rect.page')).fill;
        return leastContrast(window);
    }";
    let expression = format!("(() => {{ {contrast} return {expression}; }})()");
    for is_dark in [false, true] {
        let view = View { width: 1200, is_dark };
        let pages: Vec<&Path> = images.iter().map(PathBuf::as_path).collect();
        for (image, found) in images.iter().zip(browser.ask(&pages, view, &expression)) {
            let image = image.display();
            assert_eq!(found["error"], Value::Null, "{image}");
            assert_eq!(found["role"], "img", "{image}");
            assert_eq!(found["outside"], Value::Array(Vec::new()), "{image}");
            assert!(found["titles"].as_u64().unwrap() >= 10, "{image}: {found}");
            assert!(found["contrast"]["ratio"].as_f64().unwrap() >= 4.5, "{image}: {found}");
        }
    }
}
