"""A made-up clinic to look at: its settings, and clients who never existed."""
