"""The number that says whether what a process remembers of the reference data still holds."""

from django.db import models


class ReferenceVersion(models.Model):
    """One row, written by the database itself whenever reference data changes.

    Triggers on the tables of the clinic, its resources, hours and treatments put a number here
    that was never used before, in the transaction that makes the change, whoever makes it: the
    admin, a shell, an import.
    """

    version = models.BigIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(pk=1), name="there_is_one_version")
        ]

    def __str__(self) -> str:
        return str(self.version)
