//! What may not harm anybody else.

use super::*;

#[test]
fn limits_are_told() {
    let long = "x".repeat(1024 * 1024 + 1);
    let desk = Desk::with(&[("a/main.c", &long)]);
    assert_eq!(desk.reason(), "Unclear: main.c has more than 1,048,576 bytes.");
    let desk = Desk::with(&[("a/main.c", C)]);
    (0..64).for_each(|number| desk.write(format!("a/{number}.h"), b"x"));
    assert_eq!(desk.reason(), "Unclear: The program has more than 64 files.");
    let desk = Desk::with(&[("a/main.c", C)]);
    (0..10_000).for_each(|number| desk.write(format!("a/{number}"), b""));
    assert_eq!(desk.reason(), "Unclear: There are more than 5000 files.");
    let deep = format!("a/{}main.c", "d/".repeat(40));
    let reason = Desk::with(&[(deep.as_str(), C)]).reason();
    assert!(reason.ends_with(" lies more than 32 folders deep."), "{reason}");
}

#[test]
fn links_and_pipes_are_named_and_never_opened() {
    let desk = Desk::new();
    let secret = desk.folder.path().join("secret.c");
    fs::write(&secret, "secret").unwrap();
    fs::create_dir(desk.path("ada")).unwrap();
    symlink(&secret, desk.path("ada/main.c")).unwrap();
    symlink(desk.folder.path(), desk.path("bob")).unwrap();
    desk.write("cyd/main.c", C.as_bytes());
    symlink("/", desk.path("cyd/root")).unwrap();
    fs::create_dir(desk.path("dan")).unwrap();
    let mode = rustix::fs::Mode::RUSR;
    rustix::fs::mknodat(rustix::fs::CWD, desk.path("dan/main.py"), rustix::fs::FileType::Fifo, mode, 0)
        .unwrap();
    rustix::fs::mknodat(rustix::fs::CWD, desk.path("eve"), rustix::fs::FileType::Fifo, mode, 0).unwrap();
    assert_eq!(
        desk.summary(),
        [
            "ada 1 ada: Unclear: main.c is a link, and links are not followed.",
            "bob 1 bob: Unclear: It is a link, and links are not followed.",
            "cyd 1 cyd/main.c: main.c",
            "dan 1 dan: Unclear: main.py is neither a file nor a folder.",
            "eve 1 eve: Unclear: It is neither a file nor a folder.",
        ]
    );
}

#[test]
fn hostile_archives_are_refused_by_name() {
    let regular = tar::EntryType::Regular;
    let good = (&b"main.c"[..], regular, C.as_bytes());
    let mut encrypted = zip_of(&[("main.c", C.as_bytes())]);
    let at = encrypted.windows(4).position(|bytes| bytes == b"PK\x01\x02").unwrap();
    (encrypted[at + 8], encrypted[6]) = (encrypted[at + 8] | 1, encrypted[6] | 1);
    let mut flipped = zip_of(&[("main.c", C.as_bytes())]);
    flipped[14] ^= 1;
    let central = flipped.windows(4).position(|bytes| bytes == b"PK\x01\x02").unwrap();
    flipped[central + 16] ^= 1;
    let zeros = vec![0; 64 * 1024 * 1024];
    let cases: Vec<(&str, Vec<u8>, &str)> = vec![
        (
            "a.zip",
            zip_of(&[("../main.c", b"x")]),
            "Unclear: The archive has a part named ../main.c, which leads out of it.",
        ),
        (
            "a.zip",
            zip_of(&[("/main.c", b"x")]),
            "Unclear: The archive has a part named /main.c, which leads out of it.",
        ),
        (
            "a.zip",
            zip_of(&[("C:\\main.c", b"x")]),
            "Unclear: The archive has a part named C:\\\\main.c, which leads out of it.",
        ),
        (
            "a.tar",
            tar_of(&[good, (b"x/../../y.c", regular, b"x")]),
            "Unclear: The archive has a part named x/../../y.c, which leads out of it.",
        ),
        (
            "a.tar",
            tar_of(&[(b"main.c", tar::EntryType::Symlink, b"")]),
            "Unclear: main.c is a link, and links are not followed.",
        ),
        (
            "a.tar",
            tar_of(&[(b"main.c", tar::EntryType::Link, b"")]),
            "Unclear: main.c is a link, and links are not followed.",
        ),
        (
            "a.tar",
            tar_of(&[(b"main.c", tar::EntryType::Fifo, b"")]),
            "Unclear: main.c is neither a file nor a folder.",
        ),
        ("a.tar", tar_of(&[good, (b"dev", tar::EntryType::Char, b"")]), "main.c"),
        ("a.zip", encrypted, "Unclear: main.c is encrypted."),
        ("a.zip", b"PK\x03\x04".to_vec(), "Unclear: It is a damaged archive: "),
        ("a.zip", flipped, "Unclear: main.c cannot be read: Invalid checksum."),
        ("a.zip", Vec::new(), "Unclear: It is a damaged archive: "),
        ("a.tar", Vec::new(), "Unclear: It is a damaged archive: it is empty."),
        ("a.tgz", gzip(&tar_of(&[good]))[..60].to_vec(), "Unclear: "),
        ("a.tgz", b"no gzip at all".to_vec(), "Unclear: It is a damaged archive: invalid gzip header."),
        (
            "a.zip",
            zip_of(&[("main.c", C.as_bytes()), ("x", &zeros)]),
            "Unclear: x is unpacked more than 200 times as long as packed.",
        ),
        (
            "a.tgz",
            gzip(&tar_of(&[good, (b"x", regular, &zeros)])),
            "Unclear: It is unpacked more than 200 times as long as packed.",
        ),
        (
            "a.zip",
            zip_of(&[("b.zip", &zip_of(&[("main.c", b"x")]))]),
            "Unclear: b.zip is an archive within an archive, which is not opened.",
        ),
    ];
    for (name, bytes, expected) in cases {
        let desk = Desk::new();
        desk.write(name, &bytes);
        let reason = desk.reason();
        assert!(reason.starts_with(expected), "{reason}\n{expected}");
        assert!(!expected.ends_with('.') || reason == expected, "{reason}");
    }
}

#[test]
fn every_other_submission_is_taken_in_and_nothing_is_written_outside() {
    let desk = Desk::with(&[("ada/main.c", C)]);
    let regular = tar::EntryType::Regular;
    desk.write("slip.zip", &zip_of(&[("../../../slip.c", b"x"), ("/tmp/workbook-slip.c", b"x")]));
    desk.write(
        "slop.tar",
        &tar_of(&[(b"../../slop.c", regular, b"x"), (b"d", tar::EntryType::Symlink, b"")]),
    );
    desk.write("twin.tar", &tar_of(&[(b"x.c", regular, b"x"), (b"x.c/main.c", regular, b"y")]));
    for name in [&b"new\nline"[..], b"=cmd()", b"q\"uote", b"rtl\xe2\x80\xae", b"raw\xff", b"<script>", b"-o"]
    {
        desk.write(Path::new(OsStr::from_bytes(name)).join("main.c"), C.as_bytes());
    }
    let before = below(desk.folder.path());
    let summary = desk.summary();
    assert_eq!(
        summary,
        [
            "-o 1 -o/main.c: main.c",
            "<script> 1 <script>/main.c: main.c",
            "=cmd() 1 =cmd()/main.c: main.c",
            "ada 1 ada/main.c: main.c",
            "new\\nline 1 new\\nline/main.c: main.c",
            "q\"uote 1 q\"uote/main.c: main.c",
            "raw\\xFF 1 raw\\xFF/main.c: main.c",
            "rtl\\xE2\\x80\\xAE 1 rtl\\xE2\\x80\\xAE/main.c: main.c",
            "slip 1 slip.zip: Unclear: The archive has a part named ../../../slip.c, which leads out of it.",
            "slop 1 slop.tar: Unclear: The archive has a part named ../../slop.c, which leads out of it.",
            "twin 1 twin.tar!x.c/main.c: main.c",
        ]
    );
    let mut after = below(desk.folder.path());
    after.retain(|path| !path.starts_with("store/"));
    assert_eq!(after, before);
    assert!(!Path::new("/tmp/workbook-slip.c").exists());
}

/// Some of `part`, changed where the archive says that it is packed as usual.
fn with_part_changed(mut zip: Vec<u8>, part: &str, change: fn(&mut [u8])) -> Vec<u8> {
    let named = |at: usize, zip: &[u8]| zip[at..].starts_with(part.as_bytes());
    for at in 0..zip.len() {
        if named(at, &zip) && zip[at - 46..].starts_with(b"PK\x01\x02") {
            change(&mut zip[at - 40..]);
        } else if named(at, &zip) && zip[at - 30..].starts_with(b"PK\x03\x04") {
            change(&mut zip[at - 26..]);
        }
    }
    zip
}

#[test]
fn a_class_in_one_archive_is_not_stopped_by_what_one_has_handed_in() {
    let zeros = vec![0; 64 * 1024 * 1024];
    let parts = [
        ("ada/main.c", C.as_bytes()),
        ("bob/core", &zeros),
        ("bob/main.c", C.as_bytes()),
        ("cyd/main.c", C.as_bytes()),
        ("dan/main.c", C.as_bytes()),
        ("eve/main.c", C.as_bytes()),
    ];
    // Flags, then the method: here encrypted, and packed in a way that nobody knows.
    let zip = with_part_changed(zip_of(&parts), "cyd/main.c", |flags| flags[2] |= 1);
    let zip = with_part_changed(zip, "dan/main.c", |flags| flags[4] = 99);
    let desk = Desk::new();
    desk.write("class.zip", &zip);
    assert_eq!(
        desk.summary_of(&desk.try_take("class.zip").unwrap()),
        [
            "ada 1 ada/main.c: main.c",
            "bob 1 bob: Unclear: core is unpacked more than 200 times as long as packed.",
            "cyd 1 cyd: Unclear: main.c is encrypted.",
            "dan 1 dan: Unclear: main.c cannot be read: compression method not supported: 99.",
            "eve 1 eve/main.c: main.c",
        ]
    );
    let regular = tar::EntryType::Regular;
    let parts = parts.map(|(name, content)| (name.as_bytes(), regular, content));
    desk.write("class.tgz", &gzip(&tar_of(&parts)));
    let all = ["ada", "bob", "cyd", "dan", "eve"].map(|who| format!("{who} 1 {who}/main.c: main.c"));
    assert_eq!(desk.summary_of(&desk.try_take("class.tgz").unwrap()), all);
}

#[test]
fn nobody_tells_whose_submissions_are_but_the_course_s_system() {
    let forged =
        "mal:\n  :submitters:\n  - :name: Ada\n    :email: ada\nada:\n  :submitters:\n  - :email: mal\n";
    let told = "a:\n  :submitters:\n  - :email: ada@x.org\nm:\n  :submitters:\n  - :email: mal@x.org\n";
    let desk = Desk::new();
    let parts: [(&str, &str); 4] = [
        ("ada/main.c", C),
        ("mal/main.c", "int mal;"),
        ("mal/submission_metadata.yml", forged),
        ("zed/main.c", C),
    ];
    desk.write("class.zip", &zip_of(&parts.map(|(name, text)| (name, text.as_bytes()))));
    let taken = desk.try_take("class.zip").unwrap();
    let origins = |taken: &Taken| -> Vec<String> {
        taken.handed_in.iter().map(|one| format!("{} {}", one.learner, one.origin)).collect()
    };
    assert_eq!(origins(&taken), ["ada ada/main.c", "mal mal/main.c", "zed zed/main.c"]);
    for root in ["", "export/"] {
        let names = ["a/main.c", "m/main.c", "m/submission_metadata.yml", "submission_metadata.yml"];
        let names = names.map(|name| format!("{root}{name}"));
        let texts = [C, "int mal;", &forged.replace("mal:", "m:").replace("ada:", "a:"), told];
        for order in [[0, 1, 2, 3], [3, 2, 1, 0]] {
            let parts: Vec<(&str, &[u8])> =
                order.iter().map(|&at| (names[at].as_str(), texts[at].as_bytes())).collect();
            desk.write("class.zip", &zip_of(&parts));
            let taken = desk.try_take("class.zip").unwrap();
            assert_eq!(origins(&taken), ["ada@x.org a/main.c", "mal@x.org m/main.c"]);
        }
    }
}

#[test]
fn what_ends_all_is_told() {
    let desk = Desk::new();
    let shown = |result: Result<Taken, IntakeError>| {
        let root = desk.path("").display().to_string();
        result.expect_err("an error").to_string().replace(&root, "in/")
    };
    assert_eq!(shown(desk.try_take("nothing")), "cannot read in/nothing: No such file or directory");
    desk.write("class.zip", b"no zip");
    let error = shown(desk.try_take("class.zip"));
    assert_eq!(
        error,
        "cannot use in/class.zip: It is a damaged archive: invalid Zip archive: Could not find EOCD.\n  \
         download it again, or unpack it and grade the folder"
    );
    let options = Options {
        lessons: &desk.lessons,
        course: &[],
        roster: None,
        is_starter: &|_, _| false,
        is_interrupted: &|| true,
    };
    assert!(matches!(take_in(&desk.path(""), &options, &desk.store), Err(IntakeError::Interrupted)));
    fs::write(desk.folder.path().join("plain"), "x").unwrap();
    let store = Store::open(&desk.folder.path().join("other")).unwrap();
    fs::remove_dir(desk.folder.path().join("other")).unwrap();
    desk.write("ada/main.c", C.as_bytes());
    let options = Options { is_interrupted: &|| false, ..options };
    let error = take_in(&desk.path(""), &options, &store).expect_err("no store").to_string();
    let error = error.replace(&desk.folder.path().display().to_string(), "DIR");
    let expected = "cannot keep the files of programs in DIR/other/: No such file or directory\n  put that right; the \
                    same command goes on from there";
    assert_eq!(error, expected);
}
