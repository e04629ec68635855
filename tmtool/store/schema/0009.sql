-- What is said of a term and has no place of its own: types and texts, in JSON; empty: nothing.
ALTER TABLE terms ADD COLUMN props TEXT NOT NULL DEFAULT '';
