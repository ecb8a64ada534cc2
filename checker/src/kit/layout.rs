//! What editors, cargo and git want to see in a learner's folder.

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::{CARGO_TOML, File};

const FIXED: [(&str, &[u8]); 6] = [
    (".gitignore", include_bytes!("layout/gitignore")),
    (".vscode/extensions.json", include_bytes!("layout/vscode-extensions.json")),
    (".vscode/tasks.json", include_bytes!("layout/vscode-tasks.json")),
    (".zed/tasks.json", include_bytes!("layout/zed-tasks.json")),
    ("README.md", include_bytes!("layout/README.md")),
    ("compile_flags.txt", include_bytes!("layout/compile_flags.txt")),
];

/// All of it, where these are the exercises in Rust.
pub(super) fn files<'a>(rust_exercises: impl Iterator<Item = &'a str>) -> Vec<File> {
    let fixed = FIXED.map(|(path, content)| File { path: path.into(), content: content.into() });
    let cargo =
        File { path: CARGO_TOML.into(), content: Cow::Owned(cargo_toml(rust_exercises).into_bytes()) };
    fixed.into_iter().chain([cargo]).collect()
}

fn cargo_toml<'a>(rust_exercises: impl Iterator<Item = &'a str>) -> String {
    let bins: Vec<String> = rust_exercises.filter_map(bin).collect();
    format!("{}\n{}", include_str!("layout/Cargo.toml.head"), bins.join("\n"))
}

/// The table of one exercise, such as `exercises/w04-l03/main.rs`.
fn bin(path: &str) -> Option<String> {
    let lesson = path.strip_suffix("/main.rs")?.rsplit('/').next()?;
    Some(format!("[[bin]]\nname = \"{lesson}\"\npath = \"{path}\"\n"))
}

/// The tables of `today` that somebody's `Cargo.toml` lacks.
#[must_use]
pub fn missing_bins(somebodys: &str, today: &str) -> String {
    let known = bin_paths(somebodys);
    let missing: Vec<String> =
        bin_paths(today).iter().filter(|path| !known.contains(*path)).filter_map(|path| bin(path)).collect();
    missing.join("\n")
}

fn bin_paths(text: &str) -> BTreeSet<String> {
    let table: toml::Table = toml::from_str(text).unwrap_or_default();
    let bins = table.get("bin").and_then(toml::Value::as_array).into_iter().flatten();
    bins.filter_map(|bin| Some(bin.get("path")?.as_str()?.to_owned())).collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn every_exercise_in_rust_is_a_program_of_its_own() {
        let text = cargo_toml(["exercises/w04-l01/main.rs", "exercises/w04-l03/main.rs"].into_iter());
        let table: toml::Table = toml::from_str(&text).expect("it is TOML");
        let names: Vec<_> = table["bin"].as_array().unwrap().iter().map(|bin| bin["name"].as_str()).collect();
        assert_eq!(names, [Some("w04-l01"), Some("w04-l03")]);
        assert!(table.contains_key("workspace") && table["package"]["autobins"] == false.into());
    }

    #[test]
    fn only_what_is_missing_is_told() {
        let today = cargo_toml(["exercises/w04-l01/main.rs", "exercises/w04-l03/main.rs"].into_iter());
        let theirs = "[[bin]]\nname = 'mine'\npath = 'exercises/w04-l01/main.rs'\n";
        let missing = "[[bin]]\nname = \"w04-l03\"\npath = \"exercises/w04-l03/main.rs\"\n";
        assert_eq!(missing_bins(theirs, &today), missing);
        assert_eq!(missing_bins(&today, &today), "");
        assert_eq!(missing_bins("no TOML", &today).matches("[[bin]]").count(), 2);
    }

    #[test]
    fn what_editors_read_is_json() {
        for (path, content) in FIXED.iter().filter(|(path, _)| path.ends_with(".json")) {
            serde_json::from_slice::<serde_json::Value>(content)
                .unwrap_or_else(|error| panic!("{path}: {error}"));
        }
    }
}
