//! Where in a source a compiler found something.

/// The first line, and the column where there is one, that the compiler names in the file with this name:
/// `main.c:3:7` as most say it, or `main.py", line 3` as Python does.
pub(super) fn first(output: &str, file: &str) -> Option<(u32, Option<u32>)> {
    output.match_indices(file).filter(|_| !file.is_empty()).find_map(|(at, _)| {
        let rest = &output[at + file.len()..];
        if let Some(rest) = rest.strip_prefix("\", line ") {
            return Some((number(rest)?.0, None));
        }
        let (line, rest) = number(rest.strip_prefix(':')?)?;
        let column = rest.strip_prefix(':').and_then(number).map(|(column, _)| column);
        Some((line, column))
    })
}

/// The number from 1 at the beginning of a text, and what follows.
fn number(text: &str) -> Option<(u32, &str)> {
    let end = text.find(|character: char| !character.is_ascii_digit()).unwrap_or(text.len());
    let number = text[..end].parse().ok().filter(|&number| number > 0)?;
    Some((number, &text[end..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn compilers_say_where() {
        let places = [
            (
                "error[E0308]: mismatched types\n --> exercises/w04-l03/main.rs:2:17\n",
                "main.rs",
                Some((2, Some(17))),
            ),
            ("main.c: In function 'main':\nmain.c:1:24: error: 'x'", "main.c", Some((1, Some(24)))),
            ("  File \"/x/main.py\", line 12\n    print(\n", "main.py", Some((12, None))),
            ("main.c:7: error", "main.c", Some((7, None))),
            ("main.c:0:1, main.c:99999999999", "main.c", None),
            ("ld: symbol not found", "main.c", None),
            ("anything:1:1", "", None),
        ];
        for (output, file, place) in places {
            assert_eq!(first(output, file), place, "{output}");
        }
    }
}
