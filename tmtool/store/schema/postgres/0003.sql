-- Whether a term itself is to be used, as status says it of its translation; empty: nobody said.
ALTER TABLE terms ADD COLUMN source_status text NOT NULL DEFAULT '';

-- How terms were before an action, in JSON; NULL where it brought them.
CREATE TABLE term_history (
    number          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    action          bigint NOT NULL,
    source_language text COLLATE "C" NOT NULL,
    target_language text COLLATE "C" NOT NULL,
    source          text COLLATE "C" NOT NULL,
    target          text COLLATE "C" NOT NULL,
    before          text
);
CREATE INDEX term_history_by_action ON term_history (action);

-- Whoever may read or write the terms may do so here, too: roles that there are stay of use.
DO $$
DECLARE
    given record;
BEGIN
    FOR given IN
        SELECT DISTINCT grantee, privilege_type FROM information_schema.role_table_grants
        WHERE table_schema = current_schema() AND table_name = 'terms'
            AND privilege_type IN ('SELECT', 'INSERT')
    LOOP
        EXECUTE format('GRANT %s ON term_history TO %I', given.privilege_type, given.grantee);
    END LOOP;
END $$;
