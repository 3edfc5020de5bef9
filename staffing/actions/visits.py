"""Plan, record and cancel visits and open-talk meetings, add what was found: the only place that writes them.

What people write stands on the rows, which can be emptied; the journal keeps salted digests (docs/decisions/0006).
Leaves to others: making a case of a finding (cases.actions.findings).
"""

import datetime as dt
import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from blocks.models import Block
from staffing.actions.clients import unknown_categories
from staffing.exceptions import (
    AlreadyThere,
    NoCadre,
    NotACadre,
    NotEntitled,
    NotHeldYet,
    TooManyHouseholds,
    WrongDates,
)
from staffing.models import Finding, User, Visit
from staffing.policies import (
    may_add_finding,
    may_cancel_visit,
    may_plan_visit,
    may_record_visit,
    visits_in,
)
from yuhu.journal.actions import SYSTEM, Actor, record, text_digest
from yuhu.kit import clock
from yuhu.kit.exceptions import Invalid
from yuhu.kit.text import clean_text
from yuhu.kit.verdicts import Verdict

# A visit may be entered afterwards, and planned ahead, by so many days.
DAYS_BACK, DAYS_AHEAD = 31, 366
MOST_CADRES, MOST_FINDINGS, MOST_PRESENT = 20, 50, 5000
SUMMARY, TEXT, PLACE = 4000, 2000, 100


@dataclass(frozen=True)
class NewFinding:
    """What was said or seen. ``category`` is the code of a category of cases, or nothing."""

    kind: str
    text: str
    category: str = ""
    solved: bool = False


@transaction.atomic
def plan_visit(
    *,
    kind: str,
    block: Block,
    cadres: Collection[User],
    level: str,
    planned_for: dt.date,
    by: User,
    at: dt.datetime,
    actor: Actor,
    role: str = "",
    place: str = "",
    source: str = "",
) -> Visit:
    """Plan a visit of ``cadres`` to ``block``, or an open-talk meeting whose hosts they are.

    Raises:
        NotEntitled: the policy says no.
        NoCadre, NotACadre: nobody named; somebody without a seat in the area, or whose account is closed.
        WrongDates: too far away in time.
        AlreadyThere: the same people plan the same for the same day.
        Invalid: a role that does not fit, no place of a meeting, too many people.
    """
    on = clock.local_date(at)
    _check_kind(kind, level, role)
    where = _place(kind, place)
    _check_day(planned_for, on)
    block = Block.objects.select_for_update(of=("self",)).defer("boundary").get(pk=block.pk)
    people = _cadres(cadres, block, on)
    entitled(may_plan_visit(by, area=block.code, cadres=[one.pk for one in people], on=on), field="block")
    _refuse_twice(kind, block, people, role, planned_for)
    visit = Visit.objects.create(
        kind=kind, block=block, level=level, role=role, planned_for=planned_for, place=where, planned_by=by,
        source=source,
    )  # fmt: skip
    visit.cadres.set(people)
    told(
        "visit.planned",
        visit,
        at,
        actor,
        what=kind,
        level=level,
        role=role,
        on=planned_for.isoformat(),
        cadres=[one.pk for one in people],
        tell=[one.pk for one in people if one.pk != by.pk],
    )
    return visit


@transaction.atomic
def record_visit(
    *,
    visit: Visit,
    held_on: dt.date,
    summary: str,
    by: User,
    at: dt.datetime,
    actor: Actor,
    households: int | None = None,
    attendance: int | None = None,
    findings: Sequence[NewFinding] = (),
) -> Visit:
    """Write down what took place, once: the day, how many households were visited (of a meeting: how many people came),
    a summary, and what was found.

    Raises:
        NotEntitled: not one of its cadres, or recorded or cancelled already.
        NotHeldYet, WrongDates: a day that lies ahead, or too long before the one that was planned.
        TooManyHouseholds: more than the block has.
        Invalid: a number or a text that cannot be; ``finding_2`` names the second finding.
    """
    visit = locked(visit)
    on = clock.local_date(at)
    entitled(may_record_visit(by, visit, on=on))
    _check_held(visit, held_on, on)
    visit.households, visit.attendance = _counted(visit, households, attendance)
    visit.summary = clean_text(summary, field="summary", min_length=2, max_length=SUMMARY)
    visit.salt = secrets.token_hex(16)
    visit.state, visit.held_on, visit.done_at = Visit.State.DONE, held_on, at
    visit.save()
    rows = [
        _finding(visit, number, new, at, prefix=f"finding_{number}")
        for number, new in enumerate(findings, start=1)
    ]
    Finding.objects.bulk_create(rows)
    told(
        "visit.done",
        visit,
        at,
        actor,
        what=visit.kind,
        on=held_on.isoformat(),
        households=visit.households,
        attendance=visit.attendance,
        summary=text_digest(visit.salt, visit.summary),
        findings=[_facts(row) for row in rows],
    )
    return visit


@transaction.atomic
def cancel_visit(*, visit: Visit, reason: str, by: User, at: dt.datetime, actor: Actor) -> Visit:
    """It does not take place. Whoever should have gone is told. Raises NotEntitled, Invalid (no reason)."""
    visit = locked(visit)
    entitled(may_cancel_visit(by, visit, on=clock.local_date(at)))
    visit.summary = clean_text(reason, field="reason", min_length=2, max_length=SUMMARY)
    visit.salt = secrets.token_hex(16)
    visit.state, visit.cancelled_at = Visit.State.CANCELLED, at
    visit.save(update_fields=["summary", "salt", "state", "cancelled_at"])
    others = [one.pk for one in visit.cadres.all() if one.pk != by.pk]
    told(
        "visit.cancelled",
        visit,
        at,
        actor,
        what=visit.kind,
        on=visit.planned_for.isoformat(),
        reason=text_digest(visit.salt, visit.summary),
        tell=others,
    )
    return visit


@transaction.atomic
def add_finding(
    *,
    visit: Visit,
    kind: str,
    text: str,
    by: User,
    at: dt.datetime,
    actor: Actor,
    category: str = "",
    solved: bool = False,
) -> Finding:
    """Something more that was found, after the record. The same words a second time are the same finding.

    Raises:
        NotEntitled: not one of its cadres, nothing recorded yet, or the texts were removed.
        Invalid: no text, or too many findings.
    """
    visit = locked(visit)
    entitled(may_add_finding(by, visit, on=clock.local_date(at)))
    present = list(visit.findings.order_by("no"))
    if len(present) >= MOST_FINDINGS:
        raise Invalid(_("This visit holds as many findings as is possible."), code="too_many")
    new = NewFinding(kind=kind, text=text, category=category, solved=solved)
    row = _finding(visit, max((one.no for one in present), default=0) + 1, new, at)
    if any((one.kind, one.text) == (row.kind, row.text) for one in present):
        raise AlreadyThere(field="text")
    row.save()
    told("visit.finding_added", visit, at, actor, what=visit.kind, findings=[_facts(row)])
    return row


def empty_visits(*, before: dt.datetime, limit: int, at: dt.datetime) -> int:
    """Remove the texts of visits that were recorded or cancelled before ``before``, at most ``limit`` visits.

    What stays are days, places, numbers and codes, for the figures. Returns how many visits.
    """
    keys = Visit.objects.kept_too_long(before).order_by("pk").values_list("pk", flat=True)[:limit]
    return sum(_empty(pk, before, at) for pk in list(keys))


@transaction.atomic
def _empty(pk: int, before: dt.datetime, at: dt.datetime) -> bool:
    visit = Visit.objects.select_for_update(of=("self",)).select_related("block").get(pk=pk)
    if visit.emptied_at is not None or (visit.done_at or visit.cancelled_at or before) >= before:
        return False
    visit.summary = visit.salt = ""
    visit.emptied_at = at
    visit.save(update_fields=["summary", "salt", "emptied_at"])
    visit.findings.update(text="", salt="")
    told("visit.emptied", visit, at, SYSTEM, what=visit.kind)
    return True


def locked(visit: Visit) -> Visit:
    """The row, locked, with its block and its cadres."""
    rows = Visit.objects.select_for_update(of=("self",)).select_related("block").prefetch_related("cadres")
    return rows.defer("block__boundary").get(pk=visit.pk)


def _check_kind(kind: str, level: str, role: str) -> None:
    if kind not in Visit.Kind.values:
        raise Invalid(field="kind")
    if level not in Visit.Level.values:
        raise Invalid(field="level")
    if kind == Visit.Kind.VISIT and role not in Visit.Role.values:
        raise Invalid(
            _("Please say in which of the four roles the cadres come."), code="no_role", field="role"
        )
    if kind == Visit.Kind.TALK and role:
        raise Invalid(_("A meeting has hosts and no role. Leave it empty."), code="no_role", field="role")


def _place(kind: str, place: str) -> str:
    """A meeting is held somewhere; a visit may have a meeting point."""
    needed = int(kind == Visit.Kind.TALK)
    return clean_text(place, field="place", min_length=needed, max_length=PLACE)


def _check_day(planned_for: dt.date, on: dt.date) -> None:
    if not on - dt.timedelta(days=DAYS_BACK) <= planned_for <= on + dt.timedelta(days=DAYS_AHEAD):
        message = _("Visits are planned for a day within a year, and entered at most %(days)d days later.")
        raise WrongDates(message % {"days": DAYS_BACK}, field="planned_for")


def _check_held(visit: Visit, held_on: dt.date, on: dt.date) -> None:
    if held_on > on:
        raise NotHeldYet(field="held_on")
    if held_on < visit.planned_for - dt.timedelta(days=DAYS_BACK):
        raise WrongDates(_("This is long before the planned day. Please check the date."), field="held_on")


def _cadres(given: Collection[User], block: Block, on: dt.date) -> list[User]:
    """Everybody once, each somebody who visits this block."""
    people = sorted({one.pk: one for one in given}.values(), key=lambda one: one.pk)
    if not people:
        raise NoCadre(field="cadres")
    if len(people) > MOST_CADRES:
        message = _("At most %(most)d people take part. For more, plan another visit.")
        raise Invalid(message % {"most": MOST_CADRES}, code="too_many", field="cadres")
    wrong = [one.name for one in people if not visits_in(one, area=block.code, on=on)]
    if wrong:
        message = _("%(names)s: no seat in a unit that works in this block, and not its liaison cadre.")
        raise NotACadre(message % {"names": "、".join(wrong)}, field="cadres")
    return people


def _refuse_twice(kind: str, block: Block, people: Sequence[User], role: str, day: dt.date) -> None:
    same = Visit.objects.planned().filter(kind=kind, block=block, role=role, planned_for=day)
    if same.filter(cadres__in=[one.pk for one in people]).exists():
        message = _(
            "One of these people plans the same in this block for this day already. Look at the list."
        )
        raise AlreadyThere(message, field="cadres")


def _counted(visit: Visit, households: int | None, attendance: int | None) -> tuple[int | None, int | None]:
    """Households of a visit, people of a meeting; the other one is nothing."""
    if visit.is_talk:
        if attendance is None or not 1 <= attendance <= MOST_PRESENT:
            message = _("Please give how many people came, at most %(most)d.") % {"most": MOST_PRESENT}
            raise Invalid(message, code="range", field="attendance")
        return None, attendance
    if households is None or households < 0:
        raise Invalid(_("Please give how many households were visited."), code="range", field="households")
    if 0 < visit.block.households < households:
        message = _("The block has %(count)d households. Please check the number.")
        raise TooManyHouseholds(message % {"count": visit.block.households}, field="households")
    return households, None


def _finding(visit: Visit, number: int, new: NewFinding, at: dt.datetime, *, prefix: str = "") -> Finding:
    """The row, not stored yet. ``prefix`` names the field of a form that holds the whole finding."""
    if new.kind not in Finding.Kind.values:
        raise Invalid(_("Please say what kind of finding it is."), code="no_kind", field=prefix or "kind")
    text = clean_text(new.text, field=prefix or "text", min_length=2, max_length=TEXT)
    if new.category and unknown_categories([new.category]):
        message = _("There is no category with the code %(codes)s.") % {"codes": new.category[:10]}
        raise Invalid(message, code="unknown", field=prefix or "category")
    return Finding(
        visit=visit,
        no=number,
        kind=new.kind,
        text=text,
        salt=secrets.token_hex(16),
        category_code=new.category,
        solved=new.solved,
        made_at=at,
    )


def _facts(row: Finding) -> dict[str, Any]:
    """What the journal keeps of a finding."""
    return {
        "no": row.no,
        "kind": row.kind,
        "category": row.category_code,
        "solved": row.solved,
        "digest": text_digest(row.salt, row.text),
    }


def entitled(verdict: Verdict, *, field: str | None = None) -> None:
    """Raises NotEntitled with the verdict's sentence."""
    if not verdict:
        raise NotEntitled(verdict.reason, code=verdict.code, field=field)


def told(kind: str, visit: Visit, at: dt.datetime, actor: Actor, **data: Any) -> None:
    """What the journal keeps of it."""
    record(kind=kind, subject=("visit", visit.pk), at=at, actor=actor, area=visit.block.code, data=data)
