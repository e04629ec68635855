-- A document is an ordered text in one language pair; a unit may belong to none.
CREATE TABLE documents (
    number          INTEGER PRIMARY KEY,
    name            TEXT NOT NULL,
    source_language TEXT NOT NULL,
    target_language TEXT NOT NULL,
    UNIQUE (name, source_language, target_language)
) STRICT;

-- Texts are kept plain for searching; *_content, props and notes are JSON. What is empty is NULL.
CREATE TABLE units (
    number          INTEGER PRIMARY KEY,
    id              TEXT NOT NULL UNIQUE,
    document        INTEGER REFERENCES documents (number),
    position        REAL NOT NULL DEFAULT 0,
    source_language TEXT NOT NULL,
    target_language TEXT NOT NULL,
    source          TEXT NOT NULL,
    target          TEXT NOT NULL,
    source_content  TEXT,
    target_content  TEXT,
    source_key      TEXT NOT NULL,
    state           TEXT NOT NULL,
    origin          TEXT,
    created_at      TEXT,
    created_by      TEXT,
    changed_at      TEXT,
    changed_by      TEXT,
    score           REAL,
    props           TEXT,
    notes           TEXT
) STRICT;
CREATE INDEX units_by_place ON units (document, position);
CREATE INDEX units_by_source ON units (source_key);

-- An action is what one person did in one go; undone_by names the action that took it back.
CREATE TABLE actions (
    number    INTEGER PRIMARY KEY AUTOINCREMENT,
    kind      TEXT NOT NULL,
    at        TEXT NOT NULL,
    author    TEXT NOT NULL,
    undone_by INTEGER REFERENCES actions (number)
) STRICT;

-- What each action changed: the unit as it was before, as JSON; NULL where there was none.
CREATE TABLE history (
    action  INTEGER NOT NULL REFERENCES actions (number),
    unit_id TEXT NOT NULL,
    before  TEXT
) STRICT;
CREATE INDEX history_by_action ON history (action);
CREATE INDEX history_by_unit ON history (unit_id);
