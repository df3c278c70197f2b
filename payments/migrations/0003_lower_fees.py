"""A fee may be lowered, and by a rule of the clinic too."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("bookings", "0013_fees_by_rule"),
        ("payments", "0002_ledger"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="waiver",
            name="fee_cents",
            field=models.PositiveIntegerField(default=0, help_text="What is still asked."),
        ),
        migrations.AddField(
            model_name="waiver",
            name="why",
            field=models.CharField(
                choices=[
                    ("desk", "by the desk"),
                    ("refilled", "the time went to somebody else"),
                    ("not_reminded", "no reminder was delivered"),
                ],
                default="desk",
                max_length=12,
            ),
        ),
        migrations.AlterField(
            model_name="waiver",
            name="reason",
            field=models.CharField(blank=True, max_length=200),
        ),
        migrations.AddConstraint(
            model_name="waiver",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("why", "desk"), _negated=True),
                    models.Q(("reason", ""), _negated=True),
                    _connector="OR",
                ),
                name="the_desk_says_why_it_waives",
            ),
        ),
    ]
