-- What finds units by their words: derived from them, in the same transactions, to be rebuilt at
-- any time. A shard covers some units of a language pair and never changes: what changes in a
-- unit puts its number among the unindexed, and what a shard says of it is out of date from then.
CREATE TABLE unindexed (number INTEGER PRIMARY KEY) STRICT;
INSERT INTO unindexed SELECT number FROM units;

CREATE TRIGGER unit_added AFTER INSERT ON units BEGIN
    INSERT INTO unindexed SELECT new.number
    WHERE NOT EXISTS (SELECT 1 FROM unindexed WHERE number = new.number);
END;
CREATE TRIGGER unit_changed
AFTER UPDATE OF source_key, target, state, source_language, target_language ON units
WHEN new.source_key <> old.source_key OR new.target <> old.target
    OR (new.state = 'rejected') <> (old.state = 'rejected')
    OR new.source_language <> old.source_language OR new.target_language <> old.target_language
BEGIN
    INSERT INTO unindexed SELECT new.number
    WHERE NOT EXISTS (SELECT 1 FROM unindexed WHERE number = new.number);
END;

-- numbers, words and letters describe the units of a shard by their place in it; format is that
-- of all its blobs. Numbers of shards are never used again.
CREATE TABLE shards (
    number          INTEGER PRIMARY KEY AUTOINCREMENT,
    source_language TEXT NOT NULL,
    target_language TEXT NOT NULL,
    format          INTEGER NOT NULL,
    units           INTEGER NOT NULL,
    numbers         BLOB NOT NULL,
    words           BLOB NOT NULL,
    letters         BLOB NOT NULL
) STRICT;

-- How many units hold a term, and their places in the shard; those of a frequent term stand in a
-- table of their own, so that terms stand close together.
CREATE TABLE postings (
    shard  INTEGER NOT NULL,
    term   TEXT NOT NULL,
    units  INTEGER NOT NULL,
    places BLOB,
    many   INTEGER,
    PRIMARY KEY (shard, term)
) STRICT, WITHOUT ROWID;
CREATE TABLE many_places (
    number INTEGER PRIMARY KEY,
    shard  INTEGER NOT NULL,
    places BLOB NOT NULL
) STRICT;
