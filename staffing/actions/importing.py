"""A whole roster from a sheet: what it would change (kept as a proposal), and the change itself, all or nothing.

The sheet says who holds which post of the blocks that it names. The change goes through the same verbs as a change by
hand (``roster``), so every rule and every journal entry is the same. Leaves to others: reading cells (``sheets``), who
is meant and what differs (``plans``), who may (the door asks ``policies.may_appoint`` for each block).
"""

import datetime as dt
from collections.abc import Generator, Iterable, Sequence
from typing import Any

from django.db import transaction

from blocks.models import Block
from staffing.actions.bulk import add_people
from staffing.actions.plans import Change, Entitled, Plan, make_plan
from staffing.actions.roster import add_assistant, end_assistant, hand_over, relieve
from staffing.exceptions import AlreadyApplied, RosterMoved
from staffing.models import RosterImport, User
from staffing.posts import PostKind
from staffing.sheets import COLUMNS, read_seats
from yuhu.journal.actions import Actor, record
from yuhu.kit.excel.lines import Line, Row, RowError, RowsRefused, lines_of
from yuhu.kit.excel.values import as_code
from yuhu.kit.exceptions import Refusal

# A sheet that nobody applied is emptied after this time.
KEPT = dt.timedelta(days=1)
# Which cell a verb's refusal is about, by the field that it names.
_COLUMN = {"holder": "name", "user": "name", "starts_on": "starts_on", "ends_on": "starts_on", "post": "post"}


def propose_roster(
    *,
    rows: Iterable[Row | Line],
    effective_on: dt.date,
    replaces: bool,
    file_name: str,
    may: Entitled,
    by: User,
    at: dt.datetime,
) -> RosterImport:
    """Keep what the sheet would change, for somebody to look at; nothing of the roster changes.

    ``replaces``: helpers of the named blocks whom the sheet does not name end on ``effective_on``.

    Raises:
        RowsRefused: cells that cannot be read or carried out, each named.
    """
    lines = list(lines_of(rows))
    plan = _plan(lines, effective_on=effective_on, replaces=replaces, may=may)
    return RosterImport.objects.create(
        made_by=by,
        made_at=at,
        effective_on=effective_on,
        replaces=replaces,
        file_name=file_name[-200:],
        lines=[[line.number, dict(line.texts), dict(line.columns)] for line in lines],
        counts=plan.counts,
        digest=plan.digest,
    )


def plan_of(proposal: RosterImport, *, may: Entitled) -> Plan:
    """What the proposal would change as the roster stands now. Raises RowsRefused."""
    lines = [Line(number, texts, columns) for number, texts, columns in proposal.lines]
    return _plan(lines, effective_on=proposal.effective_on, replaces=proposal.replaces, may=may)


def apply_roster(*, proposal_id: int, may: Entitled, at: dt.datetime, actor: Actor) -> RosterImport:
    """Carry the proposal out, all of it or nothing. Raises as ``applying_roster``."""
    for _done, _total in applying_roster(proposal_id=proposal_id, may=may, at=at, actor=actor):
        pass
    return RosterImport.objects.get(pk=proposal_id)


def applying_roster(
    *, proposal_id: int, may: Entitled, at: dt.datetime, actor: Actor
) -> Generator[tuple[int, int], None, None]:
    """The same step by step: yields how many changes are done, of how many. Left before its end it changes nothing.

    Raises:
        AlreadyApplied: somebody did.
        RosterMoved: the roster has changed since the proposal, so that it would now do something else.
        RowsRefused: rows that a rule forbids, each named.
    """
    with transaction.atomic():
        proposal = RosterImport.objects.select_for_update().get(pk=proposal_id)
        if proposal.applied_at is not None:
            raise AlreadyApplied
        # Nobody else changes these blocks meanwhile; two imports meet here, in one order.
        codes = {as_code(Line(*line).get(*COLUMNS["block"])) for line in proposal.lines}
        list(Block.objects.select_for_update().filter(code__in=codes).order_by("pk").values_list("pk"))
        plan = plan_of(proposal, may=may)
        if plan.digest != proposal.digest:
            raise RosterMoved
        yield from _carry_out(plan, at, actor)
        proposal.applied_at, proposal.lines = at, []
        proposal.save(update_fields=["applied_at", "lines"])
        data = {"counts": plan.counts, "effective_on": proposal.effective_on.isoformat()}
        record(kind="roster.imported", subject=("roster_import", proposal.pk), at=at, actor=actor, data=data)


@transaction.atomic
def forget_proposals(*, before: dt.datetime, limit: int) -> int:
    """Empty sheets that nobody applied: they hold names and phones. Returns how many."""
    keys = list(
        RosterImport.objects.forgotten_before(before).order_by("pk").values_list("pk", flat=True)[:limit]
    )
    return RosterImport.objects.filter(pk__in=keys).update(lines=[])


def _plan(lines: Sequence[Line], *, effective_on: dt.date, replaces: bool, may: Entitled) -> Plan:
    seats, errors = read_seats(lines)
    if errors:
        raise RowsRefused(errors)
    plan = make_plan(seats, on=effective_on, replaces=replaces, may=may)
    if plan.errors:
        raise RowsRefused(plan.errors)
    return plan


def _carry_out(plan: Plan, at: dt.datetime, actor: Actor) -> Generator[tuple[int, int], None, None]:
    for user in plan.people:
        user.opened_at = at
    add_people(plan.people, at=at, actor=actor)
    refused: list[RowError] = []
    for done, change in enumerate(plan.changes, start=1):
        try:
            _change(change, at, actor)
        except Refusal as refusal:
            column = _COLUMN.get(refusal.field or "", "name")
            seat = change.seat
            where = seat.fault(column, refusal.code, str(refusal)) if seat else None
            refused.append(where or RowError(0, refusal.code, f"{change.block}: {refusal}"))
        yield done, len(plan.changes)
    if refused:
        raise RowsRefused(refused)


def _change(change: Change, at: dt.datetime, actor: Actor) -> None:
    """The verb for one change. A refusal undoes what it has done (each verb is a transaction inside this one)."""
    common: dict[str, Any] = {"at": at, "actor": actor}
    if change.helper is not None:
        end_assistant(assistant=change.helper, ends_on=change.on, **common)
    elif change.person is None:
        relieve(block=change.block, post=change.post.value, starts_on=change.on, **common)
    elif change.post is PostKind.ASSISTANT:
        kind = change.seat.kind if change.seat else ""
        add_assistant(block=change.block, user=change.person, kind=kind, starts_on=change.on, **common)
    else:
        hand_over(block=change.block, post=change.post.value, to=change.person, starts_on=change.on, **common)
