//! The lab of one call of the command: it knows at which level programs can run, and makes places for them.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock, PoisonError};

use super::launcher::{Launcher, LauncherError};
use super::limits::Limits;
use super::private::{Obstacle, Plan};
use super::site::{Site, Spare};
use crate::deadlines::Patience;
use crate::trace::Level;

/// At which level programs are to run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// Beside us on this machine.
    Loopback,
    /// In boxes; beside us where there can be none.
    Private,
    /// In boxes, or not at all.
    PrivateOnly,
}

/// The lab.
#[derive(Debug)]
pub struct Lab {
    executable: PathBuf,
    limits: Limits,
    patience: Patience,
    wanted: Wanted,
    /// Makes the boxes; programs at the loopback level have others.
    broker: Option<Launcher>,
    spare: Spare,
    /// Set once it is known whether there can be boxes: why there can be none.
    obstacle: OnceLock<Option<Obstacle>>,
    /// Where it is kept that a run could be made in a box, and on which machine.
    memory: Option<PathBuf>,
    /// What no program may see.
    hidden: Vec<PathBuf>,
}

impl Lab {
    /// Opens a lab whose helper processes run this executable (the `workbook` binary itself); about `size`
    /// programs will run at a time.
    ///
    /// # Errors
    /// When the machine refuses.
    pub fn open(
        executable: &Path,
        size: usize,
        limits: Limits,
        patience: Patience,
        wanted: Wanted,
    ) -> Result<Self, LauncherError> {
        super::raise_own_limits();
        let start = || Launcher::start(executable, &limits, patience);
        let (broker, spare) = match wanted {
            Wanted::Loopback => (None, (0..size.max(1)).map(|_| start()).collect::<Result<_, _>>()?),
            Wanted::Private | Wanted::PrivateOnly => (Some(start()?), Vec::new()),
        };
        Ok(Self {
            executable: executable.to_owned(),
            limits,
            patience,
            wanted,
            broker,
            spare: Arc::new(spare.into()),
            obstacle: OnceLock::new(),
            memory: None,
            hidden: Vec::new(),
        })
    }

    /// Hides these folders in boxes, but for what a plan names, wherever they lie.
    #[must_use]
    pub fn hiding(self, hidden: Vec<PathBuf>) -> Self {
        Self { hidden, ..self }
    }

    /// Remembers in this file that a run can be made in a box, until the machine is started again: finding out
    /// costs as much as a run.
    #[must_use]
    pub fn remembering(self, file: PathBuf) -> Self {
        Self { memory: Some(file), ..self }
    }

    /// So many places in which what the plan names can be seen.
    ///
    /// # Errors
    /// When the machine refuses; [`LauncherError::NoBox`] where only boxes will do and there can be none.
    pub fn sites(&self, plan: &Plan, amount: usize) -> Result<Vec<Site>, LauncherError> {
        match &self.broker {
            Some(broker) if self.obstacle().is_none() => self.boxes(broker, plan, amount),
            _ => (0..amount).map(|_| self.host_site()).collect(),
        }
    }

    /// One such place.
    ///
    /// # Errors
    /// As [`Lab::sites`].
    pub fn site(&self, plan: &Plan) -> Result<Site, LauncherError> {
        self.sites(plan, 1)?.pop().ok_or(LauncherError::Gone)
    }

    /// Why there can be no boxes although they are wanted; known once a place has been made.
    #[must_use]
    pub fn obstacle(&self) -> Option<&Obstacle> {
        self.obstacle.get().and_then(Option::as_ref)
    }

    /// What every program may use up.
    #[must_use]
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// How slow the machine is.
    #[must_use]
    pub fn patience(&self) -> Patience {
        self.patience
    }

    /// At which level programs run; known once a place has been made.
    #[must_use]
    pub fn level(&self) -> Level {
        if self.broker.is_some() && self.obstacle().is_none() { Level::Private } else { Level::Loopback }
    }

    /// Has a folder removed when this process is gone, even if it is killed.
    ///
    /// # Errors
    /// When the launcher is gone.
    pub fn remove_at_end(&self, folder: &Path) -> Result<(), LauncherError> {
        if let Some(broker) = &self.broker {
            return broker.remove_at_end(folder);
        }
        let mut spare = self.spare.lock().unwrap_or_else(PoisonError::into_inner);
        spare.retain_mut(|launcher| !launcher.is_gone());
        spare.first().map_or(Ok(()), |launcher| launcher.remove_at_end(folder))
    }

    /// Ends the launchers that nobody uses at the moment, and then what programs have left behind that had killed theirs.
    /// No program must be at work.
    pub fn clear(&self) {
        self.spare.lock().unwrap_or_else(PoisonError::into_inner).clear();
        if self.broker.is_none() {
            super::kill_orphans();
        }
    }

    /// Programs beside us can kill launchers, also those of others: whoever comes next gets one that lives.
    fn host_site(&self) -> Result<Site, LauncherError> {
        let mut spare = self.spare.lock().unwrap_or_else(PoisonError::into_inner);
        spare.retain_mut(|launcher| !launcher.is_gone());
        let living = spare.pop();
        drop(spare);
        let launcher = match living {
            Some(launcher) => launcher,
            None => Launcher::start(&self.executable, &self.limits, self.patience)?,
        };
        Ok(Site::on_host(launcher, &self.spare))
    }

    /// All are made at the same time; the first ever shows whether there can be any.
    fn boxes(&self, broker: &Launcher, plan: &Plan, amount: usize) -> Result<Vec<Site>, LauncherError> {
        let is_known = self.obstacle.get().is_some();
        let tries = !is_known && !self.has_tried();
        let plan_of =
            |index| Plan { tries_a_run: index == 0 && tries, hidden: self.hidden.clone(), ..plan.clone() };
        let channels: Vec<_> =
            (0..amount).map(|index| broker.open_box(&plan_of(index))).collect::<Result<_, _>>()?;
        let sites = channels.into_iter().map(Site::in_box).collect::<Result<Vec<Site>, _>>();
        match sites {
            Ok(sites) => {
                let _ = self.obstacle.set(None);
                if tries {
                    self.remember();
                }
                Ok(sites)
            }
            Err(LauncherError::NoBox(obstacle))
                if self.wanted == Wanted::Private && !is_known && obstacle.is_of_the_machine() =>
            {
                let _ = self.obstacle.set(Some(obstacle));
                (0..amount).map(|_| self.host_site()).collect()
            }
            Err(error) => Err(error),
        }
    }

    /// Could a run be made in a box when this machine, in this state, was last asked?
    fn has_tried(&self) -> bool {
        self.memory
            .as_ref()
            .is_some_and(|file| fs::read_to_string(file).is_ok_and(|known| known == machine()))
    }

    /// Without a place to write, the next call finds out again.
    fn remember(&self) {
        if let Some(file) = &self.memory {
            // Anew: the old one may belong to another user, or lead elsewhere.
            let _ = fs::remove_file(file);
            let _ = fs::File::create_new(file).and_then(|mut file| file.write_all(machine().as_bytes()));
        }
    }
}

/// What a box may depend on: the machine since it was started, the container, and the user.
fn machine() -> String {
    let boot = fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default();
    let namespace = |kind: &str| fs::read_link(format!("/proc/self/ns/{kind}")).unwrap_or_default();
    let user = rustix::process::geteuid().as_raw();
    format!("{} {user} {} {}", boot.trim(), namespace("user").display(), namespace("mnt").display())
}
