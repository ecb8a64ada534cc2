//! A program meets the peer in one run, without a course around it.

use std::collections::BTreeMap;
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;

use workbook::course::Play;
use workbook::deadlines::Patience;
use workbook::lab::{Limits, Site};
use workbook::run::{Encounter, Invocation};
use workbook::trace::{Expect, Script, Step, Trace};

/// What happens when the program runs here, with host, port and `more` as arguments, against a peer with this script.
pub fn meet(site: &Site, invocation: &Invocation, script: Script, more: &[&str]) -> Trace {
    let play = Play {
        lesson: "lesson".to_owned(),
        scenario: "scenario".to_owned(),
        seed: 1,
        cut: None,
        arguments: ["{host}", "{port}"].iter().chain(more).map(|&word| word.to_owned()).collect(),
        stdin: Vec::new(),
        script,
        bodies: BTreeMap::new(),
    };
    let (interrupt, _never) = UnixStream::pair().expect("a pair of sockets");
    let encounter = Encounter {
        site,
        limits: &Limits::default(),
        patience: Patience::normal(),
        interrupt: interrupt.as_fd(),
        capture: None,
    };
    encounter.play(&play, invocation).expect("nothing is wrong with the machine")
}

/// Waits for a request.
pub fn expect() -> Step {
    Step::Expect(Expect { request: "GET /".to_owned() })
}
