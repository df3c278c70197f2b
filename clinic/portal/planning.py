"""Step 5: the if-then plan, written and said back."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from bookings.clock import now
from clinic.portal.agreeing import live_hold, plan_sentence
from clinic.portal.forms import ACTIONS, OWN, PlanForm, RepeatForm
from clinic.portal.pages import step_page
from clinic.portal.shown import language, zone
from reminders import operations as reminders
from reminders import plans
from reminders.models import IfThenPlan

PAGE = "portal/plan.html"


@require_http_methods(["GET", "HEAD", "POST"])
def plan(request: HttpRequest) -> HttpResponse:
    """Have her write down her appointment and complete her plan, or skip it."""
    mine = live_hold(request)
    if isinstance(mine, HttpResponse):
        return mine
    if mine.client is None:
        return redirect("portal:details")
    if request.method != "POST":
        offered = reminders.offer_plan(mine.pk, now=now())
        return step_page(request, PAGE, mine, PlanForm(mine, initial=_known(offered)))
    if "skip" in request.POST:
        reminders.skip_plan(mine.pk, now=now())
        return redirect("portal:terms")
    form = PlanForm(mine, request.POST)
    if not form.is_valid():
        return step_page(request, PAGE, mine, form)
    reminders.write_plan(mine.pk, form.plan_text(), now=now())
    return redirect("portal:repeat")


def _known(plan: IfThenPlan) -> dict[str, object]:
    if plan.written_at is None or plan.cue_on is None:
        return {}
    suggested = plan.action in ACTIONS[language()]
    return {
        "written_when": plan.written_when,
        "cue_day": plan.cue_on.isoformat(),
        "cue_time": plan.cue_at,
        "action": plan.action if suggested else OWN,
        "own_action": "" if suggested else plan.action,
        "obstacle": plan.obstacle,
        "answer": plan.answer,
    }


@require_http_methods(["GET", "HEAD", "POST"])
def repeat(request: HttpRequest) -> HttpResponse:
    """Show her plan and have her say it back."""
    mine = live_hold(request)
    if isinstance(mine, HttpResponse):
        return mine
    written = IfThenPlan.objects.filter(appointment=mine, written_at__isnull=False).first()
    if written is None or written.cue_on is None or written.cue_at is None:
        return redirect("portal:plan")
    beginning = plans.beginning(written.cue_on, written.cue_at, language=language(), zone=zone())
    form = RepeatForm(f"{beginning} …", written.action, request.POST or None)
    if request.method == "POST" and form.is_valid():
        reminders.repeat_plan(mine.pk, now=now())
        return redirect("portal:terms")
    return step_page(request, "portal/repeat.html", mine, form, sentence=plan_sentence(mine))
