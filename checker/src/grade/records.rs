//! The folder of records: one file per attempt of a share, written by one worker ever, and never changed afterwards.

use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use super::evidence::Bodies;
use super::folder::named;
use super::handed_in::Digest;
use super::line::{self, LineError, Summary};
use super::record::Packed;

/// A longer line is no record.
const MOST_LINE_BYTES: u64 = 128 * 1024 * 1024;

/// A folder of records.
#[derive(Debug, Clone)]
pub struct Records {
    folder: PathBuf,
}

/// Where a record is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    file: PathBuf,
    at: u64,
    bytes: u64,
}

/// What was found beside good records.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Damage {
    /// A sentence for each line that is no record.
    pub lines: Vec<String>,
    /// How many files end in the middle of a record, as those do whose worker was killed: nothing is lost by that.
    pub torn: usize,
}

impl Records {
    /// The records in this folder, made where it is missing.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn open(folder: &Path) -> io::Result<Self> {
        fs::create_dir_all(folder)?;
        Ok(Self { folder: folder.to_owned() })
    }

    /// A new file for the next attempt at a share.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn attempt(&self, plan: &Digest, shard: u32) -> io::Result<Attempt> {
        for number in 1.. {
            let name = format!("{}-{shard}-{number}.jsonl", &plan.0[..12]);
            let place = self.folder.join(name);
            match File::create_new(&place) {
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Ok(file) => {
                    // The name must outlast a power failure as well as what is in the file.
                    File::open(&self.folder)?.sync_all()?;
                    return Ok(Attempt { file, place });
                }
                Err(error) => return Err(named(&self.folder)(error)),
            }
        }
        Err(io::ErrorKind::AlreadyExists.into())
    }

    /// Keeps the bodies that evidence is packed against; in the place of those that were damaged.
    ///
    /// # Errors
    /// When they cannot be written.
    pub fn keep_bodies(&self, bodies: &Bodies) -> io::Result<()> {
        if self.bodies(bodies.id()).is_ok() {
            return Ok(());
        }
        self.try_keep_bodies(bodies).map_err(named(&self.folder))
    }

    fn try_keep_bodies(&self, bodies: &Bodies) -> io::Result<()> {
        let file = self.bodies_file(bodies.id());
        let mut draft = tempfile::NamedTempFile::new_in(&self.folder)?;
        draft.write_all(bodies.bytes())?;
        draft.as_file().sync_all()?;
        draft.persist(file)?;
        Ok(())
    }

    /// The bodies that evidence is packed against.
    ///
    /// # Errors
    /// When they are not there, or damaged.
    pub fn bodies(&self, id: &Digest) -> io::Result<Bodies> {
        let file = self.bodies_file(id);
        let bodies = Bodies::from(fs::read(&file).map_err(named(&file))?);
        match bodies.id() == id {
            true => Ok(bodies),
            false => {
                Err(io::Error::other(format!("{} is damaged: remove it, and grade again", file.display())))
            }
        }
    }

    fn bodies_file(&self, id: &Digest) -> PathBuf {
        self.folder.join(format!("bodies-{id}"))
    }

    /// Shows every record that is whole, in order of file names and lines.
    ///
    /// # Errors
    /// When a file cannot be read.
    pub fn scan(&self, show: &mut dyn FnMut(Summary, Place)) -> io::Result<Damage> {
        let mut files: Vec<PathBuf> =
            fs::read_dir(&self.folder)?.map(|entry| Ok(entry?.path())).collect::<io::Result<_>>()?;
        files.retain(|file| file.extension().is_some_and(|extension| extension == "jsonl"));
        files.sort();
        let mut damage = Damage::default();
        for file in files {
            // A pipe would never end.
            if file.symlink_metadata().is_ok_and(|data| data.is_file()) {
                scan_file(&file, show, &mut damage).map_err(named(&file))?;
            } else {
                damage.lines.push(format!("{} is no file", file.display()));
            }
        }
        Ok(damage)
    }

    /// Reads a record that a scan has shown.
    ///
    /// # Errors
    /// When it cannot be read any more.
    pub fn read(&self, place: &Place) -> io::Result<Packed> {
        let mut file = File::open(&place.file)?;
        file.seek(SeekFrom::Start(place.at))?;
        let mut text = Vec::new();
        file.take(place.bytes).read_to_end(&mut text)?;
        line::decode(&text).map_err(|error| io::Error::other(format!("{}: {error}", place.file.display())))
    }
}

fn scan_file(file: &Path, show: &mut dyn FnMut(Summary, Place), damage: &mut Damage) -> io::Result<()> {
    let mut reader = BufReader::with_capacity(1 << 16, File::open(file)?);
    let (mut at, mut number, mut text) = (0, 0, Vec::new());
    loop {
        text.clear();
        let bytes = (&mut reader).take(MOST_LINE_BYTES).read_until(b'\n', &mut text)? as u64;
        if bytes == 0 {
            return Ok(());
        }
        number += 1;
        let is_torn = !text.ends_with(b"\n") && bytes < MOST_LINE_BYTES;
        match line::summary(&text) {
            Ok(summary) => show(summary, Place { file: file.to_owned(), at, bytes }),
            Err(LineError::Damaged) if is_torn => damage.torn += 1,
            Err(error) => damage.lines.push(format!("{} line {number}: {error}", file.display())),
        }
        at += bytes;
    }
}

/// A file that one worker appends records to.
#[derive(Debug)]
pub struct Attempt {
    file: File,
    place: PathBuf,
}

impl Attempt {
    /// Appends some records; they last from then on.
    ///
    /// # Errors
    /// When the disk is full, say. What was appended before stays good.
    pub fn append(&mut self, records: &[Packed]) -> io::Result<()> {
        let lines: Vec<Vec<u8>> = records.iter().map(line::encode).collect::<io::Result<_>>()?;
        let written = self.file.write_all(&lines.concat()).and_then(|()| self.file.sync_data());
        written.map_err(named(&self.place))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::grade::record::Key;
    use crate::grade::standing::{Kind, Standing};

    fn record(key: char) -> Packed {
        let standing = Standing { kind: Kind::NotJudged, criteria: Vec::new(), scenarios: Vec::new() };
        let (key, bodies) = (Key(Digest(key.to_string().repeat(64))), Digest(String::new()));
        Packed { key, standing, took_ms: 0, bodies, evidence: vec![1, 2, 3] }
    }

    fn plan() -> Digest {
        Digest("0".repeat(64))
    }

    fn scan(records: &Records) -> (Vec<Key>, Damage) {
        let mut keys = Vec::new();
        let damage = records
            .scan(&mut |summary, place| {
                let whole = records.read(&place).expect("a record");
                assert_eq!(whole.key, summary.key);
                keys.push(summary.key);
            })
            .expect("readable");
        (keys, damage)
    }

    #[test]
    fn what_a_killed_worker_has_recorded_counts_but_for_the_torn_line() {
        let folder = tempfile::tempdir().expect("a folder");
        let records = Records::open(folder.path()).expect("records");
        let mut first = records.attempt(&plan(), 0).expect("a file");
        first.append(&[record('a'), record('b')]).expect("written");
        let file = folder.path().join("000000000000-0-1.jsonl");
        let whole = fs::read(&file).expect("a file");
        for cut in [whole.len() - 1, whole.len() / 2 + 1] {
            fs::write(&file, &whole[..cut]).expect("written");
            let damage = Damage { torn: 1, ..Damage::default() };
            assert_eq!(scan(&records), (vec![record('a').key], damage), "cut at {cut}");
        }
        let mut second = records.attempt(&plan(), 0).expect("another file");
        second.append(&[record('b')]).expect("written");
        assert_eq!(scan(&records).0, [record('a').key, record('b').key]);
    }

    #[test]
    fn a_damaged_line_is_named_and_spoils_no_other() {
        let folder = tempfile::tempdir().expect("a folder");
        let records = Records::open(folder.path()).expect("records");
        records.attempt(&plan(), 3).expect("a file").append(&[record('a'), record('b')]).expect("written");
        let file = folder.path().join("000000000000-3-1.jsonl");
        let mut text = fs::read(&file).expect("a file");
        text[40] ^= 1;
        fs::write(&file, text).expect("written");
        let (keys, damage) = scan(&records);
        assert_eq!(keys, [record('b').key]);
        assert_eq!(damage.lines, [format!("{} line 1: it is damaged", file.display())]);
    }
}
