//! `read`: in a pipe, on a terminal, through a pager, and as pages.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use predicates::prelude::*;
use predicates::str::{contains, starts_with};

use super::support::programs::python;
use super::support::{Fixture, workbook};
use super::{is_an_error, support};

const OPENING: &str = "\
w01-l01 One request, one response
part:     w01 · First steps
time:     45 minutes
exercise: exercises/w01-l01/main.rs, main.c or main.py
then:     workbook check w01-l01

Goal
════

Read one response, and not a byte more.
";

const ENDING: &str = "\
Edit exercises/w01-l01/main.rs, main.c or main.py, then:
  workbook check w01-l01
";

#[test]
fn a_pipe_gets_plain_text() {
    let fixture = Fixture::new();
    for arguments in [&["read"][..], &["read", "w01-l01"], &["read", "one-request", "--no-pager"]] {
        let text = starts_with(OPENING).and(predicates::str::ends_with(ENDING)).and(contains('\u{1b}').not());
        fixture.workbook(arguments).env("PAGER", "false").assert().code(0).stdout(text).stderr("");
    }
    let part =
        "w01 First steps\n\n\nw01-l01 One request, one response, 45 minutes\n  workbook read w01-l01\n";
    fixture.workbook(&["read", "W01"]).assert().code(0).stdout(part).stderr("");
}

#[test]
fn one_language_is_enough_for_a_reader() {
    let fixture = Fixture::new();
    fixture.edit(
        "lessons/w01/01-one-request/lesson.md",
        "#### Do\n",
        "#### Do\n\nRust:\n\n```rust\nlet rust;\n```\n\nC:\n\n```c\nint c;\n```\n\n",
    );
    let only =
        contains("int c;").and(contains("let rust;").not()).and(contains("exercises/w01-l01/main.c\n"));
    fixture.workbook(&["read", "--lang", "c"]).assert().code(0).stdout(only);
    fixture.workbook(&["read"]).assert().code(0).stdout(contains("int c;").and(contains("let rust;")));
}

#[test]
fn a_name_that_is_no_lesson_is_told() {
    let fixture = Fixture::new();
    let told = is_an_error("there is no lesson `w07`; did you mean w01-l01 (one-request)?");
    fixture.workbook(&["read", "w07"]).assert().code(2).stdout("").stderr(told);
}

#[test]
fn links_are_words_for_those_who_insist() {
    let fixture = Fixture::new();
    fixture.edit(
        "lessons/w01/01-one-request/lesson.md",
        "Read one response",
        "Read [one](https://example.com/) response",
    );
    let numbers = || contains("Read one [1] response").and(contains("[1] https://example.com/\n"));
    let words = || contains("\u{1b}]8;id=w0;https://example.com/\u{1b}\\one\u{1b}]8;;\u{1b}\\ response");
    fixture.workbook(&["read"]).assert().stdout(numbers());
    fixture.workbook(&["read"]).env("FORCE_HYPERLINK", "1").assert().stdout(words());
    fixture.workbook(&["read", "--links", "hyperlinks"]).assert().stdout(words());
    let both = ["read", "--links", "numbers"];
    fixture.workbook(&both).env("FORCE_HYPERLINK", "1").assert().stdout(numbers());
}

#[test]
fn without_utf_8_every_lesson_is_ascii() {
    for lesson in ["w04-l01", "w04-l02", "w04-l03", "w04-l05", "w04"] {
        let ascii = predicates::function::function(str::is_ascii);
        let no_escape = contains("\\u{25").not().and(contains("\\u{2").not());
        workbook()
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .env("LC_ALL", "C")
            .args(["read", lesson])
            .assert()
            .code(0)
            .stdout(ascii.and(no_escape));
    }
}

#[test]
fn drawings_of_the_lessons_are_whole_on_a_terminal() {
    for lesson in ["w04-l01", "w04-l02", "w04-l03", "w04-l05"] {
        let read = workbook().current_dir(env!("CARGO_MANIFEST_DIR")).args(["read", lesson]).assert().code(0);
        let text = String::from_utf8(read.get_output().stdout.clone()).unwrap();
        let drawn: Vec<&str> = text.lines().filter(|line| line.contains(['│', '▶', '◀', '▲'])).collect();
        assert!(drawn.len() > 5, "{lesson}");
        let wide: Vec<&&str> = drawn.iter().filter(|line| line.chars().count() > 80).collect();
        assert!(wide.is_empty(), "{lesson}: {wide:#?}");
    }
}

/// What a terminal of this size shows in the end, and whether the command succeeded.
fn on_terminal(fixture: &Fixture, size: (u16, u16), variables: &[(&str, &str)]) -> Option<String> {
    const TERMINAL: &str = "\
import fcntl, os, pty, struct, sys, termios
process, terminal = pty.fork()
if process == 0:
    fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack('HHHH', int(sys.argv[2]), int(sys.argv[1]), 0, 0))
    os.execv(sys.argv[3], sys.argv[3:])
shown = b''
try:
    while data := os.read(terminal, 65536):
        shown += data
except OSError:
    pass
_, status = os.waitpid(process, 0)
sys.stdout.buffer.write(shown.replace(b'\\r\\n', b'\\n'))
sys.exit(os.waitstatus_to_exitcode(status))
";
    let (columns, rows) = (size.0.to_string(), size.1.to_string());
    let mut command = Command::new(python()?);
    command.args(["-c", TERMINAL, &columns, &rows, env!("CARGO_BIN_EXE_workbook"), "read"]);
    command.current_dir(fixture.root()).env("LC_ALL", "C.UTF-8").env("TERM", "xterm");
    for name in ["NO_COLOR", "CLICOLOR_FORCE", "FORCE_HYPERLINK", "LESS", "WORKBOOK_PAGER", "TMUX", "STY"] {
        command.env_remove(name);
    }
    command.env("PAGER", "false").envs(variables.iter().copied());
    let output = command.output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    Some(String::from_utf8(output.stdout).unwrap())
}

#[test]
fn a_pager_gets_what_is_longer_than_the_terminal() {
    let fixture = Fixture::new();
    let file = fixture.path("paged");
    let pager = format!("sh -c 'cat >{}; echo $LESS $LESSCHARSET'", file.display());
    let Some(shown) = on_terminal(&fixture, (80, 24), &[("PAGER", &pager)]) else { return };
    assert_eq!(shown, "FRX utf-8\n");
    let paged = fs::read_to_string(&file).unwrap();
    assert!(paged.contains("\u{1b}[1mw01-l01") && paged.ends_with("check w01-l01\u{1b}[0m\n"), "{paged}");

    let both = [("PAGER", "false"), ("WORKBOOK_PAGER", &pager), ("LESS", "-M"), ("NO_COLOR", "1")];
    assert_eq!(on_terminal(&fixture, (80, 24), &both).unwrap(), "-R -M utf-8\n");
    assert!(fs::read_to_string(&file).unwrap().starts_with(OPENING));

    fs::remove_file(&file).unwrap();
    let shown = on_terminal(&fixture, (80, 200), &[("PAGER", &pager), ("NO_COLOR", "1")]).unwrap();
    assert!(shown.starts_with(OPENING) && shown.ends_with(ENDING) && !file.exists(), "a short text: {shown}");
}

#[test]
fn whoever_leaves_the_pager_early_has_done_nothing_wrong() {
    let fixture = Fixture::new();
    fixture.edit(
        "lessons/w01/01-one-request/lesson.md",
        "## Goal\n",
        &format!("{}## Goal\n", "many words\n".repeat(90_000)),
    );
    let Some(shown) = on_terminal(&fixture, (80, 24), &[("PAGER", "head -n 2"), ("NO_COLOR", "1")]) else {
        return;
    };
    let first: String = OPENING.split_inclusive('\n').take(2).collect();
    assert_eq!(shown, first);
}

#[test]
fn without_a_pager_that_works_the_text_comes_at_once() {
    let fixture = Fixture::new();
    let note = "\nworkbook: the pager `PAGER` WHY.\n\
                So the text came all at once. PAGER names another pager, --no-pager none.\n";
    let note = |pager: &str, why: &str| note.replacen("PAGER", pager, 1).replace("WHY", why);
    let cases = [
        ("nonexistent -x", note("nonexistent -x", "is not installed")),
        ("it's", note("it's", "is not installed")),
        ("false", note("false", "ended with exit status: 1")),
        ("cat", String::new()),
        ("", String::new()),
    ];
    for (pager, note) in cases {
        let Some(shown) = on_terminal(&fixture, (80, 24), &[("PAGER", pager), ("NO_COLOR", "1")]) else {
            return;
        };
        assert!(
            shown.starts_with(OPENING) && shown.ends_with(&format!("{ENDING}{note}")),
            "{pager}: {shown}"
        );
    }
    let shown = on_terminal(&fixture, (80, 24), &[("TERM", "dumb")]).unwrap();
    assert!(shown.starts_with(OPENING) && shown.ends_with(ENDING), "{shown}");
}

#[test]
fn a_terminal_of_twenty_columns_is_enough() {
    let fixture = Fixture::new();
    let Some(shown) = on_terminal(&fixture, (20, 24), &[("PAGER", "cat"), ("NO_COLOR", "1")]) else { return };
    let wide: Vec<&str> = shown.lines().filter(|line| line.chars().count() > 20).collect();
    assert_eq!(wide, ["  workbook check w01-l01"]);
    assert!(shown.contains("mistake: Reading\n until the server\n"), "a table becomes rows: {shown}");
}

/// A browser that notes what it was told to open.
fn browser(fixture: &Fixture) -> (String, std::path::PathBuf) {
    let (program, note) = (fixture.path("browser"), fixture.path("opened"));
    fs::write(&program, format!("#!/bin/sh\necho \"$@\" >'{}'\n", note.display())).unwrap();
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    (program.to_str().unwrap().to_owned(), note)
}

fn names(folder: &Path) -> Vec<String> {
    let names = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<_> = names.collect();
    names.sort();
    names
}

const BOOK: [&str; 4] = [".workbook-book", "index.html", "w01-l01.html", "w01.html"];

#[test]
fn the_book_is_opened_at_the_lesson() {
    let fixture = Fixture::new();
    let root = fixture.root().canonicalize().unwrap();
    let (program, note) = browser(&fixture);
    let page = root.join(".workbook/book/w01-l01.html");
    for (line, arguments) in [
        (program.clone(), format!("file://{}\n", page.display())),
        (format!("no-such-browser:{program} --new=%s x"), format!("--new=file://{} x\n", page.display())),
    ] {
        let told = format!("{} is opened in a browser\n", page.display());
        fixture
            .workbook(&["read", "l01", "--web"])
            .env("BROWSER", line)
            .assert()
            .code(0)
            .stdout(told)
            .stderr("");
        assert_eq!(fs::read_to_string(&note).unwrap(), arguments);
        assert_eq!(names(&root.join(".workbook/book")), BOOK);
        assert_eq!(names(&root.join(".workbook")), ["book", "progress.json", "progress.lock"]);
    }
}

#[test]
fn a_page_that_goes_is_gone_and_pages_are_replaced_all_at_once() {
    let fixture = Fixture::new();
    let book = fixture.path(".workbook/book");
    let web =
        |fixture: &Fixture| fixture.workbook(&["read", "--web"]).env("BROWSER", "true").assert().code(0);
    web(&fixture);
    fs::write(book.join("stray.html"), "left over").unwrap();
    // Whoever has the old folder open goes on reading the old book.
    let old = fs::File::open(&book).unwrap();
    fixture.edit("lessons/w01/01-one-request/lesson.md", "not a byte more", "not one byte more");
    web(&fixture);
    assert!(fs::read_to_string(book.join("w01-l01.html")).unwrap().contains("not one byte more"));
    assert_eq!(names(&book), BOOK);
    drop(old);
}

#[test]
fn without_a_browser_the_page_is_named() {
    let fixture = Fixture::new();
    let page = fixture.root().canonicalize().unwrap().join(".workbook/book/w01.html");
    let web = |browser: Option<&str>| {
        let mut command = fixture.workbook(&["read", "w01", "--web"]);
        ["BROWSER", "DISPLAY", "WAYLAND_DISPLAY", "WSL_DISTRO_NAME"].iter().for_each(|name| {
            command.env_remove(name);
        });
        if let Some(browser) = browser {
            command.env("BROWSER", browser);
        }
        command.assert().code(0).stderr("")
    };
    let told = |why: &str| format!("{}\n{why}: open this file in a browser\n", page.display());
    web(Some("false:no-such-browser")).stdout(told("BROWSER=false:no-such-browser opened nothing"));
    if cfg!(target_os = "linux") {
        web(None).stdout(told("there is no display here"));
    }
}

#[test]
fn a_book_that_cannot_be_written_is_told_with_a_way_on() {
    let fixture = Fixture::new();
    fixture.write(".workbook", "not a folder");
    let told = is_an_error("cannot write the book into ")
        .and(contains("into another folder writes: workbook read --web --out DIR"));
    fixture.workbook(&["read", "--web"]).env("BROWSER", "true").assert().code(2).stdout("").stderr(told);
}

#[test]
fn a_folder_of_ones_own_gets_the_book_and_loses_nothing() {
    let fixture = Fixture::new();
    let out = fixture.path("a book");
    let write = || {
        let mut command = fixture.workbook(&["read", "--web", "--out", "a book"]);
        command.env("BROWSER", "/no/browser/must/be/opened");
        command.assert()
    };
    let told = "3 pages are in a book; the first one is a book/index.html\n";
    write().code(0).stdout(told).stderr("");
    assert_eq!(names(&out), BOOK);
    assert!(!fixture.path(".workbook").exists());

    // Again, after a lesson has got another name.
    let mark = out.join(".workbook-book");
    fs::write(&mark, fs::read_to_string(&mark).unwrap() + "w00.html\n../kept\n").unwrap();
    fs::write(out.join("w00.html"), "an old page").unwrap();
    fixture.write("kept", "not of the book");
    write().code(0).stdout(told);
    assert_eq!(names(&out), BOOK);
    assert!(fixture.path("kept").exists());

    for (strange, name) in [("notes.txt", "notes.txt"), ("files/own.svg", "files"), ("files", "files")] {
        fixture.write(&format!("a book/{strange}"), "mine");
        let told = format!(
            "--out a book: it holds other things, such as {name}; name a folder that is new or empty"
        );
        write().code(2).stdout("").stderr(is_an_error(&told));
        let _ = fs::remove_dir_all(out.join("files"));
        let _ = fs::remove_file(out.join("notes.txt"));
    }
    fixture
        .workbook(&["read", "--web", "--out", "kept"])
        .assert()
        .code(2)
        .stderr(is_an_error("--out kept: "));
    let needs = support::Fixture::workbook(&fixture, &["read", "--out", "x"]).assert().code(2);
    needs.stderr(contains("--web"));
}
