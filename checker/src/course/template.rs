//! Texts with placeholders: `{word}`, `{number}`, `{len}`, `{hex:ff00}`, `{host}`, `{port}`, and `{{` `}}` for braces.

use std::ops::RangeInclusive;

use super::generate::{self, Generator};
use super::words;

/// Where a text stands, which decides on the placeholders that mean something there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// The text of a body.
    Body,
    /// A line of a head.
    Head,
    /// `raw` and `extra`.
    Raw,
    /// Expected output.
    Printed,
    /// Arguments, and lines of expected requests.
    Argument,
}

impl Place {
    fn known(self) -> &'static [&'static str] {
        match self {
            Place::Body | Place::Raw => &["word", "number", "hex:…"],
            Place::Head => &["len", "word", "number", "hex:…"],
            Place::Printed => &["hex:…"],
            Place::Argument => &["host", "port"],
        }
    }
}

/// A text in pieces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Template(Vec<Piece>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    Bytes(Vec<u8>),
    Word,
    Number,
    Length,
    Host,
    Port,
}

/// A placeholder that means nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct BadPlaceholder {
    /// As written, with its braces.
    pub(crate) written: String,
    pub(crate) message: String,
    pub(crate) label: Option<String>,
    pub(crate) help: Option<String>,
}

impl Template {
    /// Takes a text apart.
    pub(crate) fn parse(text: &str, place: Place) -> Result<Self, BadPlaceholder> {
        let mut pieces = Vec::new();
        let mut rest = text;
        while let Some(brace) = rest.find(['{', '}']) {
            push_bytes(&mut pieces, &rest.as_bytes()[..brace]);
            let (piece, length) = read_braces(&rest[brace..], place)?;
            match piece {
                Piece::Bytes(bytes) => push_bytes(&mut pieces, &bytes),
                piece => pieces.push(piece),
            }
            rest = &rest[brace + length..];
        }
        push_bytes(&mut pieces, rest.as_bytes());
        Ok(Self(pieces))
    }

    /// The bytes, with generated words and numbers.
    pub(crate) fn fill(&self, generator: &mut Generator, length: usize) -> Vec<u8> {
        let mut bytes = Vec::new();
        for piece in &self.0 {
            match piece {
                Piece::Bytes(piece) => bytes.extend_from_slice(piece),
                Piece::Word => bytes.extend_from_slice(generator.word().as_bytes()),
                Piece::Number => bytes.extend_from_slice(generator.number().to_string().as_bytes()),
                Piece::Length => bytes.extend_from_slice(length.to_string().as_bytes()),
                // Filled in by the one who knows the address.
                Piece::Host => bytes.extend_from_slice(b"{host}"),
                Piece::Port => bytes.extend_from_slice(b"{port}"),
            }
        }
        bytes
    }

    /// How many bytes [`Template::fill`] gives, whatever the seed, for a body whose length is in `length`.
    pub(crate) fn lengths(&self, length: &RangeInclusive<usize>) -> RangeInclusive<usize> {
        let mut all = 0..=0;
        for piece in &self.0 {
            let piece = match piece {
                Piece::Bytes(bytes) => bytes.len()..=bytes.len(),
                Piece::Word => generate::WORD_LENGTHS,
                Piece::Number => generate::NUMBER_LENGTH..=generate::NUMBER_LENGTH,
                Piece::Length => digits(*length.start())..=digits(*length.end()),
                Piece::Host | Piece::Port => 6..=6,
            };
            all = all.start() + piece.start()..=all.end() + piece.end();
        }
        all
    }
}

fn digits(number: usize) -> usize {
    number.checked_ilog10().map_or(1, |log| log as usize + 1)
}

/// Adds bytes to the last piece where that is bytes too.
fn push_bytes(pieces: &mut Vec<Piece>, bytes: &[u8]) {
    match pieces.last_mut() {
        Some(Piece::Bytes(last)) => last.extend_from_slice(bytes),
        _ if bytes.is_empty() => {}
        _ => pieces.push(Piece::Bytes(bytes.to_vec())),
    }
}

/// Reads what begins with a brace; gives the piece and how long it was.
fn read_braces(text: &str, place: Place) -> Result<(Piece, usize), BadPlaceholder> {
    if text.starts_with("{{") || text.starts_with("}}") {
        return Ok((Piece::Bytes(text.as_bytes()[..1].to_vec()), 2));
    }
    let end = text.find('}').filter(|_| text.starts_with('{')).ok_or_else(|| lone_brace(text))?;
    let name = &text[1..end];
    let kind = if name.starts_with("hex:") { "hex:…" } else { name };
    if !place.known().contains(&kind) {
        return Err(unknown(name, place));
    }
    let piece = match name {
        "word" => Piece::Word,
        "number" => Piece::Number,
        "len" => Piece::Length,
        "host" => Piece::Host,
        "port" => Piece::Port,
        _ => Piece::Bytes(hex(name)?),
    };
    Ok((piece, end + 1))
}

fn lone_brace(text: &str) -> BadPlaceholder {
    let brace = &text[..1];
    // A word more than the brace, to find the place in the file.
    let word =
        text[1..].find(|character: char| !character.is_alphanumeric()).map_or(text.len(), |end| end + 1);
    BadPlaceholder {
        written: text[..word].to_owned(),
        message: format!("lone `{brace}`"),
        label: None,
        help: Some(format!("write `{brace}{brace}` for the brace itself")),
    }
}

fn unknown(name: &str, place: Place) -> BadPlaceholder {
    let is_generated = place == Place::Printed && matches!(name, "word" | "number");
    let help = match is_generated {
        true => Some("no program can know it: put the text in a [[body]] and print that".to_owned()),
        false => words::did_you_mean(name, place.known().iter().copied()),
    };
    BadPlaceholder {
        written: format!("{{{name}}}"),
        message: format!("unknown placeholder `{{{name}}}`"),
        label: Some(words::expected(place.known().iter().copied())),
        help,
    }
}

fn hex(name: &str) -> Result<Vec<u8>, BadPlaceholder> {
    let digits = &name["hex:".len()..];
    let bad = || BadPlaceholder {
        written: format!("{{{name}}}"),
        message: format!("`{digits}` is not pairs of hexadecimal digits"),
        label: Some("expected such as {hex:0dff}".to_owned()),
        help: None,
    };
    if digits.is_empty()
        || !digits.len().is_multiple_of(2)
        || !digits.bytes().all(|digit| digit.is_ascii_hexdigit())
    {
        return Err(bad());
    }
    let pairs = (0..digits.len()).step_by(2).map(|at| u8::from_str_radix(&digits[at..at + 2], 16));
    pairs.collect::<Result<_, _>>().map_err(|_| bad())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fill(text: &str, place: Place) -> String {
        let template = Template::parse(text, place).expect("the test's text is right");
        String::from_utf8_lossy(&template.fill(&mut Generator::new(1, "test"), 41)).into_owned()
    }

    fn error(text: &str, place: Place) -> String {
        Template::parse(text, place).expect_err("the test's text is wrong").message
    }

    #[test]
    fn text_without_placeholders_stays_and_braces_are_doubled() {
        assert_eq!(fill("hello\r\n", Place::Body), "hello\r\n");
        assert_eq!(fill("{{a}}", Place::Body), "{a}");
        assert_eq!(fill("Content-Length: {len}", Place::Head), "Content-Length: 41");
        assert_eq!(fill("{host}:{port}", Place::Argument), "{host}:{port}");
    }

    #[test]
    fn hex_gives_raw_bytes() {
        let template = Template::parse("a{hex:00fF}b", Place::Printed).expect("right");
        assert_eq!(template.fill(&mut Generator::new(1, "test"), 0), b"a\x00\xffb");
    }

    #[test]
    fn lengths_enclose_what_every_seed_gives() {
        let template = Template::parse("{word} {number} {len}", Place::Head).expect("right");
        let lengths = template.lengths(&(9..=10));
        assert_eq!(lengths, 6 + 1 + 6 + 1 + 1..=10 + 1 + 6 + 1 + 2);
        for seed in 0..500 {
            let filled = template.fill(&mut Generator::new(seed, "test"), 10);
            assert!(lengths.contains(&filled.len()), "seed {seed} gives {} bytes", filled.len());
        }
    }

    #[test]
    fn what_means_nothing_is_refused() {
        assert_eq!(error("a {wrod}", Place::Body), "unknown placeholder `{wrod}`");
        assert_eq!(error("{len}", Place::Raw), "unknown placeholder `{len}`");
        assert_eq!(error("{word}", Place::Printed), "unknown placeholder `{word}`");
        assert_eq!(error("{hex:0}", Place::Body), "`0` is not pairs of hexadecimal digits");
        assert_eq!(error("{hex:é}", Place::Body), "`é` is not pairs of hexadecimal digits");
        assert_eq!(error("a } b", Place::Body), "lone `}`");
        assert_eq!(error("a { b", Place::Body), "lone `{`");
    }
}
