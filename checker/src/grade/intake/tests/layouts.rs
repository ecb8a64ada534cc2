//! Good submissions, in all the ways in which they are laid out.

use super::*;

#[test]
fn folders_files_and_archives_are_submissions() {
    let desk = Desk::with(&[
        ("ada/main.c", C),
        ("ada/util.h", "x"),
        ("ada/README.md", "x"),
        ("bob.py", "print()"),
        ("cyd_main.rs", "fn main() {}"),
        ("cyd_util.rs", ""),
        ("gil", "#!/bin/sh\n"),
        (".DS_Store", "x"),
        ("grades.pdf", "x"),
    ]);
    desk.write(
        "dan.zip",
        &zip_of(&[("project/src/main.rs", b"fn main() {}"), ("project/target/x.rs", b"x")]),
    );
    let tar = tar_of(&[(b"./main.c", tar::EntryType::Regular, C.as_bytes())]);
    desk.write("eve.tgz", &gzip(&tar));
    desk.write("fay.tar", &tar);
    let taken = desk.take();
    assert_eq!(
        desk.summary_of(&taken),
        [
            "ada 1 ada/main.c: main.c util.h",
            "bob 1 bob.py: main.py",
            "cyd 1 cyd_main.rs: main.rs util.rs",
            "dan 1 dan.zip!project/src/main.rs: main.rs",
            "eve 1 eve.tgz!main.c: main.c",
            "fay 1 fay.tar!main.c: main.c",
            "gil 1 gil: main",
        ]
    );
    assert_eq!(taken.handed_in[4].content, taken.handed_in[5].content, "equal programs are one");
    assert_eq!(taken.handed_in[4].at.unwrap().as_second(), 1_700_000_000);
    assert_eq!(taken.notes, ["grades.pdf is neither a folder, a program nor an archive, and was left out."]);
    let logins: Vec<&str> = taken.learners.iter().map(|learner| learner.login.as_str()).collect();
    assert_eq!(logins, ["ada", "bob", "cyd", "dan", "eve", "fay", "gil"]);
}

#[test]
fn downloads_of_course_systems_are_matched_with_the_roster() {
    let desk = Desk::with(&[
        ("Jane Doe_77_assignsubmission_file_/main.c", C),
        ("Jane Doe_77_assignsubmission_onlinetext_/onlinetext.html", "see file"),
        ("Ann Roe_78_assignsubmission_onlinetext/onlinetext.html", "x"),
        ("roebob_501_9001_main.c", C),
        ("roebob_501_9002_util.h", "x"),
        ("roebob_LATE_501_9003_main-1.c", "int x;"),
        ("smith_502_9004_text.html", "x"),
        ("hello-keep-eve/main.c", C),
        ("nobody/main.c", C),
    ])
    .roster("login,name,ID\njdoe,Jane Doe,\naroe,\"Roe, Ann\",\nbob,Bob Roe,\neve,Eve,\nzoe,Zoe,\n");
    let taken = desk.take();
    assert_eq!(
        desk.summary_of(&taken),
        [
            "aroe 1 Ann Roe_78_assignsubmission_onlinetext: Learner: There is only text that was typed in on the \
             web, and no file.",
            "bob 1 roebob_501_9001_main.c: main.c util.h",
            "bob 2 roebob_LATE_501_9003_main-1.c: main.c util.h",
            "eve 1 hello-keep-eve/main.c: main.c",
            "jdoe 1 Jane Doe_77_assignsubmission_file_/main.c: main.c",
            "nobody 1 nobody/main.c: main.c",
            "smith 1 smith_502_9004_text.html: Learner: There is only text that was typed in on the web, and no file.",
        ]
    );
    let logins: Vec<&str> = taken.learners.iter().map(|learner| learner.login.as_str()).collect();
    assert_eq!(logins, ["aroe", "bob", "eve", "jdoe", "nobody", "smith", "zoe"], "zoe has handed in nothing");
    assert_eq!(taken.handed_in[1].at, None, "Canvas tells no times");
    assert_eq!(
        taken.notes,
        [
            "nobody is not on the roster: it is graded under that name.",
            "Canvas does not tell when something was handed in: a roster with a column `submitted_at` does.",
            "bob: Canvas marks the submission as late (roebob_LATE_501_9003_main-1.c).",
            "smith is not on the roster: it is graded under that name.",
        ]
    );
}

#[test]
fn two_people_of_one_name_stay_two() {
    let desk =
        Desk::with(&[("doejane_1_5_main.c", C), ("doejane_2_6_main.c", "x"), ("Ada.c", C), ("ada.c", "y")]);
    let taken = desk.take();
    assert_eq!(
        desk.summary_of(&taken),
        [
            "Ada 1 Ada.c: main.c",
            "ada 1 ada.c: main.c",
            "doejane_1 1 doejane_1_5_main.c: main.c",
            "doejane_2 1 doejane_2_6_main.c: main.c",
        ]
    );
    assert_eq!(taken.notes[0], "ada and Ada differ only in case: they are graded as two learners.");
    let desk = desk.roster("login,name\nj1,Jane Doe\nj2,\"Doe, Jane\"\n");
    let notes = desk.take().notes;
    let unclear = "doejane_1_5_main.c may be j1 or j2: it is graded under the name found.";
    assert!(notes.iter().any(|note| note == unclear), "{notes:?}");
}

#[test]
fn gradescope_tells_who_and_when() {
    let yaml = "submission_9:\n  :submitters:\n  - :name: Ada\n    :email: ada@x.org\n  - :name: Bob\n    \
                :email: bob@x.org\n  :created_at: 2026-11-02 10:00:00 Z\n";
    let zip = zip_of(&[
        ("assignment_1_export/submission_9/main.c", C.as_bytes()),
        ("assignment_1_export/submission_metadata.yml", yaml.as_bytes()),
    ]);
    let desk = Desk::new().roster("First Name,Last Name,SID,Email\nAda,L,1,ada@x.org\n");
    desk.write("class.zip", &zip);
    let taken = desk.try_take("class.zip").unwrap();
    let expected = ["ada@x.org 1 submission_9/main.c: main.c", "bob@x.org 1 submission_9/main.c: main.c"];
    assert_eq!(desk.summary_of(&taken), expected);
    assert_eq!(taken.handed_in[0].at.unwrap().to_string(), "2026-11-02T10:00:00Z");
    assert_eq!(taken.notes, ["bob@x.org is not on the roster: it is graded under that name."]);
}

#[test]
fn several_archives_and_times_are_attempts() {
    let desk = Desk::new().roster("login,submitted_at\nada,2030-01-01T00:00:00Z\n");
    for (name, seconds, content) in [("ada.c", 30, "a"), ("ada.py", 10, "b"), ("ada/main.c", 20, "c")] {
        desk.write(name, content.as_bytes());
        let time = UNIX_EPOCH + Duration::from_secs(seconds);
        File::options().write(true).open(desk.path(name)).unwrap().set_modified(time).unwrap();
    }
    let taken = desk.take();
    let found: Vec<_> = taken
        .handed_in
        .iter()
        .map(|one| (one.attempt, one.origin.as_str(), one.at.unwrap().to_string()))
        .collect();
    assert_eq!(
        found,
        [
            (1, "ada.py", "1970-01-01T00:00:10Z".to_owned()),
            (2, "ada/main.c", "1970-01-01T00:00:20Z".to_owned()),
            (3, "ada.c", "2030-01-01T00:00:00Z".to_owned()),
        ]
    );
}

#[test]
fn what_lies_beside_a_program_is_no_attempt() {
    let desk = Desk::with(&[("ada.c", C), ("ada_report.pdf", "x"), ("bob_report.pdf", "x")])
        .roster("login\nada\nbob\n");
    let taken = desk.take();
    let none = "Learner: There is no program: no file ends in .rs, .c or .py, or runs as it is.";
    let expected = ["ada 1 ada.c: main.c".to_owned(), format!("bob 1 bob_report.pdf: {none}")];
    assert_eq!(desk.summary_of(&taken), expected);
    assert_eq!(taken.notes, ["ada_report.pdf is no program, and was left out."]);
}

#[test]
fn lessons_are_told_apart_by_folder_and_name() {
    let both = ["w04-l01", LESSON];
    let desk = Desk::with(&[
        ("ada/exercises/w04-l01/main.c", "one"),
        ("ada/exercises/w04-l03/main.c", "three"),
        ("ada/exercises/w04-l03/main.rs", "TODO"),
        ("bob/w04_l03.c", "three"),
        ("bob/w04-l02.c", "two"),
        ("cyd/w04-l01/README", "x"),
        ("dan/main.c", "which"),
        ("eve_w04-l03.py", "x"),
        ("fay/empty/x.txt", "x"),
    ]);
    let desk = desk.lessons(&both);
    let taken = desk.take();
    let of = |one: &HandedIn| format!("{} {}: {}", one.learner, one.lesson, desk.told(&one.content));
    let none = "Learner: There is no program: no file ends in .rs, .c or .py, or runs as it is.";
    let unnamed = "Unclear: No file or folder has the name of a lesson.";
    assert_eq!(
        taken.handed_in.iter().map(of).collect::<Vec<_>>(),
        [
            "ada w04-l01: main.c",
            "ada w04-l03: main.c",
            "bob w04-l03: main.c",
            &format!("cyd w04-l01: {none}"),
            &format!("dan w04-l01: {unnamed}"),
            &format!("dan w04-l03: {unnamed}"),
            "eve w04-l03: main.py",
            &format!("fay w04-l01: {none}"),
            &format!("fay w04-l03: {none}"),
        ]
    );
    let desk = desk.lessons(&[LESSON]);
    let summary = desk.summary();
    assert!(summary.contains(&"dan 1 dan/main.c: main.c".to_owned()), "{summary:?}");
    assert!(summary.contains(&"ada 1 ada/exercises/w04-l03/main.c: main.c".to_owned()), "{summary:?}");
}

#[test]
fn the_program_is_the_edited_one() {
    for (files, expected) in [
        (&[("a/main.c", C), ("a/main.py", "TODO"), ("a/main.rs", "TODO")][..], "main.c"),
        (&[("a/main.c", "TODO"), ("a/main.py", "TODO")], "main.c"),
        (&[("a/main.c", C), ("a/old/main.c", "x")], "main.c"),
        (&[("a/client.py", "x"), ("a/main", "\x7fELF")], "main.py"),
        (&[("a/client", "\x7fELF\x02"), ("a/README", "text")], "main"),
        (&[("a/main.py", "x"), ("a/lib/http.py", "y"), ("a/x.c", "z")], "main.py lib/http.py"),
        (
            &[("a/main.c", C), ("a/main.py", "x")],
            "Unclear: Several files could be the program: main.c and main.py.",
        ),
        (
            &[("a/main.c", C), ("a/Main.c", "x")],
            "Unclear: Several files could be the program: Main.c and main.c.",
        ),
        (
            &[
                ("a/1.c", C),
                ("a/2.c", C),
                ("a/3.c", C),
                ("a/4.c", C),
                ("a/5.c", C),
                ("a/6.c", C),
                ("a/7.c", C),
            ],
            "Unclear: Several files could be the program: 1.c, 2.c, 3.c, 4.c, 5.c and 2 more.",
        ),
        (&[("a/main.c", " \n")], "Learner: main.c is empty."),
        (
            &[("a/x.txt", "x")],
            "Learner: There is no program: no file ends in .rs, .c or .py, or runs as it is.",
        ),
    ] {
        assert_eq!(Desk::with(files).reason(), expected, "{files:?}");
    }
    let desk = Desk::new();
    fs::create_dir(desk.path("ada")).unwrap();
    assert_eq!(desk.reason(), "Learner: There is no file.");
}

/// The same entries, as a folder, as a zip and as a tar, in whatever order.
#[test]
fn an_archive_of_a_class_is_like_its_folder() {
    let inner = zip_of(&[("p/main.c", C.as_bytes())]);
    let entries: BTreeMap<&str, &[u8]> = [
        ("ada/main.c", C.as_bytes()),
        ("ada/util.h", b"x"),
        ("bob.zip", &inner),
        ("cyd_1_5_main.c", b"one"),
        ("cyd_1_6_util.h", b"x"),
        ("cyd_1_7_main-1.c", b"two"),
        ("dan/x.txt", b"x"),
        ("Eve X_3_assignsubmission_file/p.zip", &inner),
        ("__MACOSX/ada/._main.c", b"x"),
    ]
    .into();
    let desk = Desk::new();
    entries.iter().for_each(|(path, content)| desk.write(path, content));
    let expected = desk.summary();
    assert_eq!(
        expected,
        [
            "Eve X 1 Eve X_3_assignsubmission_file/p.zip!p/main.c: main.c",
            "ada 1 ada/main.c: main.c util.h",
            "bob 1 bob.zip!p/main.c: main.c",
            "cyd 1 cyd_1_5_main.c: main.c util.h",
            "cyd 2 cyd_1_7_main-1.c: main.c util.h",
            "dan 1 dan: Learner: There is no program: no file ends in .rs, .c or .py, or runs as it is.",
        ]
    );
    let parts: Vec<(&str, &[u8])> = entries.into_iter().rev().collect();
    let mut mixed = parts.clone();
    mixed.rotate_left(4);
    let tarred: Vec<_> =
        mixed.iter().map(|(name, content)| (name.as_bytes(), tar::EntryType::Regular, *content)).collect();
    let around: Vec<(String, &[u8])> =
        parts.iter().map(|(name, content)| (format!("export/{name}"), *content)).collect();
    let around: Vec<(&str, &[u8])> = around.iter().map(|(name, content)| (name.as_str(), *content)).collect();
    let desk = Desk::new();
    desk.write("class.zip", &zip_of(&parts));
    desk.write("around.zip", &zip_of(&around));
    desk.write("class.tar.gz", &gzip(&tar_of(&tarred)));
    for archive in ["class.zip", "around.zip", "class.tar.gz"] {
        let taken = desk.try_take(archive).unwrap();
        assert_eq!(desk.summary_of(&taken), expected, "{archive}");
    }
}

#[test]
fn one_learners_work_may_be_given_as_it_is() {
    let desk =
        Desk::with(&[("ada/main.c", C), ("ada/util.h", "x"), ("bob/w04-l03/main.c", C), ("cyd_main.c", C)]);
    desk.write("dan.zip", &zip_of(&[("main.c", C.as_bytes())]));
    for (entry, expected) in [
        ("ada", "ada 1 main.c: main.c util.h"),
        ("bob", "bob 1 w04-l03/main.c: main.c"),
        ("cyd_main.c", "cyd 1 cyd_main.c: main.c"),
        ("dan.zip", "dan 1 main.c: main.c"),
    ] {
        let taken = desk.try_take(entry).unwrap();
        assert_eq!(desk.summary_of(&taken), [expected]);
    }
}

#[test]
fn a_program_among_learners_is_not_the_class() {
    let desk = Desk::with(&[("main.c", C), ("ada/main.c", C), ("bob/main.c", C)]);
    let taken = desk.take();
    assert_eq!(desk.summary_of(&taken), ["in 1 main.c: main.c"]);
    let note = "main.c is neither a learner's name nor in a learner's folder: all of it was taken as one learner's. If \
                it is a class, move that away, or name a roster.";
    assert_eq!(taken.notes, [note]);
    let taken = desk.roster("login\nada\nbob\n").take();
    let expected = ["ada 1 ada/main.c: main.c", "bob 1 bob/main.c: main.c", "main 1 main.c: main.c"];
    let told: Vec<String> = taken
        .handed_in
        .iter()
        .map(|one| format!("{} {} {}: main.c", one.learner, one.attempt, one.origin))
        .collect();
    assert_eq!(told, expected);
    assert_eq!(taken.notes, ["main is not on the roster: it is graded under that name."]);
}
