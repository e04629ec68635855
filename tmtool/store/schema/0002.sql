-- What a person typed and has not confirmed, with the target that it began from; and the unit
-- that each person was at in a document.
CREATE TABLE drafts (
    unit_id TEXT NOT NULL,
    author  TEXT NOT NULL,
    text    TEXT NOT NULL,
    target  TEXT NOT NULL,
    PRIMARY KEY (unit_id, author)
) STRICT, WITHOUT ROWID;
CREATE TABLE places (
    document INTEGER NOT NULL REFERENCES documents (number),
    author   TEXT NOT NULL,
    unit_id  TEXT NOT NULL,
    PRIMARY KEY (document, author)
) STRICT, WITHOUT ROWID;
