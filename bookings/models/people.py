"""Staff, who log in, and clients, who do not."""

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField

from bookings.models.conditions import WithConditions


class User(AbstractUser):
    """Someone who works at the clinic. Clients have no user."""

    RECEPTIONIST = "receptionist"
    PRACTITIONER = "practitioner"
    OWNER = "owner"

    class Meta:
        verbose_name = _("staff member")
        verbose_name_plural = _("staff members")


class ClientGroup(WithConditions):
    """Clients of whom the clinic asks something else than of others, whatever the treatment."""

    name = models.CharField(_("name"), max_length=60, unique=True)

    class Meta:
        verbose_name = _("client group")
        verbose_name_plural = _("client groups")
        ordering = ["name"]
        constraints = [*WithConditions.Meta.constraints]

    def __str__(self) -> str:
        return self.name


class Client(models.Model):
    """The person who books, and how she can be reached."""

    class ReachBy(models.TextChoices):
        SMS = "sms", _("SMS")
        WHATSAPP = "whatsapp", _("WhatsApp")
        EMAIL = "email", _("e-mail")

    first_name = models.CharField(_("first name"), max_length=60)
    last_name = models.CharField(_("last name"), max_length=80)
    phone = PhoneNumberField(_("mobile number"))
    email = models.EmailField(_("e-mail address"))
    language = models.CharField(_("language"), max_length=5, default="nl")
    reach_by = models.CharField(
        _("reminded by"), max_length=10, choices=ReachBy, default=ReachBy.SMS
    )
    whatsapp_opted_in_at = models.DateTimeField(_("WhatsApp allowed at"), null=True, blank=True)
    whatsapp_opt_in_text = models.TextField(_("WhatsApp consent as read"), blank=True)
    sms_opted_out_at = models.DateTimeField(_("stopped SMS at"), null=True, blank=True)
    whatsapp_opted_out_at = models.DateTimeField(_("stopped WhatsApp at"), null=True, blank=True)
    sms_dead_at = models.DateTimeField(_("SMS does not arrive since"), null=True, blank=True)
    whatsapp_dead_at = models.DateTimeField(_("not on WhatsApp since"), null=True, blank=True)
    news_by_email_at = models.DateTimeField(_("news by e-mail since"), null=True, blank=True)
    news_by_text_at = models.DateTimeField(_("news by text since"), null=True, blank=True)
    group = models.ForeignKey(
        ClientGroup,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="clients",
        verbose_name=_("group"),
        help_text=_("Whose deposit and fees hold for her. Empty: those of the treatment."),
    )
    is_demo = models.BooleanField(_("demo client, never really contacted"), default=False)
    import_key = models.CharField(max_length=80, null=True, blank=True, unique=True, editable=False)
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = _("client")
        verbose_name_plural = _("clients")
        indexes = [
            models.Index(fields=["phone"], name="client_by_phone"),
            models.Index(fields=["email"], name="client_by_email"),
            models.Index(
                fields=["sms_dead_at"],
                condition=models.Q(sms_dead_at__isnull=False),
                name="client_with_a_dead_number",
            ),
        ]

    def __str__(self) -> str:
        return self.full_name

    @property
    def full_name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()

    @property
    def wants_news(self) -> bool:
        """Tell whether she allowed more than what is about her appointments."""
        return self.news_by_email_at is not None or self.news_by_text_at is not None
