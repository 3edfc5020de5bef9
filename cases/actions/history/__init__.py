"""Whole lives of cases written in bulk: the demo's history and the load for measurements.

Nothing here decides anew: receivers come from ``routing``, limits from the tables, states from ``states.MOVES``
(``Life`` refuses a move that the table does not know), clocks from ``yuhu.kit.worktime``, entries from the journal
with the same kinds and data as ``move`` writes. tests/cases/test_history.py replays the result against all of them.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice

from django.db import transaction
from django.db.models import Model

from cases.actions.history.life import Life, Plan
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
from yuhu.journal.actions import Draft, record_many
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
# No life has more rows of a model than this; keys that are not used leave gaps.
MOST = {Note: 8, WorkOrder: 3, Evaluation: 3, Deadline: 12, CaseParty: 10, Escalation: 12}


@dataclass
class Sheet:
    """Rows of one chunk, by model, with keys handed out beforehand."""

    size: int
    rows: dict[type[Model], list[Model]] = field(default_factory=lambda: defaultdict(list))
    drafts: list[Draft] = field(default_factory=list)
    _keys: dict[type[Model], Iterator[int]] = field(default_factory=dict)

    def key(self, model: type[Model]) -> int:
        """A fresh key."""
        if model not in self._keys:
            self._keys[model] = iter(bulk.reserve_ids(model, self.size * MOST.get(model, 1)))
        return next(self._keys[model])

    def add(self, row: Model) -> None:
        """Give the row a key, if it has none, and keep it."""
        if row.pk is None:
            row.pk = self.key(type(row))
        self.rows[type(row)].append(row)


def write_history(
    plans: Iterable[Plan], *, surroundings: Surroundings, announce: bool = False
) -> Iterator[int]:
    """Write the planned lives chunk by chunk, each in one transaction; yields how many were written each time.

    ``announce``: entries go through the outbox, so that notices are sent; else into the feed at once.
    """
    queue = iter(plans)
    while chunk := list(islice(queue, CHUNK)):
        with transaction.atomic():
            # SQLite: the write lock must be held before keys are handed out (transactions begin IMMEDIATE).
            sheet = Sheet(len(chunk))
            for plan in chunk:
                Life(plan, surroundings, sheet).run()
            for model in MODELS:
                if sheet.rows[model]:
                    bulk.insert_models(model, sheet.rows[model])
            record_many(sheet.drafts, feed=not announce)
        yield len(chunk)


__all__ = ["Plan", "Surroundings", "write_history"]
