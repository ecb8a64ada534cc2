//! What submissions are worth, at every border.

use super::{criteria, handed_in, parse};
use crate::grade::policy::{Policy, Score};

const ALL: [(usize, usize); 3] = [(5, 5), (5, 5), (5, 5)];

/// Earned, of, total and whether it has passed.
fn told(score: &Score) -> String {
    let Score { earned, of, total, has_passed, .. } = score;
    format!("{total} ({earned}) of {of}, {}", if *has_passed { "passed" } else { "not passed" })
}

fn score(policy: &str, held: [(usize, usize); 3]) -> String {
    told(&parse(policy).score("w04-l03", &criteria(held), &handed_in(1, None)))
}

/// The total of a submission that holds everything, and how late it is.
fn late(policy: &str, at: &str) -> String {
    let score = parse(policy).score("w04-l03", &criteria(ALL), &handed_in(1, Some(at)));
    score.late.map_or(format!("{} in time", score.total), |late| format!("{} {late}", score.total))
}

#[test]
fn without_a_policy_lessons_say_what_counts() {
    let score = |held| {
        let score =
            Policy::default().score("w04-l03", &criteria(held), &handed_in(1, Some("2030-01-01T00:00Z")));
        assert_eq!(score.late, None);
        assert!(score.parts.iter().all(|part| !part.is_hidden));
        told(&score)
    };
    assert_eq!(score(ALL), "10 (10) of 10, passed");
    assert_eq!(score([(4, 5), (5, 5), (5, 5)]), "9 (9) of 10, not passed");
    assert_eq!(score([(0, 5), (0, 5), (0, 5)]), "0 (0) of 10, not passed");
    assert_eq!(parse(""), Policy::default());
}

#[test]
fn what_was_not_counted_is_neither_earned_nor_missed() {
    let counted = &criteria(ALL)[..2];
    assert_eq!(told(&Policy::default().score("w04-l03", counted, &handed_in(1, None))), "8 (8) of 8, passed");
    assert_eq!(told(&Policy::default().score("w04-l03", &[], &handed_in(1, None))), "0 (0) of 0, not passed");
}

#[test]
fn own_points_are_shared_and_rounded_as_those_of_the_lesson() {
    let policy = "[lesson.w04-l03]\npoints = { two-responses = 7, one-socket = 0 }";
    assert_eq!(score(policy, ALL), "11 (11) of 11, passed");
    assert_eq!(score(policy, [(2, 3), (5, 5), (5, 5)]), "8 (8) of 11, not passed", "4.67 is 4");
    assert_eq!(
        score(policy, [(3, 3), (5, 5), (0, 5)]),
        "11 (11) of 11, not passed",
        "all criteria must hold"
    );
    let other = parse(policy).score("w04-l02", &criteria(ALL), &handed_in(1, None));
    assert_eq!(told(&other), "10 (10) of 10, passed", "other lessons keep theirs");
}

#[test]
fn who_reaches_the_mark_has_passed() {
    let held = [(5, 5), (2, 4), (0, 5)];
    assert_eq!(score("pass = \"60%\"", held), "6 (6) of 10, passed");
    assert_eq!(score("pass = \"60.01%\"", held), "6 (6) of 10, not passed");
    assert_eq!(score("pass = \"60%\"\n[lesson.w04-l03]\npass = \"70%\"", held), "6 (6) of 10, not passed");
    assert_eq!(score("pass = \"0%\"", [(0, 5), (0, 5), (0, 5)]), "0 (0) of 10, passed");
}

#[test]
fn where_nothing_can_be_earned_all_criteria_decide() {
    let policy = parse("pass = \"60%\"\n[lesson.w04-l03]\npoints = { one-socket = 0 }");
    let of =
        |held: [(usize, usize); 3]| told(&policy.score("w04-l03", &criteria(held)[2..], &handed_in(1, None)));
    assert_eq!(of(ALL), "0 (0) of 0, passed");
    assert_eq!(of([(5, 5), (5, 5), (4, 5)]), "0 (0) of 0, not passed");
}

#[test]
fn hidden_criteria_count_and_are_marked() {
    let policy = parse("[lesson.w04-l03]\nhidden = [\"one-socket\"]");
    let score = policy.score("w04-l03", &criteria(ALL), &handed_in(1, None));
    assert_eq!(score.parts.iter().map(|part| part.is_hidden).collect::<Vec<_>>(), [false, false, true]);
    assert_eq!(told(&score), "10 (10) of 10, passed");
}

#[test]
fn days_cost_from_the_first_second_after_grace() {
    let policy = "[late]\ndue = 2026-09-12T09:00:00Z\ngrace = \"15m\"\nper-day = \"10%\"\nmost = \"25%\"\nafter = \"3d\"";
    let told = |at| late(policy, at);
    assert_eq!(told("2026-09-12T08:59:59Z"), "10 in time");
    assert_eq!(told("2026-09-12T09:00:00Z"), "10 in time");
    assert_eq!(told("2026-09-12T09:15:00Z"), "10 in time");
    assert_eq!(told("2026-09-12T09:15:01Z"), "9 15 min 1 s late: 1 point less");
    assert_eq!(told("2026-09-12T09:15:00.000000001Z"), "9 15 min late: 1 point less");
    assert_eq!(told("2026-09-13T09:15:00Z"), "9 1 d late: 1 point less");
    assert_eq!(told("2026-09-13T09:15:01Z"), "8 1 d late: 2 points less");
    assert_eq!(told("2026-09-14T09:15:01Z"), "7.5 2 d late: 2.5 points less");
    assert_eq!(told("2026-09-15T09:15:00Z"), "7.5 3 d late: 2.5 points less");
    assert_eq!(told("2026-09-15T09:15:01Z"), "0 3 d late: too late for points");
}

#[test]
fn lateness_may_cost_nothing_or_everything_at_once() {
    assert_eq!(late("[late]\ndue = 2026-09-12T09:00:00Z", "2026-09-12T09:00:01Z"), "10 1 s late");
    let at_once = "[late]\ndue = 2026-09-12T09:00:00Z\nafter = \"0s\"";
    assert_eq!(late(at_once, "2026-09-12T09:00:00Z"), "10 in time");
    assert_eq!(late(at_once, "2026-09-12T09:00:01Z"), "0 1 s late: too late for points");
    let whole = "[late]\ndue = 2026-09-12T09:00:00Z\nper-day = \"40%\"";
    assert_eq!(late(whole, "9999-01-01T00:00:00Z"), "0 2911823 d 15 h late: 10 points less");
}

#[test]
fn what_lateness_costs_is_a_share_of_what_was_earned() {
    let policy = parse("pass = \"45%\"\n[late]\ndue = 2026-09-12T09:00:00Z\nper-day = \"12.5%\"");
    let late = handed_in(1, Some("2026-09-12T10:00:00Z"));
    let score = policy.score("w04-l03", &criteria([(5, 5), (1, 4), (0, 5)]), &late);
    assert_eq!(told(&score), "4.38 (5) of 10, not passed", "0.625 less is 0.62 less");
}

#[test]
fn what_is_too_late_has_not_passed_whatever_the_mark() {
    let policy = parse("pass = \"0%\"\n[late]\ndue = 2026-09-12T09:00:00Z\nafter = \"1h\"");
    let score = policy.score("w04-l03", &criteria(ALL), &handed_in(1, Some("2026-09-12T10:00:01Z")));
    assert_eq!(told(&score), "0 (10) of 10, not passed");
}

#[test]
fn without_a_time_nothing_is_late() {
    let policy = parse("[late]\ndue = 2026-09-12T09:00:00Z\nper-day = \"10%\"");
    assert_eq!(policy.score("w04-l03", &criteria(ALL), &handed_in(1, None)).late, None);
    assert!(policy.has_due("w04-l03") && !Policy::default().has_due("w04-l03"));
}

#[test]
fn days_are_those_of_the_calendar_where_clocks_change() {
    let due = |date: &str| {
        format!("[late]\ndue = {date}T12:00:00\ntime-zone = \"Europe/Berlin\"\nper-day = \"10%\"")
    };
    // From summer to winter: the day has 25 hours.
    let autumn = due("2026-10-24");
    assert_eq!(late(&autumn, "2026-10-24T10:00:00Z"), "10 in time");
    assert_eq!(late(&autumn, "2026-10-24T10:00:01Z"), "9 1 s late: 1 point less");
    assert_eq!(late(&autumn, "2026-10-25T11:00:00Z"), "9 1 d 1 h late: 1 point less");
    assert_eq!(late(&autumn, "2026-10-25T11:00:01Z"), "8 1 d 1 h late: 2 points less");
    // From winter to summer: it has 23.
    let spring = due("2027-03-27");
    assert_eq!(late(&spring, "2027-03-28T10:00:00Z"), "9 23 h late: 1 point less");
    assert_eq!(late(&spring, "2027-03-28T10:00:01Z"), "8 23 h late: 2 points less");
    // With an offset alone, days have 24 hours.
    let fixed = "[late]\ndue = 2026-10-24T12:00:00+02:00\nper-day = \"10%\"";
    assert_eq!(late(fixed, "2026-10-25T10:00:01Z"), "8 1 d late: 2 points less");
    // With both, the offset says when and the zone how long days are.
    let both = "[late]\ndue = 2026-10-24T10:00:00Z\ntime-zone = \"Europe/Berlin\"\nper-day = \"10%\"";
    assert_eq!(late(both, "2026-10-25T11:00:00Z"), "9 1 d 1 h late: 1 point less");
}

#[test]
fn lessons_have_their_own_time_and_learners_get_more() {
    let lesson = "[late]\ndue = 2026-09-12T09:00:00Z\nper-day = \"10%\"\n[lesson.w04-l03]\ndue = 2026-09-13T09:00:00Z\n";
    let in_time = |policy: &str, at| late(policy, at).ends_with("in time");
    assert!(in_time(lesson, "2026-09-13T09:00:00Z") && !in_time(lesson, "2026-09-13T09:00:01Z"));
    let extended = format!("{lesson}[learner.alice]\ndue = 2026-09-14T09:00:00Z\n");
    assert!(in_time(&extended, "2026-09-14T09:00:00Z") && !in_time(&extended, "2026-09-14T09:00:01Z"));
    let other = extended.replace("alice", "bob");
    assert!(!in_time(&other, "2026-09-14T09:00:00Z"));
    assert_eq!(parse(&other).extended().collect::<Vec<_>>(), ["bob"]);
    // One that is later than some lessons only does not make the others due earlier.
    let some = format!("{lesson}[learner.alice]\ndue = 2026-09-12T20:00:00Z\n");
    assert!(in_time(&some, "2026-09-13T09:00:00Z"));
    let single = format!("{some}[learner.alice.lesson.w04-l03]\ndue = 2026-09-15T09:00:00Z\n");
    assert!(in_time(&single, "2026-09-15T09:00:00Z") && !in_time(&single, "2026-09-15T09:00:01Z"));
}

#[test]
fn the_seed_is_that_of_reports() {
    assert_eq!(parse("seed = \"7f3a\"").seed(), Some(0x7f3a));
    assert_eq!(parse("").seed(), None);
}
