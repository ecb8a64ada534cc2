//! Points, as policies give them out.

use std::fmt;

/// Points in whole hundredths: `Points(650)` is told as `6.5`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Points(pub u32);

impl Points {
    /// So many whole points.
    #[must_use]
    pub fn whole(points: u32) -> Self {
        Self(points.saturating_mul(100))
    }
}

impl fmt::Display for Points {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, hundredths) = (self.0 / 100, self.0 % 100);
        match (hundredths / 10, hundredths % 10) {
            (0, 0) => write!(f, "{whole}"),
            (tenths, 0) => write!(f, "{whole}.{tenths}"),
            _ => write!(f, "{whole}.{hundredths:02}"),
        }
    }
}

/// What something is worth, and how much of it was earned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Score {
    /// What counts in the end, with all deductions.
    pub earned: Points,
    /// The most that could be earned.
    pub of: Points,
}

impl Score {
    /// The share that was earned in whole hundredths, rounded down; all of it where there was nothing to earn.
    #[must_use]
    pub fn percent(&self) -> u32 {
        let percent = (u64::from(self.earned.0) * 100).checked_div(u64::from(self.of.0)).unwrap_or(100);
        u32::try_from(percent.min(100)).unwrap_or(100)
    }
}

impl fmt::Display for Score {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.earned, self.of)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_are_told_without_needless_digits() {
        let told = [0, 5, 50, 100, 650, 625, 601].map(|hundredths| Points(hundredths).to_string());
        assert_eq!(told, ["0", "0.05", "0.5", "1", "6.5", "6.25", "6.01"]);
        let score = Score { earned: Points(650), of: Points::whole(10) };
        assert_eq!((score.to_string().as_str(), score.percent()), ("6.5/10", 65));
    }

    #[test]
    fn a_share_is_rounded_down_and_of_nothing_it_is_all() {
        let percent = |earned, of| Score { earned: Points(earned), of: Points(of) }.percent();
        assert_eq!(
            [percent(999, 1000), percent(0, 1000), percent(0, 0), percent(1100, 1000)],
            [99, 0, 100, 100]
        );
    }
}
