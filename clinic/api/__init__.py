"""The JSON API: what a widget on the clinic's own site, or an app, books with."""
