//! Drawings where only ASCII can be shown: every character keeps its column.

/// The line of a drawing with stand-ins as wide as the characters they stand for. An ellipsis takes three
/// columns; those are taken from the next row of blanks or dashes, so that what stands behind keeps its place.
pub(super) fn drawn(line: &str) -> String {
    let characters: Vec<char> = line.chars().collect();
    let (mut out, mut owed) = (String::new(), 0);
    for (at, &character) in characters.iter().enumerate() {
        let has_same_beside =
            at > 0 && characters[at - 1] == character && characters.get(at + 1) == Some(&character);
        if owed > 0 && matches!(character, ' ' | '─') && has_same_beside {
            owed -= 1;
        } else if character == '…' {
            out.push_str("...");
            owed += 2;
        } else {
            out.push(stand_in(character));
        }
    }
    out
}

fn stand_in(character: char) -> char {
    match character {
        '│' | '┊' | '┆' | '║' | '├' | '┤' => '|',
        '─' | '┄' | '╌' | '–' | '—' | '·' => '-',
        '═' => '=',
        '┌' | '┐' | '└' | '┘' | '┬' | '┴' | '┼' | '╭' | '╮' | '╰' | '╯' => '+',
        '▶' | '►' | '→' => '>',
        '◀' | '◄' | '←' => '<',
        '▲' | '↑' => '^',
        '▼' | '↓' => 'v',
        '•' | '●' => '*',
        '×' | '✗' => 'x',
        '✓' => '+',
        '“' | '”' => '"',
        '‘' | '’' => '\'',
        '\u{a0}' => ' ',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_behind_an_ellipsis_keeps_its_column() {
        assert_eq!(drawn("├─── \"Host: …\" ──────▶│  a"), "|--- \"Host: ...\" ---->|  a");
        assert_eq!(drawn("│  …      │"), "|  ...    |");
        assert_eq!(drawn("a … b"), "a ... b");
    }
}
