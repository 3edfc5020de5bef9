"""How many people the blocks of an area have (1+N+1), how many seats are vacant, and how many trainings there were.

Counts people in seats, where ``rosters`` counts blocks that have somebody. Read-only.
"""

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, F, QuerySet, Value
from django.db.models.functions import ExtractYear, Substr

from blocks.models import Block
from staffing.figures.rosters import Rosters
from staffing.models import Assistant, Tenure, Training
from staffing.posts import PostKind
from yuhu.kit.scope import Scope

_POSTS = (PostKind.GOVERNOR, PostKind.SUPERVISOR)


@dataclass(frozen=True)
class Strength:
    """The blocks of an area on a day: how many, and how many people sit in which seat."""

    blocks: int = 0
    people: Mapping[str, int] = field(default_factory=dict)

    @property
    def governors(self) -> int:
        return self.people.get(PostKind.GOVERNOR, 0)

    @property
    def supervisors(self) -> int:
        return self.people.get(PostKind.SUPERVISOR, 0)

    @property
    def assistants(self) -> int:
        return self.people.get(PostKind.ASSISTANT, 0)

    @property
    def vacant(self) -> int:
        """Seats of governors and supervisors without anybody active."""
        return 2 * self.blocks - self.governors - self.supervisors


def strength_of(filled: Rosters, area: str, on: dt.date, *, digits: int) -> dict[str, Strength]:
    """By the first ``digits`` of the blocks' codes, of the blocks of these rosters in the area. One query."""
    numbers = Counter(block.code[:digits] for block in filled.of(area).blocks)
    blocks = Block.objects.in_force(on).in_area(area).values("pk")
    held = Tenure.objects.on(on).held().filter(post__in=_POSTS, holder__is_active=True, block__in=blocks)
    helped = Assistant.objects.on(on).filter(user__is_active=True, block__in=blocks)
    seats = _counted(held, F("post"), digits).union(
        _counted(helped, Value(PostKind.ASSISTANT.value), digits), all=True
    )
    people: dict[str, dict[str, int]] = {part: {} for part in numbers}
    for row in seats:
        people.setdefault(row["part"], {})[row["seat"]] = row["number"]
    return {part: Strength(number, people[part]) for part, number in sorted(numbers.items())}


def _counted(rows: "QuerySet[Any]", seat: F | Value, digits: int) -> "QuerySet[Any]":
    """People by part and seat."""
    grouped: QuerySet[Any] = rows.order_by().annotate(part=Substr("block__code", 1, digits), seat=seat)
    counted: QuerySet[Any] = grouped.values("part", "seat").annotate(number=Count("pk"))
    return counted


def trainings_by_year(scope: Scope, area: str, today: dt.date) -> dict[int, int]:
    """How many trainings were held for the people of an area, or of a part of it, the newest year first. One query."""
    held = Training.objects.within(scope).of_areas([area]).standing().filter(held_on__lte=today)
    years = held.order_by().values(year=ExtractYear("held_on")).annotate(number=Count("pk"))
    return {row["year"]: row["number"] for row in years.order_by("-year")}
