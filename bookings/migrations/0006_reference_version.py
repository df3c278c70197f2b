"""Skills in the place of a bare link, and a number that changes with the reference data."""

from django.db import migrations, models

TABLES = [
    "bookings_clinic",
    "bookings_resource",
    "bookings_practitioner",
    "bookings_skill",
    "bookings_workinghours",
    "bookings_specialhours",
    "bookings_treatment",
    "bookings_treatment_extras",
    "bookings_need",
]
# From a sequence: a number that was rolled back is never used again, so what a process read
# inside a transaction that failed can never be mistaken for something else.
FUNCTION = """
CREATE SEQUENCE bookings_reference_versions;
CREATE FUNCTION bookings_reference_changed() RETURNS trigger AS $$
BEGIN
    INSERT INTO bookings_referenceversion (id, version)
    VALUES (1, nextval('bookings_reference_versions'))
    ON CONFLICT (id) DO UPDATE SET version = excluded.version;
    RETURN NULL;
END
$$ LANGUAGE plpgsql;
"""
TRIGGER = """
CREATE TRIGGER reference_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON {table}
FOR EACH STATEMENT EXECUTE FUNCTION bookings_reference_changed();
"""
UNDO = """
DROP FUNCTION bookings_reference_changed() CASCADE;
DROP SEQUENCE bookings_reference_versions;
"""


class Migration(migrations.Migration):
    dependencies = [("bookings", "0005_carry_over")]

    operations = [
        migrations.RemoveField(model_name="practitioner", name="treatments"),
        migrations.AddField(
            model_name="practitioner",
            name="treatments",
            field=models.ManyToManyField(
                related_name="practitioners",
                through="bookings.Skill",
                to="bookings.treatment",
                verbose_name="skills",
            ),
        ),
        migrations.RunSQL(
            FUNCTION + "".join(TRIGGER.format(table=table) for table in TABLES), UNDO
        ),
        migrations.RunSQL(
            "INSERT INTO bookings_referenceversion (id, version)"
            " VALUES (1, nextval('bookings_reference_versions'))",
            "DELETE FROM bookings_referenceversion",
        ),
    ]
