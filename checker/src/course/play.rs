//! A scenario with every byte decided: what the peer plays and what the judge compares with.

use std::collections::BTreeMap;

use toml::Spanned;

use super::Lesson;
use super::checks::{AddressSpec, HoldSpec, NameSpec, Printed, Scenario, Segments, SendSpec, StepSpec};
use super::generate::Generator;
use super::message::Message;
use super::template::{Place, Template};
use crate::trace::{Expect, Hold, Name, Role, Script, Send, Step};

/// One run of a scenario: the same seed and cut give the same bytes.
#[derive(Debug, Clone)]
pub struct Play {
    /// The lesson's id.
    pub lesson: String,
    /// The scenario's id.
    pub scenario: String,
    /// What bodies are made from.
    pub seed: u64,
    /// In a sweep, the offset of the cut.
    pub cut: Option<usize>,
    /// The program's arguments; `{host}` and `{port}` are still to be filled in.
    pub arguments: Vec<String>,
    /// What the program reads from standard input.
    pub stdin: Vec<u8>,
    /// What the peer does.
    pub script: Script,
    /// The generated bodies by id, as far as the scenario names them.
    pub bodies: BTreeMap<String, Vec<u8>>,
}

impl Play {
    /// The bytes of a piece of expected output; a line ends with LF (its CR LF form is for the judge to allow).
    #[must_use]
    pub fn bytes_of(&self, printed: &Printed) -> Vec<u8> {
        bytes_of(printed, &self.bodies)
    }

    /// The bytes of all pieces, one after the other.
    #[must_use]
    pub fn expected(&self, parts: &[Printed]) -> Vec<u8> {
        parts.iter().flat_map(|part| self.bytes_of(part)).collect()
    }
}

impl Lesson {
    /// The runs of a scenario: one, or in a sweep one for every place of the cut, ascending.
    #[must_use]
    pub fn plays(&self, scenario: &Scenario, seed: u64) -> Vec<Play> {
        let play = self.play(scenario, seed);
        let Some((connection, step, length)) = swept(scenario, &play.script) else {
            return vec![play];
        };
        (1..length).map(|cut| with_cut(&play, connection, step, cut)).collect()
    }

    fn play(&self, scenario: &Scenario, seed: u64) -> Play {
        let bodies = self.bodies(scenario, seed);
        let stdin = scenario.stdin.as_ref().and_then(|id| bodies.get(id.get_ref())).cloned();
        let writer = ScriptWriter { scenario, seed, bodies: &bodies };
        let script = Script {
            role: Role::Server,
            listen: scenario.listen,
            connections: writer.connections(),
            names: scenario.names.iter().map(name).collect(),
            hurries: false,
            rtt: scenario.rtt.as_ref().map(|rtt| rtt.get_ref().0),
            watches_keepalive: scenario.watches_keepalive(),
        };
        Play {
            lesson: self.id.clone(),
            scenario: scenario.id.get_ref().clone(),
            seed,
            cut: None,
            arguments: scenario.arguments.as_ref().unwrap_or(&self.checks.arguments).clone(),
            stdin: stdin.unwrap_or_default(),
            script,
            bodies,
        }
    }

    fn bodies(&self, scenario: &Scenario, seed: u64) -> BTreeMap<String, Vec<u8>> {
        let named = scenario.named_bodies();
        let used = self
            .checks
            .bodies
            .iter()
            .filter(|body| named.iter().any(|name| name.get_ref() == body.id.get_ref()));
        used.map(|body| {
            let id = body.id.get_ref();
            // A loaded lesson has no bad placeholder.
            (id.clone(), body.content.get_ref().generate(seed, id).unwrap_or_default())
        })
        .collect()
    }
}

/// Connection, step and length of the message that is played with every cut.
fn swept(scenario: &Scenario, script: &Script) -> Option<(usize, usize, usize)> {
    let is_swept =
        |step: &StepSpec| matches!(step, StepSpec::Send(send) if send.segments == Segments::EverySplit);
    scenario.connections.iter().zip(&script.connections).enumerate().find_map(|(number, (spec, steps))| {
        let step = spec.script.iter().position(|step| is_swept(step.get_ref()))?;
        let Step::Send(send) = steps.get(step)? else { return None };
        Some((number, step, send.bytes.len()))
    })
}

fn with_cut(play: &Play, connection: usize, step: usize, cut: usize) -> Play {
    let mut play = play.clone();
    play.cut = Some(cut);
    if let Step::Send(send) = &mut play.script.connections[connection][step] {
        send.cuts = vec![cut];
    }
    play
}

/// Turns the words of a scenario into concrete steps.
struct ScriptWriter<'a> {
    scenario: &'a Scenario,
    seed: u64,
    bodies: &'a BTreeMap<String, Vec<u8>>,
}

impl ScriptWriter<'_> {
    fn connections(&self) -> Vec<Vec<Step>> {
        let numbered = self.scenario.connections.iter().enumerate();
        numbered
            .map(|(connection, spec)| {
                let steps = spec.script.iter().enumerate();
                steps.map(|(step, spec)| self.step(spec.get_ref(), &format!("{connection}.{step}"))).collect()
            })
            .collect()
    }

    fn step(&self, step: &StepSpec, place: &str) -> Step {
        match step {
            StepSpec::Expect(request) => Step::Expect(Expect { request: request.clone() }),
            StepSpec::Send(send) => Step::Send(self.send(send, place)),
            StepSpec::Hold(hold) => Step::Hold(self.hold(hold)),
            StepSpec::Pause(duration) => Step::Pause(duration.0),
            StepSpec::Close(close) => Step::Close(*close),
            StepSpec::Stay(_) => Step::Stay,
            StepSpec::Vanish(_) => Step::Vanish,
        }
    }

    fn send(&self, spec: &SendSpec, place: &str) -> Send {
        let name = format!("send {} {place}", self.scenario.id.get_ref());
        let body = spec.body.as_ref().and_then(|id| self.bodies.get(id.get_ref()));
        let message =
            Message::build(spec, body.map_or(&[], Vec::as_slice), &mut Generator::new(self.seed, &name));
        let cuts = message.cuts(&spec.segments);
        Send { bytes: message.bytes.into(), cuts, head_bytes: message.head_bytes, fin: spec.fin }
    }

    fn hold(&self, hold: &HoldSpec) -> Hold {
        match hold {
            HoldSpec::Received(body) => {
                Hold::ReceivedBytes(self.bodies.get(body.get_ref()).map_or(0, Vec::len))
            }
            HoldSpec::Printed(parts) => {
                Hold::PrintedBytes(parts.iter().map(|part| bytes_of(part, self.bodies).len()).sum())
            }
            HoldSpec::Requests(count) => Hold::Requests(*count),
            HoldSpec::ProgramClosed(_) => Hold::ProgramClosed,
            HoldSpec::Opened(connection) => Hold::Opened(*connection),
        }
    }
}

fn name(spec: &NameSpec) -> Name {
    let addresses = |list: &[Spanned<AddressSpec>]| list.iter().map(|address| address.get_ref().0).collect();
    Name {
        host: spec.host.get_ref().clone(),
        addresses: addresses(&spec.addresses),
        dead: addresses(&spec.dead),
        answer: spec.answer,
        slow: spec.slow.map(|slow| slow.0),
    }
}

fn bytes_of(printed: &Printed, bodies: &BTreeMap<String, Vec<u8>>) -> Vec<u8> {
    match printed {
        Printed::Body(id) => bodies.get(id.get_ref()).cloned().unwrap_or_default(),
        Printed::Line(line) => format!("{line}\n").into_bytes(),
        Printed::Text(text) => match Template::parse(text, Place::Printed) {
            // Nothing generated can stand in expected output, so any generator will do.
            Ok(template) => template.fill(&mut Generator::new(0, ""), 0),
            Err(_) => text.clone().into_bytes(),
        },
    }
}
