//! What the name server says to a question: bytes in, bytes out.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::time::Duration;

use simple_dns::rdata::{OPT, RData};
use simple_dns::{
    CLASS, OPCODE, Packet, PacketFlag, QCLASS, QTYPE, Question, RCODE, ResourceRecord, SimpleDnsError, TYPE,
};

use crate::trace::{EXAMPLE_ADDRESS, Name, NameAnswer, Told, What, escape};

/// Bytes of a header.
const HEADER_BYTES: usize = 12;
/// An answer over UDP is no longer, unless the question allows it (RFC 1035 section 4.2.1).
const UDP_BYTES: usize = 512;
/// What we take over UDP, said where the question has an OPT record (RFC 6891).
const OWN_UDP_BYTES: u16 = 1232;
/// How long answers may be kept, in seconds: longer than a run.
const KEPT_SECONDS: u32 = 300;
/// What the program's own machine is called.
const OWN_NAME: &str = "workbook";

/// How a question came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Transport {
    Udp,
    Tcp,
}

/// What becomes of a question.
#[derive(Debug)]
pub(super) struct Reply {
    /// The event.
    pub(super) what: What,
    /// The answer; none for silence.
    pub(super) bytes: Option<Vec<u8>>,
    /// How long it is held back.
    pub(super) after: Option<Duration>,
}

/// All names that lead somewhere, or nowhere on purpose.
#[derive(Debug)]
pub(super) struct Zone {
    names: Vec<Name>,
}

/// What is to be said about a name.
struct Saying {
    told: Told,
    code: RCODE,
    after: Option<Duration>,
}

impl Zone {
    pub(super) fn new(mut names: Vec<Name>) -> Self {
        let known =
            |host: &str, addresses: Vec<IpAddr>| Name { host: host.to_owned(), addresses, ..Name::default() };
        let own = vec![Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()];
        names.push(known("example.com", vec![EXAMPLE_ADDRESS.into()]));
        names.push(known("localhost", own.clone()));
        names.push(known(OWN_NAME, own));
        Self { names }
    }

    /// What is said to a message; nothing, where it is no question at all.
    pub(super) fn reply(&self, message: &[u8], transport: Transport) -> Option<Reply> {
        const IS_ANSWER: u8 = 0x80;
        if message.len() < HEADER_BYTES || message[2] & IS_ANSWER != 0 {
            return None;
        }
        Some(match read(message) {
            Ok(packet) => self.answer(&packet, transport),
            Err(code) => refuse(u16::from_be_bytes([message[0], message[1]]), code),
        })
    }

    fn answer(&self, packet: &Packet<'_>, transport: Transport) -> Reply {
        let Some(question) = packet.questions.first() else {
            return refuse(packet.id(), RCODE::FormatError);
        };
        let Saying { told, code, after } = self.say(question, transport);
        let (told, bytes) = match told {
            Told::Nothing => (told, None),
            told => match build(packet, question, &told, code) {
                Some(bytes) if transport == Transport::Udp && bytes.len() > most_bytes(packet) => {
                    (Told::Truncated, build(packet, question, &Told::Truncated, code))
                }
                bytes => (told, bytes),
            },
        };
        let labels: Vec<String> = question.qname.as_bytes().map(escape).collect();
        let name = if labels.is_empty() { ".".to_owned() } else { labels.join(".") };
        let kind = kind(question.qtype);
        Reply { what: What::Asked { name, kind, answer: told, after }, bytes, after }
    }

    fn say(&self, question: &Question<'_>, transport: Transport) -> Saying {
        let said = |told, code, after| Saying { told, code, after };
        let is_it = |name: &&Name| is_same(&name.host, question);
        let Some(name) = self.names.iter().find(is_it) else {
            return said(Told::NoSuchName, RCODE::NameError, None);
        };
        match name.answer {
            NameAnswer::Nxdomain => said(Told::NoSuchName, RCODE::NameError, name.slow),
            NameAnswer::Silent => said(Told::Nothing, RCODE::NoError, None),
            NameAnswer::Truncated if transport == Transport::Udp => {
                said(Told::Truncated, RCODE::NoError, name.slow)
            }
            NameAnswer::Truncated | NameAnswer::Found => {
                said(Told::Addresses(addresses(name, question)), RCODE::NoError, name.slow)
            }
        }
    }
}

/// The one question of a message, or the code by which it is refused.
fn read(message: &[u8]) -> Result<Packet<'_>, RCODE> {
    let count = |at: usize| u16::from_be_bytes([message[at], message[at + 1]]);
    // One question, no records but perhaps OPT and a signature: whatever else is announced is not even read.
    if (count(4), count(6), count(8)) != (1, 0, 0) || count(10) > 2 {
        return Err(RCODE::FormatError);
    }
    let packet = Packet::parse(message).map_err(|error| match error {
        SimpleDnsError::InvalidQType(_) | SimpleDnsError::InvalidClass(_) => RCODE::NotImplemented,
        _ => RCODE::FormatError,
    })?;
    if packet.opcode() == OPCODE::StandardQuery { Ok(packet) } else { Err(RCODE::NotImplemented) }
}

fn refuse(id: u16, code: RCODE) -> Reply {
    let mut packet = Packet::new_reply(id);
    *packet.rcode_mut() = code;
    let what = What::Asked { name: String::new(), kind: String::new(), answer: Told::Refused, after: None };
    Reply { what, bytes: packet.build_bytes_vec().ok(), after: None }
}

/// The answer in bytes.
fn build(packet: &Packet<'_>, question: &Question<'_>, told: &Told, code: RCODE) -> Option<Vec<u8>> {
    let mut reply = Packet::new_reply(packet.id());
    reply.set_flags(PacketFlag::AUTHORITATIVE_ANSWER | PacketFlag::RECURSION_AVAILABLE);
    if packet.has_flags(PacketFlag::RECURSION_DESIRED) {
        reply.set_flags(PacketFlag::RECURSION_DESIRED);
    }
    if *told == Told::Truncated {
        reply.set_flags(PacketFlag::TRUNCATION);
    }
    *reply.rcode_mut() = code;
    if packet.opt().is_some() {
        *reply.opt_mut() = Some(OPT { opt_codes: Vec::new(), udp_packet_size: OWN_UDP_BYTES, version: 0 });
    }
    reply.questions.push(question.clone());
    if let Told::Addresses(addresses) = told {
        let record = |address: &IpAddr| {
            let data = match address {
                IpAddr::V4(address) => RData::A((*address).into()),
                IpAddr::V6(address) => RData::AAAA((*address).into()),
            };
            ResourceRecord::new(question.qname.clone(), CLASS::IN, KEPT_SECONDS, data)
        };
        reply.answers.extend(addresses.iter().map(record));
    }
    reply.build_bytes_vec_compressed().ok()
}

fn most_bytes(packet: &Packet<'_>) -> usize {
    packet.opt().map_or(UDP_BYTES, |opt| usize::from(opt.udp_packet_size).max(UDP_BYTES))
}

/// The name's addresses of the kind that was asked for, in their order.
fn addresses(name: &Name, question: &Question<'_>) -> Vec<IpAddr> {
    let is_internet = matches!(question.qclass, QCLASS::CLASS(CLASS::IN) | QCLASS::ANY);
    let is_asked_for = |address: &&IpAddr| match question.qtype {
        QTYPE::TYPE(TYPE::A) => address.is_ipv4(),
        QTYPE::TYPE(TYPE::AAAA) => address.is_ipv6(),
        QTYPE::ANY => true,
        _ => false,
    };
    name.addresses.iter().filter(|_| is_internet).filter(is_asked_for).copied().collect()
}

fn is_same(host: &str, question: &Question<'_>) -> bool {
    let labels: Vec<&[u8]> = question.qname.as_bytes().collect();
    let host: Vec<&str> = host.split('.').collect();
    labels.len() == host.len()
        && labels.iter().zip(host).all(|(label, part)| label.eq_ignore_ascii_case(part.as_bytes()))
}

/// The kind of record as people write it, such as `AAAA`.
fn kind(kind: QTYPE) -> String {
    match kind {
        QTYPE::TYPE(kind) => format!("{kind:?}"),
        other => format!("{other:?}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> IpAddr {
        text.parse().expect("an address")
    }

    fn zone() -> Zone {
        let name = |host: &str, addresses: &[&str], answer| Name {
            host: host.to_owned(),
            addresses: addresses.iter().map(|text| address(text)).collect(),
            answer,
            ..Name::default()
        };
        let many: Vec<String> = (1..=40).map(|number| format!("192.0.2.{number}")).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        let two = ["192.0.2.9", "2001:db8::1", "192.0.2.1"];
        Zone::new(vec![
            Name { slow: Some(Duration::from_millis(200)), ..name("two.example", &two, NameAnswer::Found) },
            name("gone.example", &[], NameAnswer::Nxdomain),
            name("long.example", &["192.0.2.3"], NameAnswer::Truncated),
            name("mute.example", &[], NameAnswer::Silent),
            name("many.example", &many, NameAnswer::Found),
        ])
    }

    fn question(name: &str, kind: QTYPE) -> Packet<'_> {
        let mut packet = Packet::new_query(0x1234);
        packet.set_flags(PacketFlag::RECURSION_DESIRED);
        let name = simple_dns::Name::new(name).expect("a name");
        packet.questions.push(Question::new(name, kind, CLASS::IN.into(), false));
        packet
    }

    /// What is told, and code, flags and addresses of the message that tells it.
    fn ask(packet: &Packet<'_>, transport: Transport) -> (Told, Option<(RCODE, bool, Vec<IpAddr>)>) {
        let bytes = packet.build_bytes_vec().expect("a question");
        let reply = zone().reply(&bytes, transport).expect("a reply");
        let What::Asked { answer, .. } = reply.what else { panic!("another event") };
        let message = reply.bytes.map(|bytes| {
            let reply = Packet::parse(&bytes).expect("a message");
            assert_eq!(reply.id(), 0x1234);
            assert!(reply.has_flags(PacketFlag::RESPONSE));
            let addresses = reply.answers.iter().map(|record| match &record.rdata {
                RData::A(data) => IpAddr::V4(data.address.into()),
                RData::AAAA(data) => IpAddr::V6(data.address.into()),
                other => panic!("{other:?}"),
            });
            (reply.rcode(), reply.has_flags(PacketFlag::TRUNCATION), addresses.collect())
        });
        (answer, message)
    }

    fn udp(name: &str, kind: TYPE) -> (Told, Option<(RCODE, bool, Vec<IpAddr>)>) {
        ask(&question(name, kind.into()), Transport::Udp)
    }

    fn found(addresses: &[&str]) -> (Told, Option<(RCODE, bool, Vec<IpAddr>)>) {
        let addresses: Vec<IpAddr> = addresses.iter().map(|text| address(text)).collect();
        (Told::Addresses(addresses.clone()), Some((RCODE::NoError, false, addresses)))
    }

    #[test]
    fn addresses_of_the_kind_in_their_order() {
        assert_eq!(udp("two.example", TYPE::A), found(&["192.0.2.9", "192.0.2.1"]));
        assert_eq!(udp("Two.eXample", TYPE::AAAA), found(&["2001:db8::1"]));
        let any = ask(&question("two.example", QTYPE::ANY), Transport::Tcp);
        assert_eq!(any, found(&["192.0.2.9", "2001:db8::1", "192.0.2.1"]));
    }

    #[test]
    fn a_known_name_without_such_a_record_is_no_error() {
        assert_eq!(udp("long.example.", TYPE::MX), (Told::Truncated, Some((RCODE::NoError, true, vec![]))));
        assert_eq!(udp("two.example", TYPE::MX), found(&[]));
        assert_eq!(udp("two.example", TYPE::HTTPS), found(&[]));
        assert_eq!(udp("example.com", TYPE::AAAA), found(&[]));
    }

    #[test]
    fn some_names_lead_somewhere_in_every_run() {
        assert_eq!(udp("example.com", TYPE::A), found(&["192.0.2.80"]));
        assert_eq!(udp("localhost", TYPE::AAAA), found(&["::1"]));
        assert_eq!(udp("workbook", TYPE::A), found(&["127.0.0.1"]));
    }

    #[test]
    fn unknown_names_do_not_exist() {
        let nowhere = || (Told::NoSuchName, Some((RCODE::NameError, false, vec![])));
        for name in ["gone.example", "another.example", "example", "www.two.example", "."] {
            assert_eq!(udp(name, TYPE::A), nowhere(), "{name}");
        }
    }

    #[test]
    fn what_is_truncated_over_udp_is_whole_over_tcp() {
        assert_eq!(udp("long.example", TYPE::A), (Told::Truncated, Some((RCODE::NoError, true, vec![]))));
        let tcp = ask(&question("long.example", TYPE::A.into()), Transport::Tcp);
        assert_eq!(tcp, found(&["192.0.2.3"]));
    }

    #[test]
    fn what_is_too_long_for_udp_is_truncated_unless_the_question_has_room() {
        assert_eq!(udp("many.example", TYPE::A).0, Told::Truncated);
        let mut roomy = question("many.example", TYPE::A.into());
        *roomy.opt_mut() = Some(OPT { opt_codes: Vec::new(), udp_packet_size: 4096, version: 0 });
        assert!(matches!(ask(&roomy, Transport::Udp).0, Told::Addresses(all) if all.len() == 40));
        let bytes = roomy.build_bytes_vec().expect("a question");
        let reply = zone().reply(&bytes, Transport::Udp).and_then(|reply| reply.bytes).expect("a reply");
        assert!(Packet::parse(&reply).is_ok_and(|reply| reply.opt().is_some()));
    }

    #[test]
    fn silence_is_an_event_too() {
        assert_eq!(udp("mute.example", TYPE::A), (Told::Nothing, None));
    }

    #[test]
    fn an_event_tells_the_name_as_it_was_asked_for() {
        let mut packet = question("two.example", TYPE::AAAA.into());
        let labels = [&b"t\x1b[2J"[..], b"Example"].map(simple_dns::Label::new_unchecked);
        packet.questions[0].qname = simple_dns::Name::new_with_labels(&labels);
        let bytes = packet.build_bytes_vec().expect("a question");
        let reply = zone().reply(&bytes, Transport::Udp).expect("a reply");
        let (name, kind) = ("t\\x1B[2J.Example".to_owned(), "AAAA".to_owned());
        assert_eq!(reply.what, What::Asked { name, kind, answer: Told::NoSuchName, after: None });
        let slow = question("two.example", TYPE::A.into()).build_bytes_vec().expect("a question");
        let reply = zone().reply(&slow, Transport::Udp).expect("a reply");
        assert_eq!(reply.after, Some(Duration::from_millis(200)));
    }

    #[test]
    fn what_is_no_question_is_not_answered_and_what_is_malformed_is_refused() {
        let bytes = question("two.example", TYPE::A.into()).build_bytes_vec().expect("a question");
        let code = |bytes: &[u8]| {
            let reply = zone().reply(bytes, Transport::Udp)?;
            assert!(matches!(reply.what, What::Asked { answer: Told::Refused, .. }));
            Packet::parse(&reply.bytes?).ok().map(|reply| reply.rcode())
        };
        assert_eq!(code(&bytes[..11]), None, "no header");
        assert_eq!(code(&[&bytes[..2], &[0x80], &bytes[3..]].concat()), None, "an answer");
        assert_eq!(code(&bytes[..20]), Some(RCODE::FormatError), "cut");
        assert_eq!(
            code(&[&bytes[..5], &[2], &bytes[6..]].concat()),
            Some(RCODE::FormatError),
            "two questions"
        );
        assert_eq!(
            code(&[&bytes[..2], &[0x28], &bytes[3..]].concat()),
            Some(RCODE::NotImplemented),
            "update"
        );
        let unknown = [&bytes[..bytes.len() - 4], &[0xff, 0x10, 0, 1]].concat();
        assert_eq!(code(&unknown), Some(RCODE::NotImplemented), "an unknown type");
    }

    #[test]
    fn no_bytes_make_it_panic() {
        let mut packet = question("two.example", TYPE::A.into());
        *packet.opt_mut() = Some(OPT { opt_codes: Vec::new(), udp_packet_size: 4096, version: 0 });
        let good = packet.build_bytes_vec().expect("a question");
        let zone = zone();
        let mut state = 1_u64;
        let mut below = |end: usize| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) as usize % end
        };
        for _ in 0..200_000 {
            let mut bytes = good.clone();
            for _ in 0..=below(4) {
                let at = below(bytes.len());
                bytes[at] = [below(256) as u8, 0xc0, 0x0c, 41, 0][below(5)];
            }
            bytes.truncate(1 + below(2 * good.len()));
            bytes.extend((0..below(3)).map(|_| 0xff));
            zone.reply(&bytes, [Transport::Udp, Transport::Tcp][below(2)]);
        }
    }
}
