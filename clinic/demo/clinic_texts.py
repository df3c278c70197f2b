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
class CardText:
    """What a treatment is honestly like, in both languages."""

    feels: tuple[str, str]
    expect: tuple[str, str]
    after: tuple[str, str]


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
    card: CardText | None = None  # else that of its category
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

LOOKING = CardText(
    feels=(
        "We kijken en vragen, meer niet. Het doet geen pijn.",
        "We look and ask, nothing more. It does not hurt.",
    ),
    expect=(
        "Je gaat naar huis met een eerlijk plan. Soms is dat: dit kun je zelf, kom maar niet.",
        "You go home with an honest plan. Sometimes that is: you can do this yourself.",
    ),
    after=("Je kunt meteen alles weer doen.", "You can do everything again at once."),
)
CLEANING = CardText(
    feels=(
        "Het openen van puistjes prikt even. Zeg het als het te veel is, dan stoppen we.",
        "Opening spots stings for a moment. Say so when it is too much, and we stop.",
    ),
    expect=(
        "Bij de meeste mensen wordt de huid rustiger na vier tot zes keer. Het blijft niet vanzelf "
        "weg: thuis goed verzorgen hoort erbij.",
        "For most people the skin calms down after four to six times. It does not stay away by "
        "itself: good care at home is part of it.",
    ),
    after=(
        "Je huid kan een dag rood zijn. Wordt een plek warm en dik? Bel ons.",
        "Your skin can be red for a day. Does a spot grow warm and swollen? Call us.",
    ),
)
PEELING = CardText(
    feels=(
        "Een peeling brandt of jeukt twee tot vijf minuten. Daarna koelen we.",
        "A peel burns or itches for two to five minutes. Then we cool the skin.",
    ),
    expect=(
        "Vlekjes en fijne lijntjes worden lichter na drie tot zes keer. Diepe rimpels blijven.",
        "Marks and fine lines fade after three to six times. Deep lines stay.",
    ),
    after=(
        "Je huid trekt en vervelt drie tot zeven dagen. Blijf uit de zon en smeer factor 50. "
        "Blaren of veel pijn? Bel ons meteen.",
        "Your skin feels tight and peels for three to seven days. Stay out of the sun and wear "
        "factor 50. Blisters or a lot of pain? Call us at once.",
    ),
)
LIGHT = CardText(
    feels=(
        "Elke flits voelt als een elastiekje op je huid. We koelen, en je mag altijd pauze vragen.",
        "Each flash feels like a rubber band on your skin. We cool, and you can ask for a break.",
    ),
    expect=(
        "Meestal zijn drie tot acht keer nodig. We zeggen vooraf wat bij jouw huid kan: "
        "helemaal weg lukt niet altijd. Bij grijs of wit haar werkt het niet.",
        "Mostly three to eight times are needed. We tell you beforehand what your skin allows: "
        "gone completely is not always possible. It does not work on grey or white hair.",
    ),
    after=(
        "De huid kan een dag warm en rood zijn. Vier weken geen zon. Blaren of korsten? Bel ons.",
        "The skin can be warm and red for a day. No sun for four weeks. Blisters? Call us.",
    ),
)
NEEDLES = CardText(
    feels=(
        "Je voelt korte prikjes. Een verdovende crème helpt de meeste mensen.",
        "You feel short pricks. A numbing cream helps most people.",
    ),
    expect=(
        "Je ziet het na een tot twee weken, en het houdt drie tot zes maanden. We doen liever te "
        "weinig dan te veel.",
        "You see it after one to two weeks, and it lasts three to six months. We rather do too "
        "little than too much.",
    ),
    after=(
        "Een blauwe plek of wat zwelling is gewoon, tot een week. Zie je slecht, of wordt een plek "
        "wit en doet hij veel pijn? Bel ons meteen, ook in het weekend.",
        "A bruise or some swelling is normal for up to a week. Do you see badly, or does a spot "
        "turn white and hurt a lot? Call us at once, at the weekend too.",
    ),
)
RELAXING = CardText(
    feels=("Dit is vooral ontspannen.", "This is mostly relaxing."),
    expect=(
        "Je huid voelt schoon en zacht, een paar dagen lang. Acne of rimpels gaan er niet van weg.",
        "Your skin feels clean and soft for a few days. It does not remove acne or wrinkles.",
    ),
    after=("Een beetje rood tot de avond is gewoon.", "A little red until the evening is normal."),
)
CARDS = {
    THERAPY: CLEANING,
    RENEWAL: PEELING,
    LASER: LIGHT,
    INJECTABLES: NEEDLES,
    FACIALS: RELAXING,
}
