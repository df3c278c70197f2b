"""Skin therapy, peels and facials: what each honestly does, costs and takes."""

from clinic.demo.clinic_texts import (
    BARE_SKIN,
    FACIALS,
    LOOKING,
    NO_ACIDS,
    RENEWAL,
    THERAPY,
    TREATMENT_ROOM,
    SkillText,
    TreatmentText,
    practitioner,
    room,
)

SKIN = ("Noor de Wit", "Esmée Kok")
FATIMA = "Fatima el Idrissi"
MASK, LAMP = "kalmerend-masker", "led-licht"

SKIN_TREATMENTS = (
    # Skin therapy: nothing to pay beforehand for the first visit.
    TreatmentText(
        slug="huidanalyse",
        category=THERAPY,
        name=("Huidanalyse en advies", "Skin analysis and advice"),
        summary=(
            "We bekijken je huid en zeggen eerlijk wat helpt, wat niet, en wat je thuis zelf "
            "kunt doen.",
            "We look at your skin and tell you honestly what helps, what does not, and what you "
            "can do.",
        ),
        prepare=BARE_SKIN,
        card=LOOKING,
        minutes=25,
        price=4500,
        needs=(practitioner(25), room(TREATMENT_ROOM, 30)),
        skilled=SKIN,
        popularity=5,
    ),
    TreatmentText(
        slug="acnebehandeling",
        category=THERAPY,
        name=("Acnebehandeling", "Acne treatment"),
        summary=(
            "Minder ontstekingen na vier tot zes keer bij de meeste mensen. Littekens gaan er "
            "niet van weg.",
            "Fewer inflammations after four to six sessions for most people. It does not remove "
            "scars.",
        ),
        prepare=BARE_SKIN,
        minutes=40,
        price=7200,
        late_fee=3600,
        no_show_fee=7200,
        needs=(practitioner(40), room(TREATMENT_ROOM, 45)),
        skilled=SKIN,
        popularity=11,
    ),
    TreatmentText(
        slug="littekentherapie",
        category=THERAPY,
        name=("Littekentherapie", "Scar therapy"),
        summary=(
            "Een litteken wordt soepeler en vlakker, vaak na vijf keer. Onzichtbaar wordt het "
            "niet.",
            "A scar becomes softer and flatter, often after five sessions. It does not become "
            "invisible.",
        ),
        prepare=(
            "Smeer het litteken op de dag zelf niet in. Draag kleding waar we er goed bij kunnen.",
            "Put nothing on the scar on the day itself. Wear clothes that let us reach it.",
        ),
        minutes=40,
        price=8500,
        deposit=2500,
        late_fee=2500,
        no_show_fee=2500,
        needs=(practitioner(40), room(TREATMENT_ROOM, 45)),
        skilled=SKIN,
        popularity=5,
    ),
    # Peels: the deposit is what a late change costs, or the card is kept for the rest.
    TreatmentText(
        slug="fruitzuurpeeling",
        category=RENEWAL,
        name=("Milde fruitzuurpeeling", "Mild fruit acid peel"),
        summary=(
            "Een frissere, gladdere huid voor enkele weken. Je kunt dezelfde dag gewoon de deur "
            "uit.",
            "Fresher, smoother skin for a few weeks. You can go out the same day.",
        ),
        prepare=NO_ACIDS,
        minutes=25,
        price=6900,
        deposit=2000,
        late_fee=2000,
        no_show_fee=2000,
        needs=(practitioner(25), room(TREATMENT_ROOM, 30)),
        skilled=(*SKIN, FATIMA),
        # She takes her time, and is no skin therapist.
        own=(SkillText(FATIMA, minutes=35, price=5900),),
        extras=(MASK,),
        popularity=5,
    ),
    TreatmentText(
        slug="medische-peeling",
        category=RENEWAL,
        name=("Medische peeling", "Medical peel"),
        summary=(
            "Minder vlekken en fijne lijntjes na drie keer. Reken op vier tot zeven dagen "
            "vervellen.",
            "Fewer spots and fine lines after three sessions. Expect four to seven days of "
            "peeling.",
        ),
        prepare=NO_ACIDS,
        minutes=50,
        price=12900,
        deposit=4000,
        late_fee=6450,
        no_show_fee=12900,
        needs=(practitioner(50), room(TREATMENT_ROOM, 60)),
        skilled=SKIN,
        days_between=(28, 35),
        popularity=8,
    ),
    TreatmentText(
        slug="microneedling",
        category=RENEWAL,
        name=("Microneedling", "Microneedling"),
        summary=(
            "Stevigere huid en ondiepere littekens, te zien na drie maanden. Je bent twee dagen "
            "rood.",
            "Firmer skin and shallower scars, visible after three months. You will be red for "
            "two days.",
        ),
        prepare=(
            f"{NO_ACIDS[0]} We beginnen met een verdovende crème die twintig minuten moet "
            "inwerken.",
            f"{NO_ACIDS[1]} We start with a numbing cream that needs twenty minutes to work.",
        ),
        minutes=65,
        price=16500,
        deposit=5000,
        late_fee=8250,
        no_show_fee=16500,
        # While the cream works, the practitioner is free for somebody else.
        needs=(practitioner(10), practitioner(65, since=30), room(TREATMENT_ROOM, 75)),
        skilled=SKIN,
        popularity=8,
    ),
)

FACIAL_TREATMENTS = (
    # Facials.
    TreatmentText(
        slug="gezichtsbehandeling",
        category=FACIALS,
        name=("Reinigende gezichtsbehandeling", "Cleansing facial"),
        summary=(
            "Een schone, rustige huid en bijna een uur voor jezelf. Dat houdt een paar weken aan.",
            "Clean, calm skin and almost an hour for yourself. The effect lasts for a few weeks.",
        ),
        prepare=BARE_SKIN,
        minutes=55,
        price=7900,
        late_fee=3950,
        no_show_fee=7900,
        needs=(practitioner(55), room(TREATMENT_ROOM, 60)),
        skilled=(FATIMA,),
        extras=(MASK, LAMP),
        popularity=14,
    ),
    TreatmentText(
        slug="masker-en-massage",
        category=FACIALS,
        name=("Gezichtsbehandeling met masker en massage", "Facial with mask and massage"),
        summary=(
            "Ontspannen, en je huid voelt een week of wat zachter. Rimpels gaan er niet van weg.",
            "Relaxing, and your skin feels softer for a week or so. It does not remove wrinkles.",
        ),
        prepare=BARE_SKIN,
        minutes=70,
        price=9200,
        # The mask works for fifteen minutes by itself.
        needs=(practitioner(40), practitioner(70, since=55), room(TREATMENT_ROOM, 75)),
        skilled=(FATIMA,),
        extras=(LAMP,),
        popularity=11,
    ),
    # What may follow, in the same visit.
    TreatmentText(
        slug=MASK,
        category=FACIALS,
        name=("Kalmerend masker", "Calming mask"),
        summary=(
            "Een koel masker na de behandeling: minder rood als je de deur uitgaat.",
            "A cool mask after the treatment: less red when you leave.",
        ),
        prepare=BARE_SKIN,
        minutes=15,
        price=1950,
        needs=(practitioner(15), room(TREATMENT_ROOM, 20)),
        skilled=(*SKIN, FATIMA),
        only_as_extra=True,
    ),
    TreatmentText(
        slug=LAMP,
        category=FACIALS,
        name=("Ledlicht", "LED light"),
        summary=(
            "Twintig minuten rood licht. Prettig en rustig; verwacht er geen wonderen van.",
            "Twenty minutes of red light. Pleasant and calm; do not expect wonders.",
        ),
        prepare=BARE_SKIN,
        minutes=20,
        price=2950,
        # The lamp works by itself; who treats puts it on and takes it away.
        needs=(practitioner(3), practitioner(20, since=17), room(TREATMENT_ROOM, 25)),
        skilled=(FATIMA,),
        only_as_extra=True,
    ),
)
