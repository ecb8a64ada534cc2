//! Programs that nobody here wrote: what is known to be right must pass.
#![allow(missing_docs, clippy::unwrap_used, reason = "tests")]

mod support;

use predicates::prelude::*;
use predicates::str::contains;
use support::Fixture;
use support::programs::{has, python};

/// The command fetches every path in one go, prints the bodies, and passes everything.
fn passes(fixture: &Fixture, command: &str) {
    let check = ["check", "l01", "--all", "--program", command];
    fixture.workbook(&check).assert().code(0).stdout(contains("all criteria hold")).stderr("");
}

#[test]
fn curl_passes() {
    if has("curl") {
        passes(&Fixture::new(), "curl --silent --disable http://{host}:{port}{paths}");
    }
}

#[test]
fn curl_on_a_new_connection_for_every_request_is_caught() {
    if has("curl") {
        let curl = "curl --silent --disable -H 'Connection: close' http://{host}:{port}{paths}";
        let told =
            contains("✗ All requests are right and share one connection.").and(contains("Connection: close"));
        Fixture::new().workbook(&["check", "l01", "--program", curl]).assert().code(1).stdout(told);
    }
}

#[test]
fn wget_passes() {
    if has("wget") {
        passes(
            &Fixture::new(),
            "wget --no-config --quiet --tries=1 --output-document=- http://{host}:{port}{paths}",
        );
    }
}

#[test]
fn http_client_of_python_passes() {
    const CLIENT: &str = "\
import http.client, sys
connection = http.client.HTTPConnection(sys.argv[1], int(sys.argv[2]))
for path in sys.argv[3:] or ['/']:
    connection.request('GET', path)
    sys.stdout.buffer.write(connection.getresponse().read())
";
    let Some(python) = python() else { return };
    let fixture = Fixture::new();
    fixture.write("client.py", CLIENT);
    passes(&fixture, &format!("{python} client.py"));
}

#[test]
fn urllib_of_python_asks_to_close_and_is_caught() {
    const CLIENT: &str = "\
import sys, urllib.request
for url in sys.argv[1:]:
    sys.stdout.buffer.write(urllib.request.urlopen(url).read())
";
    let Some(python) = python() else { return };
    let fixture = Fixture::new();
    fixture.write("client.py", CLIENT);
    let command = format!("{python} client.py http://{{host}}:{{port}}{{paths}}");
    let told = contains("✓ Exactly `Content-Length` bytes of each body are printed.")
        .and(contains("✗ All requests are right and share one connection."));
    fixture.workbook(&["check", "l01", "--program", &command]).assert().code(1).stdout(told);
}
