//! The folder that a class is graded in, and what lies where in it.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use rustix::fs::{FlockOperation, flock};

use super::plan::Plan;
use super::records::Records;
use super::store::Store;

/// The name of the policy that a class was last graded by, beside its gradebook.
pub const POLICY: &str = "policy.toml";

/// The folder that a class is graded in.
#[derive(Debug, Clone)]
pub struct Folder {
    root: PathBuf,
}

/// Held by the one who grades in a folder; workers with a share need none.
#[derive(Debug)]
pub struct Lock {
    _file: File,
}

impl Folder {
    /// This folder, made where it is missing.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn open(root: &Path) -> io::Result<Self> {
        fs::create_dir_all(root)?;
        Ok(Self { root: root.canonicalize()? })
    }

    /// Where it is.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The files of all programs.
    ///
    /// # Errors
    /// When they have no place.
    pub fn store(&self) -> io::Result<Store> {
        Store::open(&self.root.join("store"))
    }

    /// What workers have found out.
    ///
    /// # Errors
    /// When it has no place.
    pub fn records(&self) -> io::Result<Records> {
        Records::open(&self.root.join("records"))
    }

    /// What is to be graded.
    #[must_use]
    pub fn plan(&self) -> PathBuf {
        self.root.join("plan.json")
    }

    /// The merged result.
    #[must_use]
    pub fn results(&self) -> PathBuf {
        self.root.join("results.jsonl")
    }

    /// The gradebook.
    #[must_use]
    pub fn gradebook(&self) -> PathBuf {
        self.root.join("gradebook.sqlite")
    }

    /// The policy that the class was last graded by.
    #[must_use]
    pub fn policy(&self) -> PathBuf {
        self.root.join(POLICY)
    }

    /// The pages of the report.
    #[must_use]
    pub fn report(&self) -> PathBuf {
        self.root.join("report")
    }

    /// Built programs.
    #[must_use]
    pub fn builds(&self) -> PathBuf {
        self.root.join("builds")
    }

    /// Keeps others from grading here; none while somebody else does.
    ///
    /// # Errors
    /// When the lock cannot be asked for.
    pub fn lock(&self) -> io::Result<Option<Lock>> {
        let file = File::create(self.root.join("lock"))?;
        match flock(&file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => Ok(Some(Lock { _file: file })),
            Err(rustix::io::Errno::WOULDBLOCK) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Keeps a plan in the place of the one before.
    ///
    /// # Errors
    /// When it cannot be written; the one before is then still there.
    pub fn keep_plan(&self, plan: &Plan) -> io::Result<()> {
        replace(&self.plan(), &mut |to| Ok(serde_json::to_writer(to, plan)?))
    }

    /// Keeps a policy in the place of the one before.
    ///
    /// # Errors
    /// When it cannot be written; the one before is then still there.
    pub fn keep_policy(&self, text: &[u8]) -> io::Result<()> {
        replace(&self.policy(), &mut |to| to.write_all(text))
    }

    /// Keeps a merged result in the place of the one before.
    ///
    /// # Errors
    /// When it cannot be written; the one before is then still there.
    pub fn keep_results(&self, write: &mut dyn FnMut(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
        replace(&self.results(), write)
    }
}

/// The same error, which now says of what file it is.
pub(super) fn named(file: &Path) -> impl Fn(io::Error) -> io::Error {
    move |error| io::Error::new(error.kind(), format!("{}: {error}", file.display()))
}

/// Writes a file that lasts, whole or not at all.
fn replace(file: &Path, write: &mut dyn FnMut(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    try_replace(file, write).map_err(named(file))
}

fn try_replace(file: &Path, write: &mut dyn FnMut(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    let folder = file.parent().unwrap_or(Path::new("."));
    let mut draft = BufWriter::new(tempfile::NamedTempFile::new_in(folder)?);
    write(&mut draft)?;
    let draft = draft.into_inner().map_err(io::IntoInnerError::into_error)?;
    draft.as_file().sync_all()?;
    draft.persist(file)?;
    File::open(folder)?.sync_all()
}
