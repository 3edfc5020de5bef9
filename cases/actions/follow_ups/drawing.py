"""Draws the follow-up calls of a street and week: an automatic step that does it once, whole or not at all.

The rule (decision 0037), over the cases that were closed in the week, have a reporter with a phone who was asked to
rate, and are not restricted:

1. Whoever rated as dissatisfied is called, and whoever did not rate a case that had to be done again.
2. Of the others who did not rate: so many percent, rounded up, and at least so many, or all if there are fewer.
   Numbers are ordered by SHA-256 of the draw's seed, a colon and the case's number; the first are called.
"""

import datetime as dt
import hashlib
import secrets
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Subquery

from blocks.models import Street
from cases.models import CallDraw, Case, Evaluation, FollowUpCall, Rating
from cases.states import Satisfaction, State
from duties.models import work_calendar
from staffing.models import Unit
from staffing.posts import Function
from yuhu.journal.actions import SYSTEM, record
from yuhu.kit import clock, worktime

Reason = FollowUpCall.Reason
WEEK = dt.timedelta(days=7)


@dataclass(frozen=True)
class _Candidate:
    pk: int
    number: str
    reason: str


def weeks_to_draw(at: dt.datetime) -> Iterator[tuple[str, dt.date]]:
    """Streets and weeks that have ended and were not drawn: the last ones, should the step have slept. Two queries."""
    today = clock.local_date(at)
    monday = today - dt.timedelta(days=today.weekday())
    weeks = [monday - WEEK * back for back in range(1, settings.FOLLOW_UP_WEEKS + 1)]
    done = set(CallDraw.objects.filter(week__in=weeks).values_list("street", "week"))
    for street in Street.objects.order_by("pk").values_list("pk", flat=True):
        yield from ((street, week) for week in weeks if (street, week) not in done)


@transaction.atomic
def draw(*, street: str, week: dt.date, at: dt.datetime, source: str = "") -> bool:
    """Draw, unless it was done. ``week`` is its Monday. Returns whether this call did it."""
    row, is_new = CallDraw.objects.get_or_create(
        street_id=street,
        week=week,
        defaults={
            "seed": secrets.token_hex(16),
            "percent": settings.FOLLOW_UP_PERCENT,
            "least": settings.FOLLOW_UP_LEAST,
            "unit": _coordinating(street, clock.local_date(at)),
            "drawn_at": at,
            "due_at": worktime.deadline(at, settings.FOLLOW_UP_DAYS, "working_day", work_calendar()),
        },
    )
    if not is_new:
        return False
    always, others = _candidates(street, week)
    sample = pick(row.seed, [one.number for one in others], percent=row.percent, least=row.least)
    chosen = [*always, *(one for one in others if one.number in sample)]
    row.eligible, row.sampled, row.always = len(others), len(sample), len(always)
    row.save(update_fields=["eligible", "sampled", "always"])
    _store(row, chosen, source)
    if chosen:
        facts = {"street": street, "week": week, "eligible": row.eligible, "sampled": row.sampled}
        subject = ("call_draw", row.pk)
        record(
            kind="follow_up.drawn", subject=subject, at=at, actor=SYSTEM, data={**facts, "always": row.always}
        )
    return True


def pick(seed: str, numbers: Collection[str], *, percent: int, least: int) -> frozenset[str]:
    """The cases that are called by chance. The same for the same seed and numbers, whatever their order."""
    wanted = max(-(-len(numbers) * percent // 100), min(least, len(numbers)))
    ordered = sorted(numbers, key=lambda number: hashlib.sha256(f"{seed}:{number}".encode()).hexdigest())
    return frozenset(ordered[:wanted])


def _candidates(street: str, week: dt.date) -> tuple[list[_Candidate], list[_Candidate]]:
    """Who is called in any case, and from whom is drawn."""
    first, end = clock.day_start(week), clock.day_start(week + WEEK)
    called = FollowUpCall.objects.filter(case=OuterRef("pk")).of_last_closing()
    last = Rating.objects.filter(case=OuterRef("pk")).order_by("-round").values("satisfaction")[:1]
    failed = Evaluation.objects.filter(case=OuterRef("pk"), effective=False)
    rows = Case.objects.filter(
        street_code=street, state=State.CLOSED, closed_at__gte=first, closed_at__lt=end,
        must_rate=True, restricted=False, reporter__phone_sealed__isnull=False,
    )  # fmt: skip
    rows = rows.exclude(Exists(called)).order_by("pk")
    told = rows.values_list("pk", "number", "end_code", Subquery(last), Exists(failed))
    always, others = [], []
    for pk, number, end_code, answer, was_failed in told:
        if end_code == "rated":
            if answer == Satisfaction.DISSATISFIED:
                always.append(_Candidate(pk, number, Reason.DISSATISFIED))
        elif was_failed:
            always.append(_Candidate(pk, number, Reason.REWORKED))
        else:
            others.append(_Candidate(pk, number, Reason.SAMPLE))
    return always, others


def _store(row: CallDraw, chosen: list[_Candidate], source: str) -> None:
    """The calls, of cases that are still closed: who reopens one at this moment waits for the lock, or was first."""
    wanted = {one.pk: one for one in chosen}
    locked = Case.objects.select_for_update(of=("self",)).filter(pk__in=wanted, state=State.CLOSED)
    FollowUpCall.objects.bulk_create(
        FollowUpCall(
            draw=row,
            case_id=pk,
            round=2 if reopened else 1,
            reason=wanted[pk].reason,
            source=source,
        )
        for pk, reopened in locked.order_by("pk").values_list("pk", "reopened")
    )


def _coordinating(street: str, on: dt.date) -> Unit | None:
    return Unit.objects.performing(Function.COORDINATES, street=street, day=on).first()
