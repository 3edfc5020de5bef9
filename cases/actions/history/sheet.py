"""Rows of one chunk of bulk-written lives, by model, with keys handed out before anything is written."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.db.models import Model

from yuhu.journal.actions import Draft
from yuhu.kit import bulk


@dataclass
class Sheet:
    """What ``size`` lives leave behind: rows, parents before children, and drafts for the journal."""

    size: int
    rows: dict[type[Model], list[Model]] = field(default_factory=lambda: defaultdict(list))
    drafts: list[Draft] = field(default_factory=list)
    _keys: dict[type[Model], Iterator[int]] = field(default_factory=dict)
    _last: dict[type[Model], int] = field(default_factory=dict)

    def key(self, model: type[Model]) -> int:
        """A fresh key. As many as there are lives are handed out at a time; those that are not used leave gaps."""
        key = next(self._keys[model], None) if model in self._keys else None
        if key is None:
            self._keys[model] = iter(bulk.reserve_ids(model, self.size, after=self._last.get(model, 0)))
            key = next(self._keys[model])
        self._last[model] = key
        return key

    def add(self, row: Model) -> None:
        """Give the row a key, if it has none, and keep it."""
        values, model = row.__dict__, type(row)
        if values["id"] is None:
            values["id"] = self.key(model)
        self.rows[model].append(row)
