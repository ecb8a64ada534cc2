//! Amounts: whole hundredths, so that sums are exact and the same everywhere.

use std::fmt;
use std::iter::Sum;
use std::ops::Add;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Points in whole hundredths. Prints `6`, `6.5`, `6.25`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Points(u64);

impl Points {
    /// This many points.
    #[must_use]
    pub fn whole(points: u32) -> Self {
        Self(u64::from(points) * 100)
    }

    /// This many hundredths of a point.
    #[must_use]
    pub fn from_hundredths(hundredths: u64) -> Self {
        Self(hundredths)
    }

    /// How many hundredths of a point.
    #[must_use]
    pub fn hundredths(self) -> u64 {
        self.0
    }

    /// For formats that know nothing but such numbers.
    #[must_use]
    #[allow(clippy::cast_precision_loss, reason = "exact up to 90 billion points")]
    pub fn to_f64(self) -> f64 {
        self.0 as f64 / 100.0
    }

    /// What is left of it, never less than nothing.
    #[must_use]
    pub fn minus(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }

    /// A share of it, rounded down to hundredths.
    #[must_use]
    pub fn share(self, share: Percent) -> Self {
        Self((u128::from(self.0) * u128::from(share.0) / u128::from(Percent::ALL.0)) as u64)
    }

    /// Is it at least this share of a whole?
    #[must_use]
    pub fn reaches(self, share: Percent, whole: Self) -> bool {
        u128::from(self.0) * u128::from(Percent::ALL.0) >= u128::from(whole.0) * u128::from(share.0)
    }
}

impl Add for Points {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl Sum for Points {
    fn sum<I: Iterator<Item = Self>>(all: I) -> Self {
        all.fold(Self::default(), Add::add)
    }
}

impl fmt::Display for Points {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&hundredths(self.0))
    }
}

/// A part of a whole, from 0% to 100%, in whole hundredths of a percent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Percent(u32);

impl Percent {
    /// The whole.
    pub const ALL: Self = Self(10_000);

    /// So many times as much, and not more than `most`.
    #[must_use]
    pub(super) fn times(self, times: u32, most: Self) -> Self {
        Self(self.0.saturating_mul(times).min(most.0))
    }
}

impl fmt::Display for Percent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{}%", hundredths(u64::from(self.0))))
    }
}

impl FromStr for Percent {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let number = text.strip_suffix('%').ok_or(())?.trim_end();
        let (whole, part) = number.split_once('.').unwrap_or((number, "0"));
        let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        if !is_number(whole) || !is_number(part) || part.len() > 2 {
            return Err(());
        }
        let part: u32 = format!("{part:0<2}").parse().map_err(|_| ())?;
        let whole: u32 = whole.parse().map_err(|_| ())?;
        let all = whole.checked_mul(100).and_then(|whole| whole.checked_add(part)).ok_or(())?;
        if all > Self::ALL.0 { Err(()) } else { Ok(Self(all)) }
    }
}

/// A number of hundredths as a decimal, without zeros at the end.
fn hundredths(number: u64) -> String {
    match (number / 100, number % 100) {
        (whole, 0) => whole.to_string(),
        (whole, part) if part % 10 == 0 => format!("{whole}.{}", part / 10),
        (whole, part) => format!("{whole}.{part:02}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn percent(text: &str) -> Percent {
        text.parse().expect("a percentage")
    }

    #[test]
    fn points_print_no_more_digits_than_they_need() {
        let printed = [600, 650, 625, 605, 5, 0].map(|amount| Points::from_hundredths(amount).to_string());
        assert_eq!(printed, ["6", "6.5", "6.25", "6.05", "0.05", "0"]);
    }

    #[test]
    fn shares_are_rounded_down_and_borders_are_reached() {
        assert_eq!(Points::whole(7).share(percent("12.5%")), Points::from_hundredths(87));
        assert_eq!(Points::whole(7).share(Percent::ALL), Points::whole(7));
        assert!(Points::whole(6).reaches(percent("60%"), Points::whole(10)));
        assert!(!Points::from_hundredths(599).reaches(percent("60%"), Points::whole(10)));
        assert_eq!(Points::whole(1).minus(Points::whole(2)), Points::default());
    }

    #[test]
    fn percentages_are_read_and_printed() {
        for (text, printed) in
            [("60%", "60%"), ("12.5 %", "12.5%"), ("0%", "0%"), ("0.25%", "0.25%"), ("100%", "100%")]
        {
            assert_eq!(percent(text).to_string(), printed);
        }
        for text in ["60", "", "%", "100.01%", "-1%", "+1%", "1.234%", "1.%", "99999999999%", "x%"] {
            assert_eq!(text.parse::<Percent>(), Err(()), "{text}");
        }
    }

    #[test]
    fn many_times_a_share_stop_at_the_most() {
        assert_eq!(percent("10%").times(3, percent("50%")), percent("30%"));
        assert_eq!(percent("10%").times(u32::MAX, percent("50%")), percent("50%"));
    }
}
