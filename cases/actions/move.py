"""One action executes the whole table: lock → state → relation and guards → fields → effect → journal."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import transaction

from cases.actions.base import By, journal, lock_together, locked
from cases.actions.clocks import Clocks
from cases.actions.doing import Doing
from cases.actions.effects import EFFECTS
from cases.actions.inputs import read_fields
from cases.actions.whistles.base import end_running
from cases.exceptions import NotYourMove, UnknownCode, WrongState
from cases.models import Case
from cases.policies import Look, may_move
from cases.states import FINAL, MOVES, Path, Relation, State
from yuhu.journal.models import Entry
from yuhu.kit import bulk
from yuhu.kit.exceptions import Stale


def move(
    *,
    case_id: int,
    name: str,
    by: By,
    at: dt.datetime,
    data: Mapping[str, Any] | None = None,
    relation: Relation | None = None,
    if_match: str | None = None,
) -> Case:
    """Carry out move ``name`` of the table on the case and return it as it is then.

    ``relation`` is given by doors that know no person: the reporter's private link, and automatic steps.

    Raises:
        UnknownCode: there is no such move.
        NoSuchCase: the case does not exist.
        Stale: ``if_match`` names an older version.
        WrongState: the state does not allow it (somebody may have been faster).
        NotYourMove: the relation to the case or a guard forbids it, with the reason.
        Invalid: a field is missing or unfit.
    """
    if name not in MOVES:
        raise UnknownCode(field="move")
    with transaction.atomic():
        if name == "merge":
            lock_together(case_id, (data or {}).get("into"))
        case = locked(case_id)
        if if_match is not None and if_match not in ("*", case.etag):
            raise Stale
        declared = MOVES[name]
        source = State(case.state)
        if source not in declared.sources:
            raise WrongState
        look = Look(case, by.user, at, relation)
        verdict = may_move(look, name)
        if not verdict:
            raise NotYourMove(verdict.reason, code=verdict.code)
        values = read_fields(case, name, data or {}, at)
        doing = Doing(case=case, by=by, at=at, values=values, look=look, clocks=Clocks(case, at))
        EFFECTS[name](doing)
        finish(doing, declared.event, source)
    return case


def finish(doing: Doing, event: str, source: State) -> None:
    """Write clocks and case, and journal what happened: one place, so that no effect can forget one of them."""
    case = doing.case
    target = State(case.state)
    if target in FINAL and source not in FINAL:
        case.closed_at = doing.at
        doing.clocks.end_all()
        if case.path == Path.WHISTLE:
            end_running(case, by=doing.by, at=doing.at)
    if target != source:
        doing.say(**{"from": source.value, "to": target.value})
    case.version += 1
    with bulk.together(Entry):
        doing.clocks.save()
        bulk.change(case)
        journal(case, event, by=doing.by, at=doing.at, **doing.facts)
