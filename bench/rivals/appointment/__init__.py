"""django-appointment, behind two addresses."""
