//! Known words beside an unknown one.

/// From this likeness on, one word may be a slip of the pen for the other.
const ALIKE: f64 = 0.6;

/// The known word that is most like an unknown one, where any is like it.
pub(crate) fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let word = word.to_lowercase();
    known
        .into_iter()
        .map(|candidate| {
            (strsim::normalized_damerau_levenshtein(&word, &candidate.to_lowercase()), candidate)
        })
        .filter(|(likeness, _)| *likeness >= ALIKE)
        .max_by(|one, other| one.0.total_cmp(&other.0))
        .map(|(_, candidate)| candidate)
}

/// The question "did you mean …?", where any known word is near.
pub(crate) fn did_you_mean<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<String> {
    nearest(word, known).map(|near| format!("did you mean `{near}`?"))
}

/// What was expected: `expected one of a, b, c`.
pub(crate) fn expected<'a>(known: impl IntoIterator<Item = &'a str>) -> String {
    let known: Vec<_> = known.into_iter().collect();
    match known.as_slice() {
        [] => "there is none".to_owned(),
        [only] => format!("expected {only}"),
        [one, other] => format!("expected {one} or {other}"),
        _ => format!("expected one of {}", known.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_the_pen_finds_its_word_and_another_word_finds_none() {
        let known = ["expect", "send", "close"];
        assert_eq!(nearest("clos", known), Some("close"));
        assert_eq!(nearest("EXPCET", known), Some("expect"));
        assert_eq!(nearest("banana", known), None);
    }

    #[test]
    fn the_number_of_known_words_decides_how_they_are_listed() {
        assert_eq!(expected([]), "there is none");
        assert_eq!(expected(["a"]), "expected a");
        assert_eq!(expected(["a", "b"]), "expected a or b");
        assert_eq!(expected(["a", "b", "c"]), "expected one of a, b, c");
    }
}
