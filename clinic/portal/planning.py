"""The if-then plan, written and said back: as step 5 of a booking, or afterwards for each visit."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from bookings.clock import now
from bookings.models import Appointment
from clinic.access import appointment_by_token
from clinic.nudge import nudge
from clinic.portal.agreeing import NUDGES, live_hold, plan_sentence
from clinic.portal.forms import ACTIONS, OWN, PlanForm, QuestionForm, RepeatForm
from clinic.portal.pages import step_page
from clinic.portal.shown import is_to_come, language, summary_of, zone
from reminders import operations as reminders
from reminders import plans
from reminders.models import IfThenPlan
from reminders.written import cue_moment, fitting_plan, last_plan


@dataclass(frozen=True, slots=True)
class Way:
    """The two pages on which a plan is made, and where she goes from there."""

    show: Callable[..., HttpResponse]  # a template by its name, with a form
    repeat: str
    done: str
    plan: str


@require_http_methods(["GET", "HEAD", "POST"])
def plan(request: HttpRequest) -> HttpResponse:
    """Have her write down her appointment and complete her plan, or skip it."""
    mine = live_hold(request)
    if isinstance(mine, HttpResponse):
        return mine
    if mine.client is None:
        return redirect("portal:details")
    return _write(request, mine, _booking(request, mine))


@require_http_methods(["GET", "HEAD", "POST"])
def repeat(request: HttpRequest) -> HttpResponse:
    """Show her plan and have her say it back."""
    mine = live_hold(request)
    if isinstance(mine, HttpResponse):
        return mine
    return _repeat(request, mine, _booking(request, mine))


@require_http_methods(["GET", "HEAD", "POST"])
def plan_later(request: HttpRequest, token: str) -> HttpResponse:
    """Have her make or change the plan of a visit that is booked."""
    mine = appointment_by_token(token)
    if not is_to_come(mine, now=now()):
        return redirect("portal:appointment", token=token)
    return _write(request, mine, _later(request, mine))


@require_http_methods(["GET", "HEAD", "POST"])
def repeat_later(request: HttpRequest, token: str) -> HttpResponse:
    """Have her say back the plan of a visit that is booked."""
    mine = appointment_by_token(token)
    if not is_to_come(mine, now=now()):
        return redirect("portal:appointment", token=token)
    return _repeat(request, mine, _later(request, mine))


@require_http_methods(["GET", "HEAD", "POST"])
def question(request: HttpRequest, token: str) -> HttpResponse:
    """Pass on what she wants to know before she comes."""
    mine = appointment_by_token(token)
    if not is_to_come(mine, now=now()):
        return redirect("portal:appointment", token=token)
    form = QuestionForm(request.POST or None)
    if form.is_valid():
        return _pass_on(request, mine, form.cleaned_data["text"])
    context = {"token": token, "form": form, "practitioner": mine.practitioner.name}
    status = 422 if form.is_bound else 200
    return render(request, "portal/question.html", context, status=status)


def _pass_on(request: HttpRequest, mine: Appointment, text: str) -> HttpResponse:
    try:
        reminders.ask(mine.pk, text, now=now())
    except reminders.TooManyQuestions:
        messages.warning(request, _("Several questions wait for an answer already. Call us."))
    else:
        messages.success(request, _("Thank you. We have passed on your question."))
    return redirect("portal:appointment", token=mine.token)


def _booking(request: HttpRequest, mine: Appointment) -> Way:
    def show(name: str, form: PlanForm | RepeatForm, **more: object) -> HttpResponse:
        return step_page(request, f"portal/{name}.html", mine, form, **more)

    return Way(show, reverse("portal:repeat"), reverse("portal:terms"), reverse("portal:plan"))


def _later(request: HttpRequest, mine: Appointment) -> Way:
    own = [mine.token]

    def show(name: str, form: PlanForm | RepeatForm, **more: object) -> HttpResponse:
        context = {
            "token": mine.token,
            "form": form,
            "summary": summary_of(mine, now=now()),
            **more,
        }
        status = 422 if form.errors else 200
        return render(request, f"portal/{name}_later.html", context, status=status)

    return Way(
        show,
        repeat=reverse("portal:repeat_later", args=own),
        done=reverse("portal:appointment", args=own),
        plan=reverse("portal:plan_later", args=own),
    )


def _write(request: HttpRequest, mine: Appointment, way: Way) -> HttpResponse:
    if request.method != "POST":
        offered = reminders.offer_plan(mine.pk, now=now())
        return way.show("plan", PlanForm(mine, initial=_begun(mine, offered)))
    if "skip" in request.POST:
        reminders.skip_plan(mine.pk, now=now())
        return redirect(way.done)
    form = PlanForm(mine, request.POST)
    if not form.is_valid():
        return way.show("plan", form)
    reminders.write_plan(mine.pk, form.plan_text(), now=now())
    nudge(*NUDGES)
    return redirect(way.repeat)


def _repeat(request: HttpRequest, mine: Appointment, way: Way) -> HttpResponse:
    written = fitting_plan(mine, zone=zone())
    if written is None or written.cue_on is None or written.cue_at is None:
        return redirect(way.plan)
    beginning = plans.beginning(written.cue_on, written.cue_at, language=language(), zone=zone())
    form = RepeatForm(f"{beginning} …", written.action, request.POST or None)
    if request.method == "POST" and form.is_valid():
        reminders.repeat_plan(mine.pk, now=now())
        return redirect(way.done)
    return way.show("repeat", form, sentence=plan_sentence(mine), plan_url=way.plan)


def _begun(mine: Appointment, offered: IfThenPlan) -> dict[str, object]:
    """Return what the form begins with: this plan, or that of her last session."""
    if fitting_plan(mine, zone=zone()):
        assert offered.cue_on is not None  # it fits, so it was written
        return {
            "written_when": offered.written_when,
            "cue_day": offered.cue_on.isoformat(),
            "cue_time": offered.cue_at,
            "tells": offered.tells,
            "worry": offered.worry,
            "worry_answer": offered.worry_answer,
            **_how(offered),
        }
    last = offered if offered.written_at else last_plan(mine)
    if last is None:
        return {}
    return {"tells": last.tells, **_how(last), **_as_long_before(mine, last)}


def _how(plan: IfThenPlan) -> dict[str, object]:
    suggested = plan.action in ACTIONS[language()]
    return {
        "action": plan.action if suggested else OWN,
        "own_action": "" if suggested else plan.action,
        "obstacle": plan.obstacle,
        "answer": plan.answer,
    }


def _as_long_before(mine: Appointment, last: IfThenPlan) -> dict[str, object]:
    """Return a cue as long before this visit as the last one was, when that makes sense here."""
    before = last.appointment.starts_at - cue_moment(last, zone=zone())
    if not timedelta() < before <= timedelta(hours=3):
        return {}
    cue = (mine.starts_at - before).astimezone(zone())
    if cue.date() != mine.starts_at.astimezone(zone()).date():
        return {}
    return {"cue_time": cue.time()}
