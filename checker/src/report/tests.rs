//! Rules of whole reports.

use super::samples::*;
use super::*;

#[test]
fn seeds_have_at_least_four_digits() {
    assert_eq!([0, 0x7f3a, u64::MAX].map(seed), ["0000", "7f3a", "ffffffffffffffff"]);
}
