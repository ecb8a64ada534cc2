//! The words of generated texts.

/// Short, harmless and all different. Their order is part of what a seed means: it never changes.
#[rustfmt::skip]
pub(super) const WORDS: [&str; 256] = [
    "alder", "apple", "april", "arbor", "ashen", "aspen", "atlas", "attic", "aunt", "badge", "barn",
    "basil", "basin", "beach", "beam", "bean", "bear", "berry", "birch", "bird", "blade", "blue", "board",
    "boat", "bonus", "boot", "bowl", "bread", "brick", "brook", "broom", "brush", "cable", "camel", "candy",
    "canoe", "cape", "card", "carol", "cedar", "cello", "chalk", "chart", "chess", "cliff", "clock",
    "cloud", "clove", "coast", "cobra", "comet", "coral", "cork", "couch", "crane", "cream", "creek",
    "crisp", "crown", "cubic", "curry", "dance", "dawn", "delta", "depot", "desk", "diver", "dough", "dove",
    "draft", "dream", "duck", "dune", "dusk", "eagle", "earth", "easel", "echo", "eight", "elder", "envoy",
    "equal", "extra", "fable", "fawn", "feast", "fence", "ferry", "field", "fig", "finch", "fjord", "flag",
    "flint", "flute", "forge", "fork", "frame", "fruit", "gate", "glade", "glass", "glove", "goat", "gold",
    "goose", "grain", "grape", "grass", "green", "grove", "guava", "guest", "guide", "gull", "harp",
    "hatch", "haven", "hawk", "hazel", "hedge", "hero", "heron", "hill", "hinge", "holly", "honey", "hoop",
    "horn", "horse", "hotel", "igloo", "inlet", "iris", "iron", "ivory", "jade", "jam", "jelly", "jewel",
    "juice", "july", "june", "kayak", "kite", "kiwi", "lace", "lake", "lamp", "lane", "larch", "latch",
    "lava", "leaf", "ledge", "lily", "linen", "lion", "llama", "loom", "lunar", "lynx", "maple", "march",
    "marsh", "mason", "melon", "mill", "moose", "moss", "mouse", "nest", "noble", "north", "novel", "oak",
    "oasis", "oat", "olive", "opal", "orbit", "otter", "owl", "oxide", "panda", "paper", "path", "peach",
    "pecan", "penny", "perch", "piano", "pilot", "pine", "plum", "poppy", "prism", "quail", "quiz", "radio",
    "raft", "rain", "raven", "reed", "ridge", "river", "robin", "rose", "rover", "ruby", "sage", "sail",
    "salt", "sand", "satin", "scarf", "shell", "ship", "shore", "silk", "slate", "sloop", "snail", "snow",
    "solar", "spark", "spice", "spoon", "star", "stone", "storm", "stove", "sugar", "swan", "syrup",
    "table", "tango", "tea", "thyme", "tiger", "toast", "torch", "tower", "train", "tulip", "vase", "viola",
    "wagon", "water", "wave", "whale", "wind", "wolf", "wren", "yarn", "zebra",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_short_and_all_different() {
        assert!(WORDS.is_sorted_by(|one, next| one < next));
        for word in WORDS {
            assert!(
                (3..=5).contains(&word.len()) && word.bytes().all(|byte| byte.is_ascii_lowercase()),
                "{word}"
            );
        }
    }
}
