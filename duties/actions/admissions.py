"""Ask for the admission of a task, add to the request, withdraw it, decide, tell of its end (事项准入).

A request is checked against the lists in force at once. Each verb locks the request first, a decision then the year's
numbers, and asks the policy again under the lock. The journal keeps codes, dates and salted digests.
"""

import datetime as dt
import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from blocks.models import Street
from duties.actions.reading import refuse_unread
from duties.exceptions import AskedAlready, LooksListed, NotNow
from duties.matching import Match, certain, matches
from duties.models import Admission, AdmissionNumber, DutyItem, DutyList, Level, work_calendar
from duties.models.admissions import LISTS_OF_LEVEL, LONGEST_TEXT, LONGEST_TITLE, PROHIBITING
from duties.policies import admissions as policies
from duties.policies import own_departments
from staffing.models import Unit, User
from yuhu.journal.actions import SYSTEM, Actor, record, text_digest
from yuhu.kit import clock, worktime
from yuhu.kit.exceptions import Forbidden, Invalid
from yuhu.kit.text import clean_text
from yuhu.kit.verdicts import Verdict

State = Admission.State
_MOST_PEOPLE, _MOST_MONEY = 100_000, Decimal(10) ** 10
_TEXTS = ("reason", "basis", "people_note", "amount_note")


@dataclass(frozen=True)
class Resources:
    """What goes with a task: None is "not said", 0 is "none needed", and the note says why."""

    people: int | None = None
    people_note: str = ""
    amount: Decimal | None = None
    amount_note: str = ""


@dataclass(frozen=True)
class Task:
    """What a department asks. ``item`` covers it, as the department says; ``none_covers``: it has looked at the items
    that the task looks like, and none of them does. ``streets`` empty: all."""

    title: str
    reason: str
    basis: str
    level: str
    proposed_kind: str
    starts_on: dt.date
    last_on: dt.date
    streets: Collection[Street] = ()
    item: DutyItem | None = None
    none_covers: bool = False


def items_for(level: str, on: dt.date) -> QuerySet[DutyItem]:
    """The items in force on which a task of ``level`` can stand, or that prohibit it."""
    rows = DutyItem.objects.in_force(on).filter(list__kind__in=LISTS_OF_LEVEL.get(level, ()))
    return rows.select_related("list").order_by("code")


@transaction.atomic
def submit_admission(
    *, unit: Unit, task: Task, resources: Resources, by: User, at: dt.datetime, actor: Actor
) -> Admission:
    """Ask for the admission of a task. The lists answer at once: on a list, prohibited, or to be decided by ``due_at``.

    Raises:
        Forbidden: ``by`` asks for no admission, or not for ``unit``.
        Invalid: texts, days, level, list or item that do not fit.
        LooksListed: the task looks like items of the lists, and nobody has said that none covers it.
        AskedAlready: the department has asked for it, and the decision is awaited.
    """
    _require(policies.may_ask(by, at))
    on = clock.local_date(at)
    if unit.pk not in own_departments(by, on):
        raise Forbidden(field="unit")
    row = Admission(unit=unit, asked_by=by, asked_at=at, salt=secrets.token_hex(16))
    _fill(row, task, on)
    _take(row, resources)
    row.item = _covering(row, task, on)
    row.state = State.SUBMITTED if row.item is None else _answer_of(row.item)
    days = settings.ADMISSION_DECISION_DAYS
    row.due_at = worktime.deadline(at, days, worktime.TimeUnit.WORKING_DAY, work_calendar())
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:
        raise AskedAlready(field="title") from None
    row.streets.set(task.streets)
    facts: dict[str, object] = {"due_at": row.due_at, "streets": sorted(one.pk for one in task.streets)}
    if row.state == State.SUBMITTED:
        facts["tell"] = policies.deciders(unit, on)
    _record(row.state, row, at, actor, digest=_digest(row, *_TEXTS), **facts)
    return row


@transaction.atomic
def supplement_admission(
    *, admission: Admission, resources: Resources, reason: str, by: User, at: dt.datetime, actor: Actor
) -> Admission:
    """The department says again, and better, why, and which people and money go with the task. Until the decision.

    Raises:
        Forbidden, NotNow: not by this person; decided or withdrawn.
        Invalid: as for ``submit_admission``.
    """
    row = _locked(admission)
    _require(policies.may_supplement(by, row, at))
    row.reason = _words(reason, "reason", least=1)
    _take(row, resources)
    row.save(update_fields=["reason", "people", "people_note", "amount", "amount_note"])
    _record("supplemented", row, at, actor, digest=_digest(row, *_TEXTS))
    return row


@transaction.atomic
def withdraw_admission(*, admission: Admission, by: User, at: dt.datetime, actor: Actor) -> Admission:
    """The department takes its request back. Raises Forbidden, NotNow."""
    row = _locked(admission)
    _require(policies.may_withdraw(by, row, at))
    row.state = State.WITHDRAWN
    row.save(update_fields=["state"])
    tell = policies.deciders(row.unit, clock.local_date(at))
    _record("withdrawn", row, at, actor, tell=tell)
    return row


@transaction.atomic
def approve_admission(
    *,
    admission: Admission,
    conditions: str,
    starts_on: dt.date,
    last_on: dt.date,
    by: User,
    at: dt.datetime,
    actor: Actor,
    seen: str | None = None,
) -> Admission:
    """Admit the task from ``starts_on`` to ``last_on`` (both included), under conditions. It gets its number.

    ``seen`` is the edition of the request that the person has read, here and below.

    Raises:
        Forbidden, NotNow, ReadAgain: not by this person; decided already; people or money not stated; since changed.
        Invalid: days that are over, or in the wrong order.
    """
    row = _locked(admission)
    _require(policies.may_approve(by, row, at))
    refuse_unread(row, seen)
    _check_days(starts_on, last_on, clock.local_date(at))
    row.granted_from, row.granted_until = starts_on, last_on
    return _decided(row, State.APPROVED, _words(conditions, "conditions"), by, at, actor)


@transaction.atomic
def decline_admission(
    *, admission: Admission, reason: str, by: User, at: dt.datetime, actor: Actor, seen: str | None = None
) -> Admission:
    """Do not admit the task. It gets its number too, since it is published.

    Raises Forbidden, NotNow, ReadAgain, Invalid."""
    row = _locked(admission)
    _require(policies.may_decide(by, row, at))
    refuse_unread(row, seen)
    return _decided(row, State.DECLINED, _words(reason, "reason", least=1), by, at, actor)


@transaction.atomic
def refer_admission(
    *, admission: Admission, item: DutyItem, by: User, at: dt.datetime, actor: Actor, seen: str | None = None
) -> Admission:
    """The list's owner sees that an item covers the task, or prohibits it: no admission is needed, or none possible.

    Raises:
        Forbidden, NotNow, ReadAgain: not by this person; decided already; since changed.
        Invalid: the item stands on no list in force for the task's level.
    """
    row = _locked(admission)
    _require(policies.may_decide(by, row, at))
    refuse_unread(row, seen)
    row.item = _fitting(item, row.level, clock.local_date(at))
    row.state = _answer_of(row.item)
    row.decided_by, row.decided_at = by, at
    row.save(update_fields=["item", "state", "decided_by", "decided_at"])
    _record(row.state, row, at, actor, units=[row.unit.code])
    return row


@transaction.atomic
def erase_admission(*, admission: Admission, by: User, at: dt.datetime, actor: Actor) -> Admission:
    """Erase for good what was written in a request that has ended, with the salt of the digests. The title stays: it is
    what the register calls the task. Raises Forbidden, NotNow."""
    row = _locked(admission)
    _require(policies.may_erase_admission(by, row, at))
    for name in (*_TEXTS, "decision", "salt"):
        setattr(row, name, "")
    row.erased_at = at
    row.save(update_fields=[*_TEXTS, "decision", "salt", "erased_at"])
    _record("erased", row, at, actor)
    return row


def warn_of_end(*, admission_id: int, at: dt.datetime) -> bool:
    """Tell department and district that an admission ends soon; once. Returns whether something was done."""
    on = clock.local_date(at)
    with transaction.atomic():
        rows = Admission.objects.select_for_update(of=("self",)).to_warn(on, settings.ADMISSION_WARN_DAYS)
        row = rows.select_related("unit").filter(pk=admission_id).first()
        if row is None or row.granted_until is None:
            return False
        row.warned_at = at
        row.save(update_fields=["warned_at"])
        told: dict[str, object] = {"units": [row.unit.code], "tell": policies.deciders(row.unit, on)}
        _record("ending", row, at, SYSTEM, on=row.granted_until.isoformat(), **told)
    return True


def similar(row: Admission, on: dt.date) -> list[Match]:
    """What a request looks like on the lists of ``on``, for whoever decides. One query."""
    return matches(row.title, items_for(row.level, on))


def named(found: Sequence[Match]) -> str:
    """Matches as a sentence names them."""
    return "；".join(f"{match.item.code} {match.item.name}" for match in found)


def _locked(admission: Admission) -> Admission:
    return Admission.objects.select_for_update(of=("self",)).select_related("unit").get(pk=admission.pk)


def _require(verdict: Verdict) -> None:
    if not verdict:
        raise (NotNow if verdict.code == "not_now" else Forbidden)(verdict.reason, code=verdict.code)


def _fill(row: Admission, task: Task, on: dt.date) -> None:
    row.title = clean_text(task.title, field="title", max_length=LONGEST_TITLE)
    row.reason = _words(task.reason, "reason", least=1)
    row.basis = _words(task.basis, "basis", least=1)
    if task.level not in Level.values:
        raise Invalid(field="level")
    fitting = [kind for kind in LISTS_OF_LEVEL[task.level] if kind != PROHIBITING]
    if task.proposed_kind not in fitting:
        names = "、".join(str(DutyList.Kind(kind).label) for kind in fitting)
        message = _("A task of this level can stand on: %(lists)s.") % {"lists": names}
        raise Invalid(message, code="other_level", field="proposed_kind")
    row.level, row.proposed_kind = task.level, task.proposed_kind
    _check_days(task.starts_on, task.last_on, on)
    row.starts_on, row.last_on = task.starts_on, task.last_on


def _take(row: Admission, said: Resources) -> None:
    row.people, row.people_note = said.people, _words(said.people_note, "people_note")
    row.amount, row.amount_note = said.amount, _words(said.amount_note, "amount_note")
    if said.people is not None and not 0 <= said.people <= _MOST_PEOPLE:
        raise Invalid(_("Please give a whole number from 0 on."), field="people")
    if said.amount is not None and not 0 <= said.amount < _MOST_MONEY:
        raise Invalid(_("Please give the yuan from 0 on."), field="amount")
    why = _("Please say why none is needed.")
    if said.people == 0 and not row.people_note:
        raise Invalid(why, code="required", field="people_note")
    if said.amount == 0 and not row.amount_note:
        raise Invalid(why, code="required", field="amount_note")


def _covering(row: Admission, task: Task, on: dt.date) -> DutyItem | None:
    """The item that covers or prohibits the task: the chosen one, or the one whose words leave no doubt."""
    if task.item is not None:
        return _fitting(task.item, row.level, on)
    found = matches(row.title, items_for(row.level, on))
    if (sure := certain(found)) is not None:
        item: DutyItem = sure.item
        return item
    found += matches(row.title, Admission.objects.admitted(on).filter(level=row.level))
    if found and not task.none_covers:
        message = _("The task looks like: %(items)s. Choose the item that covers it above, or tick here.")
        raise LooksListed(message % {"items": named(found)}, field="none_covers")
    return None


def _fitting(item: DutyItem, level: str, on: dt.date) -> DutyItem:
    found = items_for(level, on).filter(pk=item.pk).first()
    if found is None:
        message = _("This item stands on no list in force for this level. Choose another one.")
        raise Invalid(message, code="other_level", field="item")
    return found


def _answer_of(item: DutyItem) -> Admission.State:
    return State.REFUSED if item.list.kind == PROHIBITING else State.REFERENCED


def _check_days(first: dt.date, last: dt.date, on: dt.date) -> None:
    if last < first:
        raise Invalid(_("The last day must not lie before the first."), code="days", field="last_on")
    if last < on:
        raise Invalid(_("The period is over already. Choose a later last day."), code="days", field="last_on")


def _decided(
    row: Admission, state: Admission.State, words: str, by: User, at: dt.datetime, actor: Actor
) -> Admission:
    row.state, row.decision, row.decided_by, row.decided_at = state, words, by, at
    row.year = clock.local_date(at).year
    row.number = _next_number(row.year)
    row.save()
    facts: dict[str, object] = {"year": row.year, "number": row.number, "units": [row.unit.code]}
    facts |= {"from": row.granted_from, "until": row.granted_until, "digest": _digest(row, "decision")}
    _record(state, row, at, actor, **facts)
    return row


def _next_number(year: int) -> int:
    """The year's next number. The row stays locked until the decision is stored, so that no number is lost."""
    AdmissionNumber.objects.get_or_create(year=year)
    counter = AdmissionNumber.objects.select_for_update().get(year=year)
    counter.last += 1
    counter.save(update_fields=["last"])
    return counter.last


def _words(value: str, field: str, *, least: int = 0) -> str:
    return clean_text(value, field=field, min_length=least, max_length=LONGEST_TEXT)


def _digest(row: Admission, *names: str) -> str:
    return text_digest(row.salt, "\n".join(getattr(row, name) for name in names))


def _record(what: str, row: Admission, at: dt.datetime, actor: Actor, **more: object) -> None:
    data = {"unit": row.unit.code, "level": row.level, "item": row.item.code if row.item else None, **more}
    record(
        kind=f"admission.{what}",
        subject=("admission", row.pk),
        at=at,
        actor=actor,
        area=row.unit.area,
        data={key: value for key, value in data.items() if value is not None},
    )
