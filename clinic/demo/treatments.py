"""Everything the demo clinic gives, in the order in which it is shown."""

from clinic.demo.machine_treatments import LASER_AND_DOCTOR_TREATMENTS
from clinic.demo.skin_treatments import FACIAL_TREATMENTS, SKIN_TREATMENTS

TREATMENTS = (*SKIN_TREATMENTS, *LASER_AND_DOCTOR_TREATMENTS, *FACIAL_TREATMENTS)
POPULARITY = {treatment.slug: treatment.popularity for treatment in TREATMENTS}
