"""The demo clinic's log-ins and what the groups may do in the admin."""

from django.contrib.auth.models import Group, Permission
from django.db.models import Q, QuerySet

from bookings.models import Practitioner, User

PASSWORD = "linde-demo"  # noqa: S105 (of a clinic that does not exist)
MAIL = "@linde.example"
LOGINS = {
    "balie": ("Bo", "Balie", User.RECEPTIONIST),
    "noor": ("Noor", "de Wit", User.PRACTITIONER),
    "eigenaar": ("Emma", "Eigenaar", User.OWNER),
}
# What the owner may change in the admin; the rest of it can only be looked at.
SETTINGS = {
    "bookings": (
        "clinic client clientgroup treatment need practitioner skill workinghours specialhours "
        "room device timeoff user"
    ).split(),
    "payments": ["courseoffer", "vatrate"],
    "reminders": "rule wording".split(),
}


def add_staff() -> None:
    """Make the groups and the demo log-ins that are missing."""
    groups = {
        name: Group.objects.get_or_create(name=name)[0]
        for name in (User.RECEPTIONIST, User.PRACTITIONER, User.OWNER)
    }
    groups[User.OWNER].permissions.add(*_owners_permissions())
    for username, (first_name, last_name, group) in LOGINS.items():
        _add_user(username, first_name, last_name, groups[group])
    noor = User.objects.get(username="noor")
    if not Practitioner.objects.filter(user=noor).exists():
        Practitioner.objects.filter(name="Noor de Wit", user=None).update(user=noor)


def demo_logins() -> QuerySet[User]:
    """Return the log-ins that this demo clinic made; somebody's own log-in is not among them."""
    return User.objects.filter(
        username__in=LOGINS, email__in=[f"{username}{MAIL}" for username in LOGINS]
    )


def _owners_permissions() -> list[Permission]:
    """Return the right to see everything of ours, and to change what is a setting."""
    ours = Permission.objects.filter(
        content_type__app_label__in=["bookings", "payments", "reminders"]
    )
    changeable = Q()
    for app, models in SETTINGS.items():
        changeable |= Q(content_type__app_label=app, content_type__model__in=models)
    return list(ours.filter(changeable | Q(codename__startswith="view_")))


def _add_user(username: str, first_name: str, last_name: str, group: Group) -> None:
    if User.objects.filter(username=username).exists():
        return
    user = User.objects.create_user(
        username,
        f"{username}{MAIL}",
        PASSWORD,
        first_name=first_name,
        last_name=last_name,
        is_staff=group.name == User.OWNER,
    )
    user.groups.add(group)
