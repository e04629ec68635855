-- Terms of glossaries and their translations. A term that somebody took out stays, withdrawn.
CREATE TABLE terms (
    source_language TEXT NOT NULL,
    target_language TEXT NOT NULL,
    source          TEXT NOT NULL,
    target          TEXT NOT NULL,
    note            TEXT NOT NULL,
    status          TEXT NOT NULL,
    definition      TEXT NOT NULL,
    subject         TEXT NOT NULL,
    concept         TEXT NOT NULL,
    changed_at      TEXT NOT NULL,
    changed_by      TEXT NOT NULL,
    is_withdrawn    INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (source_language, target_language, source, target)
) STRICT, WITHOUT ROWID;
