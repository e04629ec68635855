-- What the numbered files of SQLite say, for a server. Texts sort by code point, as they do there.
-- Units and history refer to other tables without foreign keys: to check each row costs more than
-- to write it, and who writes is alone.

-- Who this memory is, wherever it is copied to, the number of the last file that was applied, and
-- that of the last action: a transaction that is taken back leaves no gap.
CREATE TABLE memory (
    identity uuid NOT NULL DEFAULT gen_random_uuid(),
    version  integer NOT NULL,
    action   bigint NOT NULL
);
INSERT INTO memory (version, action) VALUES (0, 0);

-- A document is an ordered text in one language pair; a unit may belong to none.
CREATE TABLE documents (
    number          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name            text COLLATE "C" NOT NULL,
    source_language text COLLATE "C" NOT NULL,
    target_language text COLLATE "C" NOT NULL,
    UNIQUE (name, source_language, target_language)
);

-- change numbers what was written to units, in the order in which it can be seen: only one
-- transaction writes at a time.
CREATE SEQUENCE changes;
CREATE TABLE units (
    number          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id              text COLLATE "C" NOT NULL UNIQUE,
    document        bigint,
    position        double precision NOT NULL DEFAULT 0,
    source_language text COLLATE "C" NOT NULL,
    target_language text COLLATE "C" NOT NULL,
    source          text COLLATE "C" NOT NULL,
    target          text COLLATE "C" NOT NULL,
    source_content  text,
    target_content  text,
    source_key      text COLLATE "C" NOT NULL,
    state           text COLLATE "C" NOT NULL,
    origin          text,
    created_at      text,
    created_by      text,
    changed_at      text,
    changed_by      text,
    score           double precision,
    props           text,
    notes           text,
    checksum        bigint NOT NULL,
    change          bigint NOT NULL DEFAULT nextval('changes')
);
CREATE INDEX units_by_place ON units (document, position);
-- A long text has no place in a tree of pages: its hash has.
CREATE INDEX units_by_source ON units USING hash (source_key);
CREATE INDEX units_by_change ON units (change);

-- Units that were removed, and when.
CREATE TABLE gone (
    change bigint PRIMARY KEY DEFAULT nextval('changes'),
    number bigint NOT NULL
);

-- An action is what one person did in one go; undone_by names the action that took it back.
CREATE TABLE actions (
    number    bigint PRIMARY KEY,
    kind      text COLLATE "C" NOT NULL,
    at        text COLLATE "C" NOT NULL,
    author    text NOT NULL,
    undone_by bigint REFERENCES actions (number)
);
CREATE INDEX actions_by_undoing ON actions (undone_by);

-- What each action changed: the unit as it was before, as JSON; NULL where there was none.
CREATE TABLE history (
    rowid    bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    action   bigint NOT NULL,
    unit_id  text COLLATE "C" NOT NULL,
    before   text,
    checksum bigint NOT NULL
);
CREATE INDEX history_by_action ON history (action);
CREATE INDEX history_by_unit ON history (unit_id);

-- Units that somebody removed in an action that history no longer tells of: they do not come back
-- with the next import.
CREATE TABLE removed (unit_id text COLLATE "C" PRIMARY KEY);

-- What a person typed and has not confirmed, with the target that it began from; and the unit
-- that each person was at in a document.
CREATE TABLE drafts (
    unit_id text COLLATE "C" NOT NULL,
    author  text NOT NULL,
    text    text NOT NULL,
    target  text NOT NULL,
    PRIMARY KEY (unit_id, author)
);
CREATE TABLE places (
    document bigint NOT NULL REFERENCES documents (number),
    author   text NOT NULL,
    unit_id  text NOT NULL,
    PRIMARY KEY (document, author)
);

-- The last transaction of each client, so that one whose answer was lost can be looked for: numbers
-- that the server gives may be given again after a crash.
CREATE TABLE clients (
    client uuid PRIMARY KEY,
    wrote  bigint NOT NULL,
    at     timestamptz NOT NULL DEFAULT now()
);

-- Terms of glossaries and their translations. A term that somebody took out stays, withdrawn.
CREATE TABLE terms (
    source_language text COLLATE "C" NOT NULL,
    target_language text COLLATE "C" NOT NULL,
    source          text COLLATE "C" NOT NULL,
    target          text COLLATE "C" NOT NULL,
    note            text NOT NULL,
    status          text NOT NULL,
    definition      text NOT NULL,
    subject         text NOT NULL,
    concept         text NOT NULL,
    changed_at      text NOT NULL,
    changed_by      text NOT NULL,
    is_withdrawn    integer NOT NULL DEFAULT 0,
    PRIMARY KEY (source_language, target_language, source, target)
);

-- Whoever writes to units, by whatever means, waits for those who are at it (the number is that
-- of store/postgres.py), so that changes are seen in the order of their numbers; those who have
-- the memory open are told of it when it is done.
CREATE FUNCTION begin_writing() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(1953330284);
    PERFORM pg_notify('tmtool', '');
    RETURN NULL;
END $$;
CREATE TRIGGER units_written BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON units
    FOR EACH STATEMENT EXECUTE FUNCTION begin_writing();
CREATE TRIGGER terms_written BEFORE INSERT OR UPDATE OR DELETE ON terms
    FOR EACH STATEMENT EXECUTE FUNCTION begin_writing();

CREATE FUNCTION note_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    new.change := nextval(format('%I.changes', tg_table_schema));
    RETURN new;
END $$;
CREATE TRIGGER unit_changed BEFORE UPDATE ON units
    FOR EACH ROW EXECUTE FUNCTION note_change();

CREATE FUNCTION note_removal() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    EXECUTE format('INSERT INTO %I.gone (number) VALUES ($1)', tg_table_schema) USING old.number;
    RETURN NULL;
END $$;
CREATE TRIGGER unit_removed AFTER DELETE ON units
    FOR EACH ROW EXECUTE FUNCTION note_removal();

-- What was removed in one sweep has no trace: whoever follows begins anew.
CREATE FUNCTION note_sweep() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    EXECUTE format('UPDATE %I.memory SET identity = gen_random_uuid()', tg_table_schema);
    RETURN NULL;
END $$;
CREATE TRIGGER units_swept AFTER TRUNCATE ON units
    FOR EACH STATEMENT EXECUTE FUNCTION note_sweep();
