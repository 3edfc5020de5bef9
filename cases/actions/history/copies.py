"""Millions of ended cases from a few lives: the same rows with other keys and numbers, without what was written and
recorded about them. Only for measuring how tables of that size answer: such a case has no journal.
"""

import datetime as dt
from collections.abc import Iterable, Iterator

from django.db import transaction
from django.db.models import DateTimeField, Model

from cases.actions.history.life import Life, Plan
from cases.actions.history.sheet import Sheet
from cases.actions.history.surroundings import Surroundings
from cases.models import Case, CaseNumber, CaseParty, Deadline
from yuhu.kit import bulk

# Each copy of a life is so much later than the one before: not all in one moment, and still on the same day.
LATER = dt.timedelta(seconds=3)
DIGITS = 6  # of the number that come from the ticket


def write_copies(plans: Iterable[Plan], *, surroundings: Surroundings, times: int) -> Iterator[int]:
    """Write the planned cases ``times`` over with their parties and clocks, each round in one transaction; yields how
    many cases were written each time."""
    sheet = Sheet(1)
    lives = []
    for plan in plans:
        life = Life(plan, surroundings, sheet)
        life.run()
        lives.append(life)
    for number in range(times):
        with transaction.atomic():
            _write(sheet, len(lives), number * LATER)
        yield len(lives)


def _write(sheet: Sheet, count: int, shift: dt.timedelta) -> None:
    tickets, keys = bulk.reserve_ids(CaseNumber, count), bulk.reserve_ids(Case, count)
    bulk.insert(CaseNumber, ([ticket] for ticket in tickets))
    renamed: dict[int, int] = {}
    cases = []
    for row, ticket, key in zip(sheet.rows[Case], tickets, keys, strict=True):
        renamed[row.__dict__["id"]] = key
        number = f"{row.__dict__['number'][:-DIGITS]}{ticket % 10**DIGITS:0{DIGITS}d}"
        cases.append(_copy(row, shift, id=key, number=number))
    bulk.insert_models(Case, cases)
    for model in (CaseParty, Deadline):
        rows = sheet.rows[model]
        fresh = zip(rows, bulk.reserve_ids(model, len(rows)), strict=True)
        copies = (_copy(row, shift, id=key, case_id=renamed[row.__dict__["case_id"]]) for row, key in fresh)
        bulk.insert_models(model, copies)


def _copy(row: Model, shift: dt.timedelta, **changes: object) -> Model:
    values = {name: value for name, value in row.__dict__.items() if name != "_state"} | changes
    for field in type(row)._meta.concrete_fields:
        if isinstance(field, DateTimeField) and (moment := values[field.attname]) is not None:
            values[field.attname] = moment + shift
    return bulk.blank(type(row), **values)
