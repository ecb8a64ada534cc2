//! Policies for a small course.

mod counts;
mod refuses;
mod scores;

use std::path::{Path, PathBuf};

use super::Policy;
use crate::course::{Course, Lesson, LessonKind};
use crate::grade::handed_in::{Content, Fault, HandedIn, Problem};
use crate::judge::{CriterionVerdict, State};

/// Two lessons: 3 + 2 and 4 + 4 + 2 points.
fn course() -> Course {
    let lessons = vec![
        lesson("w04-l02", &[("exact-length", 3), ("never-waits", 2)]),
        lesson("w04-l03", &[("two-responses", 4), ("exact-length", 4), ("one-socket", 2)]),
    ];
    Course { root: PathBuf::new(), parts: Vec::new(), lessons }
}

fn lesson(id: &str, criteria: &[(&str, u32)]) -> Lesson {
    let criteria: String = criteria
        .iter()
        .map(|(id, points)| format!("[[criterion]]\nid = '{id}'\npoints = {points}\ntext = 'It is {id}.'\n"))
        .collect();
    Lesson {
        id: id.to_owned(),
        title: "A lesson".to_owned(),
        part: "w04".to_owned(),
        order: 1,
        kind: LessonKind::Client,
        duration_min: 60,
        folder: PathBuf::new(),
        text: String::new(),
        mistake_rows: Vec::new(),
        checks: toml::from_str(&format!("arguments = []\n{criteria}")).expect("readable checks"),
    }
}

fn parse(text: &str) -> Policy {
    Policy::parse(text, Path::new("policy.toml"), &course()).expect("nothing is wrong")
}

/// The criteria of `w04-l03`, held in so many of so many scenarios.
fn criteria(held: [(usize, usize); 3]) -> Vec<CriterionVerdict> {
    let criteria = [("two-responses", 4), ("exact-length", 4), ("one-socket", 2)];
    let criterion = |((id, points), (held, of)): ((&str, u32), (usize, usize))| CriterionVerdict {
        id: id.to_owned(),
        text: format!("It is {id}."),
        state: if held == of { State::Held } else { State::Failed },
        held,
        of,
        points,
        earned: points * u32::try_from(held).expect("few") / u32::try_from(of).expect("few"),
    };
    criteria.into_iter().zip(held).map(criterion).collect()
}

/// What alice has handed in for `w04-l03`.
fn handed_in(attempt: u32, at: Option<&str>) -> HandedIn {
    HandedIn {
        learner: "alice".to_owned(),
        lesson: "w04-l03".to_owned(),
        attempt,
        origin: "alice".to_owned(),
        at: at.map(|at| at.parse().expect("a time")),
        content: Content::Problem(Problem { fault: Fault::Learner, reason: "There is no file.".to_owned() }),
    }
}
