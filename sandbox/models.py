"""Everything the sandbox remembers, in its own small database."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models


class StripeObject(models.Model):
    """An object of Stripe's, as the API answers it, with the columns that lists filter on."""

    noun = models.CharField(max_length=40)
    key = models.CharField(max_length=80, unique=True)
    customer = models.CharField(max_length=80, default="", db_index=True)
    payment_intent = models.CharField(max_length=80, default="", db_index=True)
    charge = models.CharField(max_length=80, default="", db_index=True)
    status = models.CharField(max_length=40, default="")
    created = models.BigIntegerField()
    body: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField()
    hidden: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)

    objects: ClassVar[models.Manager[StripeObject]] = models.Manager()

    class Meta:
        ordering = ("-pk",)
        indexes = (models.Index(fields=("noun", "status"), name="object_noun_status"),)

    def __str__(self) -> str:
        return self.key


class IdempotentAnswer(models.Model):
    """The first answer given under an idempotency key; without a status it is being made."""

    key = models.CharField(max_length=255, unique=True)
    fingerprint = models.CharField(max_length=64)
    path = models.CharField(max_length=300)
    created = models.BigIntegerField()
    status = models.IntegerField(null=True)
    body = models.TextField(default="")
    request_id = models.CharField(max_length=40, default="")
    times = models.PositiveIntegerField(default=1)

    objects: ClassVar[models.Manager[IdempotentAnswer]] = models.Manager()

    def __str__(self) -> str:
        return self.key


class ApiRequest(models.Model):
    """One request that reached the API, for counting."""

    vendor = models.CharField(max_length=10)
    method = models.CharField(max_length=10)
    path = models.CharField(max_length=300)
    status = models.IntegerField()
    idempotency_key = models.CharField(max_length=255, default="")

    objects: ClassVar[models.Manager[ApiRequest]] = models.Manager()

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


class Message(models.Model):
    """An SMS or WhatsApp message, to or from a telephone."""

    sid = models.CharField(max_length=34, unique=True)
    direction = models.CharField(max_length=20)
    channel = models.CharField(max_length=10)
    number = models.CharField(max_length=20, db_index=True)
    sender = models.CharField(max_length=40, default="")
    recipient = models.CharField(max_length=40)
    body = models.TextField()
    buttons: models.Field[Any, list[dict[str, str]]] = models.JSONField(default=list)
    status = models.CharField(max_length=20)
    error_code = models.IntegerField(null=True)
    num_segments = models.PositiveIntegerField(default=0)
    messaging_service_sid = models.CharField(max_length=34, default="")
    content_sid = models.CharField(max_length=34, default="")
    content_variables: models.Field[Any, dict[str, str]] = models.JSONField(default=dict)
    status_callback = models.CharField(max_length=500, default="")
    created_at = models.DateTimeField()
    send_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)

    objects: ClassVar[models.Manager[Message]] = models.Manager()

    class Meta:
        ordering = ("-pk",)

    def __str__(self) -> str:
        return self.sid


class OptOut(models.Model):
    """A telephone number that told this sender to stop its SMS."""

    number = models.CharField(max_length=20, unique=True)

    objects: ClassVar[models.Manager[OptOut]] = models.Manager()

    def __str__(self) -> str:
        return self.number


class Content(models.Model):
    """A WhatsApp template and its approval."""

    sid = models.CharField(max_length=34, unique=True)
    name = models.CharField(max_length=100)
    language = models.CharField(max_length=10, default="nl")
    variables: models.Field[Any, dict[str, str]] = models.JSONField(default=dict)
    types: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField()
    approval: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)
    created_at = models.DateTimeField()

    objects: ClassVar[models.Manager[Content]] = models.Manager()

    def __str__(self) -> str:
        return self.name


class Email(models.Model):
    """An e-mail as it came in over SMTP; `repeat` counts deliveries of one Message-ID."""

    message_id = models.CharField(max_length=300, db_index=True)
    sender = models.CharField(max_length=300)
    recipients: models.Field[Any, list[str]] = models.JSONField()
    subject = models.CharField(max_length=500)
    raw = models.BinaryField()
    repeat = models.PositiveIntegerField(default=1)
    received_at = models.DateTimeField()

    objects: ClassVar[models.Manager[Email]] = models.Manager()

    class Meta:
        ordering = ("-pk",)

    def __str__(self) -> str:
        return self.message_id


class Delivery(models.Model):
    """One call to the clinic that still has to be made, or was; times are real, not the clock's."""

    kind = models.CharField(max_length=20)
    url = models.CharField(max_length=500)
    body = models.TextField()
    reference = models.CharField(max_length=80, db_index=True)
    token = models.CharField(max_length=64)
    status_change = models.CharField(max_length=20, default="")
    error_code = models.IntegerField(null=True)
    due = models.FloatField(db_index=True)
    attempts = models.PositiveIntegerField(default=0)
    finished = models.BooleanField(default=False, db_index=True)
    answer = models.CharField(max_length=200, default="")

    objects: ClassVar[models.Manager[Delivery]] = models.Manager()

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        return f"{self.kind} {self.reference}"


class Fault(models.Model):
    """A misbehaviour that was asked for, and how often it still has to happen."""

    name = models.CharField(max_length=40)
    times = models.PositiveIntegerField(default=1)
    path = models.CharField(max_length=200, default="")
    method = models.CharField(max_length=10, default="POST")
    seconds = models.FloatField(null=True)
    code = models.IntegerField(null=True)

    objects: ClassVar[models.Manager[Fault]] = models.Manager()

    def __str__(self) -> str:
        return self.name
