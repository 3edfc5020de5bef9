"""Visits on the phone (走访签到): what is planned, "here I am", what took place, what was found, and the cases of it.

For everybody who visits blocks, also those who have no desk. Doors only: every rule stands in the policies and actions
of visits (staffing) and of findings (cases.actions). What is pressed twice is done once, and the page says so.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Prefetch
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from blocks.models import Block
from cases.forms.choices import category_groups
from cases.forms.visits import (
    CancelForm,
    FindingForm,
    PlaceForm,
    RecordForm,
    VisitForm,
    blocks_to_visit,
)
from cases.models import Case
from cases.policies import may_report_finding
from staffing.actions import add_finding, begin_visit, cancel_visit, check_in, plan_visit, record_visit
from staffing.exceptions import AlreadyThere
from staffing.middleware import StaffRequest
from staffing.models import Finding, Visit
from staffing.policies import (
    cadre_posts,
    level_of,
    may,
    may_add_finding,
    may_cancel_visit,
    may_check_in,
    may_record_visit,
    plans_visits,
)
from staffing.posts import Capability
from yuhu.kit import clock
from yuhu.kit.exceptions import Forbidden, NotFound, Refusal
from yuhu.kit.verdicts import Verdict

AHEAD, BACK, SHOWN = dt.timedelta(days=60), dt.timedelta(days=60), 20


@dataclass(frozen=True)
class Verb:
    """What may be done with a visit: asked of a policy, carried out by an action."""

    name: str
    label: str | Promise
    may: Callable[..., Verdict]
    act: Callable[..., object]
    done: str | Promise
    confirm: str | Promise = ""


VERBS = {
    verb.name: verb
    for verb in (
        Verb("check-in", gettext_lazy("Check in: I am here"), may_check_in, check_in, ""),
        Verb(
            "record",
            gettext_lazy("Record what took place"),
            may_record_visit,
            record_visit,
            gettext_lazy("Recorded. What comes to mind later can be added."),
        ),
        Verb(
            "finding",
            gettext_lazy("Add a finding"),
            may_add_finding,
            add_finding,
            gettext_lazy("The finding has been added."),
        ),
        Verb(
            "cancel",
            gettext_lazy("Call it off"),
            may_cancel_visit,
            cancel_visit,
            gettext_lazy("Cancelled. Everybody who was to come is told."),
            gettext_lazy("It cannot be planned again from here; everybody who takes part is told."),
        ),
    )
}


@dataclass
class Step:
    """A verb as the page offers it: its form, unfolded where it comes first or came back."""

    verb: Verb
    form: forms.Form
    visit: int
    is_open: bool = False

    @property
    def draft(self) -> str:
        """Under which name the device keeps what is typed."""
        return f"visit-{self.verb.name}-{self.visit}"


@dataclass
class Found:
    """A finding, the case that it became (if one sees it), and whether this person may make one."""

    row: Finding
    case: Case | None = None
    opens: bool = False
    may_report: bool = False


@login_required
@require_safe
def visits(request: StaffRequest) -> HttpResponse:
    """The person's own visits: past their day, today's, coming ones, the last ones; and those in his or her block."""
    today = clock.today()
    own = plans_visits(request.user, on=today)
    if not own and not request.scope.looks_after_cases:
        raise Forbidden(own.reason, code=own.code)
    rows = _rows(request).during(today - BACK, today + AHEAD)
    mine = list(rows.of(request.user.pk).order_by("planned_for", "pk"))
    blocks = {post.block_code for post in request.posts if post.block_code}
    here = (
        rows.filter(block__code__in=blocks).exclude(pk__in=[row.pk for row in mine])
        if blocks
        else rows.none()
    )
    planned = [row for row in mine if row.is_planned]
    groups = (
        (_("Past their day, not recorded"), [row for row in planned if row.is_late(today)]),
        (_("Today"), [row for row in planned if row.planned_for == today]),
        (_("Coming"), [row for row in planned if row.planned_for > today]),
        (_("Recorded and cancelled"), [row for row in mine if not row.is_planned][::-1][:SHOWN]),
        (_("Others in my block"), list(here.order_by("-planned_for", "-pk")[:SHOWN])),
    )
    context = {
        "groups": [(label, found) for label, found in groups if found],
        "plans": bool(own),
        "today": today,
    }
    return render(request, "cases/visits/list.html", context)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: StaffRequest) -> HttpResponse:
    """Begin a visit now, or plan one for a day."""
    at = clock.now()
    today = clock.local_date(at)
    verdict = plans_visits(request.user, on=today)
    if not verdict:
        raise Forbidden(verdict.reason, code=verdict.code)
    posts = cadre_posts(request.user, today)
    begun = {"planned_for": today, "block": next((post.block_code for post in posts if post.block_code), "")}
    begun |= {name: request.GET[name] for name in ("block", "kind") if request.GET.get(name)}
    blocks = blocks_to_visit(posts, today)
    form = VisitForm(request.POST or None, initial=begun, blocks=blocks)
    if request.method != "POST":
        return render(request, "cases/visits/new.html", {"form": form})
    status = 400
    if form.is_valid():
        try:
            visit = _begin(request, form, level_of(posts), at)
        except Refusal as refusal:
            form.add_refusal(refusal)
            status = refusal.status
        else:
            return redirect("cases:visit", visit.pk)
    return render(request, "cases/visits/new.html", {"form": form}, status=status)


def _begin(request: StaffRequest, form: VisitForm, level: str, at: dt.datetime) -> Visit:
    """The button says whether it begins now; a meeting is always planned."""
    given, who = form.cleaned_data, _who(request, at)
    block = Block.objects.in_force(clock.local_date(at)).filter(code=given["block"]).first()
    if block is None:
        raise NotFound
    if "now" in request.POST and given["kind"] == Visit.Kind.VISIT:
        visit = begin_visit(block=block, level=level, role=given["role"], place=form.point, **who)
        _say_arrival(request, visit)
        return visit
    what = {name: given[name] for name in ("kind", "role", "planned_for")}
    visit = plan_visit(block=block, cadres=[request.user], level=level, place=given["address"], **what, **who)
    messages.success(request, _("Planned. On its day you check in here."))
    return visit


@login_required
@require_safe
def visit(request: StaffRequest, pk: int) -> HttpResponse:
    """One visit."""
    return _page(request, _seen(request, pk))


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def do(request: StaffRequest, pk: int, name: str) -> HttpResponse:
    """Carry out a verb; what is refused comes back with everything that was typed."""
    row, verb, at = _seen(request, pk), VERBS.get(name), clock.now()
    if verb is None:
        raise NotFound
    if request.method != "POST":
        return redirect("cases:visit", row.pk)
    form: Any = _form(verb, row, request.POST)
    if not form.is_valid():
        return _page(request, row, opened=(verb.name, form), status=400)
    try:
        changed = verb.act(visit=row, **_given(form), **_who(request, at))
    except Refusal as refusal:
        if _was_done(verb, _seen(request, pk), refusal):
            messages.info(request, _("That was stored already; this is how it stands."))
            return redirect("cases:visit", row.pk)
        form.add_refusal(refusal)
        return _page(request, _seen(request, pk), opened=(verb.name, form), status=refusal.status)
    if isinstance(changed, Visit) and verb.name == "check-in":
        _say_arrival(request, changed)
    else:
        messages.success(request, str(verb.done))
    return redirect("cases:visit", row.pk)


def _was_done(verb: Verb, row: Visit, refusal: Refusal) -> bool:
    """Pressed twice, or by a colleague at the same time: what was wanted is there."""
    wanted = {
        "record": row.is_done,
        "cancel": row.state == Visit.State.CANCELLED,
        "check-in": not row.is_planned,
    }
    return isinstance(refusal, AlreadyThere) or (
        refusal.code == "visit_ended" and wanted.get(verb.name, False)
    )


def _form(verb: Verb, row: Visit, data: QueryDict | None = None) -> forms.Form:
    if verb.name == "check-in":
        return PlaceForm(data)
    if verb.name == "record":
        begun = {"held_on": min(row.planned_for, clock.today())}
        return RecordForm(data, visit=row, groups=category_groups(), initial=begun)
    if verb.name == "finding":
        return FindingForm(data, groups=category_groups(), auto_id="add_%s")
    return CancelForm(data)


def _given(form: Any) -> dict[str, Any]:
    if isinstance(form, PlaceForm):
        return {"place": form.point}
    values: dict[str, Any] = form.values() if isinstance(form, RecordForm) else form.cleaned_data
    return values


def _say_arrival(request: StaffRequest, row: Visit) -> None:
    """Inside, or how far away: told, and no obstacle; who visits a household across the road has visited it."""
    words = {"time": clock.local(row.arrived_at or clock.now()).strftime("%H:%M"), "where": row.arrived_where}
    text = _("Checked in at %(time)s: %(where)s.") % words
    (messages.warning if row.arrived_metres else messages.success)(request, text)


def _page(
    request: StaffRequest, row: Visit, *, opened: tuple[str, forms.Form] | None = None, status: int = 200
) -> HttpResponse:
    today = clock.today()
    steps = [
        Step(verb, opened[1] if opened and opened[0] == verb.name else _form(verb, row), row.pk)
        for verb in VERBS.values()
        if verb.may(request.user, row, on=today) and not (verb.name == "check-in" and row.arrived_at)
    ]
    for number, step in enumerate(steps):
        step.is_open = opened[0] == step.verb.name if opened else number == 0 and step.verb.name != "cancel"
    known = {step.verb.name for step in steps}
    context = {
        "visit": row,
        "today": today,
        "late": row.is_late(today),
        "steps": steps,
        "findings": _findings(request, row),
        "refused": opened[1] if opened and opened[0] not in known else None,
        "has_desk": bool(may(request.user, Capability.USE_ADMIN, on=today)),
    }
    return render(request, "cases/visits/visit.html", context, status=status)


def _findings(request: StaffRequest, row: Visit) -> list[Found]:
    """What was found and what became of it. Three queries, none before it is recorded."""
    if not row.is_done:
        return []
    cases = Case.objects.only("number", "state", "finding_id", "restricted")
    rows = list(row.findings.order_by("no").prefetch_related(Prefetch("cases", cases)))
    opened = set(
        Case.objects.within(request.scope).filter(finding__in=rows).values_list("finding", flat=True)
    )
    found = []
    for one in rows:
        one.visit = row
        case = next(iter(one.cases.all()), None)
        may_report = case is None and bool(may_report_finding(request.user, one, on=clock.today()))
        found.append(Found(one, case, one.pk in opened, may_report))
    return found


def _rows(request: StaffRequest) -> Any:
    """With what a page says of a visit; outlines stay where they are."""
    rows: Any = Visit.objects.within(request.scope).select_related("block__community__street", "planned_by")
    outlines = ("block__boundary", "block__community__boundary", "block__community__street__boundary")
    return rows.defer(*outlines).prefetch_related("cadres")


def _seen(request: StaffRequest, pk: int) -> Visit:
    row: Visit | None = _rows(request).filter(pk=pk).first()
    if row is None:
        raise NotFound
    return row


def _who(request: StaffRequest, at: dt.datetime) -> dict[str, Any]:
    return {"by": request.user, "at": at, "actor": request.actor}
