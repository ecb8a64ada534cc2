//! The file system of a box: the system's programs and what the plan names, all read-only; nothing else.

use std::fs;
use std::io;
use std::os::unix::fs::{DirBuilderExt, symlink};
use std::path::{Component, Path, PathBuf};

use rustix::mount::{
    MountFlags, MountPropagationFlags, UnmountFlags, mount, mount_bind_recursive, mount_change,
    mount_remount, unmount,
};

use super::plan::Plan;
use super::sight::Sight;
use super::{HOST_NAME, NAME_SERVER, PEER_IPV4, PEER_NAME};
use crate::lab::calls::make_read_only;

/// Any folder that surely exists will do: the new root is only mounted here until it becomes the root.
const STAGE: &str = "/tmp";
/// Where the machine's own files are while the box is built.
const HOST: &str = "/.host";
/// Where things wait whose names lie in the folder that every run makes anew.
const SHELF: &str = "/.shelf";

/// Folders of the system that hold programs and libraries.
const SYSTEM: [&str; 10] = ["usr", "bin", "sbin", "lib", "lib32", "lib64", "libx32", "opt", "nix", "gnu"];

/// Settings that programs and compilers read; nothing else of /etc is there, least of all secrets.
const SETTINGS: [&str; 17] = [
    "alternatives",
    "crypto-policies",
    "gai.conf",
    "host.conf",
    "ld.so.cache",
    "ld.so.conf",
    "locale.alias",
    "locale.conf",
    "localtime",
    "lsb-release",
    "mime.types",
    "os-release",
    "pki",
    "protocols",
    "services",
    "ssl",
    "timezone",
];

/// Java has its settings in folders that are named after its version, and does not start without them.
const JAVA: &str = "java";

/// Device nodes that every program expects.
const DEVICES: [&str; 5] = ["null", "zero", "full", "random", "urandom"];
const DEVICE_LINKS: [(&str, &str); 5] = [
    (OWN_FOLDER, SHARED_MEMORY),
    ("/proc/self/fd", "/dev/fd"),
    ("/proc/self/fd/0", "/dev/stdin"),
    ("/proc/self/fd/1", "/dev/stdout"),
    ("/proc/self/fd/2", "/dev/stderr"),
];

/// The folder that every run has for itself, with its size in bytes and its number of files. Shared memory lies
/// there too.
const OWN_FOLDER: &str = "/tmp";
const SHARED_MEMORY: &str = "/dev/shm";
const OWN_FOLDER_OPTIONS: &std::ffi::CStr = c"size=64m,nr_inodes=4096,mode=1777";

/// Builds the box's file system and makes it the root of this process, which must have mounts of its own.
pub(super) fn build(plan: &Plan, sight: &Sight) -> io::Result<()> {
    mount_change("/", MountPropagationFlags::PRIVATE | MountPropagationFlags::REC)?;
    let safe = MountFlags::NOSUID | MountFlags::NODEV;
    mount("tmpfs", STAGE, "tmpfs", safe, Some(c"mode=0755"))?;
    folder(&Path::new(STAGE).join(&HOST[1..]))?;
    rustix::process::pivot_root(STAGE, Path::new(STAGE).join(&HOST[1..]))?;
    std::env::set_current_dir("/")?;
    system()?;
    let all_hidden = plan.hidden();
    let mut hidden = hide(&all_hidden, Path::new("/"))?;
    settings()?;
    devices()?;
    for own in ["/proc", "/home", "/run", "/var/tmp"] {
        folder(Path::new(own))?;
    }
    // Stays beneath those of the runs: without one the kernel refuses new ones.
    mount_bind_recursive(host("proc"), "/proc")?;
    let visible = plan.visible().into_iter().enumerate();
    for (index, (path, is_writable)) in visible {
        let is_seen = is_of_system(path) && !all_hidden.iter().any(|hidden| path.starts_with(hidden));
        if is_seen && !is_writable {
            continue;
        }
        let target = if is_own(path) { shelf(index) } else { path.to_owned() };
        show(path, &target, is_writable, sight)?;
        hidden.extend(hide(&all_hidden, path)?);
    }
    unmount(HOST, UnmountFlags::DETACH)?;
    fs::remove_dir(HOST)?;
    let seal = |path: &Path| mount_remount(path, MountFlags::BIND | MountFlags::RDONLY | safe, c"");
    Ok(hidden.into_iter().chain([Path::new("/")]).try_for_each(seal)?)
}

/// Puts an empty folder in the place of each of these that can be seen in this folder; which ones.
fn hide<'a>(hidden: &[&'a Path], folder: &Path) -> io::Result<Vec<&'a Path>> {
    let is_seen = |path: &&&Path| path.starts_with(folder) && **path != folder && path.is_dir();
    let seen: Vec<&Path> = hidden.iter().filter(is_seen).copied().collect();
    let safe = MountFlags::NOSUID | MountFlags::NODEV;
    seen.iter().try_for_each(|path| mount("tmpfs", *path, "tmpfs", safe, Some(c"mode=0755")))?;
    Ok(seen)
}

/// Gives a run, which must have mounts of its own, its own folders.
pub(super) fn build_for_run(plan: &Plan) -> io::Result<()> {
    let safe = MountFlags::NOSUID | MountFlags::NODEV;
    mount("proc", "/proc", "proc", safe | MountFlags::NOEXEC, None)?;
    mount("tmpfs", OWN_FOLDER, "tmpfs", safe, Some(OWN_FOLDER_OPTIONS))?;
    for (index, (path, _)) in plan.visible().into_iter().enumerate().filter(|(_, (path, _))| is_own(path)) {
        let shelf = shelf(index);
        mount_point(path, shelf.is_dir())?;
        mount_bind_recursive(&shelf, path)?;
    }
    std::env::set_current_dir(OWN_FOLDER)
}

/// Is it visible anyway?
pub(super) fn is_of_system(path: &Path) -> bool {
    SYSTEM.iter().any(|name| path.starts_with(Path::new("/").join(name)))
}

/// Does it lie in the folder that every run makes anew, under one of its names?
fn is_own(path: &Path) -> bool {
    path.starts_with(OWN_FOLDER) || path.starts_with(SHARED_MEMORY)
}

fn shelf(index: usize) -> PathBuf {
    Path::new(SHELF).join(index.to_string())
}

/// Where a file of the machine is while the box is built.
fn host(path: impl AsRef<Path>) -> PathBuf {
    let path = path.as_ref();
    Path::new(HOST).join(path.strip_prefix("/").unwrap_or(path))
}

fn system() -> io::Result<()> {
    for name in SYSTEM {
        let (from, to) = (host(name), Path::new("/").join(name));
        match fs::symlink_metadata(&from) {
            Ok(data) if data.is_symlink() => symlink(fs::read_link(&from)?, to)?,
            Ok(data) if data.is_dir() => show(&to, &to, false, &Sight::default())?,
            _ => {}
        }
    }
    Ok(())
}

/// The settings: folders as they are, files as copies, and those of the box itself.
fn settings() -> io::Result<()> {
    let etc = Path::new("/etc");
    folder(etc)?;
    let of_java = fs::read_dir(host("etc"))?.filter_map(Result::ok).map(|entry| entry.file_name());
    let of_java = of_java.filter(|name| name.as_encoded_bytes().starts_with(JAVA.as_bytes()));
    for name in SETTINGS.into_iter().map(Into::into).chain(of_java) {
        let (from, to) = (host("etc").join(&name), etc.join(&name));
        match fs::symlink_metadata(&from) {
            Ok(data) if data.is_symlink() => symlink(fs::read_link(&from)?, to)?,
            Ok(data) if data.is_dir() => show(&to, &to, false, &Sight::default())?,
            // One that may not be read is not there.
            Ok(_) => drop(fs::copy(&from, to)),
            Err(_) => {}
        }
    }
    let own = [
        ("hosts", format!("127.0.0.1 localhost {HOST_NAME}\n::1 localhost\n{PEER_IPV4} {PEER_NAME}\n")),
        ("resolv.conf", format!("nameserver {NAME_SERVER}\noptions timeout:1 attempts:2\n")),
        ("nsswitch.conf", "passwd: files\ngroup: files\nhosts: files dns\n".to_owned()),
        ("passwd", format!("learner:x:{0}:{0}:learner:/tmp:/bin/sh\n", super::USER)),
        ("group", format!("learner:x:{}:\n", super::USER)),
        ("hostname", format!("{HOST_NAME}\n")),
    ];
    own.into_iter().try_for_each(|(name, text)| fs::write(etc.join(name), text))
}

fn devices() -> io::Result<()> {
    folder(Path::new("/dev"))?;
    for name in DEVICES {
        let device = Path::new("/dev").join(name);
        fs::write(&device, "")?;
        mount_bind_recursive(host(&device), &device)?;
    }
    DEVICE_LINKS.into_iter().try_for_each(|(target, link)| symlink(target, link))?;
    folder(Path::new(OWN_FOLDER))
}

/// Shows a file or folder of the machine at another place.
fn show(path: &Path, target: &Path, is_writable: bool, sight: &Sight) -> io::Result<()> {
    let from = host(path);
    let named = |error: io::Error| io::Error::new(error.kind(), format!("{}: {error}", path.display()));
    mount_point(target, fs::metadata(&from).map_err(named)?.is_dir())?;
    if !sight.mount(path, target).map_err(named)? {
        mount_bind_recursive(&from, target).map_err(io::Error::from).map_err(named)?;
    }
    if is_writable { Ok(()) } else { make_read_only(target, false).map_err(named) }
}

/// Makes an empty file or folder to mount on, where there is none.
fn mount_point(path: &Path, is_folder: bool) -> io::Result<()> {
    if is_folder {
        return folder(path);
    }
    path.parent().map_or(Ok(()), folder)?;
    if path.exists() { Ok(()) } else { fs::write(path, "") }
}

/// Makes a folder and those above it, which everybody may enter.
fn folder(path: &Path) -> io::Result<()> {
    let mut made = PathBuf::new();
    for component in path.components() {
        made.push(component);
        if !matches!(component, Component::RootDir) && !made.is_dir() {
            fs::DirBuilder::new().mode(0o755).create(&made)?;
        }
    }
    Ok(())
}
