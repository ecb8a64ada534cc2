//! What containment costs: `cargo bench --bench lab`. Prints medians; wants a quiet machine.
#![allow(missing_docs, clippy::print_stdout, clippy::unwrap_used, reason = "a benchmark")]

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use workbook::deadlines::Patience;
use workbook::kernel::Processes;
use workbook::lab::{Lab, Limits, Plan, Program, Running, Site, Wanted};

const TIMES: usize = 300;
const MANY: usize = 1000;

fn main() {
    let folder = tempfile::tempdir().unwrap();
    let file = empty_program(folder.path());
    let plan = Plan { readable: vec![file.clone()], ..Plan::default() };
    let program =
        Program { command: vec![file.display().to_string()], folder: "/".into(), environment: Vec::new() };
    let limits = Limits::default();
    show("plain launch", median(|| assert!(plainly(&file).success())));
    for (name, wanted) in [("loopback", Wanted::Loopback), ("private", Wanted::PrivateOnly)] {
        let lab = lab(wanted);
        let site = lab.site(&plan).unwrap();
        show(&format!("{name}: a run"), median(|| run(&site, &program, &limits)));
        show(&format!("{name}: a place is ready"), median(|| drop(lab.site(&plan).unwrap())));
    }
    many_boxes(&plan, &program, &limits);
}

fn lab(wanted: Wanted) -> Lab {
    let executable = Path::new(env!("CARGO_BIN_EXE_workbook"));
    Lab::open(executable, 1, Limits::default(), Patience::normal(), wanted).unwrap()
}

/// What grows when boxes come and go: processes, descriptors, mounts, memory.
fn many_boxes(plan: &Plan, program: &Program, limits: &Limits) {
    let lab = lab(Wanted::PrivateOnly);
    let one = || run(&lab.site(plan).unwrap(), program, limits);
    (0..100).for_each(|_| one());
    let before = State::now();
    let start = Instant::now();
    (0..MANY).for_each(|_| one());
    let each = start.elapsed() / u32::try_from(MANY).unwrap();
    show(&format!("private: each of {MANY} boxes with a run"), each);
    let after = State::now();
    println!("{:<44}{before:?}", "before");
    println!("{:<44}{after:?}", "after");
    assert!(after.processes <= before.processes + 1, "processes are left behind");
    assert!(after.descriptors <= before.descriptors, "descriptors are left behind");
    assert!(after.mounts <= before.mounts, "mounts are left behind");
    assert!(after.memory_kib <= before.memory_kib + 1024, "memory grows");
}

/// What must not grow.
#[derive(Debug)]
struct State {
    processes: usize,
    descriptors: usize,
    mounts: usize,
    /// Of this process and its launcher.
    memory_kib: u64,
}

impl State {
    fn now() -> Self {
        let below = Processes::below(std::process::id());
        let lines = |file: &str| std::fs::read_to_string(file).unwrap().lines().count();
        let memory = |process: u32| {
            let statm = std::fs::read_to_string(format!("/proc/{process}/statm")).unwrap_or_default();
            statm.split(' ').nth(1).and_then(|pages| pages.parse::<u64>().ok()).unwrap_or(0) * 4
        };
        let launcher = below.ids().first().copied().unwrap_or(0);
        Self {
            processes: below.ids().len(),
            descriptors: std::fs::read_dir("/proc/self/fd").unwrap().count(),
            mounts: lines("/proc/self/mountinfo"),
            memory_kib: memory(std::process::id()) + memory(launcher),
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
