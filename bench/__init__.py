"""How fast the clinic is, as ratios to a bare view or query measured in the same run."""
