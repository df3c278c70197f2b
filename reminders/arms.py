"""Which arm of an experiment a client is in. Pure: no draw is kept, and none can be repeated."""

import hashlib
from enum import StrEnum


class Arm(StrEnum):
    """As it always was, or the other way that is tried."""

    USUAL = "usual"
    OTHER = "other"


def arm_of(experiment_id: int, client_id: int) -> Arm:
    """Return the arm of a client: half of all clients, other ones in each experiment.

    The first byte of a SHA-256 of both numbers decides: whoever looks at the client cannot guess
    it, and nobody can choose it.
    """
    digest = hashlib.sha256(f"experiment {experiment_id} client {client_id}".encode()).digest()
    return Arm.OTHER if digest[0] % 2 else Arm.USUAL
