//! The words of a `checks.toml`: what an author can say about how a lesson is graded.
//!
//! Every struct refuses unknown words, and every name that refers to something keeps its place in the
//! file, so that a wrong one is shown where it stands.

use std::net::IpAddr;
use std::str::FromStr;
use std::time::Duration;

use serde::de::{self, Deserializer, MapAccess, Visitor};
use serde::{Deserialize, Serialize};
use toml::Spanned;

use crate::trace::{Close, Listen, NameAnswer};

/// A whole `checks.toml`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Checks {
    /// The program's arguments where a scenario names none of its own: `{host}` and `{port}` are filled in.
    pub arguments: Vec<String>,
    /// Contents that scenarios send, print and compare.
    #[serde(default, rename = "body")]
    pub bodies: Vec<Body>,
    /// The "Done when" bullets, in order.
    #[serde(default, rename = "criterion")]
    pub criteria: Vec<Criterion>,
    /// The encounters, from basic to special: the first one that fails is the one that is explained.
    #[serde(default, rename = "scenario", deserialize_with = "scenarios")]
    pub scenarios: Vec<Scenario>,
    /// The rows of "Common mistakes", the most telling first.
    #[serde(default, rename = "mistake")]
    pub mistakes: Vec<Mistake>,
    /// Help, gentle first.
    #[serde(default, rename = "hint")]
    pub hints: Vec<Hint>,
}

/// One bullet of "Done when".
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Criterion {
    /// How scenarios refer to it.
    pub id: Spanned<String>,
    /// What it is worth.
    pub points: u32,
    /// The bullet, word for word.
    pub text: Spanned<String>,
}

/// A named content, made anew from the seed of each run.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Body {
    /// How scenarios refer to it.
    pub id: Spanned<String>,
    /// How it is made.
    pub content: Spanned<Content>,
}

/// How a body is made.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Content {
    /// This text; each `{word}` and `{number}` becomes a generated one, `{hex:ff00}` those bytes.
    Text(String),
    /// A small HTML page with this title.
    Page(String),
    /// This many bytes of every value.
    Random(usize),
}

/// One scripted encounter of the program with the peer.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    /// Named after the requirement.
    pub id: Spanned<String>,
    /// What the peer does, in one sentence for the learner.
    pub title: String,
    /// Where the requirement stands, such as `RFC 9112 section 6.3`.
    pub source: Option<String>,
    /// The criterion that findings count for where a rule names none.
    pub criterion: Spanned<String>,
    /// Shown and explained, but takes no points.
    #[serde(default)]
    pub advice: bool,
    /// Arguments of the program, where they differ from the lesson's.
    pub arguments: Option<Vec<String>>,
    /// The body that the program reads from standard input.
    pub stdin: Option<Spanned<String>>,
    /// Whether anything listens.
    #[serde(default)]
    pub listen: Listen,
    /// How long a packet takes there and back. Needs the private network.
    pub rtt: Option<Spanned<DurationSpec>>,
    /// What the name server knows. Needs the private network.
    #[serde(default, rename = "name")]
    pub names: Vec<NameSpec>,
    /// The script of each connection, in the order of accept.
    #[serde(default, rename = "connection")]
    pub connections: Vec<ConnectionScript>,
    /// What is required.
    #[serde(default)]
    pub require: Vec<Spanned<Requirement>>,
}

/// A name that programs can ask the name server for. `example.com` is always known.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NameSpec {
    /// The name.
    pub host: Spanned<String>,
    /// Its addresses, told in this order.
    #[serde(default)]
    pub addresses: Vec<Spanned<AddressSpec>>,
    /// Those of them at which nothing can be reached: connecting fails at once.
    #[serde(default)]
    pub dead: Vec<Spanned<AddressSpec>>,
    /// What the name server says.
    #[serde(default)]
    pub answer: NameAnswer,
    /// How long it takes to say it.
    pub slow: Option<DurationSpec>,
}

/// What the peer does on one connection.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConnectionScript {
    /// The steps in order.
    pub script: Vec<Spanned<StepSpec>>,
    /// What the scenario requires, where it is written behind the last script. Always empty once read:
    /// it has moved to [`Scenario::require`].
    #[serde(default)]
    pub require: Vec<Spanned<Requirement>>,
}

/// In TOML, a `require` behind `[[scenario.connection]]` belongs to that connection. Requirements read best
/// behind the scripts, so they are moved to the scenario.
fn scenarios<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Scenario>, D::Error> {
    let mut scenarios = Vec::<Scenario>::deserialize(deserializer)?;
    for scenario in &mut scenarios {
        for connection in &mut scenario.connections {
            scenario.require.append(&mut connection.require);
        }
    }
    Ok(scenarios)
}

/// One verb of a script.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StepSpec {
    /// Wait for the next whole request; the text is its method and target.
    Expect(String),
    /// Send a message.
    Send(SendSpec),
    /// Wait until something has happened.
    Hold(HoldSpec),
    /// Wait for this long; only where nothing else will do.
    Pause(DurationSpec),
    /// End the connection: `fin` half-closes and keeps watching, `reset` aborts.
    Close(Close),
    /// Do nothing more and keep the connection open.
    Stay(Open),
    /// Be gone without a word: nothing of the program is seen or acknowledged any more. Needs the
    /// private network, where the kernel's own times are short.
    Vanish(bool),
}

/// The only way to stay.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Open {
    /// `{ stay = "open" }`
    Open,
}

/// A message to send: either `head` (and perhaps `body`), or `raw`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct SendSpec {
    /// Status line and field lines, sent exactly as written, each ended by CR LF, then an empty line.
    /// `{len}` is the length of the body, `{hex:ff}` raw bytes, `{word}` a generated word.
    pub head: Option<Vec<Spanned<String>>>,
    /// The id of the body that follows the head.
    pub body: Option<Spanned<String>>,
    /// Only this many bytes of the body are sent.
    pub body_bytes: Option<usize>,
    /// Text sent behind the body, with the same placeholders as `raw`.
    pub extra: Option<String>,
    /// Text sent as it is; `{hex:ff}` and `{word}` are filled in.
    pub raw: Option<Spanned<String>>,
    /// How lines of the head end.
    #[serde(default)]
    pub line_end: LineEnd,
    /// How the message is cut into segments.
    #[serde(default)]
    pub segments: Segments,
    /// A FIN leaves together with the last segment.
    #[serde(default)]
    pub fin: bool,
    /// Says that Content-Length disagrees with the body on purpose.
    #[serde(default)]
    pub lies: bool,
}

/// How lines of a head end.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LineEnd {
    /// CR LF.
    #[default]
    Crlf,
    /// A lone LF.
    Lf,
}

/// How a message is cut into segments.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Segments {
    /// All in one.
    #[default]
    One,
    /// Each byte in a segment of its own.
    EachByte,
    /// The head, then the rest.
    HeadThenBody,
    /// In two, once for every possible place of the cut: as many runs as the message has bytes.
    EverySplit,
    /// At these places.
    At(Vec<Cut>),
}

/// The words for [`Segments`] other than a list of cuts.
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
enum SegmentsWord {
    One,
    EachByte,
    HeadThenBody,
    EverySplit,
}

/// A place to cut a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cut {
    /// Bytes from the start of the message.
    FromStart(usize),
    /// Bytes from the end of the head: negative ones lie in the head (`"head-2"`), positive in the body.
    FromHeadEnd(isize),
}

/// What to wait for.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum HoldSpec {
    /// The whole of this body has arrived on the connection (and nothing before it).
    Received(Spanned<String>),
    /// The program has printed these, in order.
    Printed(Vec<Printed>),
    /// This many whole requests have arrived on the connection in all.
    Requests(usize),
    /// The program has closed its side of the connection.
    ProgramClosed(bool),
    /// The connection with this number has been opened.
    Opened(usize),
}

/// A requirement: one rule, and the criterion it counts for.
#[derive(Debug, Clone)]
pub struct Requirement {
    /// The criterion; the scenario's where none is named.
    pub criterion: Option<Spanned<String>>,
    /// The rule.
    pub rule: Rule,
}

/// What a scenario can require; each is implemented in one file of the judge.
#[derive(Debug, Clone)]
pub enum Rule {
    /// This many connections carried at least one byte from the program.
    Connections(usize),
    /// This many connections were opened, used or not.
    Opened(usize),
    /// How many requests each used connection carried, in order of the connections.
    Requests(Vec<usize>),
    /// Standard output is exactly this.
    Prints(Vec<Printed>),
    /// Standard output is this or the beginning of it.
    PrintsAtMost(Vec<Printed>),
    /// How the program exits.
    Exit(ExitRule),
    /// What the nth request looks like.
    Request(RequestRule),
    /// Everything that arrives on the first used connection is exactly this body.
    Sends(Spanned<String>),
    /// Whether the program may close its sending side before the peer has closed.
    HalfClose(bool),
    /// A connection is closed by the program before the next one carries a request.
    Closes(ClosesRule),
    /// TCP keepalive was armed on every used connection.
    Keepalive(KeepaliveRule),
}

/// How the program exits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ExitRule {
    /// With exit code 0.
    Success,
    /// With another exit code; a crash is not an answer.
    Failure,
}

/// What the nth request looks like.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RequestRule {
    /// Which one, counted from 1 over all connections in order of arrival.
    pub nth: usize,
    /// The request line, exactly.
    pub line: Option<String>,
    /// Fields that are there: `Host`, or `Connection: close` with a value that is a list member
    /// (compared without regard to case). `{host}` and `{port}` are filled in.
    #[serde(default)]
    pub with: Vec<String>,
    /// Fields that are not there, in the same notation.
    #[serde(default)]
    pub without: Vec<String>,
}

/// A connection is closed by the program before another one carries a request.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClosesRule {
    /// The connection that is closed.
    pub connection: usize,
    /// The connection whose first request comes later.
    pub before: usize,
}

/// TCP keepalive as the program has armed it: `true`, or the times that are required.
///
/// Times are required exactly, not at most: a socket that was never told any has those of its network, which
/// are short in the private one, and only another number proves that the program has set it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeepaliveRule {
    /// Whether it is required at all.
    pub is_required: bool,
    /// Time without a sign of the peer until the first probe (TCP_KEEPIDLE).
    pub idle: Option<DurationSpec>,
    /// Time between two probes (TCP_KEEPINTVL).
    pub interval: Option<DurationSpec>,
    /// Probes without an answer that end the connection (TCP_KEEPCNT).
    pub probes: Option<u32>,
}

/// A piece of expected output.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Printed {
    /// A body, by id: its bytes and nothing else.
    Body(Spanned<String>),
    /// A line: this text, then LF or CR LF.
    Line(String),
    /// Text, with the placeholders of a body.
    Text(String),
}

/// One row of "Common mistakes", and how it shows.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mistake {
    /// How mutants and hints refer to it.
    pub id: Spanned<String>,
    /// The first cell of the row, word for word; the second cell is the fix.
    pub row: Spanned<String>,
    /// Any of these reveals it.
    pub reveals: Vec<Sign>,
}

/// A finding that reveals a mistake: all that is given must fit.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sign {
    /// The finding's kind, such as `prints.extra`, or its family, such as `prints`.
    pub finding: Option<Spanned<String>>,
    /// In one of these scenarios.
    #[serde(default)]
    pub scenarios: Vec<Spanned<String>>,
    /// Text that the program printed in that scenario (standard output).
    pub printed: Option<String>,
}

/// A hint.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hint {
    /// The hint, in Markdown.
    pub text: String,
    /// The mistake it helps with; for everybody where none is named.
    pub mistake: Option<Spanned<String>>,
}

/// A length of time, written `"20ms"` or `"1s"`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DurationSpec(pub Duration);

impl<'de> Deserialize<'de> for DurationSpec {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

impl FromStr for DurationSpec {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (number, unit) = text.split_at(text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len()));
        let number: u64 =
            number.parse().map_err(|_| "expected a duration such as \"20ms\" or \"1s\"".to_owned())?;
        match unit {
            "ms" => Ok(Self(Duration::from_millis(number))),
            "s" => Ok(Self(Duration::from_secs(number))),
            "" => Err(format!("{number} of what? Expected a unit, as in `{number}ms` or `{number}s`")),
            _ => Err(format!("unknown unit of time `{unit}`, expected `ms` or `s`")),
        }
    }
}

/// An IPv4 or IPv6 address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AddressSpec(pub IpAddr);

impl<'de> Deserialize<'de> for AddressSpec {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map(Self).map_err(|_| {
            let expected = "expected such as `192.0.2.1` or `2001:db8::1`";
            de::Error::custom(format!("unknown form of address `{text}`, {expected}"))
        })
    }
}

/// The words of a [`KeepaliveRule`] with times.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct KeepaliveWords {
    idle: Option<DurationSpec>,
    interval: Option<DurationSpec>,
    probes: Option<u32>,
}

impl<'de> Deserialize<'de> for KeepaliveRule {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct KeepaliveVisitor;
        impl<'de> Visitor<'de> for KeepaliveVisitor {
            type Value = KeepaliveRule;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("true, or times such as { idle = \"10s\", interval = \"5s\", probes = 3 }")
            }

            fn visit_bool<E: de::Error>(self, is_required: bool) -> Result<KeepaliveRule, E> {
                Ok(KeepaliveRule { is_required, idle: None, interval: None, probes: None })
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<KeepaliveRule, A::Error> {
                let KeepaliveWords { idle, interval, probes } =
                    KeepaliveWords::deserialize(de::value::MapAccessDeserializer::new(map))?;
                Ok(KeepaliveRule { is_required: true, idle, interval, probes })
            }
        }
        deserializer.deserialize_any(KeepaliveVisitor)
    }
}

impl<'de> Deserialize<'de> for Segments {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct SegmentsVisitor;
        impl<'de> Visitor<'de> for SegmentsVisitor {
            type Value = Segments;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("`one`, `each-byte`, `head-then-body`, `every-split` or a list of cuts such as [3, \"head-2\"]")
            }

            fn visit_str<E: de::Error>(self, word: &str) -> Result<Segments, E> {
                let word = SegmentsWord::deserialize(de::value::StrDeserializer::<E>::new(word))?;
                Ok(match word {
                    SegmentsWord::One => Segments::One,
                    SegmentsWord::EachByte => Segments::EachByte,
                    SegmentsWord::HeadThenBody => Segments::HeadThenBody,
                    SegmentsWord::EverySplit => Segments::EverySplit,
                })
            }

            fn visit_seq<A: de::SeqAccess<'de>>(self, seq: A) -> Result<Segments, A::Error> {
                Vec::deserialize(de::value::SeqAccessDeserializer::new(seq)).map(Segments::At)
            }
        }
        deserializer.deserialize_any(SegmentsVisitor)
    }
}

impl<'de> Deserialize<'de> for Cut {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct CutVisitor;
        impl Visitor<'_> for CutVisitor {
            type Value = Cut;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an offset such as 10, or one from the end of the head such as \"head-2\", \"head\" or \"head+3\"")
            }

            fn visit_i64<E: de::Error>(self, offset: i64) -> Result<Cut, E> {
                let offset = usize::try_from(offset)
                    .map_err(|_| E::custom("a cut lies behind the start of the message"))?;
                Ok(Cut::FromStart(offset))
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Cut, E> {
                let offset = text
                    .strip_prefix("head")
                    .ok_or_else(|| E::invalid_value(de::Unexpected::Str(text), &self))?;
                if offset.is_empty() {
                    return Ok(Cut::FromHeadEnd(0));
                }
                let is_signed = offset.starts_with(['+', '-']);
                let offset = offset.parse().ok().filter(|_| is_signed);
                offset.map(Cut::FromHeadEnd).ok_or_else(|| E::invalid_value(de::Unexpected::Str(text), &self))
            }
        }
        deserializer.deserialize_any(CutVisitor)
    }
}

/// The words that may stand in a requirement; exactly one rule, and perhaps `criterion`.
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
enum RequirementWord {
    Criterion,
    Connections,
    Opened,
    Requests,
    Prints,
    PrintsAtMost,
    Exit,
    Request,
    Sends,
    HalfClose,
    Closes,
    Keepalive,
}

impl<'de> Deserialize<'de> for Requirement {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct RequirementVisitor;
        impl<'de> Visitor<'de> for RequirementVisitor {
            type Value = Requirement;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a rule such as { connections = 1 }")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Requirement, A::Error> {
                let mut criterion = None;
                let mut rule = None;
                while let Some(word) = map.next_key()? {
                    if let RequirementWord::Criterion = word {
                        criterion = Some(map.next_value()?);
                    } else if rule.replace(read_rule(&word, &mut map)?).is_some() {
                        return Err(de::Error::custom("one rule at a time: write each in braces of its own"));
                    }
                }
                let rule = rule.ok_or_else(|| de::Error::custom("a requirement needs a rule"))?;
                Ok(Requirement { criterion, rule })
            }
        }
        deserializer.deserialize_map(RequirementVisitor)
    }
}

fn read_rule<'de, A: MapAccess<'de>>(word: &RequirementWord, map: &mut A) -> Result<Rule, A::Error> {
    Ok(match word {
        RequirementWord::Criterion => return Err(de::Error::custom("not a rule")),
        RequirementWord::Connections => Rule::Connections(map.next_value()?),
        RequirementWord::Opened => Rule::Opened(map.next_value()?),
        RequirementWord::Requests => Rule::Requests(map.next_value()?),
        RequirementWord::Prints => Rule::Prints(map.next_value()?),
        RequirementWord::PrintsAtMost => Rule::PrintsAtMost(map.next_value()?),
        RequirementWord::Exit => Rule::Exit(map.next_value()?),
        RequirementWord::Request => Rule::Request(map.next_value()?),
        RequirementWord::Sends => Rule::Sends(map.next_value()?),
        RequirementWord::HalfClose => Rule::HalfClose(map.next_value()?),
        RequirementWord::Closes => Rule::Closes(map.next_value()?),
        RequirementWord::Keepalive => Rule::Keepalive(map.next_value()?),
    })
}
