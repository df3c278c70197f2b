"""What clients write for the desk to read, and what the desk writes by hand."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("bookings", "0021_dead_numbers"),
        ("reminders", "0005_rule_changes"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="step",
            name="a_step_is_for_a_rule_or_a_reply",
        ),
        migrations.AddField(
            model_name="inboundmessage",
            name="answered_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="inboundmessage",
            name="answered_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="inboundmessage",
            name="for_desk",
            field=models.BooleanField(
                default=False, help_text="Somebody has to read it: no rule could answer it."
            ),
        ),
        migrations.AddField(
            model_name="inboundmessage",
            name="needed_answer",
            field=models.BooleanField(
                default=True, help_text="Somebody answered it; “thank you” needs no answer."
            ),
        ),
        migrations.AddField(
            model_name="step",
            name="first_by",
            field=models.CharField(
                blank=True,
                choices=[("sms", "SMS"), ("whatsapp", "WhatsApp"), ("email", "e-mail")],
                max_length=10,
            ),
        ),
        migrations.AddField(
            model_name="step",
            name="text",
            field=models.TextField(blank=True, help_text="What somebody at the desk wrote."),
        ),
        migrations.AddField(
            model_name="step",
            name="written_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AlterField(
            model_name="step",
            name="wording",
            field=models.CharField(
                choices=[
                    ("confirmation", "confirmation"),
                    ("confirm_question", "question to confirm"),
                    ("reminder", "reminder the day before"),
                    ("cancelled", "cancelled"),
                    ("pay_link", "link to pay"),
                    ("offer", "offer of a time that came free"),
                    ("cue", "her plan, at its own moment"),
                    ("reply_confirmed", "answer to yes"),
                    ("reply_link", "answer with the link"),
                    ("by_hand", "message by hand"),
                ],
                max_length=20,
            ),
        ),
        migrations.AddIndex(
            model_name="inboundmessage",
            index=models.Index(
                condition=models.Q(("answered_at", None), ("for_desk", True)),
                fields=["received_at"],
                name="inbound_open",
            ),
        ),
        migrations.AddConstraint(
            model_name="step",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("text", ""),
                        models.Q(
                            ("rule__isnull", False), ("reply_to__isnull", False), _connector="XOR"
                        ),
                    ),
                    models.Q(
                        models.Q(("text", ""), _negated=True), ("reply_to", None), ("rule", None)
                    ),
                    _connector="OR",
                ),
                name="a_step_is_for_a_rule_or_a_reply_or_by_hand",
            ),
        ),
    ]
