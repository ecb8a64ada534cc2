//! Blocks of code, and the language that each is for.

use super::block::{self, Block, Code};
use crate::course::Language;

/// The language of a block of code in words; none where there is nothing to say.
pub(super) fn name(code: &Code) -> Option<&str> {
    Some(match code.language.as_str() {
        "" | "text" | "txt" | "plain" => return None,
        "rust" | "rs" => "Rust",
        "c" => "C",
        "python" | "py" => "Python",
        "sh" | "bash" | "shell" => "Shell",
        "http" => "HTTP",
        "toml" => "TOML",
        "json" => "JSON",
        other => other,
    })
}

/// The language that a program is written in, where it is one of the course.
pub(super) fn of_programs(code: &Code) -> Option<Language> {
    let name = name(code)?;
    Language::ALL.into_iter().find(|language| language.to_string() == name)
}

/// Leaves out what is only for other languages than this one: their blocks of code, and the lines such as
/// "Rust:" that do nothing but announce one. Everything else may be for everybody, and stays.
pub(super) fn only(wanted: Language, blocks: Vec<Block>) -> Vec<Block> {
    let is_other = |code: &Code| of_programs(code).is_some_and(|language| language != wanted);
    let mut kept: Vec<Block> = Vec::new();
    for block in blocks {
        match block {
            Block::Code(code) if is_other(&code) => {
                if kept.last().is_some_and(|before| announces(before, &code)) {
                    kept.pop();
                }
            }
            Block::List(mut list) => {
                list.items = list.items.into_iter().map(|item| only(wanted, item)).collect();
                kept.push(Block::List(list));
            }
            other => kept.push(other),
        }
    }
    kept
}

/// Marks the blocks of code whose language the paragraph in front of them names.
pub(super) fn mark_introduced(blocks: &mut [Block]) {
    for index in 1..blocks.len() {
        let (before, rest) = blocks.split_at_mut(index);
        if let (Some(before), Block::Code(code)) = (before.last(), &mut rest[0]) {
            let continues = matches!(before, Block::Code(other) if other.is_introduced && other.language == code.language);
            code.is_introduced = continues || announces(before, code);
        }
    }
}

/// Is this a paragraph such as "C:" or "In Python, with `buffer`:", for the code behind it?
fn announces(block: &Block, code: &Code) -> bool {
    let (Block::Paragraph(text), Some(language)) = (block, of_programs(code)) else { return false };
    let text = block::plain(text);
    let begins_with = |start: &str| {
        let rest = text.strip_prefix(start);
        rest.is_some_and(|rest| rest.starts_with(|next: char| !next.is_alphanumeric()))
    };
    text.ends_with(':')
        && [format!("{language}"), format!("In {language}")].iter().any(|start| begins_with(start))
}
