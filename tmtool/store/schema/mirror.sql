-- What a client keeps of the units of a server to find them by their words: how far it has
-- followed the changes there, and which memory they are of.
CREATE TABLE followed (
    identity TEXT NOT NULL,
    change   INTEGER NOT NULL
);
INSERT INTO followed VALUES ('', 0);
CREATE TABLE units (
    number          INTEGER PRIMARY KEY,
    source_language TEXT NOT NULL,
    target_language TEXT NOT NULL,
    source          TEXT NOT NULL,
    target          TEXT NOT NULL,
    source_key      TEXT NOT NULL,
    state           TEXT NOT NULL,
    origin          TEXT
);
