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
        ("a.zip", encrypted, "Unclear: It is encrypted."),
        ("a.zip", b"PK\x03\x04".to_vec(), "Unclear: It is a damaged archive: "),
        ("a.zip", flipped, "Unclear: main.c cannot be read: Invalid checksum."),
        ("a.zip", Vec::new(), "Unclear: It is a damaged archive: "),
        ("a.tar", Vec::new(), "Unclear: It is a damaged archive: it is empty."),
        ("a.tgz", gzip(&tar_of(&[good]))[..60].to_vec(), "Unclear: "),
        ("a.tgz", b"no gzip at all".to_vec(), "Unclear: It is a damaged archive: invalid gzip header."),
        (
            "a.zip",
            zip_of(&[("main.c", C.as_bytes()), ("x", &zeros)]),
            "Unclear: It is unpacked more than 200 times as long as packed.",
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
        "cannot use in/class.zip: It is a damaged archive: invalid Zip archive: Could not find EOCD."
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
    assert!(error.starts_with("cannot keep the files of programs: No such file or directory"), "{error}");
}
