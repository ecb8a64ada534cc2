//! Boxes: what programs in them see, and what is left of them.

use std::collections::BTreeSet;

use super::*;

/// A box, or none where the machine allows none.
fn private(plan: &Plan) -> Option<Place> {
    let place = place_at(Wanted::Private, &Limits::default(), plan);
    match place.lab.obstacle() {
        None => Some(place),
        Some(obstacle) => {
            support::skip(&obstacle.to_string());
            None
        }
    }
}

/// What a shell script prints in a box.
fn printed(place: &Place, script: &str) -> String {
    let outcome = run_in(place, &Limits::default(), &["sh", "-c", script], b"");
    String::from_utf8(outcome.stdout).unwrap()
}

#[test]
fn nothing_of_the_machine_is_seen_but_programs_and_what_is_named() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("named"), "to be seen").unwrap();
    fs::write(folder.path().join("other"), "not to be seen").unwrap();
    let named = folder.path().join("named");
    let Some(place) = private(&Plan { readable: vec![named.clone()], ..Plan::default() }) else { return };
    let seen = printed(
        &place,
        &format!(
            "cat {0}; ls {1}; ls /home /run /var/log 2>/dev/null",
            named.display(),
            folder.path().display()
        ),
    );
    assert_eq!(seen, "to be seennamed\n/home:\n\n/run:\n");
    assert_eq!(printed(&place, &format!("echo x >> {} || echo read-only", named.display())), "read-only\n");
    assert_eq!(printed(&place, "ls -d /proc/[0-9]* | head -c 100"), "/proc/1\n/proc/2\n/proc/3\n/proc/4\n");
}

#[test]
fn a_box_is_found_under_its_own_name() {
    let Some(place) = private(&Plan::default()) else { return };
    let seen =
        printed(&place, "cat /proc/sys/kernel/hostname; getent hosts workbook | cut -d' ' -f1 | sort -u");
    let (name, addresses) = seen.split_once('\n').unwrap();
    assert_eq!((name, addresses.trim_end()), ("workbook", "127.0.0.1"));
}

#[test]
fn what_a_run_writes_is_gone_with_it_and_what_may_stay_stays() {
    let folder = tempfile::tempdir().unwrap();
    let kept = folder.path().join("kept");
    let plan = Plan { writable: vec![folder.path().to_owned()], ..Plan::default() };
    let Some(place) = private(&plan) else { return };
    let script = format!("echo 1 > /tmp/x; echo 2 > /dev/shm/x; echo 3 > {}; ls /tmp/x", kept.display());
    assert_eq!(printed(&place, &script), "/tmp/x\n");
    assert_eq!(printed(&place, "ls /tmp/x /dev/shm/x 2>/dev/null"), "");
    assert_eq!(fs::read_to_string(kept).unwrap(), "3\n");
}

#[test]
fn a_program_has_no_rights_at_all() {
    let Some(place) = private(&Plan::default()) else { return };
    let status = printed(&place, "grep -E '^(Cap...|NoNewPrivs|Seccomp):' /proc/self/status");
    let values: BTreeSet<(&str, &str)> = status
        .lines()
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name, value.trim()))
        .collect();
    let none = "0000000000000000";
    let expected = ["CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"].map(|name| (name, none));
    assert_eq!(values, expected.into_iter().chain([("NoNewPrivs", "1"), ("Seccomp", "2")]).collect());
    assert_eq!(printed(&place, "id -u; unshare -r true 2>/dev/null || echo refused"), "1000\nrefused\n");
}

#[test]
fn many_boxes_leave_nothing_behind() {
    let Some(place) = private(&Plan::default()) else { return };
    let mounts = || fs::read_to_string("/proc/self/mounts").unwrap().lines().count();
    let one_more = || {
        let site = place.lab.site(&Plan::default()).unwrap();
        let mut running =
            Running::launch(&site, &program(&["true"]), Vec::new(), &Limits::default()).unwrap();
        running.finish().unwrap();
    };
    one_more();
    let before = mounts();
    for _ in 0..50 {
        one_more();
    }
    assert_eq!(mounts(), before);
    // The last one may still be on its way out.
    let launcher = Processes::below(std::process::id());
    wait_until("no box is left but the one in use", || {
        launcher.ids().iter().all(|&launcher| Processes::below(launcher).ids().len() <= 1)
    });
}

#[test]
fn sockets_are_for_networks_and_routes_only() {
    let Some(python) = python() else { return };
    let places = tools::places(Path::new(python));
    let Some(place) = private(&Plan { readable: places, ..Plan::default() }) else { return };
    let look = "\
import errno, socket
for family, kind, protocol in ((1, 1, 0), (2, 1, 0), (2, 2, 0), (10, 1, 0), (16, 3, 0), (16, 3, 4), (16, 3, 12), (17, 3, 0), (38, 5, 0)):
    try:
        socket.socket(family, kind, protocol)
        print('yes')
    except OSError as error:
        print(errno.errorcode[error.errno])
";
    let outcome = run_in(&place, &Limits::default(), &[python, "-c", look], b"");
    let expected = "yes\nyes\nyes\nyes\nyes\nEPROTONOSUPPORT\nEPROTONOSUPPORT\nEAFNOSUPPORT\nEAFNOSUPPORT\n";
    assert_eq!(String::from_utf8(outcome.stdout).unwrap(), expected);
}
