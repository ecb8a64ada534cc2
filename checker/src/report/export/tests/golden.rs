//! All samples of a format in one snapshot.

use insta::assert_snapshot;

use super::*;

/// The texts beneath each other; formats that are a score tell why there is none.
fn gallery(is_score: bool, format: impl Fn(&Submission) -> String) -> String {
    let text = |(name, submission): (&str, Submission)| {
        let text = match require_score(&submission) {
            Err(reason) if is_score => format!("{reason}\n"),
            _ => format(&submission),
        };
        assert!(text.chars().all(|character| character == '\n' || !character.is_control()), "{text:?}");
        assert!(!text.contains(['\u{202e}', '\u{fffe}']), "{text:?}");
        format!("=== {name}\n{text}")
    };
    samples().into_iter().map(text).collect()
}

/// The same for formats that hold several.
fn several(format: impl Fn(&[Submission]) -> String) -> String {
    gallery(false, |submission| format(std::slice::from_ref(submission)))
}

#[test]
fn formats_of_several_lessons() {
    assert_snapshot!("junit", several(junit::of_all));
    assert_snapshot!("tap", several(tap::of_all));
    assert_snapshot!("github", several(github::annotations));
    assert_snapshot!("summary", several(summary::of_all));
    assert_snapshot!("rdjson", several(rdjson::of_all));
}

#[test]
fn formats_that_are_a_score() {
    assert_snapshot!("gradescope", gallery(true, gradescope::of));
    assert_snapshot!("prairielearn", gallery(true, prairielearn::of));
    assert_snapshot!("autolab", gallery(true, autolab::of));
    assert_snapshot!("classroom50", gallery(true, classroom));
}

#[test]
fn tests_of_exercism() {
    assert_snapshot!("exercism", gallery(false, exercism::of));
}
