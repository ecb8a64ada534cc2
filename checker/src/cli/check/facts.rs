//! What Classroom 50 wants to be told, from `--fact`, from the variables that its runner sets, or from git.

use std::path::Path;
use std::process::{Command, Stdio};
use std::str::FromStr;

use anyhow::bail;

use crate::report::export::classroom50::Facts;

/// Names of facts, with the variables that tell them, the first that is set being taken.
const NAMES: [(&str, &[&str]); 9] = [
    ("classroom", &["CLASSROOM"]),
    ("assignment", &["ASSIGNMENT"]),
    ("assignment-type", &["ASSIGNMENT_TYPE"]),
    ("owner", &["USERNAME"]),
    ("submission", &["SUBMISSION_TAG"]),
    ("commit", &["COMMIT_URL"]),
    ("release", &["RELEASE_URL"]),
    ("review", &["REVIEW_URL", "COMMIT_URL"]),
    ("datetime", &[]),
];

/// How the moment of a commit is written.
const DATETIME: &str = "0000-00-00T00:00:00Z";

/// A fact as the command line tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::cli) struct Fact {
    name: &'static str,
    value: String,
}

impl FromStr for Fact {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (name, value) = text.split_once('=').ok_or("expected NAME=VALUE, such as owner=alice")?;
        let Some((name, _)) = NAMES.iter().find(|(known, _)| *known == name) else {
            let names: Vec<&str> = NAMES.iter().map(|(name, _)| *name).collect();
            return Err(format!("unknown fact `{name}`: there are {}", names.join(", ")));
        };
        Ok(Self { name, value: value.to_owned() })
    }
}

/// All facts.
///
/// # Errors
/// When one is not known, or is not what it should be.
pub(super) fn collect(given: &[Fact], root: &Path) -> anyhow::Result<Facts> {
    let variable = |name: &str| std::env::var(name).ok();
    let fact = |name: &'static str| require(name, find(name, given, variable));
    let datetime = find("datetime", given, variable).or_else(|| commit_time(root));
    let assignment_type = find("assignment-type", given, variable);
    let facts = Facts {
        classroom: fact("classroom")?,
        assignment: fact("assignment")?,
        // The runner puts the right one in its place.
        assignment_type: assignment_type.unwrap_or_else(|| "individual".to_owned()),
        owner: fact("owner")?,
        submission: fact("submission")?,
        commit: fact("commit")?,
        release: fact("release")?,
        review: fact("review")?,
        datetime: require("datetime", datetime)?,
    };
    if !is_datetime(&facts.datetime) {
        bail!("datetime is `{}`, expected a moment such as 2026-09-12T09:00:00Z", facts.datetime);
    }
    Ok(facts)
}

/// What the command line says, where it says anything.
pub(in crate::cli) fn told(given: &[Fact], name: &str) -> Option<String> {
    find(name, given, |_| None)
}

/// The value, where it is known and not empty.
fn find(name: &str, given: &[Fact], variable: impl Fn(&str) -> Option<String>) -> Option<String> {
    let told = given.iter().rfind(|fact| fact.name == name).map(|fact| fact.value.clone());
    let variables =
        NAMES.iter().find(|(known, _)| *known == name).map_or(&[][..], |(_, variables)| variables);
    let set = variables.iter().filter_map(|name| variable(name));
    told.into_iter().chain(set).find(|value| !value.trim().is_empty())
}

fn require(name: &str, value: Option<String>) -> anyhow::Result<String> {
    let Some(value) = value else {
        let variables = NAMES.iter().find(|(known, _)| *known == name).map_or(&[][..], |(_, names)| names);
        let source = match variables {
            [] => "there is no commit to ask".to_owned(),
            [first, ..] => format!("{first} is not set"),
        };
        bail!("--format classroom50 needs to know `{name}`: {source}; tell it with --fact {name}=…");
    };
    Ok(value)
}

/// Is it a moment as Classroom 50 writes it?
pub(in crate::cli) fn is_datetime(text: &str) -> bool {
    let fits = |(byte, form): (u8, u8)| if form == b'0' { byte.is_ascii_digit() } else { byte == form };
    text.len() == DATETIME.len() && text.bytes().zip(DATETIME.bytes()).all(fits)
}

/// When the commit that is checked out was made: it stays the same when a submission is graded again.
fn commit_time(root: &Path) -> Option<String> {
    let form = "--date=format-local:%Y-%m-%dT%H:%M:%SZ";
    let output = Command::new("git")
        .args(["show", "--no-patch", form, "--format=%cd", "HEAD"])
        .current_dir(root)
        .env("TZ", "UTC")
        .stdin(Stdio::null())
        .output()
        .ok()?;
    let time = String::from_utf8(output.stdout).ok()?.trim().to_owned();
    Some(time).filter(|time| output.status.success() && !time.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_command_line_tells_goes_before_variables() {
        let given = ["owner=bob", "owner=alice", "release="].map(|text| text.parse().expect("a fact"));
        let variable = |name: &str| Some(format!("${name}"));
        let found = |name| find(name, &given, variable).expect("it is known");
        assert_eq!(
            [found("owner"), found("release"), found("review")],
            ["alice", "$RELEASE_URL", "$REVIEW_URL"]
        );
        let none = |name: &str| (name == "COMMIT_URL").then(|| "c".to_owned());
        assert_eq!(
            ["review", "owner", "datetime"].map(|name| find(name, &[], none)),
            [Some("c".to_owned()), None, None]
        );
    }

    #[test]
    fn a_fact_that_is_not_known_is_named() {
        let told = ["owner", "datetime"].map(|name| require(name, None).expect_err("unknown").to_string());
        let expected = [
            "--format classroom50 needs to know `owner`: USERNAME is not set; tell it with --fact owner=…",
            "--format classroom50 needs to know `datetime`: there is no commit to ask; tell it with --fact datetime=…",
        ];
        assert_eq!(told, expected);
        let unknown = "unknown fact `name`: there are classroom, assignment, assignment-type, owner, submission, commit, \
                       release, review, datetime";
        assert_eq!("name=x".parse::<Fact>(), Err(unknown.to_owned()));
        assert_eq!("owner".parse::<Fact>(), Err("expected NAME=VALUE, such as owner=alice".to_owned()));
    }

    #[test]
    fn moments_have_one_form() {
        assert!(is_datetime("2026-09-12T09:00:00Z"));
        for wrong in ["2026-09-12 09:00:00Z", "2026-09-12T09:00:00+00:00", "", "2026-09-12T09:00:0xZ"] {
            assert!(!is_datetime(wrong), "{wrong}");
        }
    }
}
