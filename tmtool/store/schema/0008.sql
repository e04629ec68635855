-- Whether a term itself is to be used, as status says it of its translation; empty: nobody said.
ALTER TABLE terms ADD COLUMN source_status TEXT NOT NULL DEFAULT '';

-- How terms were before an action, in JSON; NULL where it brought them.
CREATE TABLE term_history (
    number          INTEGER PRIMARY KEY,
    action          INTEGER NOT NULL,
    source_language TEXT NOT NULL,
    target_language TEXT NOT NULL,
    source          TEXT NOT NULL,
    target          TEXT NOT NULL,
    before          TEXT
) STRICT;
CREATE INDEX term_history_by_action ON term_history (action);
