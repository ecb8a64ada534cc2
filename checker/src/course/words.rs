//! Known words beside an unknown one, and names as they should be.

use std::ops::Range;

use toml::Spanned;

use super::error::{CourseError, SourceFile};

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
    let mut known: Vec<_> = known.into_iter().collect();
    known.dedup();
    match known.as_slice() {
        [] => "there is none".to_owned(),
        [only] => format!("expected {only}"),
        [one, other] => format!("expected {one} or {other}"),
        _ => format!("expected one of {}", known.join(", ")),
    }
}

/// More known words than these do not fit behind a caret.
const MOST_BEHIND_A_CARET: usize = 12;

/// The error about a name that is not among the known ones.
pub(crate) fn unknown(
    file: &SourceFile,
    span: Range<usize>,
    noun: &str,
    name: &str,
    known: &[&str],
) -> CourseError {
    let error = file.error(span, format!("unknown {noun} `{name}`"));
    let near = did_you_mean(name, known.iter().copied());
    if known.len() <= MOST_BEHIND_A_CARET {
        return error.label(expected(known.iter().copied())).maybe_help(near);
    }
    let all = expected(known.iter().copied());
    error.help(near.unwrap_or(all))
}

/// Errors about ids that are given twice, or are not lower-case words joined by hyphens.
pub(crate) fn bad_ids(file: &SourceFile, noun: &str, ids: &[&Spanned<String>]) -> Vec<CourseError> {
    let mut errors = Vec::new();
    for (index, id) in ids.iter().enumerate() {
        let name = id.get_ref();
        if let Some(earlier) = ids[..index].iter().find(|earlier| earlier.get_ref() == name) {
            let label = format!("also in line {}", file.line(earlier.span().start));
            errors.push(file.error(id.span(), format!("duplicate {noun} `{name}`")).label(label));
        }
        if !is_id(name) {
            let error = file.error(id.span(), format!("`{name}` cannot be an id"));
            errors.push(error.label("expected lower-case words and numbers joined by hyphens"));
        }
    }
    errors
}

fn is_id(name: &str) -> bool {
    let is_part = |part: &str| {
        !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
    };
    name.split('-').all(is_part)
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
