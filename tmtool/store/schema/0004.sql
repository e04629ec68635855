-- Units that somebody removed in an action that history no longer tells of: they do not come back
-- with the next import.
CREATE TABLE removed (unit_id TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
CREATE INDEX actions_by_undoing ON actions (undone_by);
