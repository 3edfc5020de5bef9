"""Whole lives of cases written in bulk: the demo's history and the load for measurements.

Nothing here decides anew: receivers come from ``routing``, limits from the tables, states from ``states.MOVES``
(``Life`` refuses a move that the table does not know), clocks from ``yuhu.kit.worktime``, entries from the journal
with the same kinds and data as ``move`` writes. tests/cases/test_history.py replays the result against all of them.
"""

from collections.abc import Iterable, Iterator
from itertools import islice

from django.db import transaction
from django.db.models import Model

from cases.actions.history.copies import write_copies
from cases.actions.history.life import Life, Plan
from cases.actions.history.sheet import Sheet
from cases.actions.history.surroundings import Surroundings
from cases.models import (
    Case,
    CaseNumber,
    CaseParty,
    Deadline,
    Escalation,
    Evaluation,
    Note,
    Rating,
    Reporter,
    WorkOrder,
)
from yuhu.journal.actions import record_many
from yuhu.kit import bulk

# Parents before children.
MODELS: tuple[type[Model], ...] = (
    CaseNumber,
    Case,
    Reporter,
    CaseParty,
    Note,
    WorkOrder,
    Evaluation,
    Rating,
    Deadline,
    Escalation,
)
CHUNK = 1_000


def write_history(
    plans: Iterable[Plan], *, surroundings: Surroundings, announce: bool = False
) -> Iterator[int]:
    """Write the planned lives chunk by chunk, each in one transaction; yields how many were written each time.

    ``announce``: entries go through the outbox, so that notices are sent; else into the feed at once.
    """
    queue = iter(plans)
    while chunk := list(islice(queue, CHUNK)):
        with bulk.without_collecting(), transaction.atomic():
            # SQLite: the write lock must be held before keys are handed out (transactions begin IMMEDIATE).
            sheet = Sheet(len(chunk))
            for plan in chunk:
                Life(plan, surroundings, sheet).run()
            for model in MODELS:
                if sheet.rows[model]:
                    bulk.insert_models(model, sheet.rows[model])
            record_many(sheet.drafts, feed=not announce)
        yield len(chunk)


__all__ = ["Plan", "Surroundings", "write_copies", "write_history"]
