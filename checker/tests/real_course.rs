//! The course as it stands, and programs that nobody here wrote: what is known to be right passes, and
//! what is known to be wrong fails by the criterion that it is known to break.
#![allow(missing_docs, clippy::unwrap_used, reason = "tests")]

mod support;

use serde_json::Value;
use support::programs::{Program, has, python, write_python};
use support::{can_be_private, skip, workbook};

const COURSE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
const L02: [&str; 4] = ["exact-length", "any-spelling", "never-waits", "errors-are-told"];
const L05: [&str; 4] = ["no-request-after-close", "http-1-0", "reuse", "ends-at-close"];

const CURL: &str = "curl --silent --disable http://{host}:{port}{paths}";
const WGET: &str = "wget --no-config --quiet --tries=1 --output-document=- http://{host}:{port}{paths}";

fn check(lesson: &str, command: &str) -> Value {
    check_with(workbook(), lesson, command)
}

fn check_with(mut workbook: assert_cmd::Command, lesson: &str, command: &str) -> Value {
    let arguments = ["--course", COURSE, "check", lesson, "--format", "json", "--program", command];
    let output = workbook.args(arguments).output().unwrap();
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {output:?}"))
}

/// The ids of the criteria with this result.
fn criteria(report: &Value, result: &str) -> Vec<String> {
    let criteria = report["criteria"].as_array().unwrap().iter();
    let with = criteria.filter(|criterion| criterion["result"] == result);
    with.map(|criterion| criterion["id"].as_str().unwrap().to_owned()).collect()
}

/// The mistake of the first graded scenario that failed.
fn mistake(report: &Value) -> String {
    let scenarios = report["scenarios"].as_array().unwrap().iter();
    let mut failed =
        scenarios.filter(|scenario| scenario["result"] == "failed" && scenario["advice"] == false);
    failed.next().unwrap()["mistake"]["id"].as_str().unwrap_or("none").to_owned()
}

/// Everything holds but the criteria in `broken`.
fn fails_only(lesson: &str, command: &str, all: &[&str], broken: &[&str]) -> Value {
    let report = check(lesson, command);
    let held: Vec<&str> = all.iter().filter(|id| !broken.contains(id)).copied().collect();
    assert_eq!(criteria(&report, "held"), held, "{command}: {report:#}");
    assert_eq!(criteria(&report, "failed"), broken, "{command}");
    report
}

fn http_client() -> Option<Program> {
    const SOURCE: &str = "\
import http.client, sys
connection = http.client.HTTPConnection(sys.argv[1], int(sys.argv[2]))
for path in sys.argv[3:] or ['/']:
    connection.request('GET', path)
    sys.stdout.buffer.write(connection.getresponse().read())
";
    write_python(SOURCE)
}

#[test]
fn the_course_has_no_mistakes() {
    workbook().args(["--course", COURSE, "lint"]).assert().code(0);
}

#[test]
fn curl_and_wget_and_http_client_find_the_end_of_a_body() {
    for command in [has("curl").then_some(CURL), has("wget").then_some(WGET)].into_iter().flatten() {
        fails_only("w04-l02", command, &L02, &[]);
    }
    if let Some(program) = http_client() {
        fails_only("w04-l02", &program.command, &L02, &[]);
    }
}

#[test]
fn curl_does_as_the_server_says() {
    if has("curl") {
        fails_only("w04-l05", CURL, &L05, &[]);
    }
}

#[test]
fn wget_misses_close_in_a_list_and_trusts_http_1_0() {
    if has("wget") {
        let report = fails_only("w04-l05", WGET, &L05, &["no-request-after-close", "http-1-0"]);
        assert_eq!(mistake(&report), "whole-value");
    }
}

#[test]
fn http_client_reads_only_one_connection_line() {
    if let Some(program) = http_client() {
        let report = fails_only("w04-l05", &program.command, &L05, &["no-request-after-close"]);
        assert_eq!(mistake(&report), "one-line-only");
    }
}

#[test]
fn w3m_speaks_http_1_0_and_reads_to_the_close() {
    if has("w3m") {
        let report = check("w04-l02", "w3m -dump_source http://{host}:{port}{paths}");
        assert_eq!(criteria(&report, "failed"), L02);
        assert_eq!(mistake(&report), "http-1-0");
        let kinds: Vec<&Value> = report["scenarios"]
            .as_array()
            .unwrap()
            .iter()
            .flat_map(|s| s["findings"].as_array().unwrap())
            .collect();
        assert!(kinds.iter().any(|finding| finding["kind"] == "hang.before-output"), "{kinds:?}");
    }
}

#[test]
fn lwp_takes_a_cut_body_for_a_whole_one() {
    if has("lwp-request") {
        let command = "lwp-request -m GET http://{host}:{port}{paths}";
        let report = fails_only("w04-l02", command, &L02, &["never-waits", "errors-are-told"]);
        let cut = report["scenarios"].as_array().unwrap().iter().find(|s| s["id"] == "cut-body").unwrap();
        assert_eq!(cut["mistake"]["id"], "cut-is-success");
    }
}

#[test]
fn a_client_that_takes_the_close_for_the_end_of_every_body_is_caught() {
    // What minimal HTTP crates do: ask to close, read to the end, and call whatever came a success.
    const SOURCE: &str = "\
import socket, sys
connection = socket.create_connection((sys.argv[1], int(sys.argv[2])))
host = f'{sys.argv[1]}:{sys.argv[2]}'
connection.sendall(f'GET / HTTP/1.1\\r\\nHost: {host}\\r\\nConnection: close\\r\\n\\r\\n'.encode())
received = b''
while part := connection.recv(65536):
    received += part
sys.stdout.buffer.write(received.partition(b'\\r\\n\\r\\n')[2])
";
    let Some(program) = write_python(SOURCE) else { return };
    let report = check("w04-l02", &program.command);
    assert_eq!(criteria(&report, "failed"), L02);
    assert_eq!(mistake(&report), "asks-to-close");
}

/// As the first lessons write it: the name, or an address, is in the program, and the arguments are not looked at.
#[test]
fn programs_with_example_com_written_into_them_pass_unchanged() {
    if !can_be_private() {
        return skip("the private level is not to be had");
    }
    let solution =
        |file: &str| std::fs::read_to_string(format!("{COURSE}/solutions/w04-l03/{file}")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let program = |file: &str, edits: &[(&str, &str)]| {
        let mut source = solution(file);
        for (from, to) in edits {
            assert_eq!(source.matches(from).count(), 1, "{from} occurs once in {file}");
            source = source.replace(from, to);
        }
        let path = folder.path().join(file);
        std::fs::write(&path, source).unwrap();
        path.display().to_string()
    };
    let mut commands = Vec::new();
    if let Some(python) = python() {
        let name = [("host, port = sys.argv[1], sys.argv[2]", "host, port = 'example.com', '80'")];
        commands.push(format!("{python} {}", program("main.py", &name)));
    }
    if has("cc") {
        let address = [
            ("*host = argv[1], *port = argv[2]", "*host = \"example.com\", *port = \"80\""),
            ("getaddrinfo(host,", "getaddrinfo(\"93.184.216.34\","),
        ];
        let source = program("main.c", &address);
        let binary = folder.path().join("client").display().to_string();
        assert!(std::process::Command::new("cc").args(["-o", &binary, &source]).status().unwrap().success());
        commands.push(binary);
    }
    for command in commands {
        let mut workbook = workbook();
        workbook.env("WORKBOOK_LEVEL", "private");
        let report = check_with(workbook, "w04-l03", &command);
        assert_eq!(report["result"], "held", "{command}: {report:#}");
        assert_eq!(report["level"], "private");
    }
}
