-- What a term, the history of one and what files say of all their units were when they were
-- written, as 0005 has it of units: the same sums, of bytes, so that a text that is no UTF-8 any
-- more keeps nobody from the rest, and is noticed when it is read.
ALTER TABLE terms ADD COLUMN checksum INTEGER NOT NULL DEFAULT 0;
UPDATE terms SET checksum = crc32(CAST(coalesce(
    source_language || char(31) || target_language || char(31) || source || char(31) || target
    || char(31) || note || char(31) || status || char(31) || definition || char(31) || subject
    || char(31) || concept || char(31) || source_status || char(31) || props || char(31)
    || CAST(is_withdrawn AS REAL) || char(31) || changed_at || char(31) || changed_by, ''
) AS BLOB));
ALTER TABLE term_history ADD COLUMN checksum INTEGER NOT NULL DEFAULT 0;
UPDATE term_history SET checksum = crc32(CAST(coalesce(
    source_language || char(31) || target_language || char(31) || source || char(31) || target
    || char(31) || coalesce(before, ''), ''
) AS BLOB));
ALTER TABLE headers ADD COLUMN checksum INTEGER NOT NULL DEFAULT 0;
UPDATE headers SET checksum =
    crc32(CAST(coalesce(coalesce(type, '') || char(31) || text, '') AS BLOB));
