"""The words and figures of the demo clinic's treatments."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class NeedText:
    """What a treatment takes: a kind of resource, its group, from and until which minute."""

    kind: str
    group: str
    from_minute: int
    until_minute: int


@dataclass(frozen=True, slots=True)
class SkillText:
    """That somebody gives a treatment in her own time and at her own price."""

    name: str
    minutes: int
    price: int


@dataclass(frozen=True, slots=True)
class TestText:
    """The treatment that must come first, and how many days before and for how many it counts."""

    slug: str
    days_before: int
    valid_days: int


@dataclass(frozen=True, slots=True)
class TreatmentText:
    """One treatment of the demo clinic; money in cents, times in minutes and hours."""

    slug: str
    category: tuple[str, str]
    name: tuple[str, str]
    summary: tuple[str, str]
    prepare: tuple[str, str]
    minutes: int
    price: int
    needs: tuple[NeedText, ...]
    skilled: tuple[str, ...]
    popularity: int = 0
    deposit: int = 0
    late_fee: int = 0
    no_show_fee: int = 0
    free_hours: int = 24
    own: tuple[SkillText, ...] = ()
    extras: tuple[str, ...] = ()
    only_as_extra: bool = False
    days_between: tuple[int, int] | None = None  # at least, and as advised
    after: TestText | None = None


TREATMENT_ROOM, LASER_ROOM, DOCTORS_ROOM = "behandelkamer", "laserkamer", "artsenkamer"
DIODE, IPL, PIGMENT = "diodelaser", "IPL", "pigmentlaser"


def practitioner(until: int, *, since: int = 0) -> NeedText:
    return NeedText("practitioner", "practitioner", since, until)


def room(group: str, until: int) -> NeedText:
    return NeedText("room", group, 0, until)


def device(group: str, until: int) -> NeedText:
    return NeedText("device", group, 0, until)


THERAPY = ("Huidtherapie", "Skin therapy")
RENEWAL = ("Peeling en huidverbetering", "Peels and skin renewal")
LASER = ("Laser en licht", "Laser and light")
INJECTABLES = ("Injectables bij de arts", "Injectables by our doctor")
FACIALS = ("Gezichtsverzorging", "Facials")

NO_SUN = (
    "Blijf de vier weken ervoor uit de zon en van de zonnebank. Scheer de plek een dag van "
    "tevoren, "
    "maar epileer of hars niet. Zelfbruiner moet er helemaal af zijn.",
    "Stay out of the sun and off the sunbed for four weeks. Shave the area the day before, but "
    "do not "
    "wax or pluck. Fake tan must be gone completely.",
)
NO_ACIDS = (
    "Gebruik de week ervoor geen scrub, retinol of zuren. Heb je een koortslip of een tint van "
    "de zon? "
    "Bel ons dan even, want dan kiezen we een ander moment.",
    "Use no scrub, retinol or acids in the week before. Do you have a cold sore or a tan? Then "
    "please "
    "call us, because we will choose another moment.",
)
NO_BRUISES = (
    "Drink de dag ervoor geen alcohol. Dat geeft minder blauwe plekken. Vertel ons welke "
    "medicijnen je "
    "gebruikt, vooral bloedverdunners, en of je zwanger bent of borstvoeding geeft.",
    "Drink no alcohol the day before: it means fewer bruises. Tell us which medicines you take, "
    "blood "
    "thinners above all, and whether you are pregnant or breastfeeding.",
)
BARE_SKIN = (
    "Kom het liefst zonder make-up. Neem je eigen crèmes mee of maak er een foto van.",
    "Come without make-up if you can. Bring your own creams or take a picture of them.",
)
