//! The files of a submission, as they are shown.

use std::fs;
use std::path::{Path, PathBuf};

use crate::grade::handed_in::Program;
use crate::grade::store::Store;
use crate::report::class::SourceFile;
use crate::trace::escape;

/// A longer file is named and not shown.
const MOST_BYTES: u64 = 64 * 1024;
/// Of all files of a submission together.
const MOST_BYTES_TOGETHER: u64 = 256 * 1024;

/// The files of a submission, the program first. Those that are no text, or too long, have no content; a store that
/// cannot be read has no files.
pub(super) fn of(program: &Program, store: &Store) -> Vec<SourceFile> {
    let mut files = store.list(&program.digest).unwrap_or_default();
    files.sort_by_key(|file| file != Path::new(&program.file));
    let folder = store.folder(&program.digest);
    let mut room = MOST_BYTES_TOGETHER;
    files.into_iter().map(|file| shown(&folder, file, &mut room)).collect()
}

fn shown(folder: &Path, file: PathBuf, room: &mut u64) -> SourceFile {
    let place = folder.join(&file);
    let length = place.symlink_metadata().ok().filter(fs::Metadata::is_file).map(|data| data.len());
    let is_short = length.is_some_and(|length| length <= MOST_BYTES.min(*room));
    let content = is_short.then(|| fs::read(&place).ok()).flatten().filter(|content| !content.contains(&0));
    *room -= content.as_ref().map_or(0, |content| content.len() as u64).min(*room);
    SourceFile { name: escape(file.as_os_str().as_encoded_bytes()), content }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::grade::store::File;

    #[test]
    fn the_program_comes_first_and_only_short_texts_are_shown() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Store::open(folder.path()).expect("a store");
        let file = |path: &str, content: Vec<u8>| File { path: path.into(), content, is_executable: false };
        let long = vec![b'x'; usize::try_from(MOST_BYTES).expect("small") + 1];
        let most = vec![b'y'; usize::try_from(MOST_BYTES).expect("small")];
        let mut files = vec![file("a.h", b"// \xff".to_vec()), file("b\n.bin", vec![0]), file("c.c", long)];
        files.extend(["d", "e", "f", "g", "h"].map(|name| file(name, most.clone())));
        files.push(file("main.c", b"int main;".to_vec()));
        let digest = store.add(&files).expect("kept");
        let program = Program { digest, file: "main.c".to_owned() };
        let shown = of(&program, &store);
        let told: Vec<(&str, Option<usize>)> =
            shown.iter().map(|file| (file.name.as_str(), file.content.as_ref().map(Vec::len))).collect();
        let most = Some(most.len());
        assert_eq!(told[..4], [("main.c", Some(9)), ("a.h", Some(4)), ("b\\n.bin", None), ("c.c", None)]);
        assert_eq!(told[4..], [("d", most), ("e", most), ("f", most), ("g", None), ("h", None)]);
    }
}
