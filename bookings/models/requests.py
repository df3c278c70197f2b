"""What a program asked for once, so that asking again gives the same answer."""

from django.db import models


class BookingRequest(models.Model):
    """A request to book that carried a key of its own, and the answer it was given."""

    key = models.CharField(max_length=64)
    fingerprint = models.CharField(max_length=64)
    status_code = models.PositiveSmallIntegerField()
    answer = models.TextField()
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key"], name="request_by_key")]

    def __str__(self) -> str:
        return f"{self.key} {self.status_code}"
