"""The whole clinic as real processes, for tests that look at it from outside."""
