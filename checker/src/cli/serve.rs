//! `workbook serve`: the bundled server by itself, to talk to by hand.

use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, TcpListener};
use std::os::fd::AsFd;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use rustix::event::{PollFd, PollFlags, Timespec, poll};

use super::workplace::{self, parse_seed};
use super::{HOLDS, interrupt, out};
use crate::course::Lesson;
use crate::course::checks::Scenario;
use crate::deadlines::Patience;
use crate::report::diagram::Live;
use crate::report::serve::{self, Offer};
use crate::report::{self, Look};
use crate::trace::{Hold, Listen, Moment, Script, Step};
use crate::wire::{Ending, Manner, Notice, Service, Turn};

/// Where the server is unless it is told otherwise.
const PORT: u16 = 8080;

#[derive(Debug, clap::Args)]
#[allow(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
pub(super) struct Arguments {
    /// The lesson, such as w04-l03, l03 or keep-alive
    lesson: String,
    /// Play the script of this scenario, and begin anew when it is over
    #[arg(long, value_name = "ID", conflicts_with_all = MANNERS)]
    scenario: Option<String>,
    /// What the scenario's bodies are made from, as reports show it
    #[arg(long, value_name = "SEED", value_parser = parse_seed, requires = "scenario")]
    seed: Option<u64>,
    /// The port on 127.0.0.1; 0 for any free one. Without it 8080, or a free one where that is taken
    #[arg(long, value_name = "PORT")]
    port: Option<u16>,
    /// Send each response in small pieces, over two seconds
    #[arg(long)]
    slow: bool,
    /// Close after each response, and say so: Connection: close
    #[arg(long)]
    close: bool,
    /// Reset the connection (RST) in the middle of each body
    #[arg(long, conflicts_with = "close")]
    rst: bool,
    /// Leave Content-Length out: only the close ends a body
    #[arg(long)]
    no_length: bool,
    /// Answer in HTTP/1.0, and close after each response unless the client says keep-alive
    #[arg(long = "http-1-0")]
    http_1_0: bool,
}

/// What a script decides by itself.
const MANNERS: [&str; 5] = ["slow", "close", "rst", "no_length", "http_1_0"];

pub(super) fn run(arguments: &Arguments, course: Option<&Path>) -> anyhow::Result<u8> {
    let course = workplace::course(course)?;
    let lesson = course.lesson(&arguments.lesson)?;
    let patience = Patience::from_environment().map_err(anyhow::Error::msg)?;
    let scripted = arguments.scenario.as_deref().map(|id| scripted(arguments, lesson, id)).transpose()?;
    let (listener, taken) = listen(arguments.port)?;
    let port = listener.local_addr()?.port();
    // `localhost` may lead to ::1 as well, where there is IPv6.
    let listeners = [Some(listener), TcpListener::bind((Ipv6Addr::LOCALHOST, port)).ok()];
    let listeners: Vec<TcpListener> = listeners.into_iter().flatten().collect();
    let offer = offer(arguments, lesson, scripted.as_ref());
    let service = match scripted {
        Some(Scripted { scripts, .. }) => Service::of_scripts(listeners, scripts, patience),
        None => Service::of_page(listeners, manner(arguments), patience),
    };
    let service = service.context("cannot serve")?;
    let look = out::look();
    let show = Show { service, live: Live::new(look), start: Instant::now(), look };
    show.run(&Offer { port, taken, ..offer })?;
    Ok(HOLDS)
}

fn manner(arguments: &Arguments) -> Manner {
    let ending = match (arguments.close, arguments.rst) {
        (true, _) => Ending::Close,
        (_, true) => Ending::Reset,
        _ => Ending::Keep,
    };
    Manner {
        is_slow: arguments.slow,
        ending,
        ends_body_at_close: arguments.no_length,
        is_http_1_0: arguments.http_1_0,
    }
}

/// A listener, and the port that was meant where another program has it.
fn listen(port: Option<u16>) -> anyhow::Result<(TcpListener, Option<u16>)> {
    let bind = |port: u16| TcpListener::bind((Ipv4Addr::LOCALHOST, port));
    match (bind(port.unwrap_or(PORT)), port) {
        (Ok(listener), _) => Ok((listener, None)),
        (Err(error), None) if error.kind() == io::ErrorKind::AddrInUse => {
            Ok((bind(0).context("no port of 127.0.0.1 is free")?, Some(PORT)))
        }
        (Err(error), Some(port)) if error.kind() == io::ErrorKind::AddrInUse => bail!(
            "--port {port}: another program listens there. Name another port, or let the system choose: --port 0"
        ),
        (Err(error), Some(port)) if error.kind() == io::ErrorKind::PermissionDenied => {
            bail!(
                "--port {port}: only root may listen there. Name a port from 1024 on, or let the system choose: --port 0"
            )
        }
        (Err(error), port) => {
            Err(error).with_context(|| format!("cannot listen on 127.0.0.1, port {}", port.unwrap_or(PORT)))
        }
    }
}

/// A scenario that can be played by hand.
struct Scripted<'a> {
    scenario: &'a Scenario,
    seed: u64,
    scripts: Vec<Script>,
}

fn scripted<'a>(arguments: &Arguments, lesson: &'a Lesson, id: &str) -> anyhow::Result<Scripted<'a>> {
    let Some(scenario) = lesson.checks.scenarios.iter().find(|scenario| scenario.id.get_ref() == id) else {
        bail!(
            "{} has no scenario `{id}`; those that can be served are:\n  {}",
            lesson.id,
            servable(lesson).join("\n  ")
        );
    };
    let seed = workplace::seed(arguments.seed);
    let scripts: Vec<Script> = lesson.plays(scenario, seed).into_iter().map(|play| play.script).collect();
    if let Some(obstacle) = scripts.first().and_then(obstacle) {
        let check = format!("workbook check {} --scenario {id}", lesson.id);
        bail!(
            "`{id}` cannot be served: {obstacle}.\nIn it: {}\nA program of yours meets it in: {check}",
            scenario.title
        );
    }
    Ok(Scripted { scenario, seed, scripts })
}

/// The scenarios that can be played by hand.
fn servable(lesson: &Lesson) -> Vec<&str> {
    let is_servable = |scenario: &&Scenario| {
        lesson.plays(scenario, 0).first().is_some_and(|play| obstacle(&play.script).is_none())
    };
    lesson
        .checks
        .scenarios
        .iter()
        .filter(is_servable)
        .map(|scenario| scenario.id.get_ref().as_str())
        .collect()
}

/// Why a script cannot be played for somebody who talks by hand.
fn obstacle(script: &Script) -> Option<&'static str> {
    let has = |is: fn(&Step) -> bool| script.connections.iter().flatten().any(is);
    if script.listen == Listen::Refuse {
        return Some("nobody listens in it, just as on any other free port (try: nc 127.0.0.1 1)");
    }
    if has(|step| matches!(step, Step::Hold(Hold::PrintedBytes(_)))) {
        return Some(
            "it waits until a program has printed something, and what yours prints is not seen from here",
        );
    }
    if has(|step| *step == Step::Vanish) {
        return Some(
            "the server vanishes in it like a machine without power, which needs a network of its own",
        );
    }
    if !script.names.is_empty() {
        return Some("it is about names, which only the name server of a box tells");
    }
    if script.rtt.is_some() {
        return Some("packets take their time in it, and on 127.0.0.1 none does");
    }
    None
}

/// What is said at the start, but for the port.
fn offer(arguments: &Arguments, lesson: &Lesson, scripted: Option<&Scripted<'_>>) -> Offer {
    let (manner, requests, targets) = match scripted {
        Some(scripted) => {
            let requests = scripted.scripts.first().map(asked_for).unwrap_or_default();
            let first = requests.first().cloned().unwrap_or_default();
            let targets = requests.iter().flatten().filter_map(|request| request.strip_prefix("GET "));
            (about_script(scripted), first, targets.map(str::to_owned).collect())
        }
        None => {
            let twice = |word: &str| vec![word.to_owned(), word.to_owned()];
            (about_manner(arguments), twice("GET /"), twice("/"))
        }
    };
    Offer {
        lesson: lesson.id.clone(),
        title: lesson.title.clone(),
        port: 0,
        taken: None,
        manner,
        requests,
        targets,
        asks_to_close: scripted.is_none(),
    }
}

/// The requests that a script waits for, connection by connection.
fn asked_for(script: &Script) -> Vec<Vec<String>> {
    let asked = |step: &Step| match step {
        Step::Expect(expect) => Some(expect.request.clone()),
        _ => None,
    };
    script.connections.iter().map(|steps| steps.iter().filter_map(asked).collect()).collect()
}

fn about_script(scripted: &Scripted<'_>) -> Vec<String> {
    let id = scripted.scenario.id.get_ref();
    let mut about =
        vec![format!("Scenario {id} (seed {}): {}", report::seed(scripted.seed), scripted.scenario.title)];
    let connections = scripted.scripts.first().map_or(0, |script| script.connections.len());
    about.push(match (scripted.scripts.len(), connections) {
        (1, 1) => "Every connection begins it anew.".to_owned(),
        (1, _) => format!("It takes {connections} connections; the next one begins it anew."),
        (runs, _) => format!("Every connection plays the next of its {runs} runs."),
    });
    about
}

fn about_manner(arguments: &Arguments) -> Vec<String> {
    let sentences = [
        (arguments.slow, "Each response takes 2 s (--slow)."),
        (arguments.close, "It closes after each response, and says so (--close)."),
        (arguments.rst, "It resets the connection in the middle of each body (--rst)."),
        (arguments.no_length, "No response says its length: the close ends the body (--no-length)."),
        (arguments.http_1_0, "It answers in HTTP/1.0, and closes unless asked for keep-alive (--http-1-0)."),
    ];
    let said: Vec<String> =
        sentences.into_iter().filter(|(is_so, _)| *is_so).map(|(_, sentence)| sentence.to_owned()).collect();
    if said.is_empty() { vec!["It keeps connections open, as HTTP/1.1 wants it.".to_owned()] } else { said }
}

/// The server with what is shown of it.
struct Show {
    service: Service,
    live: Live,
    start: Instant,
    look: Look,
}

/// Why the show is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wish {
    GoOn,
    Stop,
    /// Nobody reads what is printed.
    Leave,
}

impl Show {
    /// Until the user wants to stop, or nobody reads any more.
    fn run(mut self, offer: &Offer) -> anyhow::Result<()> {
        let interrupt = interrupt::descriptor().context("cannot handle signals")?;
        let mut is_read =
            out::stream(&serve::offer(offer, &self.look))? && out::stream(&self.live.heading())?;
        while is_read {
            let (turn, text) = self.turn()?;
            is_read = out::stream(&text)?;
            match self.wait(turn, interrupt.as_fd())? {
                _ if !is_read => {}
                Wish::GoOn => {}
                Wish::Stop => break,
                Wish::Leave => is_read = false,
            }
        }
        let text = self.stop();
        let farewell = serve::farewell(&self.live.summary(), offer.port, self.start.elapsed(), &self.look);
        if is_read {
            // The terminal has echoed ^C where the next row would begin.
            out::stream(&format!("\n{text}{farewell}"))?;
        }
        Ok(())
    }

    fn turn(&mut self) -> anyhow::Result<(Turn, String)> {
        let (live, start) = (&mut self.live, self.start);
        let mut text = String::new();
        let turn =
            self.service.turn(&mut |notice| text.push_str(&show(live, start.elapsed().into(), &notice)));
        text.push_str(&self.live.tick(self.start.elapsed().into()));
        Ok((turn.context("the server cannot go on")?, text))
    }

    fn stop(&mut self) -> String {
        let (live, start) = (&mut self.live, self.start);
        let mut text = String::new();
        self.service.stop(&mut |notice| text.push_str(&show(live, start.elapsed().into(), &notice)));
        text
    }

    /// Waits for the next event.
    fn wait(&self, turn: Turn, interrupt: impl AsFd) -> anyhow::Result<Wish> {
        let stdout = io::stdout();
        let mut wait = vec![PollFd::new(&interrupt, PollFlags::IN), PollFd::new(&stdout, PollFlags::empty())];
        let descriptors = self.service.descriptors();
        wait.extend(
            descriptors.iter().map(|(descriptor, flags)| PollFd::from_borrowed_fd(*descriptor, *flags)),
        );
        let due = self.live.due().map(|due| self.start + due);
        let wake = [turn.wake, due].into_iter().flatten().min();
        let left = wake.map(|wake| wake.saturating_duration_since(Instant::now()));
        let left = if turn.has_moved { Some(Duration::ZERO) } else { left };
        let timeout = left.map(Timespec::try_from).transpose()?;
        rustix::io::retry_on_intr(|| poll(&mut wait, timeout.as_ref()))?;
        Ok(match (wait[0].revents().is_empty(), wait[1].revents().is_empty()) {
            (false, _) => Wish::Stop,
            (true, false) => Wish::Leave,
            (true, true) => Wish::GoOn,
        })
    }
}

fn show(live: &mut Live, at: Moment, notice: &Notice) -> String {
    match notice {
        Notice::Happened(what) => live.event(at, what),
        Notice::Explained { connection, text } => live.note(at, *connection, text),
        Notice::Over { connection } => live.over(at, *connection),
    }
}
