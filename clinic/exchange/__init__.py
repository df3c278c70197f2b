"""A clinic as a folder of CSV files, to and from other systems: see docs/import.md."""
