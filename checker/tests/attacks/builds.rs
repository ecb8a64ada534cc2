//! Sources that attack while they are built: they look where they should not, or use up compiler and machine.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use super::attack::{Attack, attack};
use super::support::programs;

/// The start of every source in C that is otherwise an honest program.
const JOB: &str =
    "#include \"attack.h\"\nint main(int count, char **words) { return do_the_job(count, words); }\n";

fn c(source: &str) -> Attack {
    Attack::new("c", source)
}

/// A source in Rust, where there is a compiler.
fn rust(source: &str) -> Option<Attack> {
    programs::has("rustc").then(|| Attack::new("rust", source))
}

/// The reference solution, taken over as it is.
#[test]
fn including_the_solution() {
    c("#include \"@COURSE@/solutions/w01-l01/main.c\"\n").does_not_build().run();
    c("#include \"../../solutions/w01-l01/main.c\"\n").does_not_build().run();
    let Some(attack) = rust("include!(\"@COURSE@/solutions/w01-l01/main.rs\");\n") else { return };
    attack.does_not_build().run();
    let Some(attack) = rust(
        "#[path = \"../../solutions/w01-l01/main.rs\"]\nmod solution;\nfn main() { solution::main(); }\n",
    ) else {
        return;
    };
    attack.does_not_build().run();
}

/// Files of the machine and of its people, whose lines a compiler shows in its complaints.
#[test]
fn including_what_is_secret() {
    for file in [
        "/etc/shadow",
        "@HOME@/secret.txt",
        "@COURSE@/gradebook.sqlite",
        "@COURSE@/other-submission/main.c",
        "/proc/1/environ",
    ] {
        let Some(report) = c(&format!("#include \"{file}\"\n{JOB}")).does_not_build().run() else { return };
        assert!(!report.contains("root:"), "{report}");
    }
}

/// The same by the assembler.
#[test]
fn assembling_what_is_secret() {
    for word in [".incbin", ".include"] {
        for file in ["/etc/shadow", "@HOME@/secret.txt", "@COURSE@/solutions/w01-l01/main.c"] {
            let source = format!("{JOB}asm(\".data\\n{word} \\\"{file}\\\"\\n.text\");\n");
            c(&source).does_not_build().run();
        }
    }
}

/// The same by Rust's macros.
#[test]
fn embedding_what_is_secret() {
    for word in ["include_str", "include_bytes"] {
        for file in [
            "/etc/shadow",
            "@HOME@/secret.txt",
            "@COURSE@/solutions/w01-l01/main.rs",
            "@COURSE@/.workbook/gradebook.sqlite",
        ] {
            let source = format!("fn main() {{ println!(\"{{:?}}\", {word}!(\"{file}\")); }}\n");
            let Some(attack) = rust(&source) else { return };
            attack.does_not_build().run();
        }
    }
}

/// Whether a file exists, which is a secret as well.
#[test]
fn asking_for_what_exists() {
    let mut source = String::new();
    for file in [
        "/etc/shadow",
        "@HOME@/secret.txt",
        "@COURSE@/gradebook.sqlite",
        "@COURSE@/solutions/w01-l01/main.c",
        "@COURSE@/lessons/w01/part.md",
    ] {
        source += &format!("#if __has_include(\"{file}\")\n#error BREACH: there is {file}\n#endif\n");
    }
    c(&(source + JOB)).run();
}

/// Variables of the grader's environment.
#[test]
fn variables_of_the_grader() {
    let Some(attack) = rust("fn main() { print!(\"{}\", env!(\"WORKBOOK_SECRET\")); }\n") else { return };
    attack.does_not_build().run();
    let source = "fn main() { if let Some(secret) = option_env!(\"WORKBOOK_SECRET\") { eprint!(\"BREACH: {secret}\"); } }\n";
    rust(source).map(|attack| attack.finds(&["connections.none", "prints.nothing"]).run());
}

/// Devices that never end.
#[test]
fn including_what_never_ends() {
    for device in ["/dev/zero", "/dev/urandom"] {
        c(&format!("#include \"{device}\"\n{JOB}")).does_not_build().within(60).run();
    }
    // Standard input has nothing to say, and may be read.
    c(&format!("#include \"/dev/stdin\"\n{JOB}")).may_end_either_way().run();
}

/// A file that includes itself.
#[test]
fn including_itself() {
    c(&format!("#include __FILE__\n{JOB}")).does_not_build().run();
}

/// A macro of a million million words.
fn macro_bomb() -> Attack {
    let mut source = "#define A0 1+1+1+1+1+1+1+1+1+1+\n".to_owned();
    for level in 1..12 {
        let below = format!("A{} ", level - 1);
        source += &format!("#define A{level} {}\n", below.repeat(10));
    }
    c(&format!("{source}{JOB}long number = A11 1;\n"))
}

/// It takes all the time and memory that a compiler may have.
#[test]
fn a_macro_bomb() {
    macro_bomb().environment("WORKBOOK_SLOW", "0.1").does_not_build().within(60).run();
}

/// SIGKILL for the grader while the compiler is at work.
#[test]
fn the_grader_is_killed_while_it_builds() {
    macro_bomb().grader_is_killed_after(800).run_to_the_kill();
}

/// Arrays larger than any machine.
#[test]
fn huge_constants() {
    c(&format!("{JOB}char a[1UL << 40] = {{ 1 }};\n")).does_not_build().within(60).run();
    let nowhere = format!("{JOB}char a[1UL << 46];\nchar *p = a;\n");
    c(&nowhere).finds(&["crash", "not-started"]).within(60).run();
    for array in ["const A: [u8; 1 << 40] = [1; 1 << 40];", "static A: [u64; 1 << 36] = [7; 1 << 36];"] {
        let Some(attack) =
            rust(&format!("{array}\nfn main() {{ println!(\"{{}}\", A[std::env::args().count()]); }}\n"))
        else {
            return;
        };
        attack.does_not_build().within(60).run();
    }
}

/// An object file of many gigabytes.
#[test]
fn a_huge_object() {
    for words in [
        ".fill 0x7fffffff, 8, 1",
        ".space 0x1fffffffff, 1",
        ".rept 1000000000\\n.quad 1\\n.endr",
        ".org 0x7fffffffff",
    ] {
        let source = format!("{JOB}asm(\".data\\n{words}\\n.text\");\n");
        c(&source).environment("WORKBOOK_SLOW", "0.1").does_not_build().within(60).run();
    }
}

/// A constant whose computation never ends.
#[test]
fn an_endless_constant() {
    let Some(attack) = rust(include_str!("programs/long-const.rs")) else { return };
    attack.environment("WORKBOOK_SLOW", "0.1").does_not_build().within(60).run();
}

/// A type that doubles with every level.
#[test]
fn an_explosion_of_types() {
    let Some(attack) = rust(include_str!("programs/explosion.rs")) else { return };
    attack.environment("WORKBOOK_SLOW", "0.1").does_not_build().within(60).run();
}

/// A hundred thousand mistakes.
#[test]
fn a_flood_of_compiler_messages() {
    let source =
        format!("int main(void) {{\n{}}}\n", "nothing(unknown);undeclared_\u{61}(1,2;\n".repeat(30_000));
    let Some(report) = c(&source).does_not_build().within(60).run() else { return };
    assert!(report.len() < 3_000_000, "{} bytes", report.len());
    let escapes = "#error \u{1b}]52;c;QUJD\u{7}\u{1b}[2J \u{202e}\n";
    let Some(shown) = c(escapes).shown() else { return };
    assert!(
        !shown.contains("\u{1b}]") && !shown.contains("\u{1b}[2J") && !shown.contains('\u{202e}'),
        "{shown:?}"
    );
}

/// Megabytes of nothing, which are small in an archive.
#[test]
fn a_source_of_spaces() {
    let spaces = " ".repeat(30_000_000);
    c(&format!("{spaces}\n{JOB}")).may_end_either_way().within(60).run();
    let zeros = "\0".repeat(30_000_000);
    c(&format!("int x;\n{zeros}\n{JOB}")).may_end_either_way().within(60).run();
}

/// Files beside the source that compilers and version managers go by, for a grader that is called there.
#[test]
fn files_beside_the_source() {
    try_with_traps(attack!("who-am-i"));
    try_with_traps(Attack::new("python", include_str!("../support/fixture/solution/main.py")));
    if let Some(attack) = rust(include_str!("../support/fixture/solution/main.rs")) {
        try_with_traps(attack);
    }
}

fn try_with_traps(attack: Attack) {
    const FOLDER: &str = "exercises/w01-l01";
    let attack = attack.in_folder(FOLDER);
    let course = &attack.place.fixture;
    let outside = tempfile::tempdir().unwrap();
    let told = outside.path().join("told");
    let script = format!("#!/bin/sh\necho \"$0\" >> '{}'\necho BREACH >&2\nexit 1\n", told.display());
    for name in ["rustc", "cc", "as", "ld", "cc1", "collect2", "python3", "sh"] {
        for folder in [format!("{FOLDER}/bin"), FOLDER.to_owned()] {
            let file = format!("{folder}/{name}");
            course.write(&file, &script);
            fs::set_permissions(course.path(&file), fs::Permissions::from_mode(0o755)).unwrap();
        }
    }
    let toolchain = format!("[toolchain]\npath = \"{}\"\n", course.path(FOLDER).display());
    let rustc = course.path(FOLDER).join("rustc").display().to_string();
    let cargo = format!("[build]\nrustc = \"{rustc}\"\nrustc-wrapper = \"{rustc}\"\n");
    for (file, text) in [
        ("rust-toolchain.toml", toolchain.as_str()),
        (".cargo/config.toml", &cargo),
        (".python-version", "../../../../../../../../tmp\n"),
        ("sitecustomize.py", "import sys\nsys.stderr.write('BREACH: sitecustomize')\n"),
        ("specs", "*cc1:\nBREACH\n"),
        ("stdio.h", "#error BREACH: stdio.h of the exercise\n"),
    ] {
        course.write(&format!("{FOLDER}/{file}"), text);
    }
    let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| drop(attack.run())));
    let tools = fs::read_to_string(&told).unwrap_or_default();
    assert_eq!(tools, "", "tools beside the source were run, and not in a box");
    outcome.unwrap();
}
