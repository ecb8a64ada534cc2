//! Courses, programs and homes in places where one would not look for them.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown, symlink};
use std::path::{Path, PathBuf};

use predicates::prelude::*;
use predicates::str::contains;

use super::support::programs::{find_python, has, python};
use super::support::{Fixture, is_private, skip};

const C: [&str; 5] = ["check", "l01", "--solution", "--lang", "c"];
const PYTHON: [&str; 5] = ["check", "l01", "--solution", "--lang", "python"];
/// A user that nobody is.
const SOMEBODY: u32 = 54_321;

/// Only root can do it; anybody else skips the test.
fn is_root() -> bool {
    let is_root = rustix::process::geteuid().is_root();
    if !is_root {
        skip("only root can do this");
    }
    is_root
}

fn close_to_others(folder: &Path) {
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        if entry.path().is_dir() {
            close_to_others(&entry.path());
        } else {
            fs::set_permissions(entry.path(), fs::Permissions::from_mode(0o600)).unwrap();
        }
    }
    fs::set_permissions(folder, fs::Permissions::from_mode(0o700)).unwrap();
}

#[test]
fn a_course_that_only_its_owner_may_read_can_be_checked() {
    if !has("cc") || python().is_none() {
        return;
    }
    let fixture = Fixture::new();
    close_to_others(fixture.root());
    fixture.workbook(&C).assert().code(0);
    fixture.workbook(&PYTHON).assert().code(0);
    let program = format!("{} ./solutions/w01-l01/main.py", find_python().unwrap().display());
    fixture.workbook(&["check", "l01", "--program", &program]).assert().code(0);
    // One file that is, among others that are not.
    let fixture = Fixture::new();
    fixture.write("exercises/w01-l01/helper.py", "import socket\n");
    let helper = fixture.path("exercises/w01-l01/helper.py");
    fs::set_permissions(helper, fs::Permissions::from_mode(0o600)).unwrap();
    let exercise = fs::read_to_string(fixture.path("solutions/w01-l01/main.py")).unwrap();
    fixture.python_exercise(&exercise.replace("import socket", "from helper import socket"));
    fixture.workbook(&["check", "l01", "--lang", "python"]).assert().code(0);
}

#[test]
fn what_programs_may_not_read_is_nobody_s_mistake() {
    if python().is_none() {
        return;
    }
    let fixture = Fixture::new();
    let source = fixture.path("exercises/w01-l01/main.py");
    fs::set_permissions(&source, fs::Permissions::from_mode(0o000)).unwrap();
    let told = contains("main.py").and(contains("may not read").or(contains("cannot read")));
    if is_private() || !rustix::process::geteuid().is_root() {
        let check = ["check", "l01", "--lang", "python"];
        fixture.workbook(&check).assert().code(2).stdout("").stderr(told);
    }
}

#[test]
fn a_path_that_is_not_text_is_told() {
    use std::os::unix::ffi::OsStrExt;
    let outer = tempfile::tempdir().unwrap();
    let folder = outer.path().join(std::ffi::OsStr::from_bytes(b"b\xff"));
    if fs::create_dir(&folder).is_ok() {
        let fixture = Fixture::below(&folder);
        fixture.workbook(&C).assert().code(2).stdout("").stderr(contains("the course's path is not UTF-8"));
    }
}

#[test]
fn a_course_may_lie_in_a_folder_of_the_system() {
    if !has("cc") || python().is_none() {
        return;
    }
    for folder in ["/usr/src", "/opt", "/dev/shm", "/srv"] {
        if tempfile::tempdir_in(folder).is_err() {
            continue; // not on this machine, or not for this user
        }
        let fixture = Fixture::below(Path::new(folder));
        fixture.workbook(&C).assert().code(0);
        fixture.workbook(&PYTHON).assert().code(0);
    }
}

#[test]
fn a_home_that_is_a_folder_of_the_system_hides_nothing_that_programs_need() {
    if !has("cc") {
        return;
    }
    let level: &[&str] = if is_private() { &["--require-private"] } else { &[] };
    for home in ["/", "/usr", "/usr/sbin", "/bin"] {
        Fixture::new().workbook(&C).args(level).env("HOME", home).assert().code(0);
    }
}

#[test]
fn root_does_not_lock_the_owner_of_a_course_out_of_it() {
    if !has("cc") || !is_root() {
        return;
    }
    let fixture = Fixture::new();
    chown(fixture.root(), Some(SOMEBODY), Some(SOMEBODY)).unwrap();
    fixture.workbook(&C).assert().code(0);
    fixture.workbook(&["check", "l01", "--solution", "--lang", "rust"]).assert().code(0);
    let mut folders = vec![fixture.path(".workbook")];
    let mut foreign: Vec<PathBuf> = Vec::new();
    while let Some(folder) = folders.pop() {
        foreign.extend((folder.metadata().unwrap().uid() != SOMEBODY).then(|| folder.clone()));
        for path in fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()) {
            folders.extend(path.is_dir().then_some(path));
        }
    }
    assert_eq!(foreign, [] as [PathBuf; 0]);
}

#[test]
fn where_no_program_may_be_run_it_is_built_elsewhere_or_that_is_told() {
    if !has("cc") || !is_root() {
        return;
    }
    // A mount of its own is over with the shell.
    let script = "mount -t tmpfs -o noexec tmpfs \"$1\" && cp -r \"$2\"/. \"$1\" && cd \"$1\" && shift 2 && exec \"$@\"";
    let (fixture, mount) = (Fixture::new(), tempfile::tempdir().unwrap());
    let check = |temporary: &Path| {
        let mut command = assert_cmd::Command::new("unshare");
        command.args(["-m", "sh", "-c", script, "sh"]).arg(mount.path()).arg(fixture.root());
        command.arg(env!("CARGO_BIN_EXE_workbook")).args(C).env("TMPDIR", temporary);
        command
    };
    let elsewhere = tempfile::tempdir().unwrap();
    check(elsewhere.path()).assert().code(0);
    let told = contains("no program may be run in").and(contains("noexec"));
    check(mount.path()).assert().code(2).stdout("").stderr(told);
}

#[test]
fn folders_that_a_command_names_are_seen() {
    if python().is_none() {
        return;
    }
    let fixture = Fixture::new();
    let source = fs::read_to_string(fixture.path("solutions/w01-l01/main.py")).unwrap();
    fixture.write("exercises/w01-l01/client/__main__.py", source);
    let program = format!("{} ./exercises/w01-l01/client", find_python().unwrap().display());
    fixture.workbook(&["check", "l01", "--program", &program]).assert().code(0);
}

#[test]
fn a_virtual_environment_around_a_course_shows_nothing_of_it() {
    if python().is_none() || !is_private() {
        return;
    }
    let fixture = Fixture::new();
    let root = fixture.root();
    for folder in ["bin", "lib"] {
        fs::create_dir(root.join(folder)).unwrap();
    }
    fs::write(root.join("pyvenv.cfg"), "include-system-site-packages = false\n").unwrap();
    symlink(find_python().unwrap(), root.join("bin/python3")).unwrap();
    let look = "import os; print(sorted(os.listdir('../..')), sorted(os.listdir('../../lib')))";
    fixture.python_exercise(&format!("import os; os.chdir(os.path.dirname(__file__))\n{look}\n"));
    let path = std::env::join_paths([root.join("bin"), PathBuf::from("/usr/bin")]).unwrap();
    let seen = contains("['bin', 'exercises', 'lib', 'pyvenv.cfg'] []");
    fixture.workbook(&["check", "l01", "--lang", "python"]).env("PATH", path).assert().code(1).stdout(seen);
}

#[test]
fn a_language_that_a_version_manager_installs_is_seen_whole() {
    let (fixture, manager) = (Fixture::new(), tempfile::tempdir().unwrap());
    let executable = |name: &str, script: String| {
        let file = manager.path().join(name);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(&file, script).unwrap();
        fs::set_permissions(file, fs::Permissions::from_mode(0o755)).unwrap();
    };
    let folder = manager.path().display();
    executable("shims/snake", format!("#!/bin/sh\nexec {folder}/libexec/manager \"$@\"\n"));
    executable("libexec/manager", format!("#!/bin/sh\nexec {folder}/versions/3/bin/snake \"$@\"\n"));
    executable("versions/3/bin/snake", "#!/bin/sh\necho version 3 of snake\nexit 7\n".to_owned());
    let path = std::env::join_paths([manager.path().join("shims"), PathBuf::from("/usr/bin")]).unwrap();
    let check = ["check", "l01", "--program", "snake script"];
    let told = contains("version 3 of snake").and(contains("exits with code 7"));
    fixture.workbook(&check).env("PATH", path).assert().code(1).stdout(told).stderr("");
}
