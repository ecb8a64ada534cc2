//! One text with everything in it, as all readers see it.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::fs;
use std::path::Path;

use tempfile::TempDir;

use super::terminal::{self, Links, Setting};
use super::{Reading, web};
use crate::course::{Course, Language, Lesson, LessonKind, Part};
use crate::report::Look;

const GALLERY: &str = include_str!("gallery.md");
const PART: &str = "# First steps\n\nRead [the gallery](01-gallery/lesson.md) first.\n";

/// A course of two lessons in a folder with one picture.
struct Shelf {
    _folder: TempDir,
    course: Course,
}

fn shelf(text: &str) -> Shelf {
    let folder = tempfile::tempdir().unwrap();
    for file in ["lessons/w01/01-gallery/wire.svg", "exercises/w01-l01/main.rs", "exercises/w01-l01/main.c"] {
        let file = folder.path().join(file);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, "<svg/>").unwrap();
    }
    let root = folder.path().to_owned();
    let lessons = vec![
        lesson(&root, 1, "gallery", "All that <can> be written", text),
        lesson(&root, 2, "end", "The end", "## Goal\n\nRest.\n"),
    ];
    let parts = vec![Part { id: "w01".to_owned(), title: "First steps".to_owned(), text: PART.to_owned() }];
    Shelf { course: Course { root, parts, lessons }, _folder: folder }
}

fn lesson(root: &Path, order: u32, name: &str, title: &str, text: &str) -> Lesson {
    Lesson {
        id: format!("w01-l{order:02}"),
        title: title.to_owned(),
        part: "w01".to_owned(),
        order,
        kind: LessonKind::Client,
        duration_min: 45,
        folder: root.join(format!("lessons/w01/{order:02}-{name}")),
        text: text.to_owned(),
        mistake_rows: Vec::new(),
        checks: toml::from_str("arguments = []").unwrap(),
    }
}

fn setting(columns: usize) -> Setting {
    let look = Look { width: 80, is_unicode: true, has_colour: false };
    Setting { look, columns, links: Links::Numbers, language: None }
}

fn show(text: &str, setting: Setting) -> String {
    let shelf = shelf(text);
    terminal::show(&shelf.course, Reading::Lesson(&shelf.course.lessons[0]), setting)
}

#[test]
fn everything_in_a_terminal() {
    insta::assert_snapshot!("terminal-80", show(GALLERY, setting(80)));
    insta::assert_snapshot!("terminal-40", show(GALLERY, setting(40)));
    insta::assert_snapshot!("terminal-20", show(GALLERY, setting(20)));
    let mut ascii = setting(80);
    ascii.look.is_unicode = false;
    insta::assert_snapshot!("terminal-ascii", show(GALLERY, ascii));
    let mut colour = Setting { links: Links::Hyperlinks, ..setting(80) };
    colour.look.has_colour = true;
    insta::assert_snapshot!("terminal-colour", show(GALLERY, colour).replace('\u{1b}', "ESC"));
}

#[test]
fn everything_as_a_page() {
    let shelf = shelf(GALLERY);
    let book = web::book(&shelf.course);
    let names: Vec<&str> = book.pages.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["index.html", "w01.html", "w01-l01.html", "w01-l02.html"]);
    let copy = ("lessons/w01/01-gallery/wire.svg".into(), "files/w01/01-gallery/wire.svg".to_owned());
    assert_eq!(book.files, [copy]);
    for (name, text) in &book.pages {
        let style = text.find("<style>").unwrap()..text.find("</style>").unwrap();
        let text = text.replace(&text[style], "").replace(env!("CARGO_PKG_VERSION"), "VERSION");
        insta::assert_snapshot!(format!("page-{name}"), text);
    }
}

/// Words are wrapped to the width; addresses, commands and code are not, for they would be of no use.
#[test]
fn nothing_but_what_is_kept_whole_is_wider_than_the_terminal() {
    for columns in 1..130 {
        for is_unicode in [true, false] {
            let mut setting = setting(columns);
            setting.look.is_unicode = is_unicode;
            for line in show(GALLERY, setting).lines() {
                let is_address = line.starts_with('[') && line.contains("] http");
                let is_kept = is_address || line.contains("KEPT") || line.starts_with("  workbook ");
                let width = crate::report::text::width(line);
                assert!(is_kept || width <= columns.clamp(20, 88), "{columns}: {line}");
            }
        }
    }
}

#[test]
fn colours_and_links_change_no_word() {
    let plain = show(GALLERY, setting(80));
    let mut colour = setting(80);
    colour.look.has_colour = true;
    let coloured = show(GALLERY, colour);
    let mut parts = coloured.split("\u{1b}[");
    let first = parts.next().unwrap().to_owned();
    let uncoloured = parts.fold(first, |text, part| text + part.split_once('m').unwrap().1);
    let words = |text: &str| text.replace('*', "").split_whitespace().collect::<Vec<_>>().join(" ");
    assert_eq!(words(&uncoloured), words(&plain));
}

#[test]
fn one_language_leaves_out_the_code_of_others_and_what_announces_it() {
    let text = "## Do\n\nFor all:\n\n```sh\nall\n```\n\nRust:\n\n```rust\nrust\n```\n\n```rust\nrust\n```\n\n\
                C (see [here](https://example.com)):\n\n```c\nsea\n```\n\nIn Python, with `x`:\n\n```python\nsnake\n```\n\n\
                In C you write more.\n\n```rust\nrust\n```\n\n```c\nsea\n```\n\nCare:\n\n```c\nsea\n```\n";
    let shown = |language| {
        let text = show(text, Setting { language: Some(language), ..setting(80) });
        let start = text.find("For all").unwrap()..text.find("────────").unwrap();
        text[start].split_whitespace().collect::<Vec<_>>().join(" ")
    };
    assert_eq!(shown(Language::Rust), "For all: all Rust: rust rust In C you write more. rust Care:");
    assert_eq!(
        shown(Language::C),
        "For all: all C (see here [1]): sea In C you write more. sea Care: sea [1] https://example.com"
    );
    assert_eq!(shown(Language::Python), "For all: all In Python, with `x`: snake In C you write more. Care:");
}

#[test]
fn what_a_text_holds_cannot_reach_the_terminal_or_the_page() {
    let text = "## Goal \u{1b}[31m\n\nA \u{1b}]0;title\u{7} `\u{1b}[1m` [x](https://example.com/\u{1b}]8;;)\n\n\
                ```text\n\u{9b}31m\u{202e}\tcode\n```\n\n[bad](javascript:alert(1)) [worse](data:text/html,x)\n\n\
                <script>alert(1)</script>\n\nA <b onclick=\"alert(1)\">b</b>.\n";
    let shown = show(text, Setting { links: Links::Hyperlinks, ..setting(80) });
    assert!(!shown.contains(['\u{1b}', '\u{7}', '\u{9b}', '\u{202e}']), "{shown:?}");
    let shelf = shelf(text);
    let page = &web::book(&shelf.course).pages[2].1;
    assert!(!page.contains("<script") && !page.contains("<b ") && !page.contains("javascript:"), "{page}");
    assert!(!page.contains("data:text") && !page.contains('\u{1b}'), "{page}");
    assert!(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;"), "{page}");
}

#[test]
fn a_part_lists_its_lessons() {
    let shelf = shelf(GALLERY);
    let shown = terminal::show(&shelf.course, Reading::Part(&shelf.course.parts[0]), setting(60));
    insta::assert_snapshot!("terminal-part", shown);
}
