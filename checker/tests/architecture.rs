//! Modules depend on each other in one direction only.
#![allow(missing_docs, reason = "tests")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// For each module, those that it may use. Whoever may use a module that re-exports a type may use the type.
const ALLOWED: [(&str, &[&str]); 13] = [
    ("book", &["course", "report"]),
    ("run", &["course", "lab", "wire", "judge", "trace", "kernel", "deadlines"]),
    ("judge", &["course", "trace"]),
    ("report", &["judge", "trace"]),
    ("course", &["trace"]),
    ("grade", &["run", "lab", "course", "judge", "report", "trace"]),
    ("learner", &["course", "judge", "report", "trace"]),
    ("kit", &["course", "trace"]),
    ("lab", &["trace", "kernel", "deadlines"]),
    ("wire", &["trace", "kernel", "deadlines"]),
    ("kernel", &[]),
    ("deadlines", &[]),
    ("trace", &[]),
];

/// May use everything, and nobody may use it.
const TOP: &str = "cli";

#[test]
fn every_arrow_between_modules_is_allowed() {
    let wrong: Vec<String> = sources()
        .iter()
        .flat_map(|(module, file)| {
            let used = used_modules(&fs::read_to_string(file).expect("a source file"));
            used.into_iter()
                .filter(|(to, _)| !is_allowed(module, to))
                .map(move |(to, line)| format!("{}:{line}: {module} must not use {to}", file.display()))
        })
        .collect();
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

#[test]
fn every_module_has_its_rule() {
    let known = ALLOWED.iter().map(|(module, _)| *module).chain([TOP, "lib", "main"]);
    let known: Vec<&str> = known.collect();
    for (module, file) in sources() {
        assert!(known.contains(&module.as_str()), "{}: say what {module} may use", file.display());
    }
}

#[test]
fn contributors_are_told_why_each_dependency_is_there() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let read = |file: &str| fs::read_to_string(folder.join(file)).expect("a file");
    let manifest: toml::Table = read("Cargo.toml").parse().expect("TOML");
    let targets = manifest["target"].as_table().expect("a table").values().filter_map(toml::Value::as_table);
    let kinds = ["dependencies", "build-dependencies", "dev-dependencies"];
    let tables = targets.chain([&manifest]).flat_map(|table| kinds.map(|kind| table.get(kind)));
    let mut crates: Vec<&String> =
        tables.flatten().flat_map(|table| table.as_table().expect("a table").keys()).collect();
    crates.sort();
    crates.dedup();
    let page = read("../CONTRIBUTING.md");
    let rows = page.split("| Crate | Why |").nth(1).expect("the table of crates");
    let cells = rows.lines().filter_map(|row| row.strip_prefix("| ")?.split(" | ").next());
    let mut told: Vec<&str> = cells
        .flat_map(|cell| cell.trim_start_matches("*tests:* ").split(", "))
        .filter(|name| *name != "---")
        .collect();
    told.sort_unstable();
    assert_eq!(told, crates);
}

#[test]
fn paths_are_found_however_they_are_written() {
    let source = "use crate::trace::{What, Bytes};\n\
                  use crate::{course, judge::{Verdict, State}};\n\
                  // use crate::comment::X;\n\
                  fn f() -> crate::lab::Limits {\n    crate::deadlines::RUN\n}\n\
                  #[cfg(test)]\nuse workbook::wire;\n";
    let found: Vec<_> = used_modules(source).into_iter().collect();
    let expected = [("course", 2), ("deadlines", 5), ("judge", 2), ("lab", 4), ("trace", 1)];
    assert_eq!(found, expected.map(|(module, line)| (module.to_owned(), line)));
    assert!(is_allowed("cli", "wire") && is_allowed("judge", "judge") && is_allowed("main", "cli"));
    assert!(!is_allowed("trace", "course") && !is_allowed("run", "cli"));
}

fn is_allowed(from: &str, to: &str) -> bool {
    let allowed = ALLOWED.iter().find(|(module, _)| *module == from);
    from == to
        || [TOP, "lib", "main"].contains(&from)
        || allowed.is_some_and(|(_, to_all)| to_all.contains(&to))
}

/// Every source file with the module it belongs to.
fn sources() -> Vec<(String, PathBuf)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("a folder of sources").filter_map(Result::ok) {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push((module_of(path.strip_prefix(&root).expect("below the root")), path));
            }
        }
    }
    assert!(found.len() > 50, "the sources are found");
    found
}

/// The first part of a path below `src`, without `.rs`.
fn module_of(path: &Path) -> String {
    let first = path.iter().next().expect("a name").to_string_lossy().into_owned();
    first.trim_end_matches(".rs").to_owned()
}

/// Modules that a source names behind `crate::`, each with the first line that does.
fn used_modules(source: &str) -> BTreeMap<String, usize> {
    let mut used = BTreeMap::new();
    for (number, line) in source.lines().enumerate() {
        let code = line.split("//").next().unwrap_or_default();
        for (at, _) in code.match_indices("crate::") {
            for module in names_at(&code[at + "crate::".len()..]) {
                used.entry(module).or_insert(number + 1);
            }
        }
    }
    used
}

/// The module, or those in braces, at the beginning of a path.
fn names_at(path: &str) -> Vec<String> {
    let name = |text: &str| -> String {
        text.trim().chars().take_while(|&character| character == '_' || character.is_alphanumeric()).collect()
    };
    let Some(list) = path.strip_prefix('{') else {
        return vec![name(path)];
    };
    let mut depth = 0;
    let outer: String = list
        .chars()
        .filter(|&character| {
            depth += i32::from(character == '{') - i32::from(character == '}');
            depth == 0
        })
        .collect();
    outer.split(',').map(name).filter(|name| !name.is_empty()).collect()
}
