"""Whoever changes what there is to book, or is away, waits for who books, and the other way."""

from importlib import import_module

from django.db import migrations

TABLES = import_module("bookings.migrations.0006_reference_version").TABLES
# Before the statement: who waits here has locked no row yet that a booking could be waiting for.
CHANGED = """
CREATE OR REPLACE FUNCTION bookings_reference_changed() RETURNS trigger AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(0, 0);
    INSERT INTO bookings_referenceversion (id, version)
    VALUES (1, nextval('bookings_reference_versions'))
    ON CONFLICT (id) DO UPDATE SET version = excluded.version;
    RETURN NULL;
END
$$ LANGUAGE plpgsql;
"""
WAS_CHANGED = CHANGED.replace("    PERFORM pg_advisory_xact_lock(0, 0);\n", "")
TRIGGER = """
DROP TRIGGER IF EXISTS reference_changed ON {table};
CREATE TRIGGER reference_changed {when} INSERT OR UPDATE OR DELETE OR TRUNCATE ON {table}
FOR EACH STATEMENT EXECUTE FUNCTION bookings_reference_changed();
"""
AWAY = """
CREATE FUNCTION bookings_away() RETURNS trigger AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(0, 0);
    RETURN NULL;
END
$$ LANGUAGE plpgsql;
CREATE TRIGGER away BEFORE INSERT OR UPDATE ON bookings_timeoff
FOR EACH STATEMENT EXECUTE FUNCTION bookings_away();
"""
NOT_AWAY = "DROP FUNCTION bookings_away() CASCADE;"


def triggers(when: str) -> str:
    """Return the statements by which each table calls the function then."""
    return "".join(TRIGGER.format(table=table, when=when) for table in TABLES)


class Migration(migrations.Migration):
    dependencies = [("bookings", "0009_one_wish_for_each_treatment")]

    operations = [
        migrations.RunSQL(CHANGED + triggers("BEFORE"), WAS_CHANGED + triggers("AFTER")),
        migrations.RunSQL(AWAY, NOT_AWAY),
    ]
