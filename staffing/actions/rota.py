"""The rota of a platform: plan shifts in turn, give one to somebody, free those of days on leave, remove one.

Every verb locks the platform first, so that shifts never overlap whoever plans at the same time. Leaves to others:
exchanging two shifts (``swaps``), warning of what nobody covers (``gaps``), who may (policies).
"""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from staffing.exceptions import AlreadyThere, NotOnThisRota, ShiftOver, ShiftTaken, WrongDates, WrongUnit
from staffing.models import Absence, Membership, Shift, ShiftSwap, Unit, User
from staffing.posts import DECIDES_IN_PLATFORM
from yuhu.journal.actions import Actor, record
from yuhu.kit import clock
from yuhu.kit.exceptions import Invalid

LONGEST_PERIOD = dt.timedelta(days=92)
MOST_PARTS = 4
DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class Pattern:
    """What repeats: on ``weekdays`` (Monday is 0) from ``begins`` to ``ends`` on the district's clock, on the next day
    where that is not later, divided into ``parts`` shifts of equal length."""

    begins: dt.time
    ends: dt.time
    weekdays: frozenset[int] = frozenset(range(7))
    parts: int = 1

    def spans(self, first_on: dt.date, last_on: dt.date) -> Iterator[tuple[dt.datetime, dt.datetime]]:
        """Beginnings and ends (UTC) of all shifts that begin in the period."""
        for number in range((last_on - first_on).days + 1):
            day = first_on + number * DAY
            if day.weekday() not in self.weekdays:
                continue
            start = dt.datetime.combine(day, self.begins, tzinfo=clock.LOCAL).astimezone(dt.UTC)
            until = day if self.ends > self.begins else day + DAY
            end = dt.datetime.combine(until, self.ends, tzinfo=clock.LOCAL).astimezone(dt.UTC)
            length = (end - start) / self.parts
            yield from ((start + part * length, start + (part + 1) * length) for part in range(self.parts))


@transaction.atomic
def plan_shifts(
    *,
    platform: Unit,
    first_on: dt.date,
    last_on: dt.date,
    pattern: Pattern,
    officers: Sequence[User],
    at: dt.datetime,
    actor: Actor,
) -> list[Shift]:
    """Shifts of a period, ``officers`` in turn; without officers all duty officers, after the one who was last.

    Raises:
        WrongUnit: not a platform of these days.
        WrongDates, ShiftOver, Invalid: an impossible or past period, or a pattern without a shift in it.
        NotOnThisRota: somebody does not decide in the platform on the day, or is on leave.
        ShiftTaken: a shift lies there already.
    """
    platform = locked_platform(platform)
    if last_on < first_on:
        raise WrongDates(field="last_on")
    for day in (first_on, last_on):
        if not Unit.objects.platforms(day).filter(pk=platform.pk).exists():
            message = _("The street does not have this platform on that day. Choose its successor.")
            raise WrongUnit(message, code="no_platform", field="platform")
    if last_on - first_on >= LONGEST_PERIOD or not 1 <= pattern.parts <= MOST_PARTS:
        raise Invalid(_("Plan at most three months at once."), code="too_long", field="last_on")
    spans = list(pattern.spans(first_on, last_on))
    if not spans:
        raise Invalid(_("None of these weekdays lies in the period."), code="no_weekday", field="weekdays")
    if spans[0][1] <= at:
        raise ShiftOver(field="first_on")
    shifts = [_shift(platform, start, end) for start, end in spans]
    refuse_overlap(shifts)
    _take_turns(shifts, officers)
    Shift.objects.bulk_create(shifts)
    told = sorted({shift.officer_id for shift in shifts if shift.officer_id})
    data = {"on": first_on.isoformat(), "until": last_on.isoformat(), "shifts": len(shifts), "tell": told}
    record(
        kind="rota.planned", subject=("unit", platform.pk), at=at, actor=actor, area=platform.area, data=data
    )
    return shifts


@transaction.atomic
def assign_shift(*, shift: Shift, officer: User, at: dt.datetime, actor: Actor) -> Shift:
    """``officer`` has the shift from now on, out of a gap or instead of somebody else.

    Raises:
        ShiftOver: it has ended.
        NotOnThisRota: ``officer`` does not decide in the platform on that day, or is on leave.
        AlreadyThere: it is his or hers already.
    """
    shift = locked_shift(shift)
    if shift.ends_at <= at:
        raise ShiftOver(field="officer")
    if shift.officer_id == officer.pk:
        raise AlreadyThere(field="officer")
    refuse_stranger(shift, officer)
    before, shift.officer = shift.officer_id, officer
    shift.save(update_fields=["officer"])
    lapse_swaps([shift], at, actor)
    tell = [key for key in (officer.pk, before) if key is not None]
    _told(shift, "rota.assigned", at, actor, user=officer.pk, before=before, tell=tell)
    return shift


@transaction.atomic
def vacate_shifts(
    *, platform: Unit, officer: User, first_on: dt.date, last_on: dt.date, at: dt.datetime, actor: Actor
) -> list[Shift]:
    """``officer`` is on leave from ``first_on`` to ``last_on``: the shifts that begin on these days and have not ended
    are free. Those who decide in the platform and the street's leaders are told.

    Raises:
        WrongDates: ends before it starts.
        Invalid: there is no such shift.
    """
    platform = locked_platform(platform)
    if last_on < first_on:
        raise WrongDates(field="last_on")
    rows = Shift.objects.select_for_update().filter(platform=platform, officer=officer, ends_at__gt=at)
    shifts = list(rows.filter(day__gte=first_on, day__lte=last_on).order_by("pk"))
    if not shifts:
        message = _("%(name)s has no shift of this platform on these days.") % {"name": officer.name}
        raise Invalid(message, code="no_shift", field="first_on")
    heads = told_of(platform)
    for number, shift in enumerate(shifts):
        shift.officer = None
        shift.save(update_fields=["officer"])
        # One notice for all of them.
        told = {"heads": heads, "on": shift.day.isoformat(), "shifts": len(shifts), "tell": [officer.pk]}
        _told(shift, "rota.vacated", at, actor, user=officer.pk, **(told if number == 0 else {}))
    lapse_swaps(shifts, at, actor)
    return shifts


@transaction.atomic
def remove_shift(*, shift: Shift, at: dt.datetime, actor: Actor) -> None:
    """The shift is planned no more. Raises ShiftOver: it has begun, and what was is not taken away."""
    shift = locked_shift(shift)
    if shift.starts_at <= at:
        raise ShiftOver(_("The shift has begun. Give it to somebody else instead."))
    platform = shift.platform
    data = {
        "shift": shift.pk,
        "user": shift.officer_id,
        "on": shift.day.isoformat(),
        "starts_at": shift.starts_at,
        "ends_at": shift.ends_at,
        "tell": [shift.officer_id] if shift.officer_id else [],
    }
    lapse_swaps([shift], at, actor)
    shift.delete()
    record(
        kind="rota.removed", subject=("unit", platform.pk), at=at, actor=actor, area=platform.area, data=data
    )


def locked_platform(platform: Unit) -> Unit:
    """Whoever changes shifts of a platform stands in line here. Raises WrongUnit."""
    found = Unit.objects.select_for_update().get(pk=platform.pk)
    if found.kind != Unit.Kind.PLATFORM:
        raise WrongUnit(_("Only platforms have a rota."), field="platform")
    return found


def locked_shift(shift: Shift) -> Shift:
    """The shift as it is now, its platform locked before it. Raises ShiftOver: somebody has just removed it."""
    platform = locked_platform(shift.platform)
    found = Shift.objects.select_for_update().filter(pk=shift.pk).first()
    if found is None:
        raise ShiftOver(_("Somebody has just removed this shift. Reload the list."))
    found.platform = platform
    return found


def refuse_overlap(shifts: Sequence[Shift]) -> None:
    """Raises ShiftTaken: one of these new shifts of one platform meets a stored one."""
    first, last = shifts[0], shifts[-1]
    rows = Shift.objects.during(first.starts_at, last.ends_at).filter(platform=first.platform)
    stored = list(rows.select_related("platform", "officer").order_by("starts_at"))
    for shift in shifts:
        for other in stored:
            if other.starts_at < shift.ends_at and other.ends_at > shift.starts_at:
                taken = _("This time is taken already: %(shift)s. Remove that shift, or choose other days.")
                raise ShiftTaken(taken % {"shift": other}, field="first_on")


def refuse_stranger(shift: Shift, officer: User) -> None:
    """Raises NotOnThisRota: the person does not decide in the platform on the shift's day, or is on leave then."""
    if officer.pk not in _seated(shift.platform, [shift.day])[shift.day]:
        message = _("%(name)s is neither duty officer nor head of this platform on %(on)s.")
        raise NotOnThisRota(message % {"name": officer.name, "on": shift.day.isoformat()}, field="officer")
    if Absence.objects.on(shift.day).filter(person=officer).exists():
        message = _("%(name)s is on leave on %(on)s. Choose somebody else, or another day.")
        told = {"name": officer.name, "on": shift.day.isoformat()}
        raise NotOnThisRota(message % told, code="on_leave", field="officer")


def told_of(platform: Unit) -> list[str]:
    """Codes of the units whose deciders care for the platform's rota: itself and the street's leaders."""
    leaders = Unit.objects.filter(kind=Unit.Kind.STREET, street=platform.street_id).values_list(
        "code", flat=True
    )
    return [platform.code, *leaders]


def lapse_swaps(shifts: Sequence[Shift], at: dt.datetime, actor: Actor) -> None:
    """Requests about these shifts of one platform, which change hands or go, can be agreed to no more. Whoever asked
    and whoever was asked are told. Only after that shifts are deleted: a request forgets those."""
    about = Q(mine__in=shifts) | Q(theirs__in=shifts)
    for swap in ShiftSwap.objects.select_for_update().filter(about, outcome="").order_by("pk"):
        swap.outcome, swap.decided_at = ShiftSwap.Outcome.LAPSED, at
        swap.save(update_fields=["outcome", "decided_at"])
        data = {
            "mine": swap.mine_id,
            "theirs": swap.theirs_id,
            "tell": [swap.asked_by_id, swap.asked_of_id],
        }
        area = shifts[0].platform.area
        subject = ("shift_swap", swap.pk)
        record(kind="rota.swap_lapsed", subject=subject, at=at, actor=actor, area=area, data=data)


def _shift(platform: Unit, start: dt.datetime, end: dt.datetime) -> Shift:
    return Shift(platform=platform, day=clock.local_date(start), starts_at=start, ends_at=end)


def _take_turns(shifts: Sequence[Shift], officers: Sequence[User]) -> None:
    """Put the officers on the shifts. Named ones must all be there; of the others whoever is there on the day."""
    platform = shifts[0].platform
    there = _there(platform, [shift.day for shift in shifts])
    if officers:
        for number, shift in enumerate(shifts):
            shift.officer = officers[number % len(officers)]
            if shift.officer.pk not in there[shift.day]:
                refuse_stranger(shift, shift.officer)
        return
    everybody = _in_turn(platform, shifts[0])
    turn = 0
    for shift in shifts:
        for step in range(len(everybody)):
            person = everybody[(turn + step) % len(everybody)]
            if there[shift.day].get(person.pk) == Membership.Role.DUTY_OFFICER:
                shift.officer, turn = person, turn + step + 1
                break


def _in_turn(platform: Unit, first: Shift) -> list[User]:
    """The duty officers, beginning after the one who was last on duty before ``first``."""
    seats = Membership.objects.not_over(first.day).filter(unit=platform, user__is_active=True)
    seats = seats.filter(role=Membership.Role.DUTY_OFFICER).select_related("user").order_by("pk")
    people = list({seat.user_id: seat.user for seat in seats}.values())
    before = Shift.objects.filter(platform=platform, starts_at__lt=first.starts_at, officer__isnull=False)
    last = before.order_by("-starts_at").values_list("officer", flat=True).first()
    place = next((number for number, person in enumerate(people) if person.pk == last), -1)
    return people[place + 1 :] + people[: place + 1]


def _seated(platform: Unit, days: Sequence[dt.date]) -> dict[dt.date, dict[int, str]]:
    """Of each day who decides in the platform, and in which role; a duty officer who is head too is the former."""
    rows = Membership.objects.not_over(min(days)).filter(
        unit=platform, role__in=sorted(DECIDES_IN_PLATFORM), starts_on__lte=max(days), user__is_active=True
    )
    seats = list(rows.order_by("-role").values_list("user", "role", "starts_on", "ends_on"))
    return {
        day: {user: role for user, role, first, end in seats if first <= day and (end is None or end > day)}
        for day in days
    }


def _there(platform: Unit, days: Sequence[dt.date]) -> dict[dt.date, dict[int, str]]:
    """As ``_seated``, without those who are on leave on the day."""
    seated = _seated(platform, days)
    people = {user for roles in seated.values() for user in roles}
    rows = Absence.objects.during(min(days), max(days) + DAY).filter(person__in=people)
    leave = list(rows.values_list("person", "starts_on", "ends_on"))
    away = {day: {user for user, first, back in leave if first <= day < back} for day in days}
    return {
        day: {user: role for user, role in roles.items() if user not in away[day]}
        for day, roles in seated.items()
    }


def _told(shift: Shift, kind: str, at: dt.datetime, actor: Actor, **data: object) -> None:
    area = shift.platform.area
    record(kind=kind, subject=("shift", shift.pk), at=at, actor=actor, area=area, data=data)
