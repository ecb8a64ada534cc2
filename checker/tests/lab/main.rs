//! Programs are launched, watched and ended for good, whatever they do.
#![allow(missing_docs, clippy::unwrap_used, reason = "tests")]

#[path = "../support/mod.rs"]
mod support;

#[cfg(target_os = "linux")]
mod hang;
#[cfg(target_os = "linux")]
mod private;

use std::fs;
use std::os::fd::AsFd;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Instant;

use rustix::event::{PollFd, Timespec, poll};
use rustix::process::{Pid, Signal};
use support::programs::python;
use support::{Fixture, PATIENCE, is_alive, process_ids, wait_until};
use workbook::deadlines::Patience;
use workbook::kernel::Processes;
use workbook::lab::build::tools;
use workbook::lab::{Lab, LaunchError, Limits, Plan, Program, Running, Site, Wanted};
use workbook::trace::{ExitStatus, Flood, Stream, What};

/// A daemon of the first process: no child of it, in another group and session. Both tell who they are.
const DAEMON: &str = "\
import os, sys, time
def tell():
    with open(sys.argv[1], 'a') as file:
        file.write(f'{os.getpid()}\\n')
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        tell()
        time.sleep(1000)
    os._exit(0)
os.wait()
tell()
";

/// A place to run programs in.
struct Place {
    site: Site,
    /// Ends after the site.
    lab: Lab,
}

/// At the level that the environment names; in a box where none is named and there can be one.
fn place(limits: &Limits) -> Place {
    place_with(limits, python().into_iter().map(PathBuf::from).collect())
}

/// A place in which these can be seen, with what they need.
fn place_with(limits: &Limits, files: Vec<PathBuf>) -> Place {
    let wanted = match std::env::var("WORKBOOK_LEVEL").as_deref() {
        Ok("loopback") => Wanted::Loopback,
        Ok("private") => Wanted::PrivateOnly,
        _ => Wanted::Private,
    };
    let readable =
        files.iter().flat_map(|file| tools::places(file).into_iter().chain([file.clone()])).collect();
    place_at(wanted, limits, &Plan { readable, ..Plan::default() })
}

/// Beside us on this machine, where process ids and files mean the same to the program and to the test.
fn host(limits: &Limits) -> Place {
    place_at(Wanted::Loopback, limits, &Plan::default())
}

fn place_at(wanted: Wanted, limits: &Limits, plan: &Plan) -> Place {
    let executable = Path::new(env!("CARGO_BIN_EXE_workbook"));
    let lab = Lab::open(executable, 1, *limits, Patience::normal(), wanted).expect("a lab");
    let site = lab.site(plan).expect("a place to run programs in");
    Place { site, lab }
}

fn program(command: &[&str]) -> Program {
    Program {
        command: command.iter().map(|&word| word.to_owned()).collect(),
        folder: std::env::temp_dir(),
        environment: vec![("PATH".to_owned(), std::env::var("PATH").unwrap())],
    }
}

/// What became of a program.
#[derive(Debug)]
struct Outcome {
    status: ExitStatus,
    left_behind: Vec<String>,
    stdout: Vec<u8>,
    stderr: Vec<u8>,
    /// Bytes of standard output that were seen, kept or not.
    seen_bytes: usize,
    flood: Option<(Flood, u64)>,
}

fn run(command: &[&str]) -> Outcome {
    run_with(&Limits::default(), command, b"")
}

/// Beside us, where the files and process ids that it tells are ours.
fn run_on_host(limits: &Limits, command: &[&str]) -> Outcome {
    run_in(&host(limits), limits, command, b"")
}

fn sh(script: &str) -> Outcome {
    run(&["sh", "-c", script])
}

fn run_with(limits: &Limits, command: &[&str], stdin: &[u8]) -> Outcome {
    run_in(&place(limits), limits, command, stdin)
}

fn run_in(place: &Place, limits: &Limits, command: &[&str], stdin: &[u8]) -> Outcome {
    let mut running =
        Running::launch(&place.site, &program(command), stdin.to_vec(), limits).expect("it starts");
    let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
    let mut record = |what| match what {
        What::Printed { stream: Stream::Stdout, bytes } => stdout.extend_from_slice(&bytes),
        What::Printed { stream: Stream::Stderr, bytes } => stderr.extend_from_slice(&bytes),
        other => panic!("a program alone only prints: {other:?}"),
    };
    let status = loop {
        let is_ready = wait(&running);
        running.turn(&mut record);
        if let Some(status) = running.exit_status(is_ready).expect("the launcher lives") {
            break status;
        }
    };
    let left_behind = running.finish().expect("the launcher lives");
    wait_until("its streams are closed", || {
        running.turn(&mut record);
        running.stdout.is_closed() && running.stderr.is_closed()
    });
    let (seen_bytes, flood) = (running.stdout.seen_bytes, running.flood(limits));
    Outcome { status, left_behind, stdout, stderr, seen_bytes, flood }
}

/// Waits for the next event; true when the launcher has an answer.
fn wait(running: &Running<'_>) -> bool {
    let descriptors = running.descriptors();
    let mut wait: Vec<PollFd<'_>> =
        descriptors.iter().map(|(descriptor, flags)| PollFd::from_borrowed_fd(*descriptor, *flags)).collect();
    let timeout = Timespec::try_from(PATIENCE).unwrap();
    let ready = rustix::io::retry_on_intr(|| poll(&mut wait, Some(&timeout))).unwrap();
    assert!(ready > 0, "the program does something at last");
    !wait[0].revents().is_empty()
}

#[test]
fn exit_codes_are_told() {
    assert_eq!([0, 1, 255].map(|code| sh(&format!("exit {code}")).status), [0, 1, 255].map(ExitStatus::Code));
}

#[test]
fn deaths_by_signal_are_told_with_the_signal() {
    for (name, number) in [("SEGV", 11), ("TERM", 15), ("KILL", 9), ("PIPE", 13), ("ABRT", 6)] {
        assert_eq!(sh(&format!("kill -{name} $$")).status, ExitStatus::Signal(number), "{name}");
    }
}

#[test]
fn what_was_printed_before_the_end_is_all_read() {
    let outcome = sh("head -c 60000 /dev/zero; head -c 300 /dev/zero >&2; kill -KILL $$");
    assert_eq!((outcome.stdout.len(), outcome.stderr.len()), (60000, 300));
    assert_eq!((outcome.seen_bytes, outcome.flood), (60000, None));
}

/// `splice` onto a pipe locks the pipe while it waits, and who reads the other end then sleeps with it.
#[test]
fn no_program_can_lock_what_we_read() {
    let Some(python) = python() else { return };
    let source = "\
import os, socket, struct, sys
silent, other = socket.socketpair()
silent.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, struct.pack('ll', 1, 0))
for stream in 1, 2:
    try:
        os.splice(silent.fileno(), stream, 1)
        sys.exit('it can be locked')
    except OSError as error:
        print(os.strerror(error.errno))
";
    let outcome = run(&[python, "-c", source]);
    let refused = "Invalid argument\n".repeat(2);
    assert_eq!(
        (outcome.status, String::from_utf8_lossy(&outcome.stdout)),
        (ExitStatus::Code(0), refused.into())
    );
}

#[test]
fn output_beyond_the_limit_is_read_and_not_kept() {
    let limits = Limits { stdout_bytes: 1000, stderr_kept_bytes: 10, ..Limits::default() };
    let script = "head -c 1000000 /dev/zero; head -c 100000 /dev/zero >&2";
    let outcome = run_with(&limits, &["sh", "-c", script], b"");
    assert_eq!((outcome.stdout.len(), outcome.stderr.len()), (1000, 10));
    assert_eq!(outcome.flood, Some((Flood::Stdout, 1_000_000)));
    let just_enough = run_with(&limits, &["sh", "-c", "head -c 1000 /dev/zero"], b"");
    assert_eq!(just_enough.flood, None);
}

#[test]
fn a_flood_of_standard_error_is_told() {
    let limits = Limits { stderr_bytes: 1000, ..Limits::default() };
    let outcome = run_with(&limits, &["sh", "-c", "head -c 1001 /dev/zero >&2"], b"");
    assert_eq!(outcome.flood, Some((Flood::Stderr, 1001)));
}

#[test]
fn standard_input_is_fed_and_ends() {
    let input: Vec<u8> = (0..1_000_000_u32).map(|number| (number % 251) as u8).collect();
    let outcome = run_with(&Limits::default(), &["cat"], &input);
    assert!(outcome.stdout == input, "every byte comes back");
    assert_eq!(sh("wc -c").stdout.trim_ascii(), b"0");
}

#[test]
fn a_program_that_does_not_want_its_input_is_left_alone() {
    let input = vec![b'x'; 1_000_000];
    let outcome =
        run_with(&Limits::default(), &["sh", "-c", "head -c 1 >/dev/null; exec <&-; echo ok"], &input);
    assert_eq!((outcome.status, outcome.stdout), (ExitStatus::Code(0), b"ok\n".to_vec()));
}

/// A piece of shell that leaves a child behind, once that has become what it is.
const LEAVE_CHILD: &str = "sleep 1000 & until grep -q sleep /proc/$!/comm; do :; done; ";

#[test]
#[cfg(target_os = "linux")]
fn children_left_behind_are_killed_and_named() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("ids");
    let tell = format!("echo $! >> {}", file.display());
    let script = format!("{LEAVE_CHILD} {tell}; {LEAVE_CHILD} {tell}; exit 3");
    let outcome = run_on_host(&Limits::default(), &["sh", "-c", &script]);
    assert_eq!(outcome.status, ExitStatus::Code(3));
    assert_eq!(outcome.left_behind, ["sleep", "sleep"]);
    assert!(!process_ids(&file, 2).into_iter().any(is_alive));
}

#[test]
fn a_daemon_does_not_escape() {
    let Some(python) = python() else { return };
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("ids");
    // The program ends only when the daemon has begun.
    let source = format!("{DAEMON}while len(open(sys.argv[1]).readlines()) < 2: time.sleep(0.01)\n");
    let outcome = run_on_host(&Limits::default(), &[python, "-c", &source, file.to_str().unwrap()]);
    assert_eq!((outcome.status, outcome.left_behind.len()), (ExitStatus::Code(0), 1), "{outcome:?}");
    assert!(!process_ids(&file, 2).into_iter().any(is_alive));
}

#[test]
fn a_program_that_ignores_every_polite_signal_is_ended() {
    let limits = Limits::default();
    let place = place(&limits);
    let script = "trap '' TERM INT HUP QUIT; echo ready; while :; do sleep 1000; done";
    let program = program(&["sh", "-c", script]);
    let mut running = Running::launch(&place.site, &program, Vec::new(), &limits).unwrap();
    let mut has_begun = false;
    while !has_begun {
        wait(&running);
        running.turn(&mut |what| has_begun |= matches!(what, What::Printed { .. }));
    }
    let processes = Processes::below(running.root).ids().to_vec();
    assert!(!processes.is_empty());
    let killed = running.finish().unwrap();
    assert!(!processes.into_iter().any(is_alive), "{killed:?}");
    assert!(Processes::below(running.root).ids().is_empty());
}

#[test]
fn a_program_that_is_forgotten_is_ended() {
    let limits = Limits::default();
    let place = place(&limits);
    let processes = {
        let running =
            Running::launch(&place.site, &program(&["sleep", "1000"]), Vec::new(), &limits).unwrap();
        Processes::below(running.root).ids().to_vec()
    };
    assert!(!processes.is_empty() && !processes.into_iter().any(is_alive));
}

#[test]
fn a_program_that_stops_its_launcher_is_ended() {
    let limits = Limits::default();
    let place = host(&limits);
    let stops = program(&["sh", "-c", "kill -STOP $PPID; echo done; exec sleep 1000"]);
    let mut running = Running::launch(&place.site, &stops, Vec::new(), &limits).expect("it starts");
    wait_until("the launcher is stopped", || running.turn(&mut |_| ()));
    running.finish().expect("the launcher is awake again");
    assert!(Processes::below(running.root).ids().is_empty());
}

#[test]
#[cfg(target_os = "linux")]
fn a_launcher_launches_again_and_again() {
    let limits = Limits::default();
    let place = place(&limits);
    for code in [0, 1, 2] {
        let script = format!("{LEAVE_CHILD} exit {code}");
        let mut running =
            Running::launch(&place.site, &program(&["sh", "-c", &script]), Vec::new(), &limits).unwrap();
        let status = loop {
            let is_ready = wait(&running);
            running.turn(&mut |_| ());
            if let Some(status) = running.exit_status(is_ready).unwrap() {
                break status;
            }
        };
        assert_eq!((status, running.finish().unwrap()), (ExitStatus::Code(code), vec!["sleep".to_owned()]));
    }
}

#[test]
fn closing_standard_output_is_not_the_end() {
    let limits = Limits::default();
    let place = place(&limits);
    let program = program(&["sh", "-c", "exec >&-; read line; exit 5"]);
    let mut running = Running::launch(&place.site, &program, b"go\n".to_vec(), &limits).unwrap();
    let status = loop {
        let is_ready = wait(&running);
        running.turn(&mut |_| ());
        if let Some(status) = running.exit_status(is_ready).unwrap() {
            break status;
        }
    };
    assert_eq!(status, ExitStatus::Code(5));
    running.turn(&mut |_| ());
    assert!(running.stdout.is_closed());
}

#[test]
fn what_cannot_be_started_says_why() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("program");
    fs::write(&file, "#!/bin/sh\n").unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
    let limits = Limits::default();
    let place = host(&limits);
    let reason = |command: &str| match Running::launch(&place.site, &program(&[command]), Vec::new(), &limits)
    {
        Err(LaunchError::NotStarted(reason)) => reason,
        other => panic!("{other:?}"),
    };
    assert_eq!(reason(file.to_str().unwrap()), "Permission denied (os error 13)");
    assert_eq!(reason("/no/such/program"), "No such file or directory (os error 2)");
    // The launcher is as good as before.
    let mut running = Running::launch(&place.site, &program(&["true"]), Vec::new(), &limits).unwrap();
    assert!(running.finish().is_ok());
}

#[test]
#[cfg(target_os = "linux")]
fn descriptors_of_ours_are_not_inherited() {
    let file = tempfile::tempfile().unwrap();
    rustix::io::fcntl_setfd(&file, rustix::io::FdFlags::empty()).unwrap();
    let plain = Command::new("ls").arg("/proc/self/fd").output().unwrap().stdout;
    assert!(plain.split(|&byte| byte == b'\n').count() > 5, "a plain child sees the open file");
    // The fourth is the folder that is being listed.
    assert_eq!(run(&["ls", "/proc/self/fd"]).stdout, b"0\n1\n2\n3\n");
}

#[test]
fn only_the_given_environment_is_seen() {
    let outcome = run(&["env"]);
    let path = format!("PATH={}\n", std::env::var("PATH").unwrap());
    assert_eq!(String::from_utf8(outcome.stdout).unwrap(), path);
}

#[test]
fn a_program_leads_a_group_of_its_own() {
    let outcome = sh("ps -o pgid= -p $$ 2>/dev/null || cut -d' ' -f5 /proc/$$/stat; echo $$");
    let ids = String::from_utf8(outcome.stdout).unwrap();
    let ids: Vec<&str> = ids.split_whitespace().collect();
    assert_eq!(ids[0], ids[1]);
}

#[test]
fn limits_hold() {
    let folder = tempfile::tempdir().unwrap();
    let limits = Limits { file_bytes: 100_000, descriptors: 50, ..Limits::default() };
    let run = |script: &str| run_on_host(&limits, &["sh", "-c", script]);
    assert_eq!(run("ulimit -c; ulimit -n").stdout, b"0\n50\n");
    let big = format!("exec head -c 200000 /dev/zero > {}/big", folder.path().display());
    assert_eq!(run(&big).status, ExitStatus::Signal(25)); // SIGXFSZ
    assert_eq!(fs::metadata(folder.path().join("big")).unwrap().len(), 100_000);
}

#[test]
#[cfg(target_os = "linux")]
fn memory_is_limited_and_reserved_addresses_are_not() {
    let Some(python) = python() else { return };
    let limits = Limits { memory_bytes: 300 << 20, ..Limits::default() };
    let run = |source: &str| run_with(&limits, &[python, "-c", source], b"");
    assert_eq!(run("bytearray(100 << 20)").status, ExitStatus::Code(0));
    let greedy = run("bytearray(400 << 20)");
    assert_eq!(greedy.status, ExitStatus::Code(1));
    assert!(greedy.stderr.ends_with(b"MemoryError\n"), "{greedy:?}");
    let reserves = "import mmap; mmap.mmap(-1, 4 << 30, prot=mmap.PROT_READ)";
    assert_eq!(run(reserves).status, ExitStatus::Code(0));
}

#[test]
#[cfg(target_os = "linux")]
fn processor_time_is_limited() {
    let limits = Limits { cpu_seconds: 1, ..Limits::default() };
    let outcome = run_with(&limits, &["sh", "-c", "while :; do :; done"], b"");
    assert_eq!(outcome.status, ExitStatus::Signal(24)); // SIGXCPU
}

/// `workbook check` at work on a program that has a daemon and sleeps; with all processes of it.
fn check_under_way(fixture: &Fixture, python: &str) -> (Child, Vec<u32>) {
    let file = fixture.path("ids");
    fixture.write("daemon.py", format!("{DAEMON}time.sleep(1000)\n"));
    let command = format!("{python} daemon.py {}", file.display());
    let scenario = "server-keeps-the-connection-open";
    let mut check = Command::new(env!("CARGO_BIN_EXE_workbook"));
    check.current_dir(fixture.root()).args([
        "check",
        support::LESSON,
        "--scenario",
        scenario,
        "--program",
        &command,
        "--level",
        "loopback",
    ]);
    // The test is about our end, not about the deadline of a program that does nothing.
    check.env("WORKBOOK_SLOW", "100").stdout(Stdio::null()).stderr(Stdio::piped());
    let check = check.spawn().unwrap();
    let told = process_ids(&file, 2);
    let all = Processes::below(check.id()).ids().to_vec();
    assert!(
        told.iter().all(|process| all.contains(process)),
        "daemon and program are ours: {told:?} {all:?}"
    );
    assert!(all.len() > 3, "there are launchers, too: {all:?}");
    (check, all)
}

#[test]
#[cfg(target_os = "linux")]
fn when_the_workbook_is_killed_nothing_is_left() {
    let Some(python) = python() else { return };
    let fixture = Fixture::new();
    let (mut check, processes) = check_under_way(&fixture, python);
    check.kill().unwrap();
    check.wait().unwrap();
    wait_until("every process is gone", || !processes.iter().copied().any(is_alive));
}

#[test]
#[cfg(target_os = "linux")]
fn when_the_user_interrupts_nothing_is_left() {
    let Some(python) = python() else { return };
    for signal in [Signal::INT, Signal::TERM, Signal::HUP] {
        let fixture = Fixture::new();
        let (check, processes) = check_under_way(&fixture, python);
        rustix::process::kill_process(Pid::from_child(&check), signal).unwrap();
        let output = check.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(130), "{signal:?}");
        assert_eq!(output.stderr, b"workbook: interrupted; nothing was judged\n");
        wait_until("every process is gone", || !processes.iter().copied().any(is_alive));
    }
}
