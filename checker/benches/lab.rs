//! What containment costs: `cargo bench --bench lab`. Prints medians; wants a quiet machine.
#![allow(missing_docs, clippy::print_stdout, clippy::unwrap_used, reason = "a benchmark")]

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use workbook::deadlines::Patience;
use workbook::lab::{Lab, Limits, Plan, Program, Running, Site, Wanted};

const TIMES: usize = 300;

fn main() {
    let folder = tempfile::tempdir().unwrap();
    let file = empty_program(folder.path());
    let plan = Plan { readable: vec![file.clone()], ..Plan::default() };
    let program =
        Program { command: vec![file.display().to_string()], folder: "/".into(), environment: Vec::new() };
    let limits = Limits::default();
    let plain = median(|| assert!(plainly(&file).success()));
    show("plain launch of an empty program", plain);
    for (name, wanted) in [("loopback", Wanted::Loopback), ("private", Wanted::PrivateOnly)] {
        let lab = Lab::open(Path::new(env!("CARGO_BIN_EXE_workbook")), 1, limits, Patience::normal(), wanted)
            .unwrap();
        let site = lab.site(&plan).unwrap();
        show(&format!("{name}: one run"), median(|| run(&site, &program, &limits)));
        show(&format!("{name}: a place, ready"), median(|| drop(lab.site(&plan).unwrap())));
        if wanted == Wanted::PrivateOnly {
            show(
                "private: a box, a run in it, its end",
                median(|| run(&lab.site(&plan).unwrap(), &program, &limits)),
            );
        }
    }
}

fn empty_program(folder: &Path) -> PathBuf {
    let (source, program) = (folder.join("empty.c"), folder.join("empty"));
    std::fs::write(&source, "int main(void) { return 0; }\n").unwrap();
    assert!(Command::new("cc").arg("-O1").arg("-o").args([&program, &source]).status().unwrap().success());
    program
}

fn plainly(program: &Path) -> std::process::ExitStatus {
    Command::new(program).stdin(Stdio::null()).stdout(Stdio::null()).status().unwrap()
}

fn run(site: &Site, program: &Program, limits: &Limits) {
    let mut running = Running::launch(site, program, Vec::new(), limits).unwrap();
    while running.exit_status(true).unwrap().is_none() {}
    running.finish().unwrap();
}

fn median(mut what: impl FnMut()) -> Duration {
    let mut times: Vec<Duration> = (0..TIMES)
        .map(|_| {
            let start = Instant::now();
            what();
            start.elapsed()
        })
        .collect();
    times.sort();
    times[TIMES / 2]
}

fn show(what: &str, time: Duration) {
    println!("{what:<44}{:>8.2} ms", time.as_secs_f64() * 1e3);
}
