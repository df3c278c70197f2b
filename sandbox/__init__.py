"""What stands in for the world on a laptop; never part of production."""
