-- What a unit, and what history says of it, was when it was written: a byte that changed on the
-- disk is noticed when it is read.
ALTER TABLE units ADD COLUMN checksum INTEGER NOT NULL DEFAULT 0;
UPDATE units SET checksum = checksum(
    (SELECT name FROM documents WHERE number = units.document),
    id, position, source_language, target_language, source, target,
    source_content, target_content, source_key, state, origin,
    created_at, created_by, changed_at, changed_by, score, props, notes
);
ALTER TABLE history ADD COLUMN checksum INTEGER NOT NULL DEFAULT 0;
UPDATE history SET checksum = checksum(unit_id, before);
