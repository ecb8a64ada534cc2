//! Names, round-trip times, peers that vanish and TCP keepalive: what cannot be meant.

use crate::fixture::{CHECKS, Fixture};

/// What is wrong with a course whose second scenario has these names.
fn named(names: &str) -> String {
    let before = "stdin = \"upload\"\n[[scenario.connection]]";
    let names = format!("stdin = \"upload\"\n[[scenario.name]]\n{names}\n[[scenario.connection]]");
    Fixture::edited(CHECKS, before, &names).load_errors()
}

/// What is wrong with a course whose first scenario has this requirement.
fn required(requirement: &str) -> String {
    Fixture::edited(CHECKS, "{ connections = 1 }", requirement).load_errors()
}

#[test]
fn unknown_answer() {
    insta::assert_snapshot!(named("host = \"two.example\"\nanswer = \"nxdomian\""), @r#"
    error: unknown answer of the name server `nxdomian`
      --> lessons/w04/02-length/checks.toml:46:10
       |
    46 | answer = "nxdomian"
       |          ^^^^^^^^^^ expected one of found, nxdomain, truncated, silent
       |
       = help: did you mean `nxdomain`?
    "#);
}

#[test]
fn key_of_the_scenario_behind_a_name() {
    insta::assert_snapshot!(named("host = \"two.example\"\naddresses = [\"192.0.2.1\"]\nstdin = \"upload\""), @r#"
    error: unknown key `stdin`
      --> lessons/w04/02-length/checks.toml:47:1
       |
    47 | stdin = "upload"
       | ^^^^^ expected one of host, addresses, dead, answer, slow
       |
       = help: other keys of the scenario stand before its first [[scenario.name]]
    "#);
}

#[test]
fn address_with_a_port() {
    insta::assert_snapshot!(named("host = \"two.example\"\naddresses = [\"192.0.2.1:80\"]"), @r#"
    error: unknown form of address `192.0.2.1:80`, expected such as `192.0.2.1` or `2001:db8::1`
      --> lessons/w04/02-length/checks.toml:46:15
       |
    46 | addresses = ["192.0.2.1:80"]
       |               ^^^^^^^^^^^^
    "#);
}

#[test]
fn not_a_host_name() {
    insta::assert_snapshot!(named("host = \"two_.example\"\naddresses = [\"192.0.2.1\"]"), @r#"
    error: `two_.example` cannot be a host name
      --> lessons/w04/02-length/checks.toml:45:8
       |
    45 | host = "two_.example"
       |        ^^^^^^^^^^^^^^ expected labels of letters, digits and hyphens, joined by dots
    "#);
}

#[test]
fn name_that_is_never_asked_for() {
    insta::assert_snapshot!(named("host = \"Example.com\"\naddresses = [\"192.0.2.1\"]"), @r#"
    error: the name server is never asked for `Example.com`
      --> lessons/w04/02-length/checks.toml:45:8
       |
    45 | host = "Example.com"
       |        ^^^^^^^^^^^^^
       |
       = help: it leads to the peer in every run; take another name, such as two.example
    "#);
}

#[test]
fn duplicate_name() {
    insta::assert_snapshot!(named("host = \"two.example\"\naddresses = [\"192.0.2.1\"]\n[[scenario.name]]\nhost = \"Two.Example\"\naddresses = [\"192.0.2.2\"]"), @r#"
    error: duplicate name `Two.Example`
      --> lessons/w04/02-length/checks.toml:48:8
       |
    48 | host = "Two.Example"
       |        ^^^^^^^^^^^^^ also in line 45
    "#);
}

#[test]
fn name_without_addresses() {
    insta::assert_snapshot!(named("host = \"two.example\""), @r#"
    error: the name `two.example` has no address
      --> lessons/w04/02-length/checks.toml:45:8
       |
    45 | host = "two.example"
       |        ^^^^^^^^^^^^^
       |
       = help: give it addresses, or an answer without any: "nxdomain" or "silent"
    "#);
}

#[test]
fn addresses_that_are_never_told() {
    insta::assert_snapshot!(named("host = \"two.example\"\nanswer = \"nxdomain\"\naddresses = [\"192.0.2.1\"]"), @r#"
    error: the addresses of `two.example` are never told
      --> lessons/w04/02-length/checks.toml:47:14
       |
    47 | addresses = ["192.0.2.1"]
       |              ^^^^^^^^^^^
       |
       = help: leave them out, or take the answer "found" or "truncated"
    "#);
}

#[test]
fn slow_silence() {
    insta::assert_snapshot!(named("host = \"two.example\"\nanswer = \"silent\"\nslow = \"200ms\""), @r#"
    error: the name `two.example` is never answered for, so it cannot be slow
      --> lessons/w04/02-length/checks.toml:45:8
       |
    45 | host = "two.example"
       |        ^^^^^^^^^^^^^
       |
       = help: leave out `slow` or `answer = "silent"`
    "#);
}

#[test]
fn address_that_nobody_has() {
    insta::assert_snapshot!(named("host = \"two.example\"\naddresses = [\"::1\"]"), @r#"
    error: no peer is at ::1
      --> lessons/w04/02-length/checks.toml:46:14
       |
    46 | addresses = ["::1"]
       |              ^^^^^
       |
       = help: take one that a host on the internet could have
    "#);
}

#[test]
fn duplicate_address() {
    insta::assert_snapshot!(named("host = \"two.example\"\naddresses = [\"2001:db8::1\", \"2001:db8:0::1\"]"), @r#"
    error: duplicate address 2001:db8::1
      --> lessons/w04/02-length/checks.toml:46:29
       |
    46 | addresses = ["2001:db8::1", "2001:db8:0::1"]
       |                             ^^^^^^^^^^^^^^^
       |
       = help: write each once
    "#);
}

#[test]
fn dead_address_of_another_name() {
    insta::assert_snapshot!(named("host = \"two.example\"\naddresses = [\"192.0.2.1\"]\ndead = [\"192.0.2.2\"]"), @r#"
    error: 192.0.2.2 is no address of `two.example`
      --> lessons/w04/02-length/checks.toml:47:9
       |
    47 | dead = ["192.0.2.2"]
       |         ^^^^^^^^^^^
       |
       = help: `dead` names some of the `addresses`
    "#);
}

#[test]
fn dead_name_server() {
    insta::assert_snapshot!(named("host = \"two.example\"\naddresses = [\"192.0.2.53\"]\ndead = [\"192.0.2.53\"]"), @r#"
    error: 192.0.2.53 cannot be dead
      --> lessons/w04/02-length/checks.toml:47:9
       |
    47 | dead = ["192.0.2.53"]
       |         ^^^^^^^^^^^^
       |
       = help: example.com or the name server is there, in every run
    "#);
}

#[test]
fn address_dead_here_and_not_there() {
    insta::assert_snapshot!(named("host = \"two.example\"\naddresses = [\"192.0.2.1\"]\ndead = [\"192.0.2.1\"]\n[[scenario.name]]\nhost = \"one.example\"\naddresses = [\"192.0.2.1\"]"), @r#"
    error: 192.0.2.1 is dead here, and not for `one.example`
      --> lessons/w04/02-length/checks.toml:47:9
       |
    47 | dead = ["192.0.2.1"]
       |         ^^^^^^^^^^^
       |
       = help: write it under `dead` of each name that has it
    "#);
}

#[test]
fn no_round_trip_time() {
    insta::assert_snapshot!(Fixture::edited(CHECKS, "stdin = \"upload\"", "rtt = \"0ms\"").load_errors(), @r#"
    error: a round trip takes some time
      --> lessons/w04/02-length/checks.toml:43:7
       |
    43 | rtt = "0ms"
       |       ^^^^^
       |
       = help: write such as rtt = "100ms"
    "#);
}

#[test]
fn round_trip_time_of_no_lesson() {
    insta::assert_snapshot!(Fixture::edited(CHECKS, "stdin = \"upload\"", "rtt = \"3s\"").load_errors(), @r#"
    error: no round trip takes so long
      --> lessons/w04/02-length/checks.toml:43:7
       |
    43 | rtt = "3s"
       |       ^^^^
       |
       = help: 2s is the most; write such as rtt = "100ms"
    "#);
}

#[test]
fn round_trip_time_without_a_unit() {
    insta::assert_snapshot!(Fixture::edited(CHECKS, "stdin = \"upload\"", "rtt = 100").load_errors(), @r#"
    error: integer `100` cannot stand here
      --> lessons/w04/02-length/checks.toml:43:7
       |
    43 | rtt = 100
       |       ^^^ expected text in quotes
    "#);
}

#[test]
fn vanish_before_another_step() {
    insta::assert_snapshot!(Fixture::edited(CHECKS, "{ close = \"fin\" }", "{ vanish = true },\n  { close = \"fin\" }").load_errors(), @r#"
    error: this step must be the last
      --> lessons/w04/02-length/checks.toml:49:5
       |
    49 |   { vanish = true },
       |     ^^^^^^
       |
       = help: the steps behind it would never be played
    "#);
}

#[test]
fn not_to_vanish() {
    insta::assert_snapshot!(Fixture::edited(CHECKS, "{ close = \"fin\" }", "{ vanish = false }").load_errors(), @r#"
    error: this step does nothing
      --> lessons/w04/02-length/checks.toml:49:3
       |
    49 |   { vanish = false },
       |   ^^^^^^^^^^^^^^^^^^
       |
       = help: write { vanish = true }, or { stay = "open" }
    "#);
}

#[test]
fn keepalive_that_is_not_required() {
    insta::assert_snapshot!(required("{ keepalive = false }"), @r#"
    error: this requires nothing
      --> lessons/w04/02-length/checks.toml:35:17
       |
    35 |   { keepalive = false },
       |                 ^^^^^
       |
       = help: write { keepalive = true }, or leave the rule out
    "#);
}

#[test]
fn keepalive_of_another_type() {
    insta::assert_snapshot!(required("{ keepalive = \"10s\" }"), @r#"
    error: string "10s" cannot stand here
      --> lessons/w04/02-length/checks.toml:35:17
       |
    35 |   { keepalive = "10s" },
       |                 ^^^^^ expected true, or times such as { idle = "10s", interval = "5s", probes = 3 }
    "#);
}

#[test]
fn unknown_time_of_keepalive() {
    insta::assert_snapshot!(required("{ keepalive = { idel = \"10s\" } }"), @r#"
    error: unknown key `idel`
      --> lessons/w04/02-length/checks.toml:35:19
       |
    35 |   { keepalive = { idel = "10s" } },
       |                   ^^^^ expected one of idle, interval, probes
       |
       = help: did you mean `idle`?
    "#);
}

#[test]
fn keepalive_within_a_second() {
    insta::assert_snapshot!(required("{ keepalive = { idle = \"1s\", interval = \"500ms\" } }"), @r#"
    error: keepalive has no such time
      --> lessons/w04/02-length/checks.toml:35:32
       |
    35 |   { keepalive = { idle = "1s", interval = "500ms" } },
       |                                ^^^^^^^^
       |
       = help: it is set in whole seconds, from 1 on
    "#);
}

#[test]
fn keepalive_without_probes() {
    insta::assert_snapshot!(required("{ keepalive = { probes = 0 } }"), @r#"
    error: keepalive cannot do without a probe
      --> lessons/w04/02-length/checks.toml:35:19
       |
    35 |   { keepalive = { probes = 0 } },
       |                   ^^^^^^
       |
       = help: write `probes = 1` or more
    "#);
}
