-- What files say of all their units (the header of a TMX): props, of a type, and notes, which have
-- none. action is the one that brought it; NULL where history no longer tells of it.
CREATE TABLE headers (
    number INTEGER PRIMARY KEY,
    action INTEGER,
    type   TEXT,
    text   TEXT NOT NULL
) STRICT;

-- The numbers that removed units had: to undo puts them back where they stood.
CREATE TABLE former (
    unit_id TEXT PRIMARY KEY,
    number  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
