"""The list of cases: filters from the address, newest first, page by page without counting the whole table."""

import datetime as dt
from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import Q, QuerySet
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from blocks.models import Community, Street
from cases.figures import Period, Show, select
from cases.forms import FilterForm
from cases.forms.fields import Option
from cases.models import Case
from cases.querysets import CaseQuerySet
from cases.states import Phase
from cases.views.visible import viewer_of
from staffing.middleware import StaffRequest
from yuhu.kit import clock, search

PAGE = 50
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_LONG_AGO, _FAR = dt.date(1900, 1, 1), dt.date(2200, 1, 1)
Rows = CaseQuerySet[Case]

_EQUAL = {name: name for name in ("state", "category", "path", "severity", "programme", "channel")}
_EQUAL["unit"] = "lead_unit__code"

TABS: tuple[tuple[str, str | Promise], ...] = (
    ("", gettext_lazy("All that I may see")),
    (Show.MINE.value, Show.MINE.label),
    (Show.EVALUATE.value, gettext_lazy("I evaluate")),
    (Show.REPORTED.value, Show.REPORTED.label),
)


@login_required
@require_safe
def listing(request: StaffRequest) -> HttpResponse:
    """Cases that this person may see, as far as the filters let them through."""
    at = clock.now()
    form = FilterForm(request.GET, areas=_areas(request), shows=Show.choices)
    given = form.given
    cases, older, newer = _page(_filtered(given, request, at), request.GET)
    show = given.get("show", "")
    context = {
        "cases": cases,
        "at": at,
        "form": form,
        "tabs": [_tab(request.GET, value, label, show) for value, label in TABS],
        "chips": _chips(request.GET, form, given),
        "is_filtered": bool(given.keys() - {"show"}) or show not in dict(TABS),
        "is_searched": bool(given.keys() & set(FilterForm.VISIBLE)),
        "show": show,
        "next_url": older and f"?{_with(request.GET, older=older)}",
        "previous_url": newer and f"?{_with(request.GET, newer=newer)}",
    }
    return render(request, "cases/list.html", context)


def _filtered(given: dict[str, Any], request: StaffRequest, at: dt.datetime) -> Rows:
    rows = _shown(given, request, at)
    for name, column in _EQUAL.items():
        if name in given:
            rows = rows.filter(**{column: given[name]})
    for name in ("area", "street", "community", "block"):
        if name in given:
            rows = rows.in_area(given[name])
    if "phase" in given:
        rows = rows.in_phase(Phase(given["phase"]))
    for name, narrowed in (("open", Rows.open), ("unplaced", Rows.unplaced)):
        if name in given:
            rows = narrowed(rows)
    if "overdue" in given:
        rows = rows.overdue(at)
    if period := _period(given, "reported_after", "reported_before"):
        rows = rows.filter(reported_at__gte=period.start, reported_at__lt=period.end)
    return rows.text(given["q"]) if "q" in given else rows


def _shown(given: dict[str, Any], request: StaffRequest, at: dt.datetime) -> Rows:
    """The set that a tab or a figure names, else everything within the scope."""
    period = _period(given, "closed_from", "closed_to")
    if "show" in given:
        return select(Show(given["show"]), viewer_of(request, at), period)
    rows = Case.objects.within(request.scope)
    return rows.filter(closed_at__gte=period.start, closed_at__lt=period.end) if period else rows


def _period(given: dict[str, Any], first: str, last: str) -> Period | None:
    """Whole local days; a side that is not named is open."""
    if first not in given and last not in given:
        return None
    earliest, latest = given.get(first, _LONG_AGO), given.get(last, _FAR)
    return Period.of_days(min(max(earliest, _LONG_AGO), _FAR), min(max(latest, _LONG_AGO), _FAR))


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
    # The plain bound lets an index find where the page begins; the alternative alone would be read from the top.
    shown = rows.for_lists()
    if newer is not None:
        at, pk = newer
        later = shown.filter(Q(reported_at__gt=at) | Q(pk__gt=pk), reported_at__gte=at)
        found = search.head(later.order_by("reported_at", "pk"), PAGE + 1)
        cases, more_newer, more_older = found[:PAGE][::-1], len(found) > PAGE, True
    else:
        if older is not None:
            at, pk = older
            shown = shown.filter(Q(reported_at__lt=at) | Q(pk__lt=pk), reported_at__lte=at)
        found = search.head(shown.order_by("-reported_at", "-pk"), PAGE + 1)
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


def _tab(query: QueryDict, value: str, label: str | Promise, show: str) -> dict[str, Any]:
    return {"url": f"?{_with(query, show=value)}", "label": label, "current": value == show}


def _chips(query: QueryDict, form: FilterForm, given: dict[str, Any]) -> list[dict[str, str]]:
    """What a link asked for and no field or tab of the page shows: words, and the address without it."""
    chips = []
    for name in form.from_links:
        if name not in given or (name == "show" and given[name] in dict(TABS)):
            continue
        choices = dict(getattr(form.fields[name], "choices", ()))
        words = "" if given[name] is True else str(choices.get(given[name], given[name]))
        label = str(form.fields[name].label or "")
        chips.append({"words": f"{label} {words}".strip(), "url": f"?{_with(query, **{name: ''})}"})
    return chips
