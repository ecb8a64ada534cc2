//! Which attempt counts.

use super::{criteria, handed_in, parse};
use crate::grade::policy::{Attempt, Score};

/// The number of the attempt that counts, and whether somebody has to look at it. Attempts are given by how many of
/// five scenarios hold; none where nobody could say.
fn counting(attempts: &str, held: &[Option<usize>]) -> Option<(u32, bool)> {
    let policy = parse(&format!("attempts = \"{attempts}\""));
    let handed_in: Vec<_> = (1..).take(held.len()).map(|attempt| handed_in(attempt, None)).collect();
    let score = |held: &Option<usize>| {
        held.map(|held| policy.score("w04-l03", &criteria([(held, 5), (held, 5), (held, 5)]), &handed_in[0]))
    };
    let scores: Vec<Option<Score>> = held.iter().map(score).collect();
    let all = handed_in.iter().zip(&scores);
    // In any order.
    let all: Vec<_> =
        all.map(|(handed_in, score)| Attempt { handed_in, score: score.as_ref() }).rev().collect();
    policy.counting(&all).map(|attempt| (attempt.handed_in.attempt, attempt.score.is_none()))
}

#[test]
fn the_last_or_the_first_counts_whatever_it_is_worth() {
    let held = [Some(3), Some(5), Some(1)];
    assert_eq!(counting("last", &held), Some((3, false)));
    assert_eq!(counting("first", &held), Some((1, false)));
    assert_eq!(counting("last", &[Some(5), None]), Some((2, true)));
    assert_eq!(counting("last", &[None, Some(5)]), Some((2, false)));
    assert_eq!(counting("first", &[None, Some(5)]), Some((1, true)));
    assert_eq!(counting("first", &[Some(1), None]), Some((1, false)));
}

#[test]
fn the_best_counts_and_of_equal_ones_the_earliest() {
    assert_eq!(counting("best", &[Some(3), Some(5), Some(5), Some(1)]), Some((2, false)));
    assert_eq!(counting("best", &[Some(0)]), Some((1, false)));
}

#[test]
fn one_that_nobody_could_judge_may_be_the_best() {
    assert_eq!(counting("best", &[Some(3), None]), Some((2, true)));
    assert_eq!(counting("best", &[None, Some(3)]), Some((1, true)));
    assert_eq!(counting("best", &[None, Some(5)]), Some((2, false)), "nothing is better than everything");
    assert_eq!(counting("best", &[None, None]), Some((2, true)));
}

#[test]
fn who_has_handed_in_nothing_has_nothing_that_counts() {
    for attempts in ["last", "best", "first"] {
        assert_eq!(counting(attempts, &[]), None);
    }
}
