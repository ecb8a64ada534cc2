//! What Gradescope exports beside submissions: who handed in what, and when.

use std::collections::HashMap;

use jiff::Timestamp;

/// What is told of one folder.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Told {
    pub(super) submitters: Vec<Submitter>,
    pub(super) at: Option<Timestamp>,
}

/// One of those who handed in together.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Submitter {
    pub(super) name: Option<String>,
    pub(super) email: Option<String>,
    pub(super) id: Option<String>,
}

/// Folders by name. Only what Gradescope writes is understood: one key a line, and lists of submitters.
pub(super) fn parse(text: &str) -> HashMap<String, Told> {
    let mut told: HashMap<String, Told> = HashMap::new();
    let mut current = None;
    let mut is_submitters = false;
    for line in text.lines() {
        let indent = line.len() - line.trim_start().len();
        let Some((key, value)) = key_and_value(line) else { continue };
        if indent == 0 && !line.starts_with('-') {
            current = Some(told.entry(key.to_owned()).or_default());
            is_submitters = false;
            continue;
        }
        let Some(folder) = current.as_mut() else { continue };
        let is_key_of_folder = indent <= 2 && !line.trim_start().starts_with('-');
        if is_key_of_folder {
            is_submitters = key == "submitters";
        }
        match key {
            "created_at" if is_key_of_folder => folder.at = time(value),
            _ if is_submitters && value.is_some() => folder.submitter(line).set(key, value),
            _ => {}
        }
    }
    told
}

impl Told {
    /// A dash begins a new one.
    fn submitter(&mut self, line: &str) -> &mut Submitter {
        if line.trim_start().starts_with("- ") || self.submitters.is_empty() {
            self.submitters.push(Submitter::default());
        }
        let last = self.submitters.len() - 1;
        &mut self.submitters[last]
    }
}

impl Submitter {
    fn set(&mut self, key: &str, value: Option<&str>) {
        let value = value.map(str::to_owned);
        match key {
            "name" => self.name = value,
            "email" => self.email = value,
            "sid" => self.id = value,
            _ => {}
        }
    }
}

fn key_and_value(line: &str) -> Option<(&str, Option<&str>)> {
    let line = line.trim().trim_start_matches("- ").trim_start_matches(':');
    let (key, value) = line.split_once(':')?;
    let value = value.trim();
    let bare = ['"', '\''].iter().find_map(|&quote| value.strip_prefix(quote)?.strip_suffix(quote));
    Some((key, Some(bare.unwrap_or(value)).filter(|value| !value.is_empty())))
}

/// `2026-11-02 10:00:00.123456000 Z`, as Ruby writes it.
fn time(value: Option<&str>) -> Option<Timestamp> {
    let value = value?.replace(" UTC", "Z").replace(" Z", "Z").replacen(' ', "T", 1).replace(' ', "");
    value.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_and_times_are_read() {
        let text = "---\nsubmission_1:\n  :submitters:\n  - :name: Jane Doe\n    :sid: '100'\n    :email: jane@x.org\n  \
                    - :name: \"A: B\"\n    :sid:\n  :created_at: 2026-11-02 10:00:00.123456000 Z\n  :score: 1.0\n  \
                    :history:\n  - :id: 9\n    :created_at: 2026-11-01 10:00:00 Z\n    :name: nobody\nsubmission_2:\n  \
                    :created_at: 2026-11-02 10:00:00.5 -08:00\n";
        let told = parse(text);
        let of = |name: &str, email: Option<&str>, id: Option<&str>| Submitter {
            name: Some(name.to_owned()),
            email: email.map(str::to_owned),
            id: id.map(str::to_owned),
        };
        let both = vec![of("Jane Doe", Some("jane@x.org"), Some("100")), of("A: B", None, None)];
        assert_eq!(told["submission_1"].submitters, both);
        let at = |folder: &str| told[folder].at.map(|at| at.to_string());
        assert_eq!(at("submission_1").as_deref(), Some("2026-11-02T10:00:00.123456Z"));
        assert_eq!(at("submission_2").as_deref(), Some("2026-11-02T18:00:00.5Z"));
        assert!(parse("- nothing\n: :\n\u{0}").values().all(|told| told.submitters.is_empty()));
    }
}
