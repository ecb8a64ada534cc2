//! The pages of the book in a real browser.
#![allow(missing_docs, clippy::unwrap_used, reason = "tests")]

mod support;

use std::fs;

use serde_json::json;
use support::browser::{Browser, View};

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
