//! When something is due, and how late something else is.

use jiff::{SignedDuration, Span, Timestamp, ToSpan, Zoned};

use super::points::Percent;

/// When something is due, in the time zone in which days are counted.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Due(pub(super) Zoned);

/// What lateness costs.
#[derive(Debug, Clone, Default)]
pub(super) struct LateRules {
    /// When lessons are due that do not say so themselves.
    pub(super) due: Option<Due>,
    /// What is forgiven: everything that follows is counted from its end.
    pub(super) grace: Option<Span>,
    /// What each day that has begun costs, of what was earned.
    pub(super) per_day: Option<Percent>,
    /// What all days together cost at most.
    pub(super) most: Option<Percent>,
    /// From when on nothing counts any more.
    pub(super) after: Option<Span>,
}

impl PartialEq for LateRules {
    fn eq(&self, other: &Self) -> bool {
        let lengths = |rules: &Self| [rules.grace, rules.after].map(|length| length.map(Span::fieldwise));
        (&self.due, self.per_day, self.most) == (&other.due, other.per_day, other.most)
            && lengths(self) == lengths(other)
    }
}

/// How late something is, and what that costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Lateness {
    /// Since it was due, whatever is forgiven.
    pub(super) by: SignedDuration,
    /// What is taken of what was earned.
    pub(super) cost: Percent,
    /// Whether it does not count any more.
    pub(super) is_too_late: bool,
}

impl Due {
    pub(super) fn instant(&self) -> Timestamp {
        self.0.timestamp()
    }
}

impl LateRules {
    /// Nothing for what is in time. Times so far away that calendars end are in time.
    pub(super) fn lateness(&self, due: &Due, at: Timestamp) -> Option<Lateness> {
        let closed = due.0.checked_add(self.grace.unwrap_or_default()).ok()?;
        if at <= closed.timestamp() {
            return None;
        }
        let is_too_late = self.after.is_some_and(|after| is_past(&closed, after, at));
        let cost = match self.per_day {
            _ if is_too_late => Percent::ALL,
            Some(per_day) => per_day.times(days_begun(&closed, at), self.most.unwrap_or(Percent::ALL)),
            None => Percent::default(),
        };
        Some(Lateness { by: at.duration_since(due.instant()), cost, is_too_late })
    }
}

fn is_past(from: &Zoned, length: Span, at: Timestamp) -> bool {
    from.checked_add(length).is_ok_and(|end| at > end.timestamp())
}

/// How many days have begun since then. A day lasts until the same time of the next day, also where clocks change.
fn days_begun(from: &Zoned, at: Timestamp) -> u32 {
    const DAY: i64 = 24 * 60 * 60;
    // Days of 25 hours may make it less by one, and never more than that.
    let least = at.duration_since(from.timestamp()).as_secs() / DAY;
    let mut days = (least - 1).max(1);
    while is_past(from, days.days(), at) {
        days += 1;
    }
    u32::try_from(days).unwrap_or(u32::MAX)
}
