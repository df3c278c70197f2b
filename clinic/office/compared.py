"""Reads: the nights on which the books were compared with Stripe, and what did not agree."""

from django.utils.translation import gettext as _

from clinic.office.tables import Cell, Euros, Table
from payments.models import Difference, Reconciliation

LAST_NIGHTS = 14


def nights_table() -> Table:
    """Return the last nights: how much moved at Stripe, and how much of it does not agree."""
    nights = Reconciliation.objects.prefetch_related("differences")[:LAST_NIGHTS]
    rows: list[list[Cell]] = [
        [night.on, night.receipts, night.refunds, len(night.differences.all())] for night in nights
    ]
    head = [_("Day"), _("Received"), _("Given back"), _("Differences")]
    return Table(_("Compared with Stripe"), head, rows)


def differences_table() -> Table:
    """Return what did not agree in these nights, the newest first."""
    nights = Reconciliation.objects.values("pk")[:LAST_NIGHTS]
    found = Difference.objects.filter(reconciliation__in=list(nights.values_list("pk", flat=True)))
    rows: list[list[Cell]] = [
        [
            one.reconciliation.on,
            one.get_of_display(),
            one.get_what_display(),
            Euros(one.stripe_cents),
            Euros(one.our_cents),
            one.stripe_id,
        ]
        for one in found.select_related("reconciliation").order_by("-reconciliation__on", "pk")
    ]
    head = [_("Day"), _("What"), _("Difference"), _("At Stripe"), _("In the books"), _("Number")]
    return Table(_("What does not agree"), head, rows)
