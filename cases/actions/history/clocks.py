"""The clocks of one bulk-written life: as ``cases.actions.clocks``, with what the sweeps would have done meanwhile."""

import datetime as dt
from typing import TYPE_CHECKING

from django.conf import settings

from cases import deadlines
from cases.ladder import LADDERS, Rung, receiver_kind
from cases.models import CaseParty, Deadline, Escalation
from cases.states import Step
from staffing.models import Unit
from yuhu.journal.actions import SYSTEM
from yuhu.kit import bulk, worktime

if TYPE_CHECKING:
    from cases.actions.history.life import Life


class LifeClocks:
    """The newest clock of each step; older rounds are handed to the sheet when a new one starts."""

    def __init__(self, life: "Life") -> None:
        self.life = life
        self.calendar = life.around.rules.calendar
        self.rows: dict[Step, Deadline] = {}

    def start(self, step: Step, at: dt.datetime) -> Deadline:
        """A new round with the limit of the tables."""
        amount, unit = deadlines.limit_of(
            step, self.life.category, self.life.case.severity, self.life.around.rules
        )
        last = self.rows.get(step)
        if last is not None:
            self.life.keep(last)
        row = bulk.blank(
            Deadline,
            case_id=self.life.case.id,
            step=step,
            round=last.round + 1 if last else 1,
            amount=amount,
            unit=unit,
            started_at=at,
        )
        self._due(row, worktime.deadline(at, amount, unit, self.calendar))
        self.rows[step] = row
        return row

    def meet(self, step: Step, at: dt.datetime) -> None:
        row = self.rows.get(step)
        if row is not None and row.met_at is None and row.ended_at is None:
            row.is_running, row.met_at = False, at

    def stand(self, step: Step, at: dt.datetime) -> None:
        row = self.rows[step]
        row.remaining = deadlines.left_at(at, row.due_at, row.unit, self.calendar)
        row.is_running, row.stopped_at = False, at

    def go_on(self, step: Step, at: dt.datetime) -> None:
        row = self.rows[step]
        due, warn = deadlines.resumed(row, at, self.calendar)
        row.next_level_at = deadlines.next_level(row, due, at, self.calendar)
        row.due_at, row.warn_at = due, warn
        row.is_running, row.stopped_at, row.remaining = True, None, None
        self._copy(row)

    def end(self, step: Step, at: dt.datetime) -> None:
        row = self.rows.get(step)
        if row is not None and row.met_at is None and row.ended_at is None:
            row.is_running, row.ended_at = False, at

    def end_all(self, at: dt.datetime) -> None:
        for row in self.rows.values():
            if row.met_at is None and row.ended_at is None:
                row.is_running, row.ended_at = False, at

    def keep(self) -> None:
        """Hand the newest rounds to the sheet."""
        for row in self.rows.values():
            self.life.keep(row)

    def tick(self, until: dt.datetime) -> None:
        """What the sweeps would have done up to ``until``: warnings and escalations, in order of time."""
        while (found := self._next(until)) is not None:
            moment, row, is_warning = found
            if is_warning:
                row.warned_at = moment
                self.life.say("case.warned", moment, SYSTEM, step=str(row.step), due_at=row.due_at)
            else:
                self._escalate(row, moment)

    def _next(self, until: dt.datetime) -> tuple[dt.datetime, Deadline, bool] | None:
        due: list[tuple[dt.datetime, Deadline, bool]] = []
        for row in self.rows.values():
            if not row.is_running or row.step == Step.RATE:
                continue
            if row.warned_at is None and row.warn_at is not None and row.warn_at <= until:
                due.append((row.warn_at, row, True))
            if row.next_level_at is not None and row.next_level_at <= until:
                due.append((row.next_level_at, row, False))
        return min(due, key=lambda found: (found[0], not found[2]), default=None)

    def _due(self, row: Deadline, due: dt.datetime) -> None:
        step, fraction = Step(row.step), settings.WARN_FRACTION
        row.due_at = due
        row.warn_at = deadlines.warn_moment(step, row.started_at, due, row.unit, fraction, self.calendar)
        if row.level == 0:
            row.next_level_at = due
        self._copy(row)

    def _copy(self, row: Deadline) -> None:
        if row.step == Step.HANDLE:
            self.life.case.due_at, self.life.case.warn_at = row.due_at, row.warn_at

    def _escalate(self, row: Deadline, at: dt.datetime) -> None:
        case, lead = self.life.case, self.life.lead
        kind = receiver_kind(
            step=Step(row.step),
            has_assignee=case.assignee_id is not None,
            lead_kind=lead.kind if lead else "",
            restricted=case.restricted,
        )
        ladder = LADDERS[kind]
        row.level += 1
        row.breached_at = row.breached_at or at
        rung = ladder[row.level - 1]
        unit = self._unit(rung)
        last = row.level >= len(ladder)
        row.next_level_at = None if last else worktime.deadline(at, 1, "working_day", self.calendar)
        if row.id is None:
            row.id = self.life.sheet.key(Deadline)
        told = bulk.blank(
            Escalation, deadline_id=row.id, level=row.level, unit_id=unit.pk, role=rung.role, at=at
        )
        self.life.keep(told)
        self.life.party(CaseParty.Role.OVERSIGHT, unit=unit)
        self.life.say(
            "case.escalated",
            at,
            SYSTEM,
            step=str(row.step),
            level=row.level,
            unit=unit.code,
            role=rung.role,
            due_at=row.due_at,
        )

    def _unit(self, rung: Rung) -> Unit:
        around, street, lead = self.life.around, self.life.case.street_code, self.life.lead
        if rung.unit == "lead_unit" and lead is not None:
            return lead
        if rung.unit == "street":
            return around.street_units[street]
        if rung.unit == "district":
            return around.district_unit
        if rung.unit == "own_platform" and lead is not None:
            return around.platform_of.get(lead.pk) or around.by_key[lead.parent_id or lead.pk]
        return around.platforms[street, rung.unit.partition(":")[2]]
