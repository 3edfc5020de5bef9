"""The clocks of one locked case: start, meet, stand, go on, end. All its deadlines in one read and one write each.

The handle clock's due time is copied to the case (``due_at``), where lists and filters look.
"""

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property

from django.conf import settings

from cases import deadlines
from cases.models import Case, Deadline
from cases.states import Step
from duties.models import TimeRules, time_rules
from yuhu.kit import bulk, worktime

_FIELDS = (
    "due_at",
    "warn_at",
    "is_running",
    "stopped_at",
    "remaining",
    "met_at",
    "ended_at",
    "warned_at",
    "breached_at",
    "level",
    "next_level_at",
)


@dataclass
class Clocks:
    """All deadlines of a case that is locked by the caller. Call ``save`` before the case itself is saved."""

    case: Case
    at: dt.datetime
    _rows: list[Deadline] | None = None
    _changed: set[int] = field(default_factory=set)
    _new: list[Deadline] = field(default_factory=list)

    @cached_property
    def rules(self) -> TimeRules:
        """Calendar and limits, asked for once."""
        return time_rules()

    @property
    def rows(self) -> list[Deadline]:
        if self._rows is None:
            self._rows = list(self.case.deadlines.all()) if self.case.pk else []
        return self._rows

    @classmethod
    def of_new_case(cls, case: Case, at: dt.datetime, rules: TimeRules) -> "Clocks":
        """A case that was just made has no clocks, and calendar and limits are known: do not ask."""
        clocks = cls(case, at, _rows=[])
        clocks.rules = rules
        return clocks

    def current(self, step: Step) -> Deadline | None:
        """The newest clock of the step."""
        return max((row for row in self.rows if row.step == step), key=lambda row: row.round, default=None)

    def start(self, step: Step) -> Deadline:
        """A new round of ``step`` with the limit that the tables give; an older one that still runs ends."""
        amount, unit = deadlines.limit_of(step, self.case.category, self.case.severity, self.rules)
        due = worktime.deadline(self.at, amount, unit, self.rules.calendar)
        return self.start_until(step, due, amount=amount, unit=unit)

    def start_until(
        self, step: Step, due: dt.datetime, *, amount: Decimal | None = None, unit: str = ""
    ) -> Deadline:
        """A new round of ``step`` that ends at ``due``."""
        last = self.current(step)
        self.end(step)
        row = Deadline(
            case=self.case,
            step=step,
            round=(last.round + 1 if last else 1),
            amount=amount,
            unit=unit,
            started_at=self.at,
        )
        self._set_due(row, due)
        self.rows.append(row)
        self._new.append(row)
        return row

    def meet(self, step: Step, when: dt.datetime | None = None) -> None:
        """What was asked for in time (or late) is done."""
        if self.is_open(step) and (row := self.current(step)) is not None:
            self._stop(row, met_at=when or self.at)

    def stand(self, step: Step) -> None:
        """The clock stands; what is left is kept: working time for working limits, else natural time."""
        row = self.current(step)
        if row is None or not row.is_running:
            return
        row.remaining = deadlines.left_at(self.at, row.due_at, row.unit, self.rules.calendar)
        row.is_running, row.stopped_at = False, self.at
        self._touch(row)

    def go_on(self, step: Step) -> None:
        """The clock goes on with what was left; one that stood past its limit goes on as late as it was."""
        row = self.current(step)
        if row is None or row.stopped_at is None or row.remaining is None or row.met_at or row.ended_at:
            return
        due, warn = deadlines.resumed(row, self.at, self.rules.calendar)
        row.next_level_at = deadlines.next_level(row, due, self.at, self.rules.calendar)
        row.due_at, row.warn_at = due, warn
        row.is_running, row.stopped_at, row.remaining = True, None, None
        self._touch(row)

    def extend(self, step: Step, due: dt.datetime) -> None:
        """The limit moves to ``due``; a warning that was given for the old one may be given again.

        Levels that were told stay told: a breach of the new limit goes one level higher.
        """
        row = self.current(step)
        if row is not None and row.is_running:
            self._set_due(row, due)
            if row.next_level_at is not None:
                row.next_level_at = due
            row.warned_at = row.breached_at = None
            self._touch(row)

    def is_open(self, step: Step) -> bool:
        """Whether a clock of the step runs or stands."""
        row = self.current(step)
        return row is not None and row.met_at is None and row.ended_at is None

    def end(self, *steps: Step) -> None:
        """Nobody waits for these any more, met or not."""
        for step in steps:
            if self.is_open(step) and (row := self.current(step)) is not None:
                self._stop(row, ended_at=self.at)

    def end_all(self) -> None:
        """The case ended without them being met."""
        for row in self.rows:
            if row.met_at is None and row.ended_at is None:
                self._stop(row, ended_at=self.at)

    def save(self) -> None:
        """Write what changed and copy the handle clock to the case."""
        handle = self.current(Step.HANDLE)
        if handle is not None and handle.ended_at is None:
            self.case.due_at, self.case.warn_at = handle.due_at, handle.warn_at
        for row in self.rows:
            if row.pk in self._changed:
                bulk.change(row, *_FIELDS)
        for row in self._new:
            row.case = self.case
            bulk.add(row)
        self._changed, self._new = set(), []

    def _set_due(self, row: Deadline, due: dt.datetime) -> None:
        row.due_at = due
        row.warn_at = deadlines.warn_moment(
            Step(row.step), row.started_at, due, row.unit, settings.WARN_FRACTION, self.rules.calendar
        )
        if row.level == 0:
            row.next_level_at = due

    def _stop(
        self, row: Deadline, *, met_at: dt.datetime | None = None, ended_at: dt.datetime | None = None
    ) -> None:
        row.is_running, row.met_at, row.ended_at = False, met_at, ended_at
        self._touch(row)

    def _touch(self, row: Deadline) -> None:
        if row.pk is not None:
            self._changed.add(row.pk)
