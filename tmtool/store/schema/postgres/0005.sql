-- Units are found by a number that stands for their source key, and all that finds them, but for
-- their ids, is made when the first of them are there: to put each into every index as it comes
-- takes twice as long. Who writes units may have that done (index_units) and needs not own them.
DROP INDEX IF EXISTS units_by_source;
DO $$
DECLARE
    given record;
    owner name := (
        SELECT tableowner FROM pg_tables
        WHERE schemaname = current_schema() AND tablename = 'units'
    );
BEGIN
    EXECUTE format($function$
        CREATE OR REPLACE FUNCTION index_units() RETURNS void LANGUAGE plpgsql
        SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $body$
        BEGIN
            CREATE INDEX IF NOT EXISTS units_by_place ON %1$I.units (document, position);
            CREATE INDEX IF NOT EXISTS units_by_change ON %1$I.units (change);
            CREATE INDEX IF NOT EXISTS units_by_source
                ON %1$I.units (hashtextextended(source_key, 0));
            CREATE INDEX IF NOT EXISTS history_by_action ON %1$I.history (action);
            CREATE INDEX IF NOT EXISTS history_by_unit ON %1$I.history (unit_id);
        END $body$
    $function$, current_schema());
    IF EXISTS (SELECT 1 FROM units) THEN
        PERFORM index_units();
    ELSE
        DROP INDEX IF EXISTS units_by_place, units_by_change, history_by_action, history_by_unit;
    END IF;

    REVOKE EXECUTE ON FUNCTION index_units FROM PUBLIC;
    FOR given IN
        SELECT DISTINCT grantee FROM information_schema.role_table_grants
        WHERE table_schema = current_schema() AND table_name = 'units'
            AND privilege_type = 'INSERT'
    LOOP
        EXECUTE format('GRANT EXECUTE ON FUNCTION index_units TO %I', given.grantee);
    END LOOP;
    EXECUTE format('ALTER FUNCTION index_units OWNER TO %I', owner);
END $$;
