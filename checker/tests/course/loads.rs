//! Courses with nothing wrong, how lessons are found by name, and how errors of many files are told.

use workbook::course::lint::lint;
use workbook::course::{Course, CourseError, CourseErrors, Language, LessonKind, Proofs, UnknownLesson};

use crate::fixture::{CHECKS, Fixture, LESSON, MUTANTS};

/// A second lesson and a second part, beside the one of the fixture.
fn three_lessons() -> Fixture {
    let fixture = Fixture::new();
    for (folder, id, order) in [("w04/03-keep-alive", "w04-l03", 3), ("w05/03-idle-timeout", "w05-l03", 3)] {
        let text = include_str!("fixture/lesson.md")
            .replace("w04-l02", id)
            .replace("order: 2", &format!("order: {order}"));
        fixture.write(&format!("lessons/{folder}/lesson.md"), &text);
        fixture.write(&format!("lessons/{folder}/checks.toml"), include_str!("fixture/checks.toml"));
    }
    fixture.write("lessons/w05/part.md", "# HTTP servers\n\nText.\n");
    fixture
}

#[test]
fn a_lesson_is_what_its_files_say() {
    let course = Fixture::new().load();
    assert_eq!((course.parts[0].id.as_str(), course.parts[0].title.as_str()), ("w04", "HTTP clients"));
    let lesson = course.lesson("w04-l02").unwrap();
    assert_eq!((lesson.id.as_str(), lesson.part.as_str()), ("w04-l02", "w04"));
    assert_eq!((lesson.title.as_str(), lesson.order), ("Headers and Content-Length", 2));
    assert_eq!((lesson.kind, lesson.duration_min), (LessonKind::Client, 90));
    assert_eq!(lesson.folder, course.root.join("lessons/w04/02-length"));
    assert!(lesson.text.starts_with("# Headers and Content-Length\n"));
}

#[test]
fn requirements_behind_a_script_are_those_of_the_scenario() {
    let lesson = Fixture::new().lesson();
    let required: Vec<_> = lesson.checks.scenarios.iter().map(|scenario| scenario.require.len()).collect();
    assert_eq!(required, [2, 1]);
    let scripts = lesson.checks.scenarios.iter().flat_map(|scenario| &scenario.connections);
    assert!(scripts.into_iter().all(|connection| connection.require.is_empty()));
}

#[test]
fn a_mistake_finds_its_fix_whatever_the_markdown() {
    let lesson = Fixture::new().lesson();
    assert_eq!(lesson.fix(&lesson.checks.mistakes[0]), "Stop after Content-Length bytes");
}

#[test]
fn nothing_is_wrong_with_the_fixture() {
    let fixture = Fixture::new();
    let errors: Vec<_> = lint(&fixture.load()).iter().map(ToString::to_string).collect();
    assert_eq!(errors, [] as [String; 0]);
}

#[test]
fn links_elsewhere_and_into_the_same_page_are_fine() {
    let links = "[RFC](https://www.rfc-editor.org/rfc/rfc9112#section-6.3), [here](#what-you-build), [part](../part.md)";
    let fixture = Fixture::edited(LESSON, "[the same lesson](../02-length/lesson.md#done-when)", links);
    assert_eq!(fixture.lint_errors(), "");
}

#[test]
fn proofs_are_sources_mutants_and_variants() {
    let fixture = Fixture::new();
    let proofs = Proofs::load(fixture.root(), "w04-l02").unwrap();
    let languages =
        |programs: &[(Language, std::path::PathBuf)]| programs.iter().map(|one| one.0).collect::<Vec<_>>();
    assert_eq!(languages(&proofs.starters), Language::ALL);
    assert_eq!(languages(&proofs.solutions), Language::ALL);
    assert_eq!(proofs.solutions[1].1, fixture.root().join("solutions/w04-l02/main.c"));
    assert_eq!((proofs.starter_finding.as_str(), proofs.mutants.len()), ("prints.nothing", 12));
    let mutant = &proofs.mutants[0];
    assert_eq!((mutant.id.get_ref().as_str(), mutant.of), ("reads-to-eof", Language::C));
    assert_eq!(mutant.apply("a return 0; b").unwrap(), "a for (;;) {}; b");
    assert_eq!(mutant.apply("a").unwrap_err().to_string(), "the text to replace is not in the solution");
    let twice = mutant.apply("return 0 return 0").unwrap_err();
    assert_eq!(twice.to_string(), "the text to replace is in the solution 2 times");
    assert_eq!(proofs.variants[0].apply("import socket").unwrap(), "import socket, time");
}

#[test]
fn the_root_is_found_from_anywhere_inside() {
    let fixture = Fixture::new();
    let inside = fixture.root().join("exercises/w04-l02");
    assert_eq!(Course::find_root(&inside).as_deref(), Some(fixture.root()));
    assert_eq!(Course::find_root(fixture.root()).as_deref(), Some(fixture.root()));
    assert_eq!(Course::find_root(std::path::Path::new("/")), None);
}

#[test]
fn lessons_answer_to_their_ids_folders_and_parts_of_them() {
    let fixture = three_lessons();
    let course = fixture.load();
    let order: Vec<_> = course.lessons.iter().map(|lesson| lesson.id.as_str()).collect();
    assert_eq!(order, ["w04-l02", "w04-l03", "w05-l03"]);
    for name in ["w04-l03", "W04-L03", "keep-alive", "03-keep-alive", "keep", "Alive"] {
        assert_eq!(course.lesson(name).unwrap().id, "w04-l03", "{name}");
    }
    assert_eq!(course.lesson("l02").unwrap().id, "w04-l02");
    assert_eq!(course.lesson("w05").unwrap().id, "w05-l03");
}

#[test]
fn other_names_are_answered_with_those_that_exist() {
    let fixture = three_lessons();
    let course = fixture.load();
    let error = |name: &str| course.lesson(name).unwrap_err().to_string();
    assert_eq!(error("keep-alvie"), "there is no lesson `keep-alvie`; did you mean w04-l03 (keep-alive)?");
    assert_eq!(
        error("pipelining"),
        "there is no lesson `pipelining`; there are w04-l02 (length), w04-l03 (keep-alive), w05-l03 (idle-timeout)"
    );
    assert_eq!(error("l03"), "`l03` may be any of w04-l03 (keep-alive), w05-l03 (idle-timeout)");
    assert!(matches!(course.lesson(""), Err(UnknownLesson::Unknown { .. })));
}

#[test]
fn errors_of_all_files_are_told_at_once_in_order() {
    let fixture = three_lessons()
        .edit(LESSON, "order: 2", "order: 7")
        .edit(CHECKS, "stdin = \"upload\"", "stdin = \"up\"")
        .edit(CHECKS, "hello {word}", "hello {wrod}")
        .edit("lessons/w05/03-idle-timeout/lesson.md", "id: w05-l03", "id: w04-l03")
        .edit("lessons/w05/part.md", "# HTTP servers", "HTTP servers")
        .remove("lessons/w04/03-keep-alive/checks.toml");
    let CourseErrors(errors) = Course::load(fixture.root()).unwrap_err();
    let told =
        |error: &CourseError| format!("{} {:?} {}", error.file.display(), error.location(), error.message);
    let expected = [
        "lessons/w04/02-length/checks.toml Some((5, 27)) unknown placeholder `{wrod}`",
        "lessons/w04/02-length/checks.toml Some((43, 9)) unknown body `up`",
        "lessons/w04/02-length/lesson.md Some((4, 8)) order 7 is not that of the folder `02-length`",
        "lessons/w04/03-keep-alive/checks.toml None there is no such file",
        "lessons/w05/03-idle-timeout/lesson.md Some((2, 5)) the id `w04-l03` is of another part",
        "lessons/w05/03-idle-timeout/lesson.md Some((2, 5)) duplicate lesson `w04-l03`",
        "lessons/w05/part.md None there is no heading",
    ];
    assert_eq!(errors.iter().map(told).collect::<Vec<_>>(), expected);
}

#[test]
fn two_lessons_cannot_have_the_same_id() {
    let fixture = three_lessons().edit("lessons/w04/03-keep-alive/lesson.md", "id: w04-l03", "id: w04-l02");
    let errors = Course::load(fixture.root()).unwrap_err();
    insta::assert_snapshot!(errors, @r"
    error: duplicate lesson `w04-l02`
     --> lessons/w04/03-keep-alive/lesson.md:2:5
      |
    2 | id: w04-l02
      |     ^^^^^^^ also in lessons/w04/02-length/lesson.md
    ");
}

#[test]
fn files_that_are_missing_or_empty_are_named() {
    let no_part = Fixture::new().remove("lessons/w04/part.md");
    assert_eq!(no_part.load_errors(), "error: there is no such file\n--> lessons/w04/part.md");
    let no_checks = Fixture::new();
    no_checks.write(CHECKS, "arguments = []\n");
    let expected = "error: there is no criterion\n--> lessons/w04/02-length/checks.toml\n\n\
                    error: there is no scenario\n--> lessons/w04/02-length/checks.toml";
    assert_eq!(no_checks.load_errors(), expected);
}

#[test]
fn a_folder_without_lessons_is_no_course() {
    let folder = tempfile::tempdir().unwrap();
    let load = || Course::load(folder.path()).unwrap_err().to_string();
    assert_eq!(load(), "error: there is no such folder\n--> lessons");
    std::fs::create_dir(folder.path().join("lessons")).unwrap();
    assert_eq!(load(), "error: there is no lesson\n--> lessons");
}

#[test]
fn a_coloured_message_says_the_same() {
    let fixture = Fixture::edited(MUTANTS, "of = \"main.rs\"", "of = \"main.go\"");
    let errors = Proofs::load(fixture.root(), "w04-l02").unwrap_err();
    let coloured = errors.render(true);
    assert!(coloured.contains("\u{1b}[") && coloured.contains("unknown file `main.go`"), "{coloured}");
    assert!(!errors.render(false).contains('\u{1b}'));
}
