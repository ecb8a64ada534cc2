//! Courses as authors write them: loaded, played, and refused with a message that helps.
#![allow(missing_docs, unreachable_pub, clippy::unwrap_used, reason = "tests")]

mod fixture;
mod loads;
mod plays;
mod refuses_front_matter;
mod refuses_lint;
mod refuses_messages;
mod refuses_mutants;
mod refuses_names;
mod refuses_network;
mod refuses_placeholders;
mod refuses_rules;
mod refuses_scripts;
mod refuses_unproved;
mod refuses_words;
