//! `workbook check`: which program, which scenarios, which exit code.

use std::fs;
use std::time::{Duration, SystemTime};

use predicates::prelude::*;
use predicates::str::{contains, starts_with};

use super::support::programs::{has, python};
use super::support::{Fixture, is_private};
use super::{FIRST, is_an_error};

#[test]
fn a_right_program_passes_in_every_language() {
    let fixture = Fixture::new();
    for (language, tool) in [("rust", "rustc"), ("c", "cc"), ("python", "python3")] {
        if has(tool) {
            let check = ["check", "l01", "--solution", "--lang", language];
            fixture.workbook(&check).assert().code(0).stdout(contains("all criteria hold")).stderr("");
        }
    }
}

#[test]
fn a_wrong_program_fails_and_is_explained() {
    if python().is_none() {
        return;
    }
    let told = contains("✗ Exactly `Content-Length` bytes of each body are printed.       1/6")
        .and(contains("Your program never connected to the server."))
        .and(contains(format!("next      workbook check w01-l01 --scenario {FIRST}")));
    Fixture::new().workbook(&["check", "l01", "--lang", "py"]).assert().code(1).stdout(told).stderr("");
}

#[test]
fn without_a_name_every_lesson_is_checked_up_to_the_first_that_fails() {
    if !has("rustc") {
        return;
    }
    Fixture::new()
        .workbook(&["check"])
        .assert()
        .code(1)
        .stdout(contains("w01-l01 One request, one response"));
}

#[test]
fn a_lesson_has_many_names() {
    if python().is_none() {
        return;
    }
    let fixture = Fixture::new();
    for name in ["w01-l01", "W01-L01", "l01", "one-request", "01-one-request"] {
        let check = ["check", name, "--lang", "py", "--scenario", "nobody-listens", "--quiet"];
        fixture.workbook(&check).assert().code(1);
    }
}

#[test]
fn only_one_scenario_is_played_when_one_is_asked_for() {
    if python().is_none() {
        return;
    }
    let check = ["check", "l01", "--lang", "py", "--solution", "--scenario", "nobody-listens"];
    let told =
        contains("1 scenario in").and(contains("✓ The program ends by itself")).and(contains("not run"));
    Fixture::new().workbook(&check).assert().code(0).stdout(told);
}

#[test]
fn quiet_is_one_line_a_criterion() {
    if python().is_none() {
        return;
    }
    let quiet = "  ✗ Exactly `Content-Length` bytes of each body are printed.  1/6\n  \
                   ✗ The program ends by itself, whether or not the server closes.  5/6\n  \
                   ✗ All requests are right and share one connection.  0/2\n";
    Fixture::new()
        .workbook(&["check", "l01", "--lang", "py", "--quiet"])
        .assert()
        .code(1)
        .stdout(quiet.to_owned());
}

#[test]
fn all_shows_every_failure() {
    if python().is_none() {
        return;
    }
    let fixture = Fixture::new();
    let check = ["check", "l01", "--lang", "py"];
    let behind = "✗ bytes-behind-the-body";
    fixture.workbook(&check).assert().code(1).stdout(contains(behind).not());
    fixture.workbook(&[&check[..], &["--all"]].concat()).assert().code(1).stdout(contains(behind));
}

#[test]
fn a_program_that_does_not_build_fails_with_the_words_of_the_compiler() {
    let fixture = Fixture::new();
    let cases = [
        ("rustc", "main.rs", "fn main() {\n    let x: u8 = \"text\";\n}\n", "mismatched types"),
        ("cc", "main.c", "int main(void) { return unknown; }\n", "unknown"),
        ("python3", "main.py", "print(\n", "SyntaxError"),
    ];
    for (tool, file, source, words) in cases {
        if has(tool) {
            fixture.write(&format!("exercises/w01-l01/{file}"), source);
            let language = file.rsplit('.').next().unwrap();
            let told = contains(words).and(contains(file)).and(contains("\u{1b}").not());
            fixture.workbook(&["check", "l01", "--lang", language]).assert().code(1).stdout(told);
        }
    }
}

#[test]
fn warnings_of_the_compiler_are_shown_beside_the_verdict() {
    if !has("cc") {
        return;
    }
    let fixture = Fixture::new();
    fixture.edit("solutions/w01-l01/main.c", "    FILE *stream", "    int idle;\n    FILE *stream");
    let check = ["check", "l01", "--solution", "--lang", "c"];
    for _ in 0..2 {
        let warned = contains("unused variable").and(contains("idle"));
        fixture.workbook(&check).assert().code(0).stdout(contains("all criteria hold")).stderr(warned);
    }
}

#[test]
fn a_program_is_built_once_and_again_when_it_changes() {
    if !has("cc") {
        return;
    }
    let fixture = Fixture::new();
    let check = ["check", "l01", "--lang", "c", "--scenario", "nobody-listens"];
    fixture.workbook(&check).assert().code(1).stdout(contains("built in"));
    fixture.workbook(&check).assert().code(1).stdout(contains("built in").not());
    fixture.edit("exercises/w01-l01/main.c", "return 0;", "return 1;");
    fixture.workbook(&check).assert().code(0).stdout(contains("built in"));
}

#[test]
fn an_exercise_that_is_missing_is_told_with_what_to_do() {
    let fixture = Fixture::new();
    fs::remove_file(fixture.path("exercises/w01-l01/main.c")).unwrap();
    let missing = "workbook: there is no exercises/w01-l01/main.c.\n\
                   Get the starter with: workbook reset w01-l01 --lang c\n";
    fixture.workbook(&["check", "l01", "--lang", "c"]).assert().code(2).stdout("").stderr(missing);
    fs::remove_dir_all(fixture.path("exercises")).unwrap();
    let missing = "workbook: there is no program for w01-l01 in exercises/w01-l01: expected main.rs, main.c or main.py.\n\
                   Get the starter with: workbook reset w01-l01\n";
    fixture.workbook(&["check", "l01"]).assert().code(2).stdout("").stderr(missing);
}

#[test]
fn an_empty_exercise_fails() {
    let fixture = Fixture::new();
    fixture.python_exercise(" \n\n");
    fixture
        .workbook(&["check", "l01", "--lang", "py"])
        .assert()
        .code(1)
        .stderr(is_an_error("main.py is empty"));
}

#[test]
fn the_file_that_was_edited_last_is_meant() {
    if python().is_none() {
        return;
    }
    let fixture = Fixture::new();
    let date = |file: &str, age: u64| {
        let file = fs::File::options()
            .append(true)
            .open(fixture.path(&format!("exercises/w01-l01/{file}")))
            .unwrap();
        file.set_modified(SystemTime::now() - Duration::from_secs(age)).unwrap();
    };
    date("main.rs", 600);
    date("main.c", 300);
    date("main.py", 60);
    fixture.workbook(&["check", "l01", "--scenario", FIRST]).assert().code(1).stdout(contains("· main.py ·"));
}

#[test]
fn unknown_names_are_told_with_the_known_ones() {
    let fixture = Fixture::new();
    let cases: [(&[&str], &str); 4] = [
        (&["check", "l02"], "workbook: there is no lesson `l02`; did you mean w01-l01 (one-request)?\n"),
        (&["check", "wire"], "workbook: there is no lesson `wire`; did you mean w01-l01 (one-request)?\n"),
        (
            &["check", "l01", "--scenario", "nobody"],
            "workbook: w01-l01 has no scenario `nobody`; there are:\n  server-keeps-the-connection-open\n  \
             body-comes-in-pieces\n  server-closes-with-the-last-byte\n  bytes-behind-the-body\n  \
             two-requests-share-one-connection\n  nobody-listens\n",
        ),
        (
            &["check", "--scenario", FIRST],
            "workbook: name the lesson, as in: workbook check w04-l03 --scenario …\n",
        ),
    ];
    for (arguments, message) in cases {
        fixture.workbook(arguments).assert().code(2).stdout("").stderr(message);
    }
}

#[test]
fn wrong_arguments_are_told() {
    let fixture = Fixture::new();
    let cases: [(&[&str], &str); 6] = [
        (&["check", "l01", "--lang", "go"], "unknown language `go`: there are rust (rs), c and python (py)"),
        (
            &["check", "l01", "--seed", "xyz"],
            "expected hexadecimal digits as reports show them, such as 7f3a",
        ),
        (&["check", "l01", "--program", "x", "--lang", "c"], "cannot be used with"),
        (&["check", "l01", "--quiet", "--all"], "cannot be used with"),
        (&["chekc"], "unrecognized subcommand 'chekc'"),
        (&[], "Usage: workbook"),
    ];
    for (arguments, message) in cases {
        fixture.workbook(arguments).assert().code(2).stdout("").stderr(contains(message));
    }
    for command in ["", " ' "] {
        let check = ["check", "l01", "--program", command];
        fixture.workbook(&check).assert().code(2).stdout("").stderr(is_an_error("--program"));
    }
    fixture
        .workbook(&["check", "l01"])
        .env("WORKBOOK_SLOW", "x")
        .assert()
        .code(2)
        .stderr(is_an_error("WORKBOOK_SLOW is `x`, expected a factor from 0.1 to 1000 such as 3"));
}

#[test]
fn any_command_line_can_be_checked() {
    let Some(python) = python() else { return };
    let fixture = Fixture::new();
    let source = include_str!("../support/fixture/solution/main.py");
    fixture.write("my client.py", source);
    let appended = format!("{python} 'my client.py'");
    let check = ["check", "l01", "--program"];
    fixture.workbook(&[&check[..], &[&appended]].concat()).assert().code(0);
    fixture.write(
        "urls.py",
        format!(
            "import sys\nfrom urllib.parse import urlsplit\nurls = [urlsplit(url) for url in sys.argv[2:]]\n\
             sys.argv[1:] = [urls[0].hostname, str(urls[0].port), *(url.path for url in urls)]\n{source}"
        ),
    );
    let placed = format!("{python} urls.py -s http://{{host}}:{{port}}{{paths}}");
    fixture.workbook(&[&check[..], &[&placed]].concat()).assert().code(0);
}

#[test]
fn a_source_file_may_be_the_program_whatever_its_name_and_mode() {
    let fixture = Fixture::new();
    let check = |program: &str| fixture.workbook(&["check", "l01", "--program", program]).assert();
    if python().is_some() {
        fixture.write("my client.py", include_str!("../support/fixture/solution/main.py"));
        check("'./my client.py'").code(0).stdout(contains("my client.py"));
        let progress = fixture.workbook(&["progress"]).assert().code(0);
        progress.stdout(contains("w01-l01").and(contains("✓").not()));
        fixture.write("mine/silent.py", "print()\n");
        let next = contains("workbook check w01-l01 --program mine/silent.py --scenario \\\n");
        check("mine/silent.py").code(1).stdout(next);
    }
    if has("cc") {
        fixture.write("broken.c", "int main(void) { return nothing; }\n");
        let refused = fixture.path("broken.c").display().to_string();
        check(&refused).code(1).stdout(contains("broken.c does not compile"));
    }
}

#[test]
fn a_command_that_cannot_be_started_fails() {
    use std::os::unix::fs::PermissionsExt;
    let fixture = Fixture::new();
    fixture.write("script", "#!/no/such/interpreter\n");
    fs::set_permissions(fixture.path("script"), fs::Permissions::from_mode(0o755)).unwrap();
    let check = ["check", "l01", "--program", "./script", "--scenario", FIRST];
    let told = contains("could not be started").and(contains("No such file or directory"));
    let run = fixture.workbook(&check).assert().code(1).stdout(told);
    if is_private() {
        // What it lacks may only be out of sight.
        let note =
            starts_with("workbook: a command was not found, perhaps because the box does not show it.")
                .and(contains("--level loopback"))
                .and(contains(fixture.path("script").display().to_string()));
        run.stderr(note);
    } else {
        run.stderr("");
    }
}

#[test]
fn a_command_that_names_nothing_that_runs_is_refused() {
    let fixture = Fixture::new();
    fixture.write("data", "");
    let refused = |program: &str, told: &str| {
        let told = contains(told).and(contains(program));
        fixture.workbook(&["check", "l01", "--program", program]).assert().code(2).stdout("").stderr(told);
    };
    refused("./no-such-program", "there is no file");
    refused("no-such-command", "on the PATH");
    refused("./data", "chmod +x");
}

#[test]
fn a_program_that_sleeps_is_given_up_and_not_tried_for_ever() {
    if python().is_none() {
        return;
    }
    let fixture = Fixture::new();
    fixture.python_exercise("import time\ntime.sleep(1000)\n");
    // Whoever plays beside the one that gives up may have begun another scenario, or not.
    let told = predicates::str::is_match("[1-3] more scenarios? not played").unwrap();
    let check = ["check", "l01", "--lang", "py", "--all"];
    fixture.workbook(&check).env("WORKBOOK_SLOW", "0.1").assert().code(1).stdout(told);
}

#[test]
fn what_needs_the_private_level_is_left_out_at_the_other() {
    if python().is_none() {
        return;
    }
    let fixture = Fixture::new();
    let checks = "lessons/w01/01-one-request/checks.toml";
    fixture.edit(checks, "listen = \"refuse\"", "listen = \"refuse\"\nrtt = \"1ms\"");
    let check = ["check", "l01", "--lang", "py", "--solution", "--level", "loopback"];
    let told = contains("all criteria hold")
        .and(contains("5 scenarios in"))
        .and(contains("loopback level"))
        .and(contains("1 scenario needs the private level and did not run here: workbook doctor says"));
    fixture.workbook(&check).assert().code(0).stdout(told);
    let alone = [&check[..], &["--scenario", "nobody-listens"]].concat();
    let told = contains("it needs the private level").and(contains("next      workbook doctor"));
    fixture.workbook(&alone).assert().code(2).stdout(told);
    let prove = ["prove", "l01", "--lang", "python", "--level", "loopback"];
    let told = contains("passes 5 scenarios; 1 cannot run at this level");
    fixture.workbook(&prove).assert().stdout(told);
}
