//! `workbook package gradescope`: an autograder, ready to be uploaded.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use clap::ValueEnum;

use super::VisibilityWord;
use super::archive::{self, Content, Entry};
use crate::cli::files::{require_place, save};
use crate::cli::kit::{quoted, shown};
use crate::cli::{HOLDS, out, workplace};
use crate::course::Course;
use crate::grade::policy::Policy;

const SETUP: &str = include_str!("setup.sh");
const RUN: &str = include_str!("run_autograder.sh");

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The lesson that is graded, such as w04-l03 or keep-alive
    #[arg(long, value_name = "LESSON")]
    lesson: String,
    /// Points, lateness and what is hidden: see the guide on grading
    #[arg(long, value_name = "FILE")]
    policy: Option<PathBuf>,
    /// The zip; without it, autograder-LESSON.zip
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// When learners may see results
    #[arg(long, value_enum, default_value = "visible")]
    visibility: VisibilityWord,
    /// A workbook for Gradescope's Linux, where this one is for another; without it, this one
    #[arg(long, value_name = "FILE")]
    binary: Option<PathBuf>,
}

pub(super) fn run(arguments: &Arguments, course: Option<&Path>) -> anyhow::Result<u8> {
    let course = workplace::course(course)?;
    let lesson = course.lesson(&arguments.lesson)?;
    if let Some(policy) = &arguments.policy {
        Policy::read(policy, &course)?;
    }
    let file = arguments.out.clone().unwrap_or_else(|| format!("autograder-{}.zip", lesson.id).into());
    require_place(&file).with_context(|| format!("cannot write {}", shown(&file)))?;
    let entries = entries(arguments, &course, &lesson.id)?;
    save(&file, |to| archive::write(to, entries))
        .with_context(|| format!("cannot write {}", shown(&file)))?;
    let points: u32 = lesson.checks.criteria.iter().map(|criterion| criterion.points).sum();
    let points = match &arguments.policy {
        Some(policy) => format!("the points that {} gives", quoted(policy)),
        None => format!("{points} points"),
    };
    out::print(&format!(
        "{} is written. On Gradescope: make a programming assignment with {points}, and upload it\n\
         under Configure Autograder. Then test it there with a solution before learners hand in.\n",
        quoted(&file)
    ))?;
    Ok(HOLDS)
}

/// All files of the autograder. No solution is among them.
fn entries(arguments: &Arguments, course: &Course, lesson: &str) -> anyhow::Result<Vec<Entry>> {
    let visibility = arguments.visibility.to_possible_value();
    let visibility = visibility.map(|value| value.get_name().to_owned()).unwrap_or_default();
    let script = RUN.replace("@LESSON@", &quoted(Path::new(lesson))).replace("@VISIBILITY@", &visibility);
    let text = |path: &str, text: &str| Entry {
        path: path.to_owned(),
        content: Content::Text(text.to_owned()),
        mode: 0o755,
    };
    let mut entries = vec![
        text("setup.sh", SETUP),
        text("run_autograder", &script),
        Entry { path: "workbook".to_owned(), content: Content::Copy(binary(arguments)?), mode: 0o755 },
    ];
    if let Some(policy) = &arguments.policy {
        entries.push(copied("policy.toml".to_owned(), policy.clone()));
    }
    let lessons = Path::new("lessons");
    collect(&course.root, lessons, &mut entries)
        .with_context(|| format!("cannot read the lessons below {}", course.root.display()))?;
    Ok(entries)
}

fn copied(path: String, file: PathBuf) -> Entry {
    Entry { path, content: Content::Copy(file), mode: 0o644 }
}

fn binary(arguments: &Arguments) -> anyhow::Result<PathBuf> {
    let Some(file) = &arguments.binary else {
        return std::env::current_exe().context("cannot tell the path of the workbook binary");
    };
    if !file.is_file() {
        bail!("--binary: there is no file {}", shown(file));
    }
    Ok(file.clone())
}

/// What lessons consist of. What editors put beside them, and links, are left out.
fn collect(root: &Path, folder: &Path, entries: &mut Vec<Entry>) -> anyhow::Result<()> {
    for entry in fs::read_dir(root.join(folder))? {
        let entry = entry?;
        let name = entry.file_name();
        let Some(name) = name.to_str().filter(|name| !name.starts_with('.') && !name.ends_with('~')) else {
            continue;
        };
        let (path, kind) = (folder.join(name), entry.file_type()?);
        if kind.is_dir() {
            collect(root, &path, entries)?;
        } else if kind.is_file() {
            let inside: Vec<_> = path.iter().map(|part| part.to_string_lossy()).collect();
            entries.push(copied(format!("course/{}", inside.join("/")), root.join(&path)));
        }
    }
    Ok(())
}
