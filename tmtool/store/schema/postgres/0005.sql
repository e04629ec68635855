-- Units are found by a number that stands for their source key, which a tree takes in sorted, and
-- only once the first of them are there (index_units): to put each into every index as it comes
-- takes more than twice as long.
DROP INDEX IF EXISTS units_by_source;
DO $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM units) THEN
        DROP INDEX IF EXISTS units_by_place, units_by_change;
    END IF;
    EXECUTE format($function$
        CREATE OR REPLACE FUNCTION index_units() RETURNS void LANGUAGE plpgsql
        SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $body$
        BEGIN
            IF to_regclass('%1$I.units_by_source') IS NULL THEN
                CREATE INDEX IF NOT EXISTS units_by_place ON %1$I.units (document, position);
                CREATE INDEX IF NOT EXISTS units_by_change ON %1$I.units (change);
                CREATE INDEX units_by_source ON %1$I.units (hashtextextended(source_key, 0));
            END IF;
        END $body$
    $function$, current_schema());
    IF EXISTS (SELECT 1 FROM units) THEN
        PERFORM index_units();
    END IF;
END $$;
