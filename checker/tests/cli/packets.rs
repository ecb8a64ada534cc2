//! Packets, as they are asked for on the command line.
#![cfg(target_os = "linux")]

use std::fs;
use std::os::unix::net::UnixListener;

use predicates::prelude::*;
use predicates::str::contains;

use super::support::programs::python;
use super::support::{Fixture, skip};
use super::{FIRST, is_an_error};

const SOLUTION: [&str; 5] = ["check", "l01", "--lang", "py", "--solution"];

/// Runs `check` with these words behind it; none where there is no private level.
fn check(fixture: &Fixture, more: &[&str]) -> Option<assert_cmd::assert::Assert> {
    python()?;
    let run = fixture.workbook(&[&SOLUTION, more].concat()).env("WORKBOOK_LEVEL", "private").assert();
    let said = String::from_utf8_lossy(&run.get_output().stderr).into_owned();
    if said.contains("that is not to be had here") {
        skip("there is no private level");
        return None;
    }
    Some(run)
}

#[test]
fn packets_are_drawn_saved_and_explained() {
    let fixture = Fixture::new();
    let words = ["--scenario", FIRST, "--packets", "--pcap", "p.pcapng", "--trace", "t.jsonl"];
    let Some(run) = check(&fixture, &words) else { return };
    let drawn = || contains("SYN-ACK").and(contains("1 response, 1 connection, "));
    run.code(0).stdout(drawn());
    let file = fs::read(fixture.path("p.pcapng")).unwrap();
    assert_eq!(file[..4], [0x0a, 0x0d, 0x0d, 0x0a]);
    assert!(String::from_utf8_lossy(&file).contains(FIRST), "an interface is named after the scenario");
    fixture.workbook(&["explain", "t.jsonl", "--packets"]).assert().code(0).stdout(drawn());
    fixture.workbook(&["explain", "t.jsonl"]).assert().code(0).stdout(contains("SYN").not());
}

#[test]
fn without_packets_there_is_nothing_to_explain() {
    if python().is_none() {
        return;
    }
    let fixture = Fixture::new();
    fixture.workbook(&[&SOLUTION[..], &["--trace", "t.jsonl"]].concat()).assert().code(0);
    let message = "t.jsonl holds no packets: they are captured at the private level, by\n  \
                   workbook check w01-l01 --packets --trace FILE\n";
    fixture
        .workbook(&["explain", "t.jsonl", "--packets"])
        .assert()
        .code(2)
        .stdout("")
        .stderr(is_an_error(message));
}

#[test]
fn at_the_loopback_level_there_are_no_packets() {
    let fixture = Fixture::new();
    for words in [&["--packets"][..], &["--pcap", "p.pcapng"]] {
        let arguments = [&SOLUTION, words, &["--level", "loopback"]].concat();
        let message = "packets can be seen only at the private level: leave out --level loopback\n";
        fixture.workbook(&arguments).assert().code(2).stdout("").stderr(is_an_error(message));
    }
    assert!(!fixture.path("p.pcapng").exists());
}

#[test]
fn only_a_file_takes_packets() {
    let fixture = Fixture::new();
    fs::create_dir(fixture.path("folder")).unwrap();
    let _socket = UnixListener::bind(fixture.path("socket")).unwrap();
    for (name, why) in
        [("folder", "it is not a file"), ("socket", "it is not a file"), ("no/p", "there is no folder no")]
    {
        let Some(run) = check(&fixture, &["--pcap", name]) else { return };
        run.code(2).stderr(is_an_error(&format!("cannot save the packets in {name}: {why}")));
    }
}
