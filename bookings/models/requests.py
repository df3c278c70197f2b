"""What a program asked for once, so that asking again gives the same answer."""

from django.db import models


class BookingRequest(models.Model):
    """A request to book that carried a key of its own, and the answer it was given."""

    key = models.CharField(max_length=64, unique=True)
    fingerprint = models.CharField(max_length=64)
    status_code = models.PositiveSmallIntegerField(default=0)  # 0: being handled
    answer = models.TextField(blank=True)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.key} {self.status_code}"
