"""Laser, light and the doctor's injections: what each honestly does, costs and takes."""

from clinic.demo.clinic_texts import (
    DIODE,
    DOCTORS_ROOM,
    INJECTABLES,
    IPL,
    LASER,
    LASER_ROOM,
    LOOKING,
    NO_BRUISES,
    NO_SUN,
    PIGMENT,
    TestText,
    TreatmentText,
    device,
    practitioner,
    room,
)

LIGHT = ("Daan Visser", "Esmée Kok")

LASER_AND_DOCTOR_TREATMENTS = (
    # Laser and light: the machine needs to cool down.
    TreatmentText(
        slug="laser-bovenlip",
        category=LASER,
        name=("Laserontharing bovenlip en kin", "Laser hair removal, upper lip and chin"),
        summary=(
            "Duidelijk minder haar na zes tot acht keer. Werkt niet op wit, grijs of heel licht "
            "haar.",
            "Clearly less hair after six to eight sessions. Does not work on white or very fair "
            "hair.",
        ),
        prepare=NO_SUN,
        minutes=20,
        price=5500,
        no_show_fee=2750,
        needs=(practitioner(20), room(LASER_ROOM, 30), device(DIODE, 30)),
        skilled=("Daan Visser",),
        popularity=7,
    ),
    TreatmentText(
        slug="laser-oksels",
        category=LASER,
        name=("Laserontharing oksels", "Laser hair removal, underarms"),
        summary=(
            "Zo'n tachtig procent minder haar na zes tot acht keer, met af en toe een keer "
            "onderhoud.",
            "Some eighty percent less hair after six to eight sessions, with upkeep now and then.",
        ),
        prepare=NO_SUN,
        minutes=20,
        price=6900,
        deposit=2000,
        late_fee=3450,
        no_show_fee=6900,
        needs=(practitioner(20), room(LASER_ROOM, 30), device(DIODE, 30)),
        skilled=("Daan Visser",),
        popularity=7,
    ),
    TreatmentText(
        slug="laser-benen",
        category=LASER,
        name=("Laserontharing hele benen", "Laser hair removal, full legs"),
        summary=(
            "Duidelijk minder haar na zes tot acht keer, met zes tot acht weken ertussen.",
            "Clearly less hair after six to eight sessions, with six to eight weeks in between.",
        ),
        prepare=NO_SUN,
        minutes=80,
        price=28900,
        deposit=5000,
        late_fee=14450,
        no_show_fee=28900,
        free_hours=48,
        needs=(practitioner(80), room(LASER_ROOM, 90), device(DIODE, 100)),
        skilled=("Daan Visser",),
        popularity=9,
    ),
    TreatmentText(
        slug="couperose",
        category=LASER,
        name=("Couperose en rode adertjes", "Redness and visible veins"),
        summary=(
            "Minder roodheid na twee tot vier keer met flitslicht. Nieuwe adertjes kunnen "
            "terugkomen.",
            "Less redness after two to four sessions of pulsed light. New veins may still appear.",
        ),
        prepare=NO_SUN,
        minutes=25,
        price=12500,
        deposit=3000,
        late_fee=6250,
        no_show_fee=12500,
        needs=(practitioner(25), room(LASER_ROOM, 30), device(IPL, 35)),
        skilled=LIGHT,
        popularity=6,
    ),
    TreatmentText(
        slug="pigmentvlekken",
        category=LASER,
        name=("Pigmentvlekken", "Pigment spots"),
        summary=(
            "Zonnevlekken worden lichter, vaak na twee keer. Niet elke vlek is geschikt: we "
            "kijken eerst.",
            "Sun spots become lighter, often after two sessions. Not every spot qualifies: we "
            "look first.",
        ),
        prepare=NO_SUN,
        minutes=25,
        price=11000,
        deposit=3000,
        late_fee=3000,
        no_show_fee=5500,
        needs=(practitioner(25), room(LASER_ROOM, 30), device(IPL, 35)),
        skilled=LIGHT,
        popularity=5,
    ),
    # Ink absorbs so much light that the skin is tried first.
    TreatmentText(
        slug="patchtest-laser",
        category=LASER,
        name=("Patchtest laser", "Laser patch test"),
        summary=(
            "We proberen de laser op een klein plekje. Na twee dagen weet je hoe je huid reageert.",
            "We try the laser on one small spot. After two days you know how your skin reacts.",
        ),
        prepare=NO_SUN,
        minutes=15,
        price=0,
        needs=(practitioner(15), room(LASER_ROOM, 20), device(PIGMENT, 20)),
        skilled=("Daan Visser",),
    ),
    TreatmentText(
        slug="tatoeage-verwijderen",
        category=LASER,
        name=("Tatoeage verwijderen", "Tattoo removal"),
        summary=(
            "De inkt vervaagt per keer, meestal in zes tot tien keer. Helemaal weg lukt niet "
            "altijd.",
            "The ink fades a little each time, mostly in six to ten sessions. Not all of it always "
            "goes.",
        ),
        prepare=NO_SUN,
        minutes=30,
        price=14500,
        deposit=4000,
        late_fee=7250,
        no_show_fee=14500,
        needs=(practitioner(30), room(LASER_ROOM, 40), device(PIGMENT, 45)),
        skilled=("Daan Visser",),
        days_between=(42, 56),
        after=TestText("patchtest-laser", days_before=2, valid_days=365),
    ),
    # By the doctor.
    TreatmentText(
        slug="consult-arts",
        category=INJECTABLES,
        name=("Consult bij de arts", "Consultation with our doctor"),
        summary=(
            "Een rustig gesprek over wat kan, wat niet, en wat de risico's zijn. Je beslist "
            "later pas.",
            "A calm talk about what is possible, what is not, and the risks. You decide "
            "afterwards.",
        ),
        prepare=(
            "Schrijf op welke medicijnen je gebruikt en welke behandelingen je eerder had.",
            "Write down the medicines you use and the treatments you had before.",
        ),
        card=LOOKING,
        minutes=25,
        price=5000,
        late_fee=2500,
        no_show_fee=2500,
        needs=(practitioner(25), room(DOCTORS_ROOM, 30)),
        skilled=("Lotte Prins",),
        popularity=5,
    ),
    TreatmentText(
        slug="fronsrimpels",
        category=INJECTABLES,
        name=("Injecties tegen fronsrimpels", "Injections for frown lines"),
        summary=(
            "De frons ontspant na een week en blijft dat drie tot vier maanden. Alleen na een "
            "consult.",
            "The frown relaxes after a week and stays so for three to four months. After a "
            "consultation.",
        ),
        prepare=NO_BRUISES,
        minutes=25,
        price=19500,
        deposit=5000,
        late_fee=5000,
        no_show_fee=5000,
        needs=(practitioner(25), room(DOCTORS_ROOM, 30)),
        skilled=("Lotte Prins",),
        popularity=9,
    ),
    TreatmentText(
        slug="hyaluronzuur",
        category=INJECTABLES,
        name=("Hyaluronzuur in lippen of wangen", "Hyaluronic acid in lips or cheeks"),
        summary=(
            "Meer volume voor zes tot twaalf maanden. De eerste dagen is het gezwollen. Na een "
            "consult.",
            "More volume for six to twelve months. Swollen for the first days. After a "
            "consultation.",
        ),
        prepare=NO_BRUISES,
        minutes=40,
        price=27500,
        deposit=5000,
        late_fee=13750,
        no_show_fee=27500,
        free_hours=48,
        needs=(practitioner(40), room(DOCTORS_ROOM, 45)),
        skilled=("Lotte Prins",),
        popularity=10,
    ),
)
