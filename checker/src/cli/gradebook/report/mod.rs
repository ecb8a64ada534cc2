//! `workbook gradebook report`: the class as pages, one for everybody and one for each learner.

mod again;
mod class;
mod folder;
mod learner;
mod overview;
mod sources;

use std::fs::File;
use std::io::BufWriter;
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use anyhow::{Context, bail};

use self::folder::Draft;
use super::Open;
use crate::cli::grade::Scoring;
use crate::cli::{HOLDS, out};
use crate::course::Course;
use crate::grade::gradebook::{Gradebook, Rules, Run, Tally};
use crate::grade::policy::Policy;
use crate::grade::store::Store;
use crate::report::class::html::{self, OverviewPage};

pub(super) use self::class::Class;
pub(super) use self::learner::page;
pub(super) use self::overview::overview;

/// The page that leads to all others.
const INDEX: &str = "index.html";

/// More threads than this wait for the disk.
const MOST_THREADS: usize = 4;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    scoring: Scoring,
    /// The folder for the pages; without it, `report` beside the gradebook
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

pub(super) fn run(
    arguments: &Arguments,
    all: &super::Arguments,
    course: Option<&Path>,
) -> anyhow::Result<u8> {
    let Open { book, run, course, policy } = all.open(all.read()?, course, &arguments.scoring)?;
    let store = all.store()?;
    let folder = arguments.out.clone().unwrap_or_else(|| all.beside("report"));
    let page = write(&book, &run, &course, &policy, store.as_ref(), &folder)?;
    out::print(&format!("{}\n", page.display()))?;
    out::note(
        "Open it in a browser. It is for teachers: it names whose programs are the same, and hidden criteria.",
    );
    Ok(HOLDS)
}

/// Writes the pages of a run into a folder, in the place of those that were there: it has the old ones or the new ones,
/// whenever this ends. Answers with the page that leads to all others.
///
/// # Errors
/// When the gradebook cannot be read, the folder cannot be written, or something else is in it.
pub(in crate::cli) fn write(
    book: &Gradebook,
    run: &Run,
    course: &Course,
    policy: &Policy,
    store: Option<&Store>,
    folder: &Path,
) -> anyhow::Result<PathBuf> {
    let lessons: Vec<String> = run.lessons.iter().map(|lesson| lesson.id.clone()).collect();
    let class = Class::read(book, run, Rules { policy, course }, store, &lessons)?;
    let cannot = || format!("cannot write the report to {}", folder.display());
    let draft = Draft::begin(folder).with_context(cannot)?;
    write_pages(&class, book, draft.path()).with_context(cannot)?;
    draft.put_in_place().with_context(cannot)?;
    Ok(folder.join(INDEX))
}

/// The overview is written here, line by line, and learners' pages elsewhere at the same time.
fn write_pages(class: &Class<'_>, book: &Gradebook, folder: &Path) -> anyhow::Result<()> {
    let file = BufWriter::new(File::create(folder.join(INDEX))?);
    let mut index = OverviewPage::begin(file, &overview(class, book)?)?;
    let threads = thread::available_parallelism().map_or(1, NonZero::get).min(MOST_THREADS);
    let readers = (0..threads).map(|_| book.reader()).collect::<Result<Vec<_>, _>>()?;
    // Few wait at a time, so that memory stays flat.
    let (learners, waiting) = sync_channel::<Vec<Tally>>(2 * threads);
    let waiting = Arc::new(Mutex::new(waiting));
    thread::scope(|scope| {
        let start = |reader: Gradebook| {
            let waiting = Arc::clone(&waiting);
            scope.spawn(move || write_learners(class, &reader, &waiting, folder))
        };
        let workers: Vec<_> = readers.into_iter().map(start).collect();
        // Where every thread has given up, nobody waits any more, and handing over fails.
        drop(waiting);
        let told = class.each_learner(book, |tallies| {
            tallies.iter().try_for_each(|tally| index.row(&class.row(tally)))?;
            if learners.send(tallies).is_err() {
                bail!("no thread is left that writes pages");
            }
            Ok::<(), anyhow::Error>(())
        });
        drop(learners);
        let ended = workers.into_iter().map(|worker| worker.join().expect("what panics has told why"));
        // Why they gave up comes before that they did.
        ended.collect::<Vec<_>>().into_iter().collect::<anyhow::Result<()>>()?;
        told
    })?;
    Ok(index.finish()?)
}

/// Writes pages of learners until there are no more.
fn write_learners(
    class: &Class<'_>,
    book: &Gradebook,
    waiting: &Mutex<Receiver<Vec<Tally>>>,
    folder: &Path,
) -> anyhow::Result<()> {
    let next = || waiting.lock().unwrap_or_else(PoisonError::into_inner).recv();
    while let Ok(tallies) = next() {
        let Some(first) = tallies.first() else { continue };
        let name = html::page_name(&first.learner);
        let page = page(class, book, &tallies)?;
        std::fs::write(folder.join(&name), html::learner(&page)).context(name)?;
    }
    Ok(())
}
