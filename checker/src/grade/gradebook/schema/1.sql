-- Whoever asks with SQL: a result is what came of a program in a lesson, by the key that stands for its files, the
-- lesson, the checker, seed and level. An entry is what a learner has handed in; many may have the same result.
-- A run without a number is being merged and does not count.

CREATE TABLE run (
    id INTEGER PRIMARY KEY,
    number INTEGER UNIQUE,
    plan TEXT NOT NULL UNIQUE,
    origin TEXT NOT NULL CHECK (origin IN ('graded', 'rejudged')),
    checker TEXT NOT NULL,
    seed TEXT NOT NULL, -- hexadecimal, as reports show it
    level TEXT NOT NULL,
    shards INTEGER NOT NULL
) STRICT;

CREATE TABLE lesson (
    run INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE,
    place INTEGER NOT NULL,
    id TEXT NOT NULL,
    title TEXT NOT NULL,
    digest TEXT NOT NULL,
    PRIMARY KEY (run, place)
) STRICT;

CREATE TABLE learner (
    run INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE,
    place INTEGER NOT NULL,
    login TEXT NOT NULL,
    name TEXT,
    roster TEXT NOT NULL, -- JSON: pairs of column and value
    PRIMARY KEY (run, place)
) STRICT;

CREATE TABLE entry (
    run INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE,
    place INTEGER NOT NULL,
    learner TEXT NOT NULL,
    lesson TEXT NOT NULL,
    attempt INTEGER NOT NULL,
    origin TEXT NOT NULL,
    handed_in_at TEXT,
    files TEXT, -- what the store knows the program by
    program TEXT, -- the file to build or run
    fault TEXT, -- whose it is that there is no program
    reason TEXT,
    key TEXT,
    PRIMARY KEY (run, place)
) STRICT;
CREATE INDEX entry_of_learner ON entry (run, learner);
CREATE INDEX entry_of_key ON entry (key);

CREATE TABLE bodies (
    id TEXT PRIMARY KEY,
    bytes BLOB NOT NULL
) STRICT;

CREATE TABLE result (
    key TEXT PRIMARY KEY,
    lesson TEXT NOT NULL,
    kind TEXT NOT NULL,
    level TEXT NOT NULL,
    seed TEXT NOT NULL,
    checker TEXT NOT NULL,
    cluster TEXT,
    cluster_title TEXT,
    standing TEXT NOT NULL, -- JSON
    outcome BLOB NOT NULL, -- all evidence, as zstd packs it with the bodies for a dictionary
    bodies TEXT NOT NULL REFERENCES bodies (id),
    took_ms INTEGER NOT NULL
) STRICT;

CREATE TABLE criterion (
    key TEXT NOT NULL REFERENCES result (key) ON DELETE CASCADE,
    place INTEGER NOT NULL,
    id TEXT NOT NULL,
    text TEXT NOT NULL,
    state TEXT NOT NULL,
    held INTEGER NOT NULL,
    of INTEGER NOT NULL,
    points INTEGER NOT NULL, -- of the lesson; a policy may give others
    earned INTEGER NOT NULL,
    PRIMARY KEY (key, place)
) STRICT, WITHOUT ROWID;

CREATE TABLE scenario (
    key TEXT NOT NULL REFERENCES result (key) ON DELETE CASCADE,
    place INTEGER NOT NULL,
    id TEXT NOT NULL,
    is_advice INTEGER NOT NULL,
    state TEXT NOT NULL,
    mistake TEXT,
    cut INTEGER,
    PRIMARY KEY (key, place)
) STRICT, WITHOUT ROWID;

CREATE TABLE finding (
    key TEXT NOT NULL REFERENCES result (key) ON DELETE CASCADE,
    scenario TEXT NOT NULL,
    place INTEGER NOT NULL,
    kind TEXT NOT NULL,
    criterion TEXT NOT NULL,
    sentence TEXT NOT NULL,
    PRIMARY KEY (key, scenario, place)
) STRICT, WITHOUT ROWID;
