"""Carry over what stood in other places: who has which skill, and until when one may move."""

from django.db import migrations

SKILLS = """
INSERT INTO bookings_skill (practitioner_id, treatment_id)
SELECT practitioner_id, treatment_id FROM bookings_practitioner_treatments ORDER BY id
"""
# Until now moving was free as long as cancelling was.
NOTICE = "UPDATE bookings_appointment SET move_notice = free_notice WHERE late_fee_cents > 0"


class Migration(migrations.Migration):
    dependencies = [("bookings", "0004_needs_hours_and_rules")]

    operations = [
        migrations.RunSQL(SKILLS, "DELETE FROM bookings_skill"),
        migrations.RunSQL(NOTICE, migrations.RunSQL.noop),
    ]
