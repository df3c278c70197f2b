"""From a request to a row: the one way that both finds it and checks who asks."""

import hashlib
import hmac
import ipaddress
import re
from collections.abc import Callable
from functools import wraps
from uuid import UUID

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse

from bookings.models import (
    Appointment,
    Client,
    Offer,
    Practitioner,
    TimeOff,
    TreatmentPlan,
    User,
    WaitlistEntry,
)
from payments.models import Payment, Receipt, Voucher
from reminders.models import InboundMessage

HOLD = "hold_token"
AGAIN = "opnieuw"
#: The number of a receipt, as it stands in an address.
RECEIPT = re.compile(r"(?:demo)?20[0-9]{2}-[0-9]{5,9}", re.ASCII)
#: A secret as `new_token` makes them: anything else is none of ours.
TOKEN = re.compile(r"[A-Za-z0-9_-]{16}", re.ASCII)


class StaffAccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Only staff have accounts, and only the owner makes them."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False


def appointment_by_token(token: str) -> Appointment:
    """Return the appointment this secret link is of; holding the link is the proof.

    :raises Http404: if there is none, or nobody has given it details yet
    """
    appointment = _with_people().filter(token=token, client__isnull=False).first()
    if appointment is None:
        raise Http404
    return appointment


def visit_before(request: HttpRequest) -> Appointment | None:
    """Return the appointment from whose page she books again, if the address names one.

    A secret that fits nothing is no fault here: she then books like anybody else.
    """
    return _named(request.GET.get(AGAIN, ""))


def hold_in_hand(request: HttpRequest) -> Appointment | None:
    """Return the hold whose secret a form carries: she came by its link, in another browser."""
    found = _named(request.POST.get("hold", ""))
    is_hers = found is not None and found.hold_kind == Appointment.HoldKind.BROWSER
    return found if is_hers else None


def _named(token: str) -> Appointment | None:
    if not TOKEN.fullmatch(token):
        return None
    return _with_people().filter(token=token, client__isnull=False).first()


def own_hold(request: HttpRequest) -> Appointment | None:
    """Return the hold this visitor's session carries, in whatever state it is now."""
    token = request.session.get(HOLD)
    return _with_people().filter(token=token).first() if token else None


def hold_of_visitor(request: HttpRequest) -> Appointment | None:
    """Return the time this browser holds, also before its session knows: two clicks at once."""
    key = visitor_key(request)
    held = _with_people().filter(hold_visitor=key, status=Appointment.Status.HELD)
    return held.first() if key else None


def _with_people() -> QuerySet[Appointment]:
    people = Appointment.objects.select_related("client", "treatment", "practitioner")
    return people.prefetch_related("extras__treatment")


def wish_by_token(token: str) -> WaitlistEntry:
    """Return the wish on the waitlist this secret link is of.

    :raises Http404: if there is none
    """
    wishes = WaitlistEntry.objects.select_related(
        "client", "treatment", "practitioner", "appointment"
    )
    wish = wishes.filter(token=token).first()
    if wish is None:
        raise Http404
    return wish


def offer_by_token(token: str) -> Offer:
    """Return the offer this secret link is of.

    :raises Http404: if there is none
    """
    offers = Offer.objects.select_related(
        "hold__treatment",
        "hold__practitioner",
        "hold__client",
        "entry__appointment__treatment",
        "entry__appointment__practitioner",
    )
    offer = offers.filter(token=token).first()
    if offer is None:
        raise Http404
    return offer


def receipt_of_client(token: str, name: str) -> Receipt:
    """Return a receipt of the client of the appointment that this secret link is of.

    :raises Http404: if there is none, or it is somebody else's
    """
    client_id = appointment_by_token(token).client_id
    return _receipt(name, entry__appointment__client=client_id)


def receipt_of_voucher(token: str, name: str) -> Receipt:
    """Return a receipt of the voucher that this secret link is of.

    :raises Http404: if there is none, or it is of something else
    """
    return _receipt(name, entry__voucher=voucher_by_token(token))


def receipt_for_staff(name: str) -> Receipt:
    """Return a receipt by its number, for whoever is logged in.

    :raises Http404: if there is none
    """
    return _receipt(name)


def _receipt(name: str, **of: object) -> Receipt:
    series, _dash, number = name.partition("-")
    receipts = Receipt.objects.select_related("entry__payment", "entry__refund", "entry__voucher")
    receipt = receipts.filter(series=series, number=int(number), **of).first()
    if receipt is None:
        raise Http404
    return receipt


def payment_by_token(token: str) -> Payment:
    """Return the debt this secret link is of.

    :raises Http404: if there is none
    """
    return _payment(token=token)


def payment_by_reference(reference: UUID) -> Payment:
    """Return the debt that Stripe knows by this reference; no proof of who asks.

    :raises Http404: if there is none
    """
    return _payment(reference=reference)


def voucher_by_token(token: str) -> Voucher:
    """Return the voucher this secret link is of, once it is paid; holding the link is the proof.

    :raises Http404: if there is none
    """
    return _voucher(token=token, status=Voucher.Status.PAID)


def voucher_by_reference(reference: UUID) -> Voucher:
    """Return the voucher that Stripe knows by this reference; no proof of who asks.

    :raises Http404: if there is none
    """
    return _voucher(reference=reference)


def voucher_for_staff(voucher_id: int) -> Voucher:
    """Return a voucher that was paid, for a view that only staff can reach.

    :raises Http404: if there is none
    """
    return _voucher(pk=voucher_id, status=Voucher.Status.PAID)


def inbound_for_staff(inbound_id: int) -> InboundMessage:
    """Return what a client wrote and somebody has to read, for a view that only staff can reach.

    :raises Http404: if there is none
    """
    inbound = InboundMessage.objects.filter(pk=inbound_id, for_desk=True).first()
    if inbound is None:
        raise Http404
    return inbound


def _voucher(**by: object) -> Voucher:
    voucher = Voucher.objects.select_related("treatment").filter(**by).first()
    if voucher is None:
        raise Http404
    return voucher


def _payment(**by: object) -> Payment:
    payments = Payment.objects.select_related(
        "appointment__client", "appointment__treatment", "appointment__practitioner"
    )
    payment = payments.filter(**by).first()
    if payment is None:
        raise Http404
    return payment


def appointment_for_staff(appointment_id: int) -> Appointment:
    """Return an appointment for a view that only staff can reach.

    :raises Http404: if there is none
    """
    appointment = _with_people().filter(pk=appointment_id).first()
    if appointment is None:
        raise Http404
    return appointment


def time_off_for_staff(time_off_id: int) -> TimeOff:
    """Return an absence for a view that only staff can reach.

    :raises Http404: if there is none
    """
    time_off = TimeOff.objects.select_related("resource").filter(pk=time_off_id).first()
    if time_off is None:
        raise Http404
    return time_off


def practitioner_for_staff(practitioner_id: int) -> Practitioner:
    """Return somebody who treats, with her hours, for a view that only staff can reach.

    :raises Http404: if there is nobody
    """
    people = Practitioner.objects.filter(is_active=True, pk=practitioner_id)
    practitioner = people.prefetch_related("working_hours", "special_hours").first()
    if practitioner is None:
        raise Http404
    return practitioner


def client_for_staff(client_id: int) -> Client:
    """Return a client for a view that only staff can reach.

    :raises Http404: if there is none
    """
    client = Client.objects.filter(pk=client_id).first()
    if client is None:
        raise Http404
    return client


def plan_by_token(token: str) -> TreatmentPlan:
    """Return the treatment plan this secret link is of; holding the link is the proof.

    :raises Http404: if there is none
    """
    plan = TreatmentPlan.objects.filter(token=token).first()
    if plan is None:
        raise Http404
    return plan


def staff_user(request: HttpRequest) -> User:
    """Return who is logged in.

    :raises PermissionDenied: if nobody is
    """
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def belongs_to(request: HttpRequest, *groups: str) -> bool:
    """Tell whether who is logged in works in one of these groups; read once for each request."""
    user = staff_user(request)
    if not hasattr(request, "groups"):
        names = set(user.groups.values_list("name", flat=True))
        request.groups = names  # type: ignore[attr-defined]
    return user.is_superuser or not request.groups.isdisjoint(groups)  # type: ignore[attr-defined]


View = Callable[..., HttpResponse]


def staff_only(*groups: str) -> Callable[[View], View]:
    """Let only these groups (and superusers) see a view; others log in, or are told no."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            if not belongs_to(request, *groups):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return guarded

    return decorate


def ip_address(request: HttpRequest) -> str | None:
    """Return where the request came from, past as many proxies as are ours."""
    forwarded = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",")]
    proxies = settings.TRUSTED_PROXIES
    if proxies and len(forwarded) >= proxies and forwarded[-proxies]:
        return str(forwarded[-proxies])
    address: str = request.META.get("REMOTE_ADDR", "")
    return address or None


def _network(address: str) -> str:
    """Return what one household shares: the address, or the /64 of an IPv6 one."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if parsed.version == 4:
        return address
    return str(ipaddress.ip_network(f"{address}/64", strict=False))


def address_key(request: HttpRequest) -> str:
    """Return a keyed hash of the visitor's address: enough to count by, useless to trace with."""
    return _keyed(_network(ip_address(request) or ""))


def visitor_key(request: HttpRequest) -> str:
    """Return a keyed hash of the browser's own form secret, which it has before any session."""
    return _keyed(str(request.META.get("CSRF_COOKIE", "")))


def _keyed(text: str) -> str:
    key = settings.SECRET_KEY.encode()
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()[:32] if text else ""
