"""Trainings: planned, corrected, cancelled; who was there, noted for people one by one or for all governors of an area.

Leaves to others: who may (policies), coverage (figures). The journal keeps keys and days; the subject stays in the row.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from blocks.models import Community, District, Street
from staffing.exceptions import AlreadyThere, NobodyNamed, NoSuchArea, NotNow
from staffing.models import Assistant, Attendance, Membership, Tenure, Training, Unit, User
from staffing.policies import attendance_opens, training_changes
from yuhu.journal.actions import Actor, Draft, record, record_many
from yuhu.kit import clock
from yuhu.kit.text import clean_text
from yuhu.kit.verdicts import Verdict


@dataclass(frozen=True)
class TrainingRow:
    """A training for a first load, not stored yet, with (person's key, state, area of service) of each who is noted."""

    training: Training
    noted: Sequence[tuple[int, str, str]] = field(default_factory=tuple)


@transaction.atomic
def plan_training(
    *,
    title: str,
    kind: str,
    held_on: dt.date,
    hours: int,
    place: str,
    organiser: Unit,
    area: str,
    at: dt.datetime,
    actor: Actor,
) -> Training:
    """A training for the people of ``area`` (code of the district, a street or a community). One of the past is kept
    in the same way.

    Raises:
        NoSuchArea: the code is none of these.
        AlreadyThere: the same unit plans the same subject for the same people on the same day already.
        Invalid: no subject, or a text that is too long.
    """
    facts = _facts(title=title, kind=kind, held_on=held_on, hours=hours, place=place)
    if not _is_area(area):
        raise NoSuchArea(field="area")
    Unit.objects.select_for_update().get(pk=organiser.pk)
    training = Training(organiser=organiser, area=area, **facts)
    _refuse_twice(training)
    training.save(force_insert=True)
    record(**_entry("training.planned", training, at, actor, _plan_of(training)), first=True)
    return training


@transaction.atomic
def correct_training(
    *,
    training: Training,
    title: str,
    kind: str,
    held_on: dt.date,
    hours: int,
    place: str,
    at: dt.datetime,
    actor: Actor,
) -> Training:
    """Another subject, day, length or place, while nobody's attendance is noted. The journal keeps which, and the days.

    Raises:
        NotNow: cancelled, or attendance is noted.
        AlreadyThere: that would be the same as another training.
    """
    facts = _facts(title=title, kind=kind, held_on=held_on, hours=hours, place=place)
    Unit.objects.select_for_update().get(pk=training.organiser_id)
    training = _locked(training)
    _require(training_changes(training))
    changed = sorted(name for name, value in facts.items() if getattr(training, name) != value)
    if not changed:
        return training
    for name, value in facts.items():
        setattr(training, name, value)
    _refuse_twice(training)
    training.save(update_fields=changed)
    record(**_entry("training.corrected", training, at, actor, {**_plan_of(training), "fields": changed}))
    return training


@transaction.atomic
def cancel_training(*, training: Training, at: dt.datetime, actor: Actor) -> Training:
    """It does not take place, or did not. Raises NotNow when it was cancelled already or attendance is noted."""
    training = _locked(training)
    _require(training_changes(training))
    training.cancelled_at = at
    training.save(update_fields=["cancelled_at"])
    record(**_entry("training.cancelled", training, at, actor, _plan_of(training)))
    return training


@transaction.atomic
def note_attendance(
    *,
    training: Training,
    state: str,
    at: dt.datetime,
    actor: Actor,
    people: Iterable[User] = (),
    governors_of: str = "",
) -> int:
    """Who was there, absent or excused: ``people``, and all governors of the area ``governors_of`` on that day of whom
    nothing is noted yet. What was noted of ``people`` before is replaced. Returns how many were noted.

    Raises:
        NotNow: cancelled, or its day has not come.
        NobodyNamed: nobody, or an area without governors.
        AlreadyThere: all of it is noted so already.
    """
    training = _locked(training)
    _require(attendance_opens(training, on=clock.local_date(at)))
    before = {row.person_id: row for row in training.attendances.all()}
    named = [person.pk for person in people]
    governors = _governors(governors_of, training.held_on) if governors_of else {}
    if not named and not governors:
        raise NobodyNamed(field="governors_of" if governors_of else "people")
    served = _served_in(named, training)
    new = {key: served[key] for key in named if key not in before}
    new |= {key: area for key, area in governors.items() if key not in before and key not in new}
    changed = [before[key] for key in dict.fromkeys(named) if key in before and before[key].state != state]
    if not new and not changed:
        raise AlreadyThere(field="governors_of" if governors_of else "people")
    Attendance.objects.bulk_create(
        [Attendance(training=training, person_id=key, state=state, area=area) for key, area in new.items()],
        batch_size=500,
    )
    Attendance.objects.filter(pk__in=[row.pk for row in changed]).update(state=state)
    keys = sorted([*new, *(row.person_id for row in changed)])
    record(**_entry("training.attendance_noted", training, at, actor, _noted(state, keys)))
    return len(keys)


@transaction.atomic
def withdraw_attendance(*, training: Training, people: Iterable[User], at: dt.datetime, actor: Actor) -> int:
    """These people were noted by mistake. Returns how many. Raises NobodyNamed when nothing is noted of any of them."""
    training = _locked(training)
    rows = training.attendances.filter(person__in=list(people))
    keys = sorted(rows.values_list("person", flat=True))
    if not keys:
        raise NobodyNamed(field="people")
    rows.delete()
    data = {"people": keys, "count": len(keys)}
    record(**_entry("training.attendance_withdrawn", training, at, actor, data))
    return len(keys)


def load_trainings(rows: Sequence[TrainingRow], *, at: dt.datetime, actor: Actor) -> int:
    """Many trainings and their attendance at once, inside the caller's transaction, with the entries of each verb."""
    made = Training.objects.bulk_create([row.training for row in rows], batch_size=500)
    noted = [
        Attendance(training=training, person_id=key, state=state, area=area)
        for training, row in zip(made, rows, strict=True)
        for key, state, area in row.noted
    ]
    Attendance.objects.bulk_create(noted, batch_size=500)
    entries: list[Draft] = []
    for training, row in zip(made, rows, strict=True):
        entries.append(Draft(**_entry("training.planned", training, at, actor, _plan_of(training))))
        for state in Attendance.State.values:
            keys = sorted(key for key, noted_as, _area in row.noted if noted_as == state)
            if keys:
                data = _noted(state, keys)
                entries.append(Draft(**_entry("training.attendance_noted", training, at, actor, data)))
    record_many(entries)
    return len(made)


def _facts(*, title: str, kind: str, held_on: dt.date, hours: int, place: str) -> dict[str, Any]:
    return {
        "title": clean_text(title, field="title", max_length=100),
        "kind": Training.Kind(kind).value,
        "held_on": held_on,
        "hours": hours,
        "place": clean_text(place, field="place", min_length=0, max_length=100),
    }


def _is_area(code: str) -> bool:
    models = {6: District, 9: Street, 12: Community}
    model = models.get(len(code))
    return model is not None and model._default_manager.filter(pk=code).exists()


def _refuse_twice(training: Training) -> None:
    same = Training.objects.standing().filter(
        organiser=training.organiser_id, title=training.title, held_on=training.held_on, area=training.area
    )
    if same.exclude(pk=training.pk).exists():
        raise AlreadyThere(field="title")


def _locked(training: Training) -> Training:
    row: Training = Training.objects.select_for_update().get(pk=training.pk)
    return row


def _require(verdict: Verdict) -> None:
    if not verdict:
        raise NotNow(verdict.reason, code=verdict.code)


def _governors(area: str, on: dt.date) -> dict[int, str]:
    """Every governor of the area on the day, with the (first) block that he or she governs."""
    rows = Tenure.objects.on(on).held().filter(post=Tenure.Seat.GOVERNOR, block__code__startswith=area)
    held = rows.order_by("-block__code").values_list("holder", "block__code")
    return {int(key): code for key, code in held if key is not None}


def _served_in(people: Sequence[int], training: Training) -> dict[int, str]:
    """Where each served on the day of the training: a block before a unit; else the training's own area."""
    on = training.held_on
    found = dict.fromkeys(people, training.area)
    for seat in Membership.objects.on(on).filter(user__in=people).select_related("unit").order_by("pk"):
        found[seat.user_id] = seat.unit.area or training.area
    helps = Assistant.objects.on(on).filter(user__in=people).order_by("-block__code")
    found |= dict(helps.values_list("user", "block__code"))
    held = Tenure.objects.on(on).filter(holder__in=people).order_by("-block__code")
    found |= {int(key): code for key, code in held.values_list("holder", "block__code") if key is not None}
    return found


def _plan_of(training: Training) -> dict[str, Any]:
    return {"held_on": training.held_on.isoformat(), "organiser": training.organiser_id}


def _noted(state: str, keys: list[int]) -> dict[str, Any]:
    return {"attendance": state, "people": keys, "count": len(keys)}


def _entry(
    kind: str, training: Training, at: dt.datetime, actor: Actor, data: dict[str, Any]
) -> dict[str, Any]:
    subject = ("training", training.pk)
    return {"kind": kind, "subject": subject, "at": at, "actor": actor, "area": training.area, "data": data}
