//! Where things are: the course, and the folder for what can be made again.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use tempfile::TempDir;

use super::interrupt;
use crate::course::Course;
use crate::deadlines::Patience;
use crate::lab::build::{Builder, Cache, Tools};
use crate::lab::{self, Limits};
use crate::run::Team;
use crate::wire;

/// Finds and loads the course.
///
/// # Errors
/// When there is none, or its files have mistakes.
pub(super) fn course(folder: Option<&Path>) -> anyhow::Result<Course> {
    Ok(Course::load(&root(folder)?)?)
}

/// The course's folder.
///
/// # Errors
/// When there is none.
pub(super) fn root(folder: Option<&Path>) -> anyhow::Result<PathBuf> {
    if let Some(folder) = folder {
        if !folder.join("lessons").is_dir() {
            bail!("--course {}: there is no folder `lessons` in it", folder.display());
        }
        return folder.canonicalize().with_context(|| format!("--course {}", folder.display()));
    }
    let here = std::env::current_dir().context("cannot tell the current folder")?;
    match Course::find_root(&here) {
        Some(root) => Ok(root),
        None => bail!(
            "there is no course here: no folder `lessons` in {} or above it.\n\
             Go to the course's folder, or name it: workbook --course DIR …",
            here.display()
        ),
    }
}

/// Everything that is needed to build and run programs.
pub(super) struct Workplace {
    pub(super) team: Team,
    pub(super) tools: Tools,
    pub(super) cache: Cache,
    /// Where builds, edited solutions and notes on tools go.
    pub(super) folder: PathBuf,
    /// Where programs run: what they write is gone afterwards.
    pub(super) scratch: TempDir,
}

impl Workplace {
    /// Opens the workplace of the course at `root`.
    ///
    /// # Errors
    /// When the machine refuses what every check needs.
    pub(super) fn open(root: &Path) -> anyhow::Result<Self> {
        let patience = Patience::from_environment().map_err(anyhow::Error::msg)?;
        let executable = std::env::current_exe().context("cannot tell the path of the workbook binary")?;
        let processors = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        wire::probe()
            .context("nothing can connect to 127.0.0.1 on this machine, so no program can be judged")?;
        let interrupt = interrupt::descriptor().context("cannot handle signals")?;
        lab::adopt_orphans();
        let team = Team::start(&executable, processors, Limits::default(), patience, interrupt)?;
        let cache = Cache::open(&root.join(".workbook").join("build"))
            .context("there is no place to build in: neither the course's folder nor the temporary folder can be written to")?;
        let folder = cache.folder().to_owned();
        let tools = Tools::new(folder.join("tools.json"));
        let scratch = tempfile::Builder::new().prefix("run-").tempdir_in(&folder)?;
        Ok(Self { team, tools, cache, folder, scratch })
    }

    /// A builder that uses the launcher with this index.
    pub(super) fn builder(&self, launcher: usize, has_colour: bool) -> Builder<'_> {
        Builder {
            launcher: &self.team.launchers()[launcher],
            cache: &self.cache,
            tools: &self.tools,
            patience: self.team.patience(),
            has_colour,
            interrupt: self.team.interrupt(),
        }
    }
}

impl Drop for Workplace {
    fn drop(&mut self) {
        self.team.end();
        lab::kill_orphans();
    }
}

/// A seed that nobody has seen before, or the one that was asked for in hexadecimal digits.
pub(super) fn seed(asked: Option<u64>) -> u64 {
    use std::hash::{BuildHasher, RandomState};
    asked.unwrap_or_else(|| RandomState::new().hash_one(std::process::id()) & 0xffff_ffff)
}

/// Reads a seed as reports show it.
///
/// # Errors
/// When it is not one.
pub(super) fn parse_seed(text: &str) -> Result<u64, String> {
    u64::from_str_radix(text.trim_start_matches("0x"), 16)
        .map_err(|_| "expected hexadecimal digits as reports show them, such as 7f3a".to_owned())
}
