"""Numbers about whistles: what waits for whom, how departments answer, and the yearly scorecard (街道考核部门).

The formulas are those of domain 6.2. A department that was withdrawn, or excused by an explanation that the street
accepted, is in no denominator; neither is one whose time is not over yet. Read-only; named sets are shared by the
numbers and the lists behind them. Leaves to others: pages.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.conf import settings
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Sum, TextChoices
from django.utils.translation import gettext_lazy as _

from cases.actions.tallies.counting import REGISTERED
from cases.figures.viewer import Period, Viewer
from cases.models import Case, Whistle, WhistleCall
from cases.policies import holding_units
from cases.querysets.cases import AREAS
from staffing.models import Unit
from staffing.posts import Post, PostKind
from yuhu.kit import clock
from yuhu.kit.figures import Count as Number
from yuhu.kit.figures import Share, query_of
from yuhu.kit.scope import STREET

W, C = Whistle.State, WhistleCall.State


class ShowWhistles(TextChoices):
    """Sets of whistles that somebody's day counts."""

    TO_APPROVE = "to_approve", _("Whistles to approve")
    TO_CLEAR = "to_clear", _("Whistles to clear")
    ESCALATED = "escalated", _("Whistles without an answer or a decision in time")
    LATE = "late", _("Late whistles")
    RUNNING = "running", _("Running whistles")


class ShowCalls(TextChoices):
    """Sets of called departments that somebody's day, or a figure, counts."""

    TO_ANSWER = "to_answer", _("Whistles to answer")
    TO_REPORT = "to_report", _("Whistle results to give")
    TO_RATE_STREET = "to_rate_street", _("Whistles to rate")
    TO_DECIDE = "to_decide", _("Explanations to accept or refuse")
    TO_RATE_DEPARTMENT = "to_rate_department", _("Departments to rate")
    LATE = "late", _("Answer or result late")
    ANSWER_DUE = "answer_due", _("Called, answered or due to answer")
    IN_TIME = "answered_in_time", _("Checked in in time")
    SITE_DUE = "site_due", _("Called, on site or due on site")
    ATTENDED = "attended", _("On site with proof")
    RESULT_DUE = "result_due", _("Called, result given or due")
    RESULT_IN_TIME = "result_in_time", _("Result given in time")
    SCORED = "scored", _("Rated by the street")


@dataclass(frozen=True)
class Hands:
    """In which streets and departments somebody's posts of today act on whistles."""

    officer: list[str]
    leader: list[str]
    district: list[str]
    departments: list[int]

    @classmethod
    def of(cls, posts: Iterable[Post]) -> "Hands":
        rows = tuple(posts)
        deciders = (PostKind.DUTY_OFFICER, PostKind.HEAD)
        units = holding_units([post for post in rows if post.unit_kind == Unit.Kind.DEPARTMENT])
        return cls(
            [post.area for post in rows if post.kind in deciders and post.unit_kind == Unit.Kind.PLATFORM],
            [post.area for post in rows if post.kind is PostKind.STREET_LEADER],
            [post.area for post in rows if post.kind is PostKind.DISTRICT_LEADER],
            sorted(units),
        )

    def __bool__(self) -> bool:
        return bool(self.officer or self.leader or self.district or self.departments)


def _unsettled() -> Exists:
    active = WhistleCall.objects.exclude(state__in=[*WhistleCall.SETTLED, C.WITHDRAWN])
    return Exists(active.filter(whistle=OuterRef("pk")))


def _settled() -> Exists:
    return Exists(WhistleCall.objects.filter(state__in=WhistleCall.SETTLED, whistle=OuterRef("pk")))


def _silent() -> Exists:
    told = WhistleCall.objects.filter(state=C.CALLED, escalated_at__isnull=False)
    return Exists(told.filter(whistle=OuterRef("pk")))


def whistle_set(show: str, viewer: Viewer) -> Q:
    """Which whistles a set holds for this person; what the scope does not open is left out by the list."""
    hands = Hands.of(viewer.posts)
    running = Q(state__in=Whistle.RUNNING)
    undecided = running & Q(decided_at__isnull=True)
    sets: dict[str, Q] = {
        ShowWhistles.TO_APPROVE: undecided & Q(street_code__in=hands.leader) & ~Q(asked_by=viewer.person),
        ShowWhistles.TO_CLEAR: Q(state=W.CALLED, approved=True, street_code__in=hands.officer)
        & ~Q(_unsettled())
        & Q(_settled()),
        ShowWhistles.ESCALATED: Q(case__district_code__in=hands.district)
        & (undecided & Q(approval_late_at__isnull=False) | Q(state=W.CALLED) & Q(_silent())),
        ShowWhistles.LATE: Q(pk__in=Whistle.objects.late(viewer.at).values("pk")),
        ShowWhistles.RUNNING: running,
    }
    return sets[show]


def call_set(show: str, viewer: Viewer) -> Q:
    """Which calls a set holds for this person."""
    hands = Hands.of(viewer.posts)
    mine, ours = Q(unit__in=hands.departments), Q(whistle__street_code__in=hands.officer)
    called, cleared = Q(whistle__state=W.CALLED), Q(whistle__state=W.CLEARED, state__in=WhistleCall.SETTLED)
    sets: dict[str, Q] = {
        ShowCalls.TO_ANSWER: called & mine & Q(state=C.CALLED),
        ShowCalls.TO_REPORT: called & mine & Q(state=C.CHECKED_IN),
        ShowCalls.TO_RATE_STREET: cleared & mine & Q(justified__isnull=True),
        ShowCalls.TO_DECIDE: called & ours & Q(state=C.EXPLAINED),
        ShowCalls.TO_RATE_DEPARTMENT: cleared & ours & Q(score__isnull=True),
        ShowCalls.LATE: called & late_call(viewer.at),
        **{show: condition & COUNTED for show, condition in _of_figures(viewer.at).items()},
    }
    return sets[show]


def late_call(at: dt.datetime) -> Q:
    return Q(state=C.CALLED, answer_due_at__lt=at) | Q(state=C.CHECKED_IN, result_due_at__lt=at)


# Called, and neither withdrawn nor excused by an explanation that the street accepted.
COUNTED = Q(called_at__isnull=False) & ~Q(state__in=[C.WITHDRAWN, C.EXCUSED])
_CAME = Q(state__in=[C.CHECKED_IN, C.REPORTED])


def _of_figures(at: dt.datetime) -> dict[str, Q]:
    """Among the counted ones. What a case's end cut off before its time was over is not held against anybody."""
    lives = Q(whistle__state__in=[W.CALLED, W.CLEARED, W.DONE])
    return {
        ShowCalls.ANSWER_DUE: _CAME | lives & Q(answer_due_at__lt=at),
        ShowCalls.IN_TIME: _CAME & Q(answered_at__lte=F("answer_due_at")),
        ShowCalls.SITE_DUE: Q(attended__isnull=False) | lives & Q(site_due_at__lt=at),
        ShowCalls.ATTENDED: Q(attended=True),
        ShowCalls.RESULT_DUE: Q(state=C.REPORTED) | lives & Q(result_due_at__lt=at),
        ShowCalls.RESULT_IN_TIME: Q(state=C.REPORTED, result_at__lte=F("result_due_at")),
        ShowCalls.SCORED: Q(score__isnull=False),
    }


@dataclass(frozen=True)
class Mean:
    """The mean of ratings from one to five, with what it is made of; None without a rating."""

    total: int = 0
    number: int = 0

    @property
    def value(self) -> Decimal | None:
        """Two decimals, half up."""
        if not self.number:
            return None
        return (Decimal(self.total) / self.number).quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)


@dataclass(frozen=True)
class Answers:
    """How departments answered: of one department, or of all together."""

    called: Number
    in_time: Share
    attended: Share
    result_in_time: Share
    score: Mean


@dataclass(frozen=True)
class Scorecard:
    """A year of the departments, as the streets of the viewer's scope rated them."""

    departments: Mapping[Unit, Answers]
    whole: Answers


@dataclass(frozen=True)
class WhistleFigures:
    """An area in a period. ``rate``: whistles in the cases that were reported; good inside the band, not as high as
    possible (domain 2.5)."""

    answers: Answers  # whistle_response_rate, whistle_attendance_rate, whistle_department_score
    cleared: Share  # whistle_clear_rate
    rate: Share  # whistle_rate
    street_score: Mean  # whistle_street_score
    streets: Mapping[str, Mean] = field(default_factory=dict)

    @property
    def band(self) -> str:
        """ "below", "inside" or "above" what is usual; "" without a case."""
        percent = self.rate.percent
        if percent is None:
            return ""
        if percent < Decimal(str(settings.WHISTLE_BAND_LOW)):
            return "below"
        return "above" if percent > Decimal(str(settings.WHISTLE_BAND_HIGH)) else "inside"


def called_in(period: Period, prefix: str = "") -> Q:
    return Q(**{f"{prefix}called_at__gte": period.start, f"{prefix}called_at__lt": period.end})


def days_of(period: Period) -> tuple[str, str]:
    """How a list's address says the days in which departments were called: the first and the last."""
    last = clock.local_date(period.end) - dt.timedelta(days=1)
    return "called", f"{clock.local_date(period.start).isoformat()}..{last.isoformat()}"


def year_of(year: int) -> Period:
    """A calendar year of the district."""
    return Period.of_days(dt.date(year, 1, 1), dt.date(year, 12, 31))


_NAMES: Mapping[str, str] = {
    "answer_due": ShowCalls.ANSWER_DUE, "in_time": ShowCalls.IN_TIME, "site_due": ShowCalls.SITE_DUE,
    "attended_": ShowCalls.ATTENDED, "result_due": ShowCalls.RESULT_DUE, "result_in_time": ShowCalls.RESULT_IN_TIME,
    "scored": ShowCalls.SCORED,
}  # fmt: skip


def _counted(rows: QuerySet[Any], at: dt.datetime, *by: str) -> list[Mapping[str, Any]]:
    """The counts of the answers, grouped. One query."""
    sets = _of_figures(at)
    counts: dict[str, Any] = {name: Count("pk", filter=sets[show]) for name, show in _NAMES.items()}
    grouped = rows.filter(COUNTED).values(*by).annotate(called=Count("pk"), points=Sum("score"), **counts)
    return list(grouped.order_by(*by))


def _answers(rows: Iterable[Mapping[str, Any]], *query: tuple[str, str | int]) -> Answers:
    found = list(rows)

    def number(name: str) -> Number:
        total = sum(row[name] or 0 for row in found)
        return Number(total, query_of(*query, *((("show", _NAMES[name]),) if name in _NAMES else ())))

    return Answers(
        called=number("called"),
        in_time=Share(number("in_time"), number("answer_due")),
        attended=Share(number("attended_"), number("site_due")),
        result_in_time=Share(number("result_in_time"), number("result_due")),
        score=Mean(sum(row["points"] or 0 for row in found), sum(row["scored"] for row in found)),
    )


def scorecard(viewer: Viewer, period: Period) -> Scorecard:
    """Every department that was called, in the streets that the viewer's scope opens; a department sees its own row.
    Two queries."""
    calls = WhistleCall.objects.within(viewer.scope).filter(called_in(period))
    rows = _counted(calls, viewer.at, "unit")
    days = days_of(period)
    units = Unit.objects.in_bulk([row["unit"] for row in rows])
    order = sorted(rows, key=lambda row: units[row["unit"]].code)
    found = {units[row["unit"]]: _answers([row], ("unit", row["unit"]), days) for row in order}
    return Scorecard(found, _answers(rows, days))


def whistle_figures(viewer: Viewer, period: Period, area: str = "") -> WhistleFigures:
    """The figures of domain 6.2 for an area (its code; "" is the whole scope). 5 queries."""
    whistles = _in_area(Whistle.objects.within(viewer.scope), area)
    calls = _in_area(WhistleCall.objects.within(viewer.scope), area, "whistle__")
    days, place = days_of(period), ("street", area if len(area) == STREET else "")
    due = whistles.filter(due_at__gte=period.start, due_at__lt=period.end, called_at__isnull=False)
    due = due.exclude(state__in=[W.DECLINED, W.ENDED]).filter(
        Q(cleared_at__isnull=False) | Q(due_at__lt=viewer.at)
    )
    cleared = due.aggregate(due=Count("pk"), done=Count("pk", filter=Q(cleared_at__lte=F("due_at"))))
    reported = Case.objects.within(viewer.scope).in_areas([area] if area else viewer.scope.areas)
    cases = reported.filter(reported_at__gte=period.start, reported_at__lt=period.end)
    number = whistles.filter(called_in(period)).count()
    streets = _street_scores(calls.filter(called_in(period)))
    return WhistleFigures(
        answers=_answers(_counted(calls.filter(called_in(period)), viewer.at), days, place),
        cleared=Share.of(cleared["done"], cleared["due"]),
        rate=Share(Number(number, query_of(days, place)), Number(cases.filter(REGISTERED).count())),
        street_score=Mean(
            sum(mean.total for mean in streets.values()), sum(mean.number for mean in streets.values())
        ),
        streets=streets,
    )


def _in_area(rows: Any, area: str, prefix: str = "") -> Any:
    """The street stands on the whistle; what is smaller stands on its case."""
    if len(area) > STREET:
        return rows.filter(**{f"{prefix}case__{AREAS[len(area)]}": area})
    return rows.filter(**{f"{prefix}street_code__startswith": area}) if area else rows


def _street_scores(calls: QuerySet[Any]) -> dict[str, Mean]:
    """By street: both questions that departments answer count as one rating each. One query."""
    rows = calls.filter(justified__isnull=False).values("whistle__street_code")
    found = rows.annotate(number=Count("pk"), points=Sum(F("justified") + F("prepared")))
    return {
        row["whistle__street_code"]: Mean(row["points"], 2 * row["number"])
        for row in found.order_by("whistle__street_code")
    }


def waiting(viewer: Viewer) -> dict[str, tuple[int, int]]:
    """What waits for this person, by set: how many, and how many of them are late. Two queries at most, none for
    somebody whose posts have no part in whistles."""
    hands = Hands.of(viewer.posts)
    found: dict[str, tuple[int, int]] = {}
    if hands.officer or hands.leader or hands.district:
        rows = Whistle.objects.within(viewer.scope).filter(state__in=Whistle.RUNNING)
        late = Q(decided_at__isnull=True, approve_due_at__lt=viewer.at) | Q(
            state=W.CALLED, due_at__lt=viewer.at
        )
        found |= _count(rows, _WHISTLE_DAY, lambda show: whistle_set(show, viewer), late)
    if hands.officer or hands.departments:
        calls = WhistleCall.objects.within(viewer.scope).filter(whistle__state__in=[W.CALLED, W.CLEARED])
        found |= _count(calls, _CALL_DAY, lambda show: call_set(show, viewer), late_call(viewer.at))
    return found


_WHISTLE_DAY = (ShowWhistles.TO_APPROVE, ShowWhistles.TO_CLEAR, ShowWhistles.ESCALATED)
_CALL_DAY = (
    *(ShowCalls.TO_ANSWER, ShowCalls.TO_REPORT, ShowCalls.TO_DECIDE),
    *(ShowCalls.TO_RATE_STREET, ShowCalls.TO_RATE_DEPARTMENT),
)


def _count(
    rows: QuerySet[Any], shows: Iterable[str], which: Callable[[str], Q], late: Q
) -> dict[str, tuple[int, int]]:
    counts: dict[str, Any] = {}
    for show in shows:
        condition = which(show)
        counts[str(show)] = Count("pk", filter=condition)
        counts[f"{show}_late"] = Count("pk", filter=condition & late)
    found = rows.aggregate(**counts)
    return {str(show): (found[str(show)], found[f"{show}_late"]) for show in shows}
