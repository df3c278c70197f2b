"""What happens to the time of who was asked twice and does not answer."""

import datetime

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("bookings", "0021_dead_numbers"),
    ]

    operations = [
        migrations.AddField(
            model_name="clinic",
            name="answer_time",
            field=models.DurationField(
                default=datetime.timedelta(seconds=14400),
                verbose_name="time to answer the last question",
            ),
        ),
        migrations.AddField(
            model_name="clinic",
            name="unanswered",
            field=models.CharField(
                choices=[
                    ("call", "is called by the desk"),
                    ("release", "gives up the time, to who waits"),
                ],
                default="call",
                help_text="A time is only given to somebody else when the last text said so, it arrived, and no deposit was paid.",
                max_length=7,
                verbose_name="who was asked twice and does not answer",
            ),
        ),
    ]
