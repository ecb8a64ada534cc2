//! Where things are: the course, and the folder for what can be made again.

use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::Duration;

use anyhow::{Context, bail};
use tempfile::TempDir;

use super::interrupt;
use crate::course::Course;
use crate::course::checks::DurationSpec;
use crate::deadlines::Patience;
use crate::grade::folder::Folder;
use crate::lab::build::{BuildError, Builder, Cache, Tools};
use crate::lab::{self, Lab, LauncherError, Limits, Plan, Wanted};
use crate::run::{EncounterError, Team};
use crate::trace::{Level, MOST_ROUND_TRIP};
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
             Make a folder with the course in it: workbook init DIR\n\
             Or go to the one that you have, or name it: workbook --course DIR …",
            here.display()
        ),
    }
}

/// How programs are contained.
#[derive(Debug, Clone, Default, clap::Args)]
pub(super) struct Containment {
    /// How programs are contained: in a box with a network of its own (the default where the machine
    /// allows it), or beside everything else on this machine
    #[arg(long, value_enum, env = "WORKBOOK_LEVEL")]
    level: Option<LevelWord>,
    /// Refuse to run programs anywhere but in a box
    #[arg(long)]
    require_private: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum LevelWord {
    /// In a box of its own: its own network, files and processes
    Private,
    /// On this machine, against 127.0.0.1
    Loopback,
}

impl Containment {
    /// # Errors
    /// When the options contradict each other.
    fn wanted(&self) -> anyhow::Result<Wanted> {
        Ok(match (self.level, self.require_private) {
            (Some(LevelWord::Loopback), true) => {
                bail!("--level loopback and --require-private contradict each other")
            }
            (Some(LevelWord::Loopback), false) => Wanted::Loopback,
            (_, true) => Wanted::PrivateOnly,
            (Some(LevelWord::Private) | None, false) if cfg!(target_os = "linux") => Wanted::Private,
            (Some(LevelWord::Private), false) => bail!("--level private needs Linux"),
            (None, false) => Wanted::Loopback,
        })
    }

    /// The same for something that needs packets to take their time, which they do in a box alone.
    ///
    /// # Errors
    /// When another level was asked for.
    pub(super) fn with_wire(&self, what: &str) -> anyhow::Result<Self> {
        if self.level == Some(LevelWord::Loopback) {
            bail!(
                "{what} needs the private level, where program and peer have a wire between them: \
                 on 127.0.0.1 no packet takes any time"
            );
        }
        Ok(Self { require_private: true, ..self.clone() })
    }

    /// That of a class. The programs of others are in it, and grades: nobody is graded beside everything else on this
    /// machine unless that was asked for.
    ///
    /// # Errors
    /// When the options contradict each other, or the system has no boxes.
    pub(super) fn level_of_a_class(&self) -> anyhow::Result<Level> {
        match self.wanted()? {
            Wanted::Loopback if self.level == Some(LevelWord::Loopback) => Ok(Level::Loopback),
            Wanted::Private | Wanted::PrivateOnly => Ok(Level::Private),
            Wanted::Loopback => bail!(
                "this system cannot contain programs: grade on Linux, or, where all learners are trusted, with --level loopback"
            ),
        }
    }

    /// This level and no other.
    pub(super) fn at(level: Level) -> Self {
        match level {
            Level::Loopback => Self { level: Some(LevelWord::Loopback), require_private: false },
            Level::Private => Self { level: Some(LevelWord::Private), require_private: true },
        }
    }

    /// Was nothing said about it?
    pub(super) fn is_open(&self) -> bool {
        self.level.is_none() && !self.require_private
    }

    /// Was the private level asked for, and not only taken where it is to be had?
    pub(super) fn is_explicit(&self) -> bool {
        self.level == Some(LevelWord::Private)
    }
}

/// Everything that is needed to build and run programs.
pub(super) struct Workplace {
    /// Ended in [`Drop`], before all others.
    lab: Option<Lab>,
    /// For programs that must not run in a box; opened when it is needed.
    loopback: OnceLock<Lab>,
    interrupt: OwnedFd,
    processors: usize,
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
    pub(super) fn open(root: &Path, containment: &Containment) -> anyhow::Result<Self> {
        let interrupt = interrupt::descriptor().context("cannot handle signals")?;
        Self::open_until(interrupt, root, containment)
    }

    /// The same, with a descriptor that is readable once the user wants to stop.
    ///
    /// # Errors
    /// When the machine refuses what every check needs.
    pub(super) fn open_until(
        interrupt: OwnedFd,
        root: &Path,
        containment: &Containment,
    ) -> anyhow::Result<Self> {
        Self::open_at(interrupt, root, &root.join(".workbook").join("build"), &[], containment)
    }

    /// Opens the workplace for a class that is graded in this folder.
    ///
    /// # Errors
    /// When the machine refuses what every check needs.
    pub(super) fn of_a_class(
        root: &Path,
        folder: &Folder,
        containment: &Containment,
    ) -> anyhow::Result<Self> {
        let interrupt = interrupt::descriptor().context("cannot handle signals")?;
        Self::open_at(interrupt, root, &folder.builds(), &[folder.root()], containment)
    }

    /// Builds go to the folder `builds`; no program sees what is in `private`.
    fn open_at(
        interrupt: OwnedFd,
        root: &Path,
        builds: &Path,
        private: &[&Path],
        containment: &Containment,
    ) -> anyhow::Result<Self> {
        if root.to_str().is_none() {
            bail!("{}: the course's path is not UTF-8; move it to a folder whose name is", root.display());
        }
        let patience = Patience::from_environment().map_err(anyhow::Error::msg)?;
        let executable = std::env::current_exe().context("cannot tell the path of the workbook binary")?;
        let processors = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        wire::probe()
            .context("nothing can connect to 127.0.0.1 on this machine, so no program can be judged")?;
        lab::adopt_orphans();
        let lab = Lab::open(&executable, processors, Limits::default(), patience, containment.wanted()?)?;
        let cache = Cache::open(builds)
            .context("there is no place to build in: neither the course's folder nor the temporary folder can be written to")?;
        let folder = cache.folder().to_owned();
        let home = std::env::var_os("HOME").map(PathBuf::from).and_then(|home| home.canonicalize().ok());
        let private = private.iter().map(|path| path.to_path_buf());
        let hidden = home.into_iter().chain([root.canonicalize()?, folder.clone()]).chain(private).collect();
        let lab = lab.remembering(folder.join("boxes")).hiding(hidden);
        let tools = Tools::new(folder.join("tools.json"));
        let scratch = tempfile::Builder::new().prefix("run-").tempdir_in(&folder)?;
        lab.remove_at_end(scratch.path())?;
        Ok(Self {
            lab: Some(lab),
            loopback: OnceLock::new(),
            interrupt,
            processors,
            tools,
            cache,
            folder,
            scratch,
        })
    }

    /// Where programs run.
    pub(super) fn lab(&self) -> &Lab {
        self.lab.as_ref().expect("it ends with the workplace")
    }

    /// How many programs run at a time.
    pub(super) fn processors(&self) -> usize {
        self.processors
    }

    /// What builds programs.
    pub(super) fn builder(&self, has_colour: bool) -> Builder<'_> {
        self.builder_until(self.interrupt(), has_colour)
    }

    /// The same, with a descriptor that is readable once nobody wants the program any more.
    pub(super) fn builder_until<'a>(&'a self, interrupt: BorrowedFd<'a>, has_colour: bool) -> Builder<'a> {
        Builder { lab: self.lab(), cache: &self.cache, tools: &self.tools, has_colour, interrupt }
    }

    /// Readable once the user wants to stop.
    pub(super) fn interrupt(&self) -> BorrowedFd<'_> {
        self.interrupt.as_fd()
    }

    /// Places at the loopback level, whatever the level of others.
    ///
    /// # Errors
    /// When the machine refuses.
    pub(super) fn loopback_team(&self, plan: &Plan) -> anyhow::Result<Team<'_>> {
        let lab = match self.loopback.get() {
            Some(lab) => lab,
            None => {
                let executable = std::env::current_exe()?;
                let (limits, patience) = (*self.lab().limits(), self.lab().patience());
                let lab = Lab::open(&executable, self.processors, limits, patience, Wanted::Loopback)?;
                self.loopback.get_or_init(|| lab)
            }
        };
        Ok(Team::assemble(lab, plan, self.processors, self.interrupt.as_fd())?)
    }

    /// Places as the plan says.
    ///
    /// # Errors
    /// When the machine refuses.
    pub(super) fn team(&self, plan: &Plan) -> Result<Team<'_>, LauncherError> {
        self.team_until(self.interrupt(), plan)
    }

    /// The same, with a descriptor that is readable once nobody wants to know any more.
    ///
    /// # Errors
    /// When the machine refuses.
    pub(super) fn team_until<'a>(
        &'a self,
        interrupt: BorrowedFd<'a>,
        plan: &Plan,
    ) -> Result<Team<'a>, LauncherError> {
        Team::assemble(self.lab(), plan, self.processors, interrupt)
    }
}

impl Drop for Workplace {
    fn drop(&mut self) {
        drop((self.lab.take(), self.loopback.take()));
        lab::kill_orphans();
    }
}

/// Says what a box was needed for, where there is none.
pub(super) fn needed_for<T>(what: &str, outcome: anyhow::Result<T>) -> anyhow::Result<T> {
    outcome.map_err(|error| {
        let no_box = |error: &LauncherError| matches!(error, LauncherError::NoBox(_));
        let has_no_box = error.downcast_ref().is_some_and(no_box)
            || matches!(error.downcast_ref(), Some(BuildError::Launcher(error)) if no_box(error))
            || matches!(error.downcast_ref(), Some(EncounterError::Launcher(error)) if no_box(error));
        if has_no_box {
            error.context(format!("{what} needs program and peer in networks of their own"))
        } else {
            error
        }
    })
}

/// Reads a round-trip time.
///
/// # Errors
/// When it is none, or too long.
pub(super) fn parse_round_trip(text: &str) -> Result<Duration, String> {
    let DurationSpec(time) = text.parse()?;
    if time > MOST_ROUND_TRIP {
        return Err(format!(
            "no round trip takes so long: {} s is the most, and to the other side of the earth it is 300ms",
            MOST_ROUND_TRIP.as_secs()
        ));
    }
    Ok(time)
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
