//! Traces as a capture file for Wireshark and its like.

mod checksums;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::Write;
use std::time::Duration;

use pcap_file::pcapng::PcapNgWriter;
use pcap_file::pcapng::blocks::enhanced_packet::{EnhancedPacketBlock, EnhancedPacketOption};
use pcap_file::pcapng::blocks::interface_description::{
    InterfaceDescriptionBlock, InterfaceDescriptionOption,
};
use pcap_file::pcapng::blocks::interface_statistics::{InterfaceStatisticsBlock, InterfaceStatisticsOption};
use pcap_file::pcapng::blocks::section_header::{SectionHeaderBlock, SectionHeaderOption};
use pcap_file::{DataLink, Endianness, PcapError};

use crate::judge::{Finding, ScenarioVerdict, State};
use crate::trace::{End, Packet, Trace, Traffic, escape};

/// No frame is longer.
const MOST_FRAME_BYTES: u32 = 262_144;
/// Times are in units of 10 to the power of minus this many seconds.
const NANOSECONDS: u8 = 9;
/// An option of the format has room for 65535 bytes.
const MOST_COMMENT_BYTES: usize = 60_000;

/// Writes every trace that holds packets, each as an interface of its own.
///
/// Times count from the start of the first run; each further run begins with the next whole second after the
/// one before, so that the packets of the file are in order of time.
///
/// # Errors
/// When `to` cannot be written to.
pub fn write<'a>(
    verdicts: impl IntoIterator<Item = &'a ScenarioVerdict>,
    to: impl Write,
) -> std::io::Result<()> {
    let mut writer = Writer::start(to).map_err(io_error)?;
    for verdict in verdicts {
        if let Some(trace) = verdict.trace.as_ref().filter(|trace| !trace.packets.is_empty()) {
            writer.run(verdict, trace).map_err(io_error)?;
        }
    }
    writer.to.into_inner().flush()
}

fn io_error(error: PcapError) -> std::io::Error {
    match error {
        PcapError::IoError(error) => error,
        other => std::io::Error::other(other),
    }
}

struct Writer<W: Write> {
    to: PcapNgWriter<W>,
    runs: u32,
    /// Where the next run begins.
    start: Duration,
}

impl<W: Write> Writer<W> {
    fn start(to: W) -> Result<Self, PcapError> {
        let application = format!("workbook {}", env!("CARGO_PKG_VERSION"));
        let about = "One interface for each run of the program, named after its scenario. Each run begins at a \
                     whole second. Checksums, which loopback leaves out, were filled in afterwards.";
        let options = vec![
            SectionHeaderOption::Comment(about.into()),
            SectionHeaderOption::UserApplication(application.into()),
        ];
        // In this byte order the halves of every time stand where the format wants them.
        let section =
            SectionHeaderBlock { endianness: Endianness::Big, options, ..SectionHeaderBlock::default() };
        Ok(Self { to: PcapNgWriter::with_section_header(to, section)?, runs: 0, start: Duration::ZERO })
    }

    fn run(&mut self, verdict: &ScenarioVerdict, trace: &Trace) -> Result<(), PcapError> {
        let comments = comments(verdict, trace);
        self.interface(trace, &about(verdict, trace))?;
        for (index, packet) in trace.packets.iter().enumerate() {
            self.packet(packet, comments.get(&index))?;
        }
        let last = trace.packets.iter().map(|packet| packet.at.since_start()).max().unwrap_or_default();
        self.missed(trace.missed_packets, last)?;
        self.start += Duration::from_secs(last.as_secs() + 1);
        self.runs += 1;
        Ok(())
    }

    fn interface(&mut self, trace: &Trace, about: &str) -> Result<(), PcapError> {
        let name = match trace.cut {
            Some(cut) => format!("{} cut {cut}", trace.scenario),
            None => trace.scenario.clone(),
        };
        let description = format!("{}, seed {}", trace.lesson, super::seed(trace.seed));
        let options = vec![
            InterfaceDescriptionOption::Comment(text(about)),
            InterfaceDescriptionOption::IfName(text(&name)),
            InterfaceDescriptionOption::IfDescription(text(&description)),
            InterfaceDescriptionOption::IfTsResol(NANOSECONDS),
        ];
        let block =
            InterfaceDescriptionBlock { linktype: DataLink::ETHERNET, snaplen: MOST_FRAME_BYTES, options };
        self.to.write_pcapng_block(block).map(drop)
    }

    fn packet(&mut self, packet: &Packet, comment: Option<&String>) -> Result<(), PcapError> {
        let frame = checksums::filled_in(&packet.frame);
        let length = packet.wire_bytes().max(frame.len());
        let block = EnhancedPacketBlock {
            interface_id: self.runs,
            timestamp: self.start + packet.at.since_start(),
            original_len: u32::try_from(length).unwrap_or(u32::MAX),
            data: Cow::Owned(frame),
            options: comment.iter().map(|comment| EnhancedPacketOption::Comment(text(comment))).collect(),
        };
        self.to.write_pcapng_block(block).map(drop)
    }

    /// Says how many packets are not in the file.
    fn missed(&mut self, missed: u64, at: Duration) -> Result<(), PcapError> {
        if missed == 0 {
            return Ok(());
        }
        let nanos = u64::try_from((self.start + at).as_nanos()).unwrap_or(u64::MAX);
        let block = InterfaceStatisticsBlock {
            interface_id: self.runs,
            timestamp: nanos,
            options: vec![InterfaceStatisticsOption::IsbIfDrop(missed)],
        };
        self.to.write_pcapng_block(block).map(drop)
    }
}

/// What stands beside the interface of a run: scenario, program, verdict, and what no packet carried.
fn about(verdict: &ScenarioVerdict, trace: &Trace) -> String {
    let words: Vec<String> = trace.command.iter().map(|word| escape(word.as_bytes())).collect();
    let state = match verdict.state {
        State::Held => "holds",
        State::Failed => "fails",
        State::NotRun => "could not be judged",
    };
    format!("{}\nprogram: {}\nverdict: {state}", verdict.title, words.join(" "))
}

/// What is said about packets, by their index.
fn comments(verdict: &ScenarioVerdict, trace: &Trace) -> BTreeMap<usize, String> {
    let traffic = Traffic::of(trace);
    let mut comments: BTreeMap<usize, String> = BTreeMap::new();
    for finding in &verdict.findings {
        // Where nothing tells the packet, the last one before the end is the place to look at.
        let event = finding.event.unwrap_or(trace.events.len());
        let packet = traffic.carrier(trace, event).unwrap_or(trace.packets.len().saturating_sub(1));
        let comment = comments.entry(packet).or_default();
        if !comment.is_empty() {
            comment.push_str("\n\n");
        }
        comment.push_str(&explain(finding, verdict, trace));
    }
    comments
}

fn explain(finding: &Finding, verdict: &ScenarioVerdict, trace: &Trace) -> String {
    let lines = [
        ("expected", finding.expected.clone()),
        ("actual", finding.actual.clone()),
        ("criterion", finding.criterion.clone()),
        ("scenario", verdict.id.clone()),
        ("end", cut_off(&trace.end).filter(|_| finding.event.is_none()).unwrap_or_default().to_owned()),
    ];
    let lines = lines.iter().filter(|(_, text)| !text.is_empty());
    let lines: Vec<String> = lines.map(|(label, text)| format!("{label}: {text}")).collect();
    format!("{}\n{}", finding.sentence, lines.join("\n"))
}

/// Why the last packets are not the program's doing.
fn cut_off(end: &End) -> Option<&'static str> {
    let is_ended = matches!(end, End::Hung(_) | End::DeadlinePassed { .. } | End::Flooded { .. });
    is_ended.then_some("the program was ended after this packet")
}

fn text(text: &str) -> Cow<'static, str> {
    let fits = |(at, character): &(usize, char)| at + character.len_utf8() <= MOST_COMMENT_BYTES;
    Cow::Owned(text.char_indices().take_while(fits).map(|(_, character)| character).collect())
}
