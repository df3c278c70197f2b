"""django-agenda, behind two addresses."""
