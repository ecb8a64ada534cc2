//! Numbers as people read them.

/// From here on digits are grouped; four of them are read at a glance.
const GROUPED_FROM: u64 = 10_000;
const MIB: u64 = 1024 * 1024;

/// The number, with a comma between thousands when it is long: `9999`, `300,007`.
#[must_use]
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    if number < GROUPED_FROM {
        return digits;
    }
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// About how many bytes, for amounts of which no single byte matters: `41 bytes`, `300,007 bytes`, `16 MiB`.
#[must_use]
pub fn size(bytes: u64) -> String {
    match bytes {
        1 => "1 byte".to_owned(),
        MIB.. => format!("{} MiB", grouped(bytes / MIB)),
        _ => format!("{} bytes", grouped(bytes)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_numbers_are_grouped() {
        let numbers = [0, 999, 9999, 10_000, 300_007, 8_388_608, 1_000_000_000].map(grouped);
        assert_eq!(numbers, ["0", "999", "9999", "10,000", "300,007", "8,388,608", "1,000,000,000"]);
    }

    #[test]
    fn floods_are_told_in_mebibytes() {
        assert_eq!([1, 70_000, 16_842_752].map(size), ["1 byte", "70,000 bytes", "16 MiB"]);
    }
}
