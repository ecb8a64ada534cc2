//! Lengths of time as people write them: `15m`, `12h`, `3d`.

use jiff::Span;

/// The longest that makes sense in a class.
const MOST_DAYS: i64 = 3660;

/// What an example of a length looks like.
pub(super) const EXAMPLE: &str = "expected a length of time such as \"15m\", \"12h\" or \"3d\"";

/// Reads a length of time. Days are days of the calendar: where clocks change, they have 23 or 25 hours.
///
/// # Errors
/// What is wrong with it, as a label behind a caret.
pub(super) fn parse(text: &str) -> Result<Span, String> {
    let span: Span = text.parse().map_err(|_| EXAMPLE.to_owned())?;
    if span.is_negative() {
        return Err(EXAMPLE.to_owned());
    }
    if span.get_years() != 0 || span.get_months() != 0 {
        return Err("months and years are not always as long: say it in days".to_owned());
    }
    let days = span.total((jiff::Unit::Day, jiff::SpanRelativeTo::days_are_24_hours()));
    match days {
        Ok(days) if days <= MOST_DAYS as f64 => Ok(span),
        _ => Err(format!("no more than {MOST_DAYS} days")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_read_as_people_write_them() {
        for (text, minutes) in [("15m", 15), ("12h", 720), ("1d 6h", 1800), ("0m", 0), ("2 weeks", 20160)] {
            let span = parse(text).expect(text);
            let total = span
                .total((jiff::Unit::Minute, jiff::SpanRelativeTo::days_are_24_hours()))
                .expect("a number");
            assert!((total - f64::from(minutes)).abs() < 1e-9, "{text}: {total}");
        }
    }

    #[test]
    fn what_is_no_length_is_refused() {
        for text in ["", "15", "m", "-15m", "soon"] {
            assert_eq!(parse(text).expect_err(text), EXAMPLE, "{text}");
        }
        assert_eq!(
            parse("1 month").expect_err("refused"),
            "months and years are not always as long: say it in days"
        );
        assert_eq!(parse("3661d").expect_err("refused"), "no more than 3660 days");
        assert!(parse("3660d").is_ok());
    }
}
