//! Contents made from a seed: the same for ever for the same seed, and others for another one.

use std::ops::RangeInclusive;

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use sha2::{Digest, Sha256};

use super::checks::Content;
use super::template::{BadPlaceholder, Place, Template};
use super::word_list::WORDS;

/// How long a generated word is.
pub(crate) const WORD_LENGTHS: RangeInclusive<usize> = 6..=10;

/// How many digits a generated number has.
pub(crate) const NUMBER_LENGTH: usize = 6;

/// The bytes that a random body of this length or more begins with: every value once, shuffled.
const ALL_VALUES: usize = 256;

/// A stream of choices for one named thing. Other things of the same run do not change it.
pub(crate) struct Generator(ChaCha8Rng);

impl Generator {
    /// The choices for the thing called `name` in the run with this seed.
    pub(crate) fn new(seed: u64, name: &str) -> Self {
        let mut hash = Sha256::new();
        hash.update(b"workbook content 1\0");
        hash.update(seed.to_le_bytes());
        hash.update(name.as_bytes());
        Self(ChaCha8Rng::from_seed(hash.finalize().into()))
    }

    /// Two short words in one, such as `amberfox`.
    pub(crate) fn word(&mut self) -> String {
        [self.choose(&WORDS), self.choose(&WORDS)].concat()
    }

    /// A number of six digits.
    pub(crate) fn number(&mut self) -> u32 {
        100_000 + self.below(900_000)
    }

    /// Any bytes; from 256 on, every value is among them.
    fn bytes(&mut self, count: usize) -> Vec<u8> {
        let mut bytes = vec![0; count];
        let values = if count >= ALL_VALUES { ALL_VALUES } else { 0 };
        let (values, rest) = bytes.split_at_mut(values);
        for (value, byte) in values.iter_mut().enumerate() {
            *byte = value as u8;
        }
        for last in (1..values.len()).rev() {
            values.swap(last, self.below(last as u32 + 1) as usize);
        }
        for chunk in rest.chunks_mut(8) {
            chunk.copy_from_slice(&self.0.next_u64().to_le_bytes()[..chunk.len()]);
        }
        bytes
    }

    fn choose<'a>(&mut self, words: &[&'a str]) -> &'a str {
        words[self.below(words.len() as u32) as usize]
    }

    /// A number below `end`. Its bias is far below anything that a test of a program could notice.
    fn below(&mut self, end: u32) -> u32 {
        ((u64::from(self.0.next_u32()) * u64::from(end)) >> 32) as u32
    }
}

impl Content {
    /// The content for this seed; `id` is the body's. The first bad placeholder is an error.
    pub(crate) fn generate(&self, seed: u64, id: &str) -> Result<Vec<u8>, BadPlaceholder> {
        let mut generator = Generator::new(seed, &format!("body {id}"));
        Ok(match self {
            Content::Text(text) => Template::parse(text, Place::Body)?.fill(&mut generator, 0),
            Content::Page(title) => page(title, &mut generator).into_bytes(),
            Content::Random(count) => generator.bytes(*count),
        })
    }

    /// How many bytes [`Content::generate`] gives, whatever the seed.
    pub(crate) fn lengths(&self) -> Result<RangeInclusive<usize>, BadPlaceholder> {
        Ok(match self {
            Content::Text(text) => Template::parse(text, Place::Body)?.lengths(&(0..=0)),
            Content::Page(title) => {
                let least = page_of(title, &[""; SENTENCE_WORDS], NUMBER_LENGTH_EXAMPLE).len();
                let (shortest, longest) = (*WORD_LENGTHS.start(), *WORD_LENGTHS.end());
                least + SENTENCE_WORDS * shortest..=least + SENTENCE_WORDS * longest
            }
            Content::Random(count) => *count..=*count,
        })
    }
}

/// Words in the sentence of a page.
const SENTENCE_WORDS: usize = 6;

/// Any number with as many digits as generated ones have.
const NUMBER_LENGTH_EXAMPLE: u32 = 100_000;

fn page(title: &str, generator: &mut Generator) -> String {
    let words: [String; SENTENCE_WORDS] = std::array::from_fn(|_| generator.word());
    page_of(title, &words.each_ref().map(String::as_str), generator.number())
}

fn page_of(title: &str, words: &[&str; SENTENCE_WORDS], number: u32) -> String {
    let [one, two, three, four, five, six] = words;
    format!(
        "<!doctype html>\n\
         <html lang=\"en\">\n\
         <head>\n\
         <meta charset=\"utf-8\">\n\
         <title>{title}</title>\n\
         </head>\n\
         <body>\n\
         <h1>{title}</h1>\n\
         <p>Visitor {number}: the {one} {two} met the {three} {four} near {five} {six}.</p>\n\
         </body>\n\
         </html>\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(content: &Content, seed: u64, id: &str) -> String {
        String::from_utf8(content.generate(seed, id).expect("right")).expect("text")
    }

    /// A seed in a report must give the same bytes in every later version: never bless this test.
    #[test]
    fn what_a_seed_means_never_changes() {
        let words = Content::Text("{word} {number} {word}\n".to_owned());
        assert_eq!(text(&words, 1, "page-1"), "hotelopal 889312 hatchoasis\n");
        let page = text(&Content::Page("T".to_owned()), 7, "page-1");
        let sentence =
            "Visitor 249508: the beanmaple silkprism met the pianopilot coastopal near guidenest opaltiger.";
        assert!(page.contains(sentence), "{page}");
        assert_eq!(Content::Random(6).generate(7, "blob").expect("right"), [140, 140, 206, 139, 175, 96]);
        let long = Content::Random(1000).generate(7, "blob").expect("right");
        assert_eq!(&long[..6], [159, 21, 253, 49, 153, 114]);
        assert_eq!(&long[994..], [38, 27, 88, 243, 68, 71]);
    }

    #[test]
    fn seed_and_id_change_the_content_and_fixed_text_stays() {
        let page = Content::Page("T".to_owned());
        let mut pages: Vec<_> = (0..1000).map(|seed| text(&page, seed, "page-1")).collect();
        pages.push(text(&page, 0, "page-2"));
        pages.sort_unstable();
        pages.dedup();
        assert_eq!(pages.len(), 1001);
        let fixed = Content::Text("fixed\n".to_owned());
        assert_eq!(text(&fixed, 1, "a"), text(&fixed, 2, "b"));
    }

    #[test]
    fn a_long_random_body_holds_every_value() {
        let bytes = Content::Random(256).generate(3, "blob").expect("right");
        let mut sorted = bytes.clone();
        sorted.sort_unstable();
        assert_eq!(sorted, (0..=255).collect::<Vec<u8>>());
        assert_ne!(sorted, bytes);
        assert_eq!(Content::Random(13).generate(3, "blob").expect("right").len(), 13);
    }

    #[test]
    fn a_page_has_its_title_once_and_a_known_range_of_lengths() {
        let content = Content::Page("Example Domain".to_owned());
        let lengths = content.lengths().expect("right");
        for seed in 0..500 {
            let page = text(&content, seed, "page");
            assert_eq!(page.matches("<title>Example Domain</title>").count(), 1);
            assert!(page.ends_with("</html>\n") && page.lines().count() > 5);
            assert!(lengths.contains(&page.len()), "{} not in {lengths:?}", page.len());
        }
    }
}
