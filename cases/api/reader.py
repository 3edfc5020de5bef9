"""The person who reads cases through the API at one moment: what each case offers to exactly this person."""

import datetime as dt
from dataclasses import dataclass
from functools import cached_property

from cases.models import Case
from cases.policies import Look, open_moves
from duties.models import work_calendar
from staffing.models import User
from yuhu.kit.worktime import Calendar


@dataclass
class Reader:
    """Asks the calendar once, however many cases are read."""

    user: User
    at: dt.datetime

    @cached_property
    def _calendar(self) -> Calendar:
        return work_calendar()

    def moves(self, case: Case) -> list[str]:
        """The names of the moves that the person may make now, in the table's order."""
        look = Look(case, self.user, self.at, read_calendar=lambda: self._calendar)
        return [move.name for move in open_moves(look)]
