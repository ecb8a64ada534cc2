//! How much one submission may be. What is handed in may be made to exhaust whoever unpacks it.

/// Files of one submission that are looked at; whole projects with their tests stay far below.
pub(super) const MOST_FILES: usize = 5_000;

/// The longest source; the longest solution of the course has a hundredth of it.
pub(super) const MOST_SOURCE_BYTES: u64 = 1024 * 1024;

/// The longest program that is handed in as it runs: one that carries its whole runtime.
pub(super) const MOST_EXECUTABLE_BYTES: u64 = 64 * 1024 * 1024;

/// All sources of one submission, of which a program is chosen.
pub(super) const MOST_READ_BYTES: u64 = 16 * 1024 * 1024;

/// Files that a program is made of.
pub(super) const MOST_PROGRAM_FILES: usize = 64;

/// Their bytes, where they are sources.
pub(super) const MOST_PROGRAM_BYTES: usize = 4 * 1024 * 1024;

/// Folders within folders.
pub(super) const DEEPEST: usize = 32;

/// An archive that has to be kept in memory, for it lies in another.
pub(super) const MOST_ARCHIVE_BYTES: u64 = 32 * 1024 * 1024;

/// What a submission's archive may unpack to.
pub(super) const MOST_UNPACKED_BYTES: u64 = 256 * 1024 * 1024;

/// What the archive of a whole class may unpack to.
pub(super) const MOST_CLASS_BYTES: u64 = 16 * 1024 * 1024 * 1024;

/// How many times longer than packed something may be, above [`RATIO_FROM_BYTES`]. Sources reach 20.
pub(super) const HIGHEST_RATIO: u64 = 200;

/// Below this, a ratio says nothing.
pub(super) const RATIO_FROM_BYTES: u64 = 8 * 1024 * 1024;

/// A list of a course system, such as a roster.
pub(super) const MOST_LIST_BYTES: u64 = 64 * 1024 * 1024;
