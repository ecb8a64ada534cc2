//! From `/proc`.

use std::collections::BTreeMap;
use std::fs;
use std::time::Duration;

use super::{ProcessorTime, Sleep, ThreadState};

/// Programs with less address space than this hide nothing worth looking for.
const LARGE_BYTES: u64 = 64 * 1024 * 1024;

/// SIGALRM's bit in the masks of `/proc/PID/status`.
const ALARM_BIT: u64 = 1 << (libc::SIGALRM - 1);

/// The processes of a run: everything below one process.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Processes(Vec<u32>);

impl Processes {
    /// All descendants of a process, and not the process itself.
    #[must_use]
    pub fn below(root: u32) -> Self {
        let mut found = vec![root];
        let mut next = 0;
        while let Some(&process) = found.get(next) {
            for thread in entries(&format!("/proc/{process}/task")) {
                let children = read(&format!("/proc/{process}/task/{thread}/children"));
                found.extend(children.split_whitespace().filter_map(|id| id.parse::<u32>().ok()));
            }
            next += 1;
        }
        found.remove(0);
        Self(found)
    }

    /// This process alone.
    #[must_use]
    pub fn own() -> Self {
        Self(vec![std::process::id()])
    }

    /// Their ids; a parent stands before its children.
    #[must_use]
    pub fn ids(&self) -> &[u32] {
        &self.0
    }

    /// Every thread of every one, or none when one of them cannot be read (it may be ending).
    #[must_use]
    pub fn threads(&self) -> Option<Vec<ThreadState>> {
        let mut threads = Vec::new();
        for &process in &self.0 {
            if is_zombie(process)? {
                continue;
            }
            let ids = entries(&format!("/proc/{process}/task"));
            if ids.is_empty() {
                return None;
            }
            for thread in ids {
                threads.push(thread_state(process, thread)?);
            }
        }
        Some(threads)
    }

    /// Could a timer of one of them go off? Then a wait without a timeout may still end.
    #[must_use]
    pub fn may_have_timers(&self) -> bool {
        self.0.iter().any(|process| {
            let handles_alarm =
                status_mask(&read(&format!("/proc/{process}/status")), "SigCgt:") & ALARM_BIT != 0;
            handles_alarm || !read(&format!("/proc/{process}/timers")).trim().is_empty()
        })
    }

    /// The open descriptors of a process: number and what it leads to, such as `socket:[4711]`.
    #[must_use]
    pub fn descriptors(process: u32) -> Vec<(i32, String)> {
        let folder = format!("/proc/{process}/fd");
        let link = |descriptor: u32| fs::read_link(format!("{folder}/{descriptor}")).ok();
        entries(&folder)
            .into_iter()
            .filter_map(|descriptor| {
                Some((i32::try_from(descriptor).ok()?, link(descriptor)?.to_string_lossy().into_owned()))
            })
            .collect()
    }

    /// Does a descriptor of a process lead to a file or folder, and not to something that another
    /// process could wake it by?
    #[must_use]
    pub fn is_plain_file(process: u32, descriptor: i32) -> bool {
        let data = fs::metadata(format!("/proc/{process}/fd/{descriptor}"));
        data.is_ok_and(|data| data.is_file() || data.is_dir())
    }

    /// Is one of their threads running or ready to run at this moment?
    #[must_use]
    pub fn is_running(&self) -> bool {
        self.0.iter().any(|process| {
            entries(&format!("/proc/{process}/task")).into_iter().any(|thread| {
                let stat = read(&format!("/proc/{process}/task/{thread}/stat"));
                stat.rsplit_once(") ").is_some_and(|(_, fields)| fields.starts_with('R'))
            })
        })
    }

    /// How many threads they have in all.
    #[must_use]
    pub fn thread_count(&self) -> usize {
        self.0.iter().map(|process| entries(&format!("/proc/{process}/task")).len()).sum()
    }

    /// How much memory they hold in all, in bytes, beside what comes from files.
    #[must_use]
    pub fn memory_bytes(&self) -> u64 {
        let (mut own, mut shared) = (0, 0);
        let mut mappings = BTreeMap::new();
        for process in &self.0 {
            let status = read(&format!("/proc/{process}/status"));
            let bytes = |name| status_amount(&status, name) * 1024;
            own += bytes("RssAnon:");
            shared += bytes("RssShmem:");
            if bytes("VmSize:") >= LARGE_BYTES {
                add_shared_mappings(&read(&format!("/proc/{process}/maps")), &mut mappings);
            }
        }
        // Pages of a shared mapping stay when the process no longer counts them as its own.
        own + mappings.values().sum::<u64>().max(shared)
    }

    /// How many descriptors they have open in all.
    #[must_use]
    pub fn descriptor_count(&self) -> usize {
        self.0.iter().map(|process| entries(&format!("/proc/{process}/fd")).len()).sum()
    }

    /// Does the process run, or could it run again? A zombie cannot.
    #[must_use]
    pub fn is_alive(process: u32) -> bool {
        is_zombie(process) == Some(false)
    }

    /// The name of a process, as `ps` shows it.
    #[must_use]
    pub fn name(process: u32) -> String {
        read(&format!("/proc/{process}/comm")).trim_end().to_owned()
    }
}

impl ProcessorTime {
    /// Of everything below a process; threads that have ended do not count.
    #[must_use]
    pub fn below(root: u32) -> Self {
        let mut sum = Self::default();
        for process in Processes::below(root).0 {
            let folder = format!("/proc/{process}/task");
            for thread in entries(&folder) {
                let statistics = read(&format!("{folder}/{thread}/schedstat"));
                let mut nanos = statistics.split(' ').map(|field| field.parse::<u64>().unwrap_or(0));
                sum.ran += Duration::from_nanos(nanos.next().unwrap_or(0));
                sum.waited += Duration::from_nanos(nanos.next().unwrap_or(0));
            }
        }
        sum
    }
}

fn read(path: &str) -> String {
    fs::read_to_string(path).unwrap_or_default()
}

/// The entries of a folder whose names are numbers.
fn entries(folder: &str) -> Vec<u32> {
    let names = fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok);
    names.filter_map(|entry| entry.file_name().to_str()?.parse().ok()).collect()
}

/// None when the process is gone.
fn is_zombie(process: u32) -> Option<bool> {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    let state = stat.rsplit_once(") ")?.1.chars().next()?;
    Some(matches!(state, 'Z' | 'X'))
}

fn thread_state(process: u32, thread: u32) -> Option<ThreadState> {
    let folder = format!("/proc/{process}/task/{thread}");
    let call = fs::read_to_string(format!("{folder}/syscall")).ok()?;
    let status = fs::read_to_string(format!("{folder}/status")).ok()?;
    let switches = status_number(&status, "voluntary_ctxt_switches:")?
        + status_number(&status, "nonvoluntary_ctxt_switches:")?;
    // A thread that was woken and has not got a processor yet still stands in its system call, for
    // milliseconds where the machine is shared; only its state tells that it is about to move.
    let is_asleep = status_field(&status, "State:")?.starts_with('S');
    let sleep = if is_asleep { read_call(&call) } else { Sleep::Other };
    Some(ThreadState { process, thread, sleep, switches })
}

fn status_field<'a>(status: &'a str, name: &str) -> Option<&'a str> {
    status.lines().find_map(|line| line.strip_prefix(name)).map(str::trim)
}

/// The number before `kB`.
fn status_amount(status: &str, name: &str) -> u64 {
    status_field(status, name).and_then(|field| field.split(' ').next()?.parse().ok()).unwrap_or(0)
}

/// Adds the memory that a process shares with others or only with itself, each piece once: by the number of
/// the nameless file behind it.
fn add_shared_mappings(maps: &str, mappings: &mut BTreeMap<u64, u64>) {
    for line in maps.lines() {
        let fields: Vec<&str> = line.split_whitespace().collect();
        let [range, flags, offset, _, file, name, ..] = fields[..] else { continue };
        if !flags.ends_with('s') || !(name.starts_with("/dev/zero") || name.starts_with("/memfd:")) {
            continue;
        }
        let hex = |text: &str| u64::from_str_radix(text, 16).unwrap_or(0);
        let length = range.split_once('-').map_or(0, |(start, end)| hex(end).saturating_sub(hex(start)));
        let known = mappings.entry(file.parse().unwrap_or(0)).or_insert(0);
        *known = (*known).max(hex(offset) + length);
    }
}

fn status_number(status: &str, name: &str) -> Option<u64> {
    status_field(status, name)?.parse().ok()
}

fn status_mask(status: &str, name: &str) -> u64 {
    status_field(status, name).and_then(|mask| u64::from_str_radix(mask, 16).ok()).unwrap_or(0)
}

/// Reads a line of `/proc/PID/task/TID/syscall`: the call's number, its six arguments, and two pointers.
fn read_call(line: &str) -> Sleep {
    let mut fields = line.split_whitespace();
    let Some(number) = fields.next().and_then(|field| field.parse::<i64>().ok()) else {
        return Sleep::Other;
    };
    let hex = |field: &str| u64::from_str_radix(field.trim_start_matches("0x"), 16).unwrap_or(0);
    let arguments: Vec<u64> = fields.map(hex).collect();
    if arguments.len() < 6 {
        return Sleep::Other;
    }
    sleep_in(number, &arguments)
}

#[allow(clippy::cast_possible_truncation)] // descriptors and timeouts are ints in the kernel's interface
fn sleep_in(number: i64, arguments: &[u64]) -> Sleep {
    let read = |call| Sleep::Read { call, descriptor: arguments[0] as i32 };
    let untimed_if = |is_untimed: bool, call| if is_untimed { Sleep::Untimed { call } } else { Sleep::Other };
    match number {
        libc::SYS_read => read("read"),
        libc::SYS_readv => read("readv"),
        libc::SYS_recvfrom => read("recv"),
        libc::SYS_recvmsg => read("recvmsg"),
        libc::SYS_ppoll => untimed_if(arguments[2] == 0, "poll"),
        libc::SYS_pselect6 => untimed_if(arguments[4] == 0, "select"),
        libc::SYS_epoll_pwait => untimed_if(arguments[3] as i32 == -1, "epoll_wait"),
        libc::SYS_epoll_pwait2 => untimed_if(arguments[3] == 0, "epoll_wait"),
        libc::SYS_futex => untimed_if(is_futex_wait(arguments[1]) && arguments[3] == 0, "futex"),
        libc::SYS_wait4 | libc::SYS_waitid => Sleep::Untimed { call: "wait" },
        #[cfg(target_arch = "x86_64")]
        libc::SYS_poll => untimed_if(arguments[2] as i32 == -1, "poll"),
        #[cfg(target_arch = "x86_64")]
        libc::SYS_select => untimed_if(arguments[4] == 0, "select"),
        #[cfg(target_arch = "x86_64")]
        libc::SYS_epoll_wait => untimed_if(arguments[3] as i32 == -1, "epoll_wait"),
        _ => Sleep::Other,
    }
}

/// FUTEX_WAIT or FUTEX_WAIT_BITSET, whatever the flags.
fn is_futex_wait(operation: u64) -> bool {
    const COMMAND_MASK: u64 = 127;
    matches!(operation & COMMAND_MASK, 0 | 9)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_are_read_with_their_timeouts() {
        let recv = read_call("45 0x3 0x1 0x1000 0x0 0x0 0x0 0x7ff 0x7f5");
        assert_eq!(recv, Sleep::Read { call: "recv", descriptor: 3 });
        assert_eq!(read_call("7 0x7ff 0x1 0xffffffff 0x0 0x0 0x0 0x1 0x2"), Sleep::Untimed { call: "poll" });
        assert_eq!(read_call("7 0x7ff 0x1 0x1388 0x0 0x0 0x0 0x1 0x2"), Sleep::Other);
        assert_eq!(
            read_call("202 0x7 0x189 0x2 0x0 0x0 0xffffffff 0x1 0x2"),
            Sleep::Untimed { call: "futex" }
        );
        assert_eq!(read_call("202 0x7 0x189 0x2 0x7ffe 0x0 0xffffffff 0x1 0x2"), Sleep::Other);
        assert_eq!(read_call("running"), Sleep::Other);
    }

    #[test]
    fn shared_mappings_are_counted_once() {
        let maps = "\
7f00-7f20 rw-s 00000000 00:01 17 /dev/zero (deleted)
7f20-7f40 rw-s 00000020 00:01 17 /dev/zero (deleted)
8f00-8f10 rw-s 00000000 00:01 18 /dev/zero (deleted)
9f00-9f10 rw-p 00000000 00:01 19 /dev/zero (deleted)
af00-af10 rw-s 00000000 08:01 20 /tmp/file
";
        let mut mappings = BTreeMap::new();
        add_shared_mappings(maps, &mut mappings);
        add_shared_mappings(maps, &mut mappings);
        assert_eq!(mappings.values().sum::<u64>(), 0x40 + 0x10);
    }

    #[test]
    fn our_own_process_can_be_read() {
        assert!(Processes::own().threads().is_some_and(|threads| !threads.is_empty()));
    }
}
