//! `workbook doctor`: what this machine has, and what to do about what it lacks.

use std::fmt::Write;
use std::path::Path;

use super::workplace::{self, Containment, Workplace};
use super::{CANNOT_JUDGE, HOLDS, in_one_line, out};
use crate::kernel::{Processes, Sockets};
use crate::lab::build::{Tool, Tools};
use crate::lab::{LauncherError, Obstacle, Plan};
use crate::report::Look;
use crate::trace::Level;

/// One line of the examination.
struct Finding {
    is_good: bool,
    what: String,
    /// What to do, or what follows, where something is missing.
    advice: String,
}

impl Finding {
    fn new(what: impl Into<String>, is_good: bool, advice: impl Into<String>) -> Self {
        Self { is_good, what: what.into(), advice: advice.into() }
    }
}

pub(super) fn run(course: Option<&Path>) -> anyhow::Result<u8> {
    let root = workplace::root(course);
    let mut findings = Vec::new();
    findings.push(match &root {
        Ok(root) => Finding::new(format!("course in {}", root.display()), true, ""),
        Err(error) => Finding::new("course", false, in_one_line(error)),
    });
    let memory = tempfile::tempdir()?;
    let tools = Tools::new(memory.path().join("tools.json"));
    let languages = Tool::ALL.map(|tool| language(&tools, tool));
    let can_build = languages.iter().any(|finding| finding.is_good);
    findings.extend(languages);
    // Without a course, a folder of our own will do to find out.
    let launching = launching(root.as_deref().unwrap_or(memory.path()));
    findings.push(launching.finding);
    findings.extend(evidence());
    let look = out::look();
    let mut text = String::new();
    for finding in &findings {
        write_finding(&mut text, finding, &look)?;
    }
    text.push_str(&launching.containment);
    out::print(&text)?;
    Ok(if findings[0].is_good && can_build && launching.is_possible { HOLDS } else { CANNOT_JUDGE })
}

#[cfg(target_os = "linux")]
fn landlock() -> &'static str {
    if crate::lab::has_landlock() {
        "Landlock is there, and is a second wall around files."
    } else {
        "This kernel has no Landlock, so that files are behind one wall and not behind two."
    }
}

#[cfg(not(target_os = "linux"))]
fn landlock() -> &'static str {
    ""
}

fn write_finding(text: &mut String, finding: &Finding, look: &Look) -> std::fmt::Result {
    let mark = match (finding.is_good, look.is_unicode) {
        (true, true) => "✓",
        (true, false) => "ok",
        (false, true) => "✗",
        (false, false) => "--",
    };
    writeln!(text, "{mark} {}", finding.what)?;
    if !finding.is_good {
        finding.advice.lines().try_for_each(|line| writeln!(text, "    {line}"))?;
    }
    Ok(())
}

fn language(tools: &Tools, tool: Tool) -> Finding {
    let name = match tool {
        Tool::Rustc => "Rust",
        Tool::Cc => "C",
        Tool::Python => "Python",
    };
    match tools.find(tool) {
        Some(path) => Finding::new(format!("{name}: {}", path.display()), true, ""),
        None => Finding::new(format!("{name}: {tool} is not installed"), false, tool.advice()),
    }
}

/// Can programs be started and ended at all, and how are they contained? Tried, not guessed: a box is made, and
/// a run in it.
fn launching(root: &Path) -> Launching {
    let attempt = || -> anyhow::Result<(Workplace, Level, Option<LauncherError>)> {
        let workplace = Workplace::open(root, &Containment::default())?;
        workplace.lab().site(&Plan::default())?;
        let level = workplace.lab().level();
        let no_wire = (level == Level::Private)
            .then(|| workplace.lab().site(&Plan { has_wire: true, ..Plan::default() }).err());
        Ok((workplace, level, no_wire.flatten()))
    };
    match attempt() {
        Ok((workplace, level, no_wire)) => Launching {
            finding: Finding::new(
                format!("programs can be launched; builds are kept in {}", workplace.folder.display()),
                workplace.folder.starts_with(root),
                "the course's folder cannot be written to, or no program may be run there: every check builds anew",
            ),
            is_possible: true,
            containment: containment(level, workplace.lab().obstacle()) + &missing_wire(no_wire),
        },
        Err(error) => Launching {
            finding: Finding::new("programs cannot be launched", false, in_one_line(&error)),
            is_possible: false,
            containment: String::new(),
        },
    }
}

/// What follows where a box can have no wire.
fn missing_wire(error: Option<LauncherError>) -> String {
    let Some(LauncherError::NoBox(obstacle)) = error else { return String::new() };
    format!(
        "  But packets take no time there ({obstacle}): no `workbook measure`, no --rtt, and scenarios that need it \
         are not run.\n  {}\n",
        obstacle.advice()
    )
}

struct Launching {
    finding: Finding,
    is_possible: bool,
    /// In words, for people.
    containment: String,
}

fn containment(level: Level, obstacle: Option<&Obstacle>) -> String {
    match level {
        Level::Private => format!(
            "\ncontainment: private (network, files, processes and user of its own; no rights outside)\n  \
             Programs see the system's programs and their own folder, read-only, and nothing else of yours.\n  \
             {}\n  \
             Limits on processes and memory are watched by the workbook and need no cgroups.\n  \
             Good enough to grade a class unattended: `workbook grade` runs each program in a box of its own.\n",
            landlock()
        ),
        Level::Loopback => {
            let why = obstacle.map_or_else(
                || "The private level needs Linux.\n".to_owned(),
                |obstacle| {
                    format!("The private level is not to be had ({obstacle}):\n  {}\n", obstacle.advice())
                },
            );
            format!(
                "\ncontainment: loopback (127.0.0.1, a process group, resource limits, deadlines, output caps)\n  \
                 Programs run as your own user and can reach your files: check only programs that you trust.\n  \
                 Not for a class: `workbook grade` refuses here, unless it is told --level loopback.\n  {why}"
            )
        }
    }
}

/// What makes verdicts quick and exact.
fn evidence() -> [Finding; 2] {
    let has_sockets = Sockets::open().is_ok();
    [
        Finding::new(
            "the system tells when a program has read what was sent (sock_diag)",
            has_sockets,
            "segments are sent 5 ms apart instead: slower, and two may arrive in one read",
        ),
        Finding::new(
            "the system tells what a program waits for (/proc): hangs are seen at once",
            has_sockets && Processes::own().threads().is_some(),
            "a program that hangs is ended at the deadline instead",
        ),
    ]
}
