"""Training coverage (培训覆盖率): of the governors how many were at a training in the year, block by block.

A governor counts once for each block that he or she governs, so that streets add up to the district and the number is
a number of blocks. A past year counts its governors of 31 December, the present one those of today. Read-only.
"""

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from django.db.models import Count as CountOf
from django.db.models import Max

from blocks.models import Block, place_name
from staffing.models import Attendance, Tenure, Training
from yuhu.kit.figures import Count, Share, query_of
from yuhu.kit.scope import Scope

YES, NO = "yes", "no"
_COLUMNS = (
    "block__code",
    "block__name",
    "block__community__name",
    "block__community__street_id",
    "block__community__street__name",
    "holder",
    "holder__name",
)


@dataclass(frozen=True)
class GovernorYear:
    """The governor of one block and what he or she attended in the year."""

    code: str
    block: str
    community: str
    street: str
    person: int
    name: str
    trainings: int
    last: dt.date | None

    @property
    def is_trained(self) -> bool:
        return self.trainings > 0


@dataclass(frozen=True)
class Trained:
    """Of an area's governors: how many were at a training in ``year``."""

    code: str
    name: str
    year: int
    governors: tuple[GovernorYear, ...]

    @cached_property
    def share(self) -> Share:
        return Share(
            Count(len(self.only(YES)), self._query(YES)), Count(len(self.governors), self._query(""))
        )

    @property
    def lacking(self) -> Count:
        """Those who were at none."""
        return Count(len(self.only(NO)), self._query(NO))

    def only(self, trained: str) -> tuple[GovernorYear, ...]:
        """``yes``: who was at one, ``no``: who was at none, else all."""
        if trained not in (YES, NO):
            return self.governors
        return tuple(row for row in self.governors if row.is_trained == (trained == YES))

    def _query(self, trained: str) -> str:
        return query_of(("year", self.year), ("area", self.code), ("trained", trained))


@dataclass(frozen=True)
class Coverage:
    """The governors of some areas in a year, with the names of the streets."""

    year: int
    governors: tuple[GovernorYear, ...]
    names: dict[str, str]

    def of(self, area: str) -> Trained:
        """Of a district, a street or a community."""
        inside = tuple(row for row in self.governors if row.code.startswith(area))
        return Trained(area, self.names.get(area, area), self.year, inside)

    def by_street(self) -> Iterator[Trained]:
        """Street by street."""
        for code in sorted({row.code[:9] for row in self.governors}):
            yield self.of(code)


def training_coverage(scope: Scope, areas: Iterable[str], *, year: int, today: dt.date) -> Coverage:
    """The governors of those ``areas`` that the scope covers. Two queries."""
    on = min(today, dt.date(year, 12, 31))
    wanted = [area for area in areas if scope.covers(area)]
    blocks = Block.objects.in_force(on).in_areas(wanted)
    tenures = Tenure.objects.on(on).filter(
        post=Tenure.Seat.GOVERNOR, holder__is_active=True, block__in=blocks.values("pk")
    )
    rows = list(tenures.order_by("block__code").values(*_COLUMNS))
    attended = Attendance.objects.attended(year).filter(
        training__held_on__lte=today, person__in=tenures.values("holder")
    )
    counted = attended.values("person").annotate(number=CountOf("pk"), last=Max("training__held_on"))
    known = {row["person"]: (row["number"], row["last"]) for row in counted.order_by()}
    names = {row["block__community__street_id"]: row["block__community__street__name"] for row in rows}
    found = (
        GovernorYear(
            row["block__code"],
            row["block__name"],
            place_name(row["block__community__name"]),
            row["block__community__street__name"],
            row["holder"],
            row["holder__name"],
            *known.get(row["holder"], (0, None)),
        )
        for row in rows
    )
    return Coverage(year, tuple(found), names)


def training_years(today: dt.date) -> list[int]:
    """The years in which there was a training, and the present one; the newest first. One query."""
    days = Training.objects.standing().dates("held_on", "year")
    return sorted({day.year for day in days} | {today.year}, reverse=True)


def attendance_rows(training: Training, scope: Scope) -> Iterator[tuple[str | None, ...]]:
    """The attendance of a training as rows of a sheet: the governors of its area that the scope covers, with what is
    noted of each, then the others who are noted. Two queries.
    """
    noted = {row.person_id: row for row in training.attendances.within(scope).select_related("person")}
    governors = (
        Tenure.objects.on(training.held_on)
        .held()
        .filter(post=Tenure.Seat.GOVERNOR, block__code__startswith=training.area)
    )
    for row in governors.order_by("block__code").values(*_COLUMNS, "holder__employee_number"):
        if not scope.covers(row["block__code"]):
            continue
        found = noted.pop(row["holder"], None)
        yield (
            row["block__community__street__name"],
            place_name(row["block__community__name"]),
            row["block__name"],
            row["holder__name"],
            row["holder__employee_number"],
            str(found.get_state_display()) if found else "",
        )
    for one in sorted(noted.values(), key=lambda one: (one.area, one.person.name)):
        person = one.person
        yield ("", "", one.area, person.name, person.employee_number, str(one.get_state_display()))
