-- What each role may do; each is given the one before it. Those who own the memory may also
-- give roles to others.
GRANT {reader} TO {translator};
GRANT {translator} TO {reviewer};
GRANT {reviewer} TO {owner};
GRANT {reader}, {translator}, {reviewer}, {owner} TO CURRENT_USER WITH ADMIN OPTION;
GRANT {reader}, {translator}, {reviewer} TO {owner} WITH ADMIN OPTION;

GRANT CONNECT ON DATABASE {database} TO {reader};
GRANT USAGE ON SCHEMA {schema} TO {reader};
GRANT CREATE ON SCHEMA {schema} TO {owner};
GRANT SELECT ON memory, documents, units, gone, actions, history, removed, drafts, places, clients,
    terms, term_history, headers, former TO {reader};

GRANT INSERT, UPDATE, DELETE ON units, drafts, places, clients TO {translator};
GRANT INSERT, UPDATE ON terms, headers, former TO {translator};
GRANT INSERT ON documents, actions, history, term_history TO {translator};
GRANT UPDATE (undone_by) ON actions TO {translator};
GRANT UPDATE (action) ON memory TO {translator};
GRANT USAGE ON ALL SEQUENCES IN SCHEMA {schema} TO {translator};
GRANT EXECUTE ON FUNCTION index_units TO {translator};

-- What a reviewer stands for, nobody changes who is none, nor says so in a reviewer's place.
CREATE OR REPLACE FUNCTION refuse_unless_reviewer() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT pg_has_role(current_user, {reviewers}, 'member') THEN
        RAISE EXCEPTION 'only a reviewer may approve a translation, or change one that is approved'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF tg_op = 'DELETE' THEN
        RETURN old;
    END IF;
    RETURN new;
END $$;
CREATE OR REPLACE TRIGGER approved_added BEFORE INSERT ON units FOR EACH ROW
    WHEN (new.state IN ('reviewed', 'final')) EXECUTE FUNCTION refuse_unless_reviewer();
CREATE OR REPLACE TRIGGER approved_changed BEFORE UPDATE ON units FOR EACH ROW
    WHEN ((old.state IN ('reviewed', 'final') OR new.state IN ('reviewed', 'final'))
        AND (old.state, old.source, old.target) IS DISTINCT FROM
            (new.state, new.source, new.target))
    EXECUTE FUNCTION refuse_unless_reviewer();
CREATE OR REPLACE TRIGGER approved_removed BEFORE DELETE ON units FOR EACH ROW
    WHEN (old.state IN ('reviewed', 'final')) EXECUTE FUNCTION refuse_unless_reviewer();

ALTER FUNCTION refuse_unless_reviewer OWNER TO {owner};
ALTER FUNCTION begin_writing OWNER TO {owner};
ALTER FUNCTION note_change OWNER TO {owner};
ALTER FUNCTION note_removal OWNER TO {owner};
ALTER FUNCTION note_sweep OWNER TO {owner};
ALTER FUNCTION index_units OWNER TO {owner};
ALTER SEQUENCE changes OWNER TO {owner};
ALTER TABLE memory OWNER TO {owner};
ALTER TABLE documents OWNER TO {owner};
ALTER TABLE units OWNER TO {owner};
ALTER TABLE gone OWNER TO {owner};
ALTER TABLE actions OWNER TO {owner};
ALTER TABLE history OWNER TO {owner};
ALTER TABLE removed OWNER TO {owner};
ALTER TABLE drafts OWNER TO {owner};
ALTER TABLE places OWNER TO {owner};
ALTER TABLE clients OWNER TO {owner};
ALTER TABLE terms OWNER TO {owner};
ALTER TABLE term_history OWNER TO {owner};
ALTER TABLE headers OWNER TO {owner};
ALTER TABLE former OWNER TO {owner};
