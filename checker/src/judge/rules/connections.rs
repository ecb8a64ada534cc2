//! `connections` and `opened`: how many connections there are.

use crate::course::FindingKind;
use crate::judge::evidence::Evidence;
use crate::judge::words::count;

use super::Breach;

/// This many connections carried at least one byte of the program.
pub(super) fn check_used(required: usize, evidence: &Evidence) -> Option<Breach> {
    let used = evidence.used();
    let actual = used.len();
    if actual == required {
        return None;
    }
    let (kind, sentence) = if actual == 0 {
        (FindingKind::ConnectionsNone, nothing_sent(evidence))
    } else if actual < required {
        let sentence = format!(
            "Your program sent requests on {} where {required} are needed.",
            count(actual, "connection")
        );
        (FindingKind::ConnectionsFewer, sentence)
    } else {
        let sentence = format!(
            "Your program sent requests on {} where {}.",
            count(actual, "connection"),
            enough(required)
        );
        (FindingKind::ConnectionsMore, sentence)
    };
    Some(Breach {
        kind,
        sentence,
        expected: format!("{} with a request", count(required, "connection")),
        actual: format!("{} with a request", count(actual, "connection")),
        event: used.get(required).and_then(|record| record.received.first_event()),
    })
}

/// This many connections were opened, whether anything was sent on them or not.
pub(super) fn check_opened(required: usize, evidence: &Evidence) -> Option<Breach> {
    let actual = evidence.connections.len();
    let opened = count(actual, "connection");
    let (kind, sentence) = match actual.cmp(&required) {
        std::cmp::Ordering::Equal => return None,
        std::cmp::Ordering::Less if actual == 0 => {
            (FindingKind::OpenedFewer, "Your program never connected to the server.".to_owned())
        }
        std::cmp::Ordering::Less => {
            (FindingKind::OpenedFewer, format!("Your program opened {opened} where {required} are needed."))
        }
        std::cmp::Ordering::Greater => {
            (FindingKind::OpenedMore, format!("Your program opened {opened} where {}.", enough(required)))
        }
    };
    Some(Breach {
        kind,
        sentence,
        expected: format!("{} opened", count(required, "connection")),
        actual: format!("{opened} opened"),
        event: evidence.connections.get(required).and_then(|record| record.opened),
    })
}

/// Why no connection carried a byte.
pub(super) fn nothing_sent(evidence: &Evidence) -> String {
    match evidence.connections.len() {
        0 => "Your program never connected to the server.".to_owned(),
        opened => format!("Your program opened {} but sent nothing.", count(opened, "connection")),
    }
}

fn enough(required: usize) -> String {
    match required {
        0 => "none is allowed".to_owned(),
        1 => "1 is enough".to_owned(),
        _ => format!("{required} are enough"),
    }
}
