"""The policy for one appointment in plain sentences, as the client reads and accepts it."""

from datetime import datetime, timedelta, tzinfo

from bookings import formats
from bookings.models import Clinic
from bookings.terms import Payers, Terms, costs_after, movable_until

_TEXTS = {
    "nl": {
        "free": "Annuleren of verzetten is altijd gratis.",
        "until": "Gratis annuleren of verzetten tot {until}. Daarna kost annuleren {late}.",
        "past": (
            "Deze afspraak is al dichtbij: annuleren kost {late}. Zelf verzetten kan niet meer."
        ),
        "until_cancel": "Gratis annuleren tot {until}. Daarna kost het {late}.",
        "past_cancel": "Deze afspraak is al dichtbij: annuleren kost {late}.",
        "free_cancel": "Annuleren is altijd gratis.",
        "last_minute": "Na {until} kost het {late}.",
        "move": "Zelf verzetten is gratis tot {until}.",
        "move_past": "Zelf verzetten kan niet meer.",
        "once": "Zelf verzetten kan één keer.",
        "often": "Zelf verzetten kan hoogstens {times} keer.",
        "no_show": "Niet komen zonder bericht kost {no_show}.",
        "deposit": "De aanbetaling van {deposit} gaat van de prijs af.",
        "voucher": (
            "Het tegoed betaalt {deposit} vooraf, en dat gaat van de prijs af. "
            "Wat bij annuleren terugkomt, staat weer op het tegoed."
        ),
        "card": (
            "De kaart van de betaling wordt bewaard, alleen voor deze kosten: het deel boven de "
            "aanbetaling mag dan zonder nieuwe handeling worden afgeschreven. "
            "Intrekken kan altijd bij de kliniek."
        ),
        "of_new": (
            "Een aanbetaling vragen we van wie hier nieuw is, "
            "en van wie in {months} maanden {times} keer niet kwam."
        ),
        "of_record": (
            "Een aanbetaling vragen we alleen van wie in {months} maanden {times} keer niet kwam."
        ),
    },
    "en": {
        "free": "Cancelling or moving is always free.",
        "until": (
            "Cancel or move free of charge until {until}. After that, cancelling costs {late}."
        ),
        "past": (
            "This appointment is close already: cancelling costs {late}. "
            "It can no longer be moved without calling."
        ),
        "until_cancel": "Cancel free of charge until {until}. After that it costs {late}.",
        "past_cancel": "This appointment is close already: cancelling costs {late}.",
        "free_cancel": "Cancelling is always free.",
        "last_minute": "After {until} it costs {late}.",
        "move": "Moving it without calling is free until {until}.",
        "move_past": "It can no longer be moved without calling.",
        "once": "It can be moved without calling once.",
        "often": "It can be moved without calling {times} times at most.",
        "no_show": "Not coming without a word costs {no_show}.",
        "deposit": "The deposit of {deposit} comes off the price.",
        "voucher": (
            "The voucher pays {deposit} beforehand, and that comes off the price. "
            "What comes back on cancelling is on the voucher again."
        ),
        "card": (
            "The card you pay with is kept for these costs only: the part above the deposit may "
            "then be charged without any further action of yours. "
            "You can withdraw this at the clinic at any time."
        ),
        "of_new": (
            "We ask a deposit of whoever is new here, "
            "and of whoever missed {times} visits in {months} months."
        ),
        "of_record": ("We only ask a deposit of whoever missed {times} visits in {months} months."),
    },
}


def policy_text(
    terms: Terms,
    *,
    starts_at: datetime,
    now: datetime,
    language: str,
    zone: tzinfo,
    by_voucher: bool = False,
) -> str:
    """Return the policy with amounts and the deadline as a date, said without “je” or “u”."""
    texts = _TEXTS["en" if language.startswith("en") else "nl"]
    said = [_changing(terms, texts, starts_at=starts_at, now=now, language=language, zone=zone)]
    if terms.most_moves and now <= movable_until(terms, starts_at=starts_at):
        said.append(_times(terms.most_moves, texts))
    if terms.no_show_fee_cents:
        said.append(
            texts["no_show"].format(no_show=formats.euros(terms.no_show_fee_cents, language))
        )
    if terms.deposit_cents:
        how = texts["voucher" if by_voucher else "deposit"]
        said.append(how.format(deposit=formats.euros(terms.deposit_cents, language)))
        if not by_voucher and terms.dearest_fee_cents > terms.deposit_cents:
            said.append(texts["card"])
    return " ".join(said)


def _changing(
    terms: Terms,
    texts: dict[str, str],
    *,
    starts_at: datetime,
    now: datetime,
    language: str,
    zone: tzinfo,
) -> str:
    def words(moment: datetime) -> str:
        return formats.moment_in_words(moment, language, zone=zone)

    together = terms.move_notice == (terms.free_notice if terms.late_fee_cents else timedelta())
    suffix = "" if together else "_cancel"
    said = texts[f"free{suffix}"]
    costs = [
        (after, {"until": words(after), "late": formats.euros(cents, language)})
        for after, cents in costs_after(terms, starts_at=starts_at)
    ]
    if costs:
        over = [told for after, told in costs if now > after]
        to_come = [told for after, told in costs if now <= after]
        said = texts[f"past{suffix}"].format(**over[-1]) if over else ""
        if not over:
            said = texts[f"until{suffix}"].format(**to_come.pop(0))
        said = " ".join([said, *(texts["last_minute"].format(**told) for told in to_come)])
    if together:
        return said
    latest = movable_until(terms, starts_at=starts_at)
    move = texts["move" if now <= latest else "move_past"].format(until=words(latest))
    return f"{said} {move}"


def _times(most: int, texts: dict[str, str]) -> str:
    return texts["once"] if most == 1 else texts["often"].format(times=most)


def payers_text(payers: Payers, clinic: Clinic, *, language: str) -> str:
    """Return of whom a deposit is asked, in words; nothing when it is of everyone."""
    if payers is Payers.EVERYONE:
        return ""
    texts = _TEXTS["en" if language.startswith("en") else "nl"]
    said = texts["of_new" if payers is Payers.NEW else "of_record"]
    return said.format(months=clinic.record_months, times=clinic.record_missed)
