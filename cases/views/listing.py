"""The list of cases: filters from the address, newest first, page by page without counting the whole table."""

import datetime as dt
from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import Q, QuerySet
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from blocks.models import Community, Street
from cases.forms import FilterForm
from cases.forms.fields import Option
from cases.forms.filters import Mine
from cases.models import Case
from cases.querysets import CaseQuerySet
from cases.states import Phase
from staffing.middleware import StaffRequest
from yuhu.kit import clock

PAGE = 50
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
Rows = CaseQuerySet[Case]


@login_required
@require_safe
def listing(request: StaffRequest) -> HttpResponse:
    """Cases that this person may see, as far as the filters let them through."""
    at = clock.now()
    form = FilterForm(request.GET, areas=_areas(request))
    given = form.given
    rows = _filtered(Case.objects.within(request.scope), given, request, at)
    cases, older, newer = _page(rows, request.GET)
    context = {
        "cases": cases,
        "at": at,
        "form": form,
        "tabs": _tabs(request.GET, given.get("mine", "")),
        "chips": _chips(request.GET, form, given),
        "is_filtered": bool(given.keys() - {"mine"}),
        "mine": given.get("mine", ""),
        "next_url": older and f"?{_with(request.GET, older=older)}",
        "previous_url": newer and f"?{_with(request.GET, newer=newer)}",
    }
    return render(request, "cases/list.html", context)


def _filtered(rows: Rows, given: dict[str, Any], request: StaffRequest, at: dt.datetime) -> Rows:
    rows = _mine(rows, given.get("mine"), request)
    for name in ("state", "category", "path", "severity"):
        if name in given:
            rows = rows.filter(**{name: given[name]})
    for name in ("area", "street", "community", "block"):
        if name in given:
            rows = rows.in_area(given[name])
    if "unit" in given:
        rows = rows.filter(Q(lead_unit__code=given["unit"]))
    if "phase" in given:
        rows = rows.in_phase(Phase(given["phase"]))
    if "open" in given:
        rows = rows.open()
    if "overdue" in given:
        rows = rows.overdue(at)
    return rows.text(given["q"]) if "q" in given else rows


def _mine(rows: Rows, mine: str | None, request: StaffRequest) -> Rows:
    user, units = request.user.pk, request.scope.units
    if mine == Mine.HELD:
        return rows.open().held_by(user, units)
    if mine == Mine.EVALUATE:
        return rows.to_evaluate_by(user, units)
    if mine == Mine.REPORTED:
        return rows.reported_by(user)
    return rows


def _areas(request: StaffRequest) -> list[Option]:
    """One's own areas, and those directly below a district or a street."""
    scope = request.scope
    names = {post.area: post.unit_name for post in request.posts if post.area in scope.areas}
    found: list[Option] = [(code, name or code, {}) for code, name in names.items()]
    below: QuerySet[Any] | None = None
    if scope.districts:
        below = Street.objects.filter(district__in=scope.districts)
    elif scope.streets:
        below = Community.objects.filter(street__in=scope.streets)
    if below is not None:
        found += [(code, name, {}) for code, name in below.order_by("code").values_list("code", "name")]
    return list({option[0]: option for option in found}.values())


def _page(rows: Rows, query: QueryDict) -> tuple[list[Case], str, str]:
    """One page of rows, and the marks from which the older and the newer page begin ("" when there is none)."""
    newer, older = _mark(query.get("newer", "")), _mark(query.get("older", ""))
    shown = rows.for_lists()
    if newer is not None:
        at, pk = newer
        later = shown.filter(Q(reported_at__gt=at) | Q(reported_at=at, pk__gt=pk))
        found = list(later.order_by("reported_at", "pk")[: PAGE + 1])
        cases, more_newer, more_older = found[:PAGE][::-1], len(found) > PAGE, True
    else:
        if older is not None:
            at, pk = older
            shown = shown.filter(Q(reported_at__lt=at) | Q(reported_at=at, pk__lt=pk))
        found = list(shown.order_by("-reported_at", "-pk")[: PAGE + 1])
        cases, more_newer, more_older = found[:PAGE], older is not None, len(found) > PAGE
    if not cases:
        return [], "", ""
    return cases, _name(cases[-1]) if more_older else "", _name(cases[0]) if more_newer else ""


def _name(case: Case) -> str:
    """A case's place in the order, exactly: microseconds and key."""
    return f"{(case.reported_at - _EPOCH) // dt.timedelta(microseconds=1)}.{case.pk}"


def _mark(text: str) -> tuple[dt.datetime, int] | None:
    moment, _dot, key = text.partition(".")
    if not (moment.isascii() and moment.isdigit() and key.isascii() and key.isdigit()) or len(text) > 40:
        return None
    try:
        return _EPOCH + dt.timedelta(microseconds=int(moment)), min(int(key), 2**62)
    except OverflowError:
        return None


def _with(query: QueryDict, **changes: str) -> str:
    """The address's parameters with these changed; marks of a page and empty ones go."""
    wanted = query.copy()
    for name in ("older", "newer"):
        wanted.pop(name, None)
    for name, value in changes.items():
        wanted[name] = value
    for name in [name for name, values in wanted.lists() if not any(values)]:
        del wanted[name]
    return wanted.urlencode()


def _tabs(query: QueryDict, mine: str) -> list[dict[str, Any]]:
    tabs = [("", _("All that I may see")), *Mine.choices]
    return [
        {"url": f"?{_with(query, mine=str(value))}", "label": label, "current": value == mine}
        for value, label in tabs
    ]


def _chips(query: QueryDict, form: FilterForm, given: dict[str, Any]) -> list[dict[str, str]]:
    """What a link asked for and no field of the page shows: words, and the address without it."""
    chips = []
    for name in FilterForm.FROM_LINKS:
        if name in given:
            choices = dict(getattr(form.fields[name], "choices", ()))
            words = str(choices.get(given[name], given[name]))
            label = str(form.fields[name].label or "")
            chips.append({"words": f"{label} {words}".strip(), "url": f"?{_with(query, **{name: ''})}"})
    return chips
