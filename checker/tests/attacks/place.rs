//! Where an attack takes place: a course with secrets all around it, and services of the machine that nobody may call.

use std::collections::BTreeMap;
use std::fs;
use std::io::ErrorKind;
use std::net::{Ipv6Addr, SocketAddr, TcpListener, UdpSocket};
use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{SocketAddr as UnixAddress, UnixListener};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Instant, SystemTime};

use tempfile::TempDir;

use super::support::Fixture;

/// A course, a home and a machine; knows how all of it was.
pub struct Place {
    pub fixture: Fixture,
    outside: TempDir,
    /// Occurs in everything that is secret.
    canary: String,
    /// Occurs in the name of everything that attacks leave behind.
    pub mark: String,
    key: u32,
    services: Services,
    before: BTreeMap<PathBuf, Vec<u8>>,
    mounts: String,
    clock: (Instant, SystemTime),
}

/// What listens on the machine itself.
struct Services {
    tcp: Vec<TcpListener>,
    udp: UdpSocket,
    path: UnixListener,
    abstract_name: UnixListener,
    port: u16,
}

impl Services {
    fn open(path: &Path, abstract_name: &str) -> Self {
        let all = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = all.local_addr().unwrap().port();
        // Without IPv6 there is nothing to protect there.
        let six = TcpListener::bind((Ipv6Addr::LOCALHOST, port)).ok();
        let tcp: Vec<TcpListener> = [Some(all), six].into_iter().flatten().collect();
        tcp.iter().for_each(|listener| listener.set_nonblocking(true).unwrap());
        let udp = UdpSocket::bind(("127.0.0.1", port)).unwrap();
        udp.set_nonblocking(true).unwrap();
        let path = UnixListener::bind(path).unwrap();
        let name = UnixAddress::from_abstract_name(abstract_name).unwrap();
        let abstract_name = UnixListener::bind_addr(&name).unwrap();
        [&path, &abstract_name].into_iter().for_each(|listener| listener.set_nonblocking(true).unwrap());
        Self { tcp, udp, path, abstract_name, port }
    }

    /// Nobody has called.
    fn assert_idle(&self) {
        let is_idle = |kind: ErrorKind| kind == ErrorKind::WouldBlock;
        for listener in &self.tcp {
            let caller: Result<SocketAddr, _> = listener.accept().map(|(_, address)| address);
            assert!(
                is_idle(caller.as_ref().unwrap_err().kind()),
                "a program has reached the machine's TCP port"
            );
        }
        assert!(
            is_idle(self.udp.recv(&mut [0; 9]).unwrap_err().kind()),
            "a program has reached the machine's UDP port"
        );
        for listener in [&self.path, &self.abstract_name] {
            assert!(
                is_idle(listener.accept().unwrap_err().kind()),
                "a program has reached a unix socket of the machine"
            );
        }
    }
}

impl Place {
    /// Everything in folders of their own below this one.
    pub fn below(folder: &Path) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(1);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let process = std::process::id();
        let outside = tempfile::tempdir_in(folder).unwrap();
        let mark = format!("attack-{process}-{number}");
        let services = Services::open(&outside.path().join("socket"), &mark);
        let fixture = Fixture::below(folder);
        let canary = format!("canary-of-{process}-{number}");
        let place = Self {
            fixture,
            canary,
            mark,
            key: 0x5a00_0000 | (process & 0xffff) << 8 | number & 0xff,
            services,
            before: BTreeMap::new(),
            mounts: mounts(),
            clock: (Instant::now(), SystemTime::now()),
            outside,
        };
        place.hide_secrets();
        place
    }

    fn hide_secrets(&self) {
        for language in ["main.c", "main.py", "main.rs"] {
            let file = format!("solutions/w01-l01/{language}");
            let text = fs::read_to_string(self.fixture.path(&file)).unwrap();
            let comment = if language == "main.py" { "#" } else { "//" };
            self.fixture.write(&file, format!("{text}\n{comment} {}\n", self.canary));
        }
        for file in ["gradebook.sqlite", ".workbook/gradebook.sqlite", "other-submission/main.c"] {
            self.fixture.write(file, &self.canary);
        }
        for (folder, file) in [("home", "secret.txt"), ("home/.ssh", "id_ed25519"), ("temporary", "")] {
            let folder = self.outside.path().join(folder);
            fs::create_dir_all(&folder).unwrap();
            if !file.is_empty() {
                fs::write(folder.join(file), format!("{}\n", self.canary)).unwrap();
            }
        }
    }

    pub fn home(&self) -> PathBuf {
        self.outside.path().join("home")
    }

    /// Where the grader puts what is temporary.
    pub fn temporary(&self) -> PathBuf {
        self.outside.path().join("temporary")
    }

    pub fn secret(&self) -> &str {
        &self.canary
    }

    /// Where the warden tells of survivors.
    pub fn survivors(&self) -> PathBuf {
        self.outside.path().join("survivors")
    }

    /// A program with the words between at signs filled in.
    pub fn fill(&self, source: &str) -> String {
        let header = include_str!("programs/attack.h");
        let words = [
            ("#include \"attack.h\"", header.to_owned()),
            ("@MARK@", self.mark.clone()),
            ("@KEY@", self.key.to_string()),
            ("@COURSE@", self.fixture.root().display().to_string()),
            ("@HOME@", self.home().display().to_string()),
            ("@PORT@", self.services.port.to_string()),
            ("@SOCKET@", self.outside.path().join("socket").display().to_string()),
        ];
        words.iter().fold(source.to_owned(), |text, (word, value)| text.replace(word, value))
    }

    /// Everything is ready: remember how it is.
    pub fn remember(&mut self) {
        self.before = self.files();
    }

    /// Everything is as it was.
    pub fn assert_unchanged(&self) {
        self.services.assert_idle();
        let survivors = fs::read_to_string(self.survivors()).unwrap();
        assert_eq!(survivors, "", "processes have survived");
        self.assert_files_unchanged();
        assert_eq!(mounts(), self.mounts, "mounts have changed");
        for folder in ["/tmp", "/dev/shm", "/var/tmp", "/"] {
            assert_eq!(marked(Path::new(folder), &self.mark), [""; 0], "left in {folder}");
        }
        for kind in ["shm", "sem", "msg"] {
            let table = fs::read_to_string(format!("/proc/sysvipc/{kind}")).unwrap_or_default();
            let has_key = |line: &str| line.split_whitespace().next() == Some(&self.key.to_string());
            assert!(!table.lines().any(has_key), "System V {kind} are left behind");
        }
        let (start, clock) = self.clock;
        let drift =
            clock.elapsed().map_or(1e9, |passed| passed.as_secs_f64() - start.elapsed().as_secs_f64());
        assert!(drift.abs() < 5.0, "the clock was moved by {drift} s");
    }

    fn assert_files_unchanged(&self) {
        let after = self.files();
        let names: Vec<_> = after.keys().filter(|name| !self.before.contains_key(*name)).collect();
        assert!(names.is_empty(), "files are left behind: {names:?}");
        for (name, content) in &self.before {
            assert!(after.get(name) == Some(content), "{} has changed, or is gone", name.display());
        }
        let build = self.fixture.path(".workbook/build");
        let mut built = BTreeMap::new();
        collect(&build, Path::new(""), &mut built);
        let planted: Vec<_> =
            built.keys().filter(|name| name.to_string_lossy().contains(&format!("{}-", self.mark))).collect();
        assert!(planted.is_empty(), "files are left behind: {planted:?}");
        let is_scratch = |name: &String| name.starts_with("run-") || name.starts_with("new-");
        let scratch: Vec<String> = names_in(&build).into_iter().filter(is_scratch).collect();
        assert_eq!(scratch, [""; 0], "left in {}", build.display());
    }

    /// All files with their content, but for the cache of builds.
    fn files(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        let mut files = BTreeMap::new();
        collect(self.fixture.root(), &self.fixture.path(".workbook/build"), &mut files);
        let survivors = self.survivors();
        collect(self.outside.path(), &survivors, &mut files);
        files.retain(|file, _| !self.is_record(file));
        files
    }

    /// Is this what the workbook itself remembers of a check?
    fn is_record(&self, file: &Path) -> bool {
        let own = ["last", "last/w01-l01.jsonl", "progress.json", "progress.lock"];
        own.iter().any(|own| file == self.fixture.path(".workbook").join(own))
    }

    /// Nothing of what is said to anybody gives a secret away, and no attack says that it has succeeded.
    pub fn assert_harmless(&self, text: &str) {
        if let Some(at) = text.find("BREACH") {
            let told: String = text[at..].chars().take(1000).collect();
            panic!("an attack has succeeded: {}", told.replace("\\n", "\n"));
        }
        assert!(!text.contains(&self.canary), "a secret is told: {text}");
    }
}

fn collect(folder: &Path, except: &Path, files: &mut BTreeMap<PathBuf, Vec<u8>>) {
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let (path, kind) = (entry.path(), entry.file_type().unwrap());
        if path == except {
            continue;
        }
        if kind.is_dir() {
            files.insert(path.clone(), Vec::new());
            collect(&path, except, files);
        } else if kind.is_file() {
            let content = fs::read(&path).unwrap();
            files.insert(path, content);
        } else {
            files.insert(path, b"something else".to_vec());
        }
    }
}

fn names_in(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok);
    entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect()
}

fn marked(folder: &Path, mark: &str) -> Vec<String> {
    let behind = format!("{mark}-");
    names_in(folder).into_iter().filter(|name| name == mark || name.starts_with(&behind)).collect()
}

/// What is mounted on this machine, as far as the grader could have mounted it.
fn mounts() -> String {
    fs::read_to_string("/proc/self/mountinfo").unwrap_or_default()
}
