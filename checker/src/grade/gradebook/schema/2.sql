-- What the instructor says to everyone in a cluster.

CREATE TABLE comment (
    cluster TEXT PRIMARY KEY,
    lesson TEXT NOT NULL,
    title TEXT NOT NULL, -- of the cluster, for readers of the table
    text TEXT NOT NULL
) STRICT;
