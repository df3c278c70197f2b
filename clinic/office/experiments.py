"""The owner's experiments: two ways shared out by chance, and one look at the end."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from bookings.clock import now
from bookings.models import User
from clinic.access import staff_only
from clinic.office import trials
from clinic.office.experiment_forms import ExperimentForm, StopForm
from clinic.office.tables import Cell, Table, share_heads, shares
from clinic.office.trials import PLAN, Progress, Result, Stage
from clinic.office.words import in_words, points, signed_points
from reminders import operations as reminders
from reminders.models import Experiment, Rule, Wording

Of, Counts = Experiment.Of, Experiment.Outcome
TRIED_ON = (Rule.Event.AGREED, Rule.Event.BEFORE_START)


@require_safe
@staff_only(User.OWNER)
def show(request: HttpRequest) -> HttpResponse:
    """Show every experiment, and what could be tried."""
    every = trials.progress_of(Experiment.objects.all(), now=now())
    context = {"area": "office", "every": every, "subjects": _subjects()}
    return render(request, "office/experiments.html", context)


def _subjects() -> list[tuple[str, str]]:
    """Return what is not being tried already: the address of each, and its name."""
    rules = Rule.objects.filter(is_active=True, on__in=TRIED_ON)
    open_ones = Experiment.objects.filter(closed_at=None)
    tried = {one.wording or PLAN for one in open_ones}
    texts = dict.fromkeys(rules.values_list("wording", flat=True))
    found = [(key, str(Wording.Key(key).label)) for key in texts]
    found.append((PLAN, str(Of.PLAN.label)))
    return [(key, label) for key, label in found if key not in tried]


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(User.OWNER)
def begin(request: HttpRequest, subject: str) -> HttpResponse:
    """Ask what is tried; first say how many clients and weeks it takes, and then start it."""
    if subject not in dict(_subjects()):
        raise Http404
    texts = list(Wording.objects.filter(key=subject).order_by("-language"))
    form = ExperimentForm(texts, _outcomes(subject), request.POST or None)
    context: dict[str, object] = {"area": "office", "form": form, "texts": texts}
    if not form.is_bound:
        form.initial = _measured(subject)
    elif form.is_valid():
        was = trials.before(subject, form.cleaned_data["outcome"], now=now())
        weeks = was.weeks_for(2 * form.per_arm)
        if request.POST.get("start") == str(form.per_arm):  # what she read before
            return _start(request, form, weeks=weeks)
        context |= {"weeks": weeks, "per_arm": form.per_arm, "parts": form.parts}
        context["share"] = in_words(was.share)
    status = 422 if form.errors else 200
    return render(request, "office/experiment_new.html", context, status=status)


def _outcomes(subject: str) -> list[Experiment.Outcome]:
    """Return what may count, the quickest to show anything first."""
    asks = Rule.objects.filter(wording=subject, asks=True, is_active=True).exists()
    return [Counts.SAID_YES, Counts.LOST] if asks else [Counts.LOST]


def _measured(subject: str) -> dict[str, object]:
    """Return how the form begins: with what the clinic itself measured, if that is enough."""
    outcome = _outcomes(subject)[0]
    share = trials.before(subject, outcome, now=now()).share.share
    usual = {"usual_percent": round(share * 100, 1)} if share else {}
    return {"outcome": outcome, **usual}


def _start(request: HttpRequest, form: ExperimentForm, *, weeks: int | None) -> HttpResponse:
    try:
        started = reminders.start_experiment(form.design(weeks=weeks), now=now())
    except reminders.AlreadyTried:
        messages.warning(request, _("Something else is being tried with this already."))
        return redirect("office:experiments")
    messages.success(request, _("Started. From now on chance decides who gets which."))
    return redirect("office:experiment", experiment_id=started.pk)


@require_safe
@staff_only(User.OWNER)
def look(request: HttpRequest, experiment_id: int) -> HttpResponse:
    """Show how far an experiment is; what came of it only at its end."""
    return _page(request, _find(experiment_id), StopForm())


def _find(experiment_id: int) -> Progress:
    found = trials.progress_of(Experiment.objects.filter(pk=experiment_id), now=now())
    if not found:
        raise Http404
    return found[0]


def _page(request: HttpRequest, progress: Progress, form: StopForm) -> HttpResponse:
    experiment = progress.experiment
    context: dict[str, object] = {
        "area": "office",
        "progress": progress,
        "experiment": experiment,
        "texts": _beside(experiment),
        "form": form,
    }
    if progress.stage in (Stage.READY, Stage.CLOSED):
        result = trials.result_of(experiment, now=now())
        context |= {"result": result, "finding": _finding(result)}
        context["table"] = _table(result, of=experiment.of)
    status = 422 if form.errors else 200
    return render(request, "office/experiment.html", context, status=status)


def _beside(experiment: Experiment) -> list[tuple[str, str, str]]:
    """Return the language, the usual text as it was, and the other."""
    return [(one.language, one.usual_text, one.text) for one in experiment.texts.order_by("pk")]


def _table(result: Result, *, of: str) -> Table:
    head = [_("Half"), *share_heads()]
    rows: list[list[Cell]] = [
        [_("as usual"), *shares(result.usual.outcome)],
        [_("the other way"), *shares(result.other.outcome)],
    ]
    if of == Of.PLAN:  # who is asked for one may still leave
        head.append(_("Of those booked"))
        for row, half in zip(rows, (result.usual, result.other), strict=True):
            row.append(half.booked)
    return Table(_("What came of it"), head, rows)


def _finding(result: Result) -> str:
    if result.difference is None:
        return _("Nobody took part.")
    facts = {
        "difference": signed_points(result.points),
        "bounds": points(result.difference),
    }
    told = _("The difference is %(difference)s points, %(bounds)s.") % facts
    much = _("That is more than chance explains.")
    nothing = _("Chance alone explains that: this experiment found no difference.")
    return f"{told} {much if result.is_more_than_chance else nothing}"


@require_POST
@staff_only(User.OWNER)
def close(request: HttpRequest, experiment_id: int) -> HttpResponse:
    """Close an experiment that is over, with the text that is kept from now on."""
    progress = _find(experiment_id)
    takes_other = request.POST.get("takes") == "other"
    if progress.stage is not Stage.READY:
        messages.warning(request, _("This experiment is not at its end."))
        return redirect("office:experiment", experiment_id=experiment_id)
    try:
        reminders.close_experiment(experiment_id, takes_other=takes_other, now=now())
    except reminders.AlreadyClosed:
        messages.warning(request, _("This was closed before."))
    else:
        messages.success(request, _("Closed."))
    return redirect("office:experiment", experiment_id=experiment_id)


@require_POST
@staff_only(User.OWNER)
def stop(request: HttpRequest, experiment_id: int) -> HttpResponse:
    """Stop an experiment before its end: it answers nothing then."""
    progress, form = _find(experiment_id), StopForm(request.POST)
    if progress.stage not in (Stage.FILLING, Stage.WAITING):
        messages.warning(request, _("This experiment is over."))
    elif not form.is_valid():
        return _page(request, progress, form)
    else:
        try:
            reminders.stop_experiment(experiment_id, form.cleaned_data["because"], now=now())
            messages.success(request, _("Stopped. Everybody gets the usual again."))
        except reminders.AlreadyClosed:
            messages.warning(request, _("This was closed before."))
    return redirect("office:experiment", experiment_id=experiment_id)
