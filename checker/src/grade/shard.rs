//! A share of the work: graded by as many workers as there are processors, and recorded as it comes.

use std::io;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

use super::evidence::{Bodies, Packer};
use super::handed_in::Program;
use super::record::{Key, Packed, Record};
use super::records::Attempt;
use super::standing::Kind;
use super::worker::{Interrupted, Worker};
use crate::course::Lesson;

/// So many results may wait to be recorded; then workers wait as well.
const MOST_WAITING: usize = 64;

/// Something to grade.
#[derive(Debug, Clone, Copy)]
pub struct Task<'a> {
    /// What its result is known by.
    pub key: &'a Key,
    /// The lesson.
    pub lesson: &'a Lesson,
    /// What its programs are sent.
    pub bodies: &'a Bodies,
    /// The program.
    pub program: &'a Program,
}

/// Why not everything was graded.
#[derive(Debug, thiserror::Error)]
pub enum ShardError {
    /// The user wants to stop.
    #[error(transparent)]
    Interrupted(#[from] Interrupted),
    /// What was found out could not be kept.
    #[error("cannot keep results: {0}")]
    Record(#[from] io::Error),
}

/// Grades all tasks, and shows the kind of each result once it is kept.
///
/// # Errors
/// See [`ShardError`]. What was kept before stays good.
pub fn grade(
    tasks: &[Task<'_>],
    worker: &Worker<'_>,
    workers: usize,
    attempt: &mut Attempt,
    show: &mut dyn FnMut(Kind),
) -> Result<(), ShardError> {
    let next = AtomicUsize::new(0);
    let is_over = AtomicBool::new(false);
    let (send, receive) = sync_channel(MOST_WAITING);
    let work = |send: SyncSender<Result<Packed, ShardError>>| {
        let mut packers = Packers::default();
        while let Some(task) = tasks.get(next.fetch_add(1, Ordering::Relaxed)) {
            if is_over.load(Ordering::Relaxed) {
                return;
            }
            let record = worker.grade(task.key, task.lesson, task.program);
            let packed = record.map_err(ShardError::from).and_then(|record| Ok(packers.pack(task, record)?));
            let is_last = packed.is_err();
            if send.send(packed).is_err() || is_last {
                return; // nobody takes results any more
            }
        }
    };
    thread::scope(|scope| {
        let work = &work;
        for _ in 0..workers.clamp(1, tasks.len().max(1)) {
            let send = send.clone();
            thread::Builder::new().spawn_scoped(scope, move || work(send))?;
        }
        drop(send);
        let kept = keep(&receive, attempt, show);
        is_over.store(true, Ordering::Relaxed);
        drop(receive);
        kept
    })
}

/// One for each lesson.
#[derive(Default)]
struct Packers<'a>(Vec<(&'a str, Packer)>);

impl<'a> Packers<'a> {
    fn pack(&mut self, task: &Task<'a>, record: Record) -> io::Result<Packed> {
        let at = self.0.iter().position(|(lesson, _)| *lesson == task.lesson.id);
        let at = match at {
            Some(at) => at,
            None => {
                self.0.push((&task.lesson.id, Packer::new(task.bodies)?));
                self.0.len() - 1
            }
        };
        Packed::of(record, &mut self.0[at].1, task.bodies)
    }
}

/// Keeps results until there are no more: all that have come meanwhile at once, because each time waits for the disk.
fn keep(
    receive: &Receiver<Result<Packed, ShardError>>,
    attempt: &mut Attempt,
    show: &mut dyn FnMut(Kind),
) -> Result<(), ShardError> {
    while let Ok(first) = receive.recv() {
        let mut records = Vec::new();
        let mut stop = None;
        for outcome in std::iter::once(first).chain(receive.try_iter()) {
            match outcome {
                Ok(record) => records.push(record),
                Err(error) => stop = Some(error),
            }
        }
        attempt.append(&records)?;
        records.iter().for_each(|record| show(record.standing.kind));
        if let Some(error) = stop {
            return Err(error);
        }
    }
    Ok(())
}
