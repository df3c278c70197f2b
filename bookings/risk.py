"""How likely a visit is missed, for choosing whom to call first. Never for what anybody pays."""

#: Of visits that were not cancelled early, so many were lost in a year of one clinic's agenda.
USUAL = 0.09
#: So many visits of her own count as much as what is usual for everybody.
WEIGHT = 10


def chance_missed(*, missed: int, visits: int) -> float:
    """Return the chance, from 0 to 1, that a client misses a visit.

    The mean of a beta distribution whose prior is worth `WEIGHT` visits (Gelman et al., Bayesian
    Data Analysis, section 2.4): one visit missed says little, five say much.

    :param missed: visits of hers that were missed, or cancelled too late
    :param visits: all of hers that were agreed and not cancelled in time
    """
    return (missed + WEIGHT * USUAL) / (visits + WEIGHT)
