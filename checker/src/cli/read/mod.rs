//! `workbook read`: a lesson in the terminal, or the whole course as pages.

mod hyperlinks;
mod shelf;

use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};

use super::browser;
use super::journal::Journal;
use super::pager::{self, Pager};
use super::{HOLDS, out, workplace};
use crate::book::terminal::{self, Links, Setting};
use crate::book::{Reading, web};
use crate::course::{Course, Language};

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// A lesson, such as w04-l03 or keep-alive, or a part, such as w04; without it, the lesson that you are in
    lesson: Option<String>,
    /// Leave out the code that is for other languages than this one: rust, c or python
    #[arg(long, conflicts_with = "web")]
    lang: Option<Language>,
    /// How links to the web are shown: as words that can be clicked, or as numbers with the addresses below
    /// each section; without it, as the terminal can show them
    #[arg(long, value_enum, value_name = "HOW", conflicts_with = "web")]
    links: Option<LinksWord>,
    /// Print everything at once; otherwise what is longer than the terminal goes through $WORKBOOK_PAGER,
    /// $PAGER or less
    #[arg(long, conflicts_with = "web")]
    no_pager: bool,
    /// Write the whole course as pages into .workbook/book, and open this one in a browser ($BROWSER, or the
    /// system's)
    #[arg(long)]
    web: bool,
    /// Write the pages into this folder instead, and open nothing; it must be new, empty, or hold such pages
    #[arg(long, value_name = "DIR", requires = "web")]
    out: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum LinksWord {
    /// Words that can be clicked
    Hyperlinks,
    /// Numbers, with the addresses below each section
    Numbers,
}

pub(super) fn run(arguments: &Arguments, course: Option<&Path>) -> anyhow::Result<u8> {
    let course = workplace::course(course)?;
    let mut journal = Journal::open(&course.root);
    let reading = match &arguments.lesson {
        Some(name) => named(&course, name)?,
        None => Reading::Lesson(journal.lesson(&course, None)?),
    };
    let code = match (&arguments.out, arguments.web) {
        (Some(folder), _) => return write_book(&course, folder),
        (None, true) => open_book(&course, reading)?,
        (None, false) => {
            let language = arguments.lang.or(journal.progress().language);
            in_terminal(&course, reading, arguments, language)?
        }
    };
    if let Reading::Lesson(lesson) = reading {
        journal.update(|progress| progress.turn_to(&lesson.id).is_read = true);
    }
    Ok(code)
}

fn named<'a>(course: &'a Course, name: &str) -> anyhow::Result<Reading<'a>> {
    let part = course.parts.iter().find(|part| part.id.eq_ignore_ascii_case(name.trim()));
    Ok(match part {
        Some(part) => Reading::Part(part),
        None => Reading::Lesson(course.lesson(name)?),
    })
}

fn in_terminal(
    course: &Course,
    reading: Reading<'_>,
    arguments: &Arguments,
    language: Option<Language>,
) -> anyhow::Result<u8> {
    let variable = |name: &str| std::env::var(name).ok();
    let is_terminal = io::stdout().is_terminal();
    let pager = if arguments.no_pager { None } else { Pager::on_terminal() };
    let size = terminal_size::terminal_size_of(io::stdout()).filter(|_| is_terminal);
    let look = out::look();
    let links = match arguments.links {
        Some(LinksWord::Hyperlinks) => Links::Hyperlinks,
        Some(LinksWord::Numbers) => Links::Numbers,
        None if hyperlinks::are_shown(is_terminal, variable, || {
            pager.as_ref().is_none_or(Pager::has_hyperlinks)
        }) =>
        {
            Links::Hyperlinks
        }
        None => Links::Numbers,
    };
    let columns = size.map_or(look.width, |(columns, _)| usize::from(columns.0));
    let text = terminal::show(course, reading, Setting { look, columns, links, language });
    pager::print(&text, pager, &look)?;
    Ok(HOLDS)
}

fn write_book(course: &Course, folder: &Path) -> anyhow::Result<u8> {
    let book = web::book(course);
    shelf::fill(&course.root, &book, folder)?;
    out::print(&format!(
        "{} pages are in {}; the first one is {}\n",
        book.pages.len(),
        folder.display(),
        folder.join(web::INDEX).display()
    ))?;
    Ok(HOLDS)
}

fn open_book(course: &Course, reading: Reading<'_>) -> anyhow::Result<u8> {
    let folder = shelf::replace(&course.root, &web::book(course))?;
    let page = folder.join(web::page_name(reading.id()));
    let outcome = browser::open(&page);
    let told = match &outcome {
        Ok(()) => format!("{} is opened in a browser\n", page.display()),
        Err(why) => format!("{}\n", page.display()) + &format!("{why}: open this file in a browser\n"),
    };
    out::print(&told)?;
    Ok(HOLDS)
}
