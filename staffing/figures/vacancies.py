"""Vacancies at a glance: how each block of some areas stands on a day, worst first.

A post counts as vacant when nobody active holds it and nobody acts; somebody on leave for whom nobody acts leaves a
block idle. Leaves to others: filling a vacancy (actions), the map and the table (admin).
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from django.db.models import Count, Exists, OuterRef, Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from blocks.models import Block
from staffing.figures.rosters import NEEDED, BlockRoster, rosters
from staffing.models import Absence, Assistant, Tenure
from staffing.posts import ACTING_OF, PostKind
from yuhu.kit.scope import Scope


class Standing(StrEnum):
    """How a block stands, worst first. The values are the tones of the map."""

    GOVERNOR = "governor"
    SUPERVISOR = "supervisor"
    IDLE = "idle"
    ASSISTANT = "assistant"
    ACTING = "acting"
    COMPLETE = "complete"

    @property
    def label(self) -> str | Promise:
        return _LABELS[self]


_LABELS = {
    Standing.GOVERNOR: _("No governor"),
    Standing.SUPERVISOR: _("No supervisor"),
    Standing.IDLE: _("On leave, and nobody acts"),
    Standing.ASSISTANT: _("No assistant"),
    Standing.ACTING: _("Somebody acts"),
    Standing.COMPLETE: _("Complete"),
}


@dataclass(frozen=True)
class BlockState:
    """One block on the day. ``idle``: posts whose holder is on leave while nobody acts."""

    roster: BlockRoster
    idle: frozenset[str]

    @cached_property
    def standing(self) -> Standing:
        for post, acting in ACTING_OF.items():
            if not {PostKind(post), acting} & self.roster.filled:
                return Standing(post)
        if self.idle:
            return Standing.IDLE
        if PostKind.ASSISTANT not in self.roster.filled:
            return Standing.ASSISTANT
        return Standing.ACTING if set(ACTING_OF.values()) & self.roster.filled else Standing.COMPLETE


@dataclass(frozen=True)
class Vacancies:
    """All blocks of the areas on the day."""

    on: dt.date
    blocks: tuple[BlockState, ...]

    @cached_property
    def counts(self) -> list[tuple[Standing, int]]:
        """Every standing and how many blocks have it, worst first."""
        return [(one, sum(block.standing is one for block in self.blocks)) for one in Standing]

    def only(self, standing: Standing | None) -> list[BlockState]:
        """The blocks that stand so; None: all that are not complete, worst first."""
        if standing is not None:
            return [block for block in self.blocks if block.standing is standing]
        order = list(Standing)
        found = [block for block in self.blocks if block.standing is not Standing.COMPLETE]
        return sorted(found, key=lambda block: (order.index(block.standing), block.roster.code))


def vacancies(scope: Scope, areas: Iterable[str], on: dt.date) -> Vacancies:
    """The blocks of ``areas``, as far as the scope covers them, on the local day ``on``. Three queries."""
    wanted = list(areas)
    idle = _idle(on)
    found = rosters(scope, wanted, on).blocks
    return Vacancies(on, tuple(BlockState(block, frozenset(idle.get(block.code, ()))) for block in found))


def lacking(scope: Scope, on: dt.date) -> dict[PostKind, int]:
    """How many blocks of the scope's areas have nobody active in a needed post, whoever acts. One query.

    Counts what the filter of the list of blocks shows.
    """
    held = Tenure.objects.on(on).filter(block=OuterRef("pk"), holder__is_active=True)
    helped = Assistant.objects.on(on).filter(block=OuterRef("pk"), user__is_active=True)
    seats = {
        kind.value: Exists(helped if kind is PostKind.ASSISTANT else held.filter(post=kind))
        for kind in NEEDED
    }
    blocks = Block.objects.within(scope).in_force(on).in_areas(scope.areas).order_by()
    counts = {f"no_{kind}": Count("pk", filter=Q(**{kind.value: False})) for kind in NEEDED}
    found = blocks.annotate(**seats).aggregate(**counts)
    return {kind: found[f"no_{kind}"] for kind in NEEDED}


def _idle(on: dt.date) -> dict[str, set[str]]:
    """Of each block the posts in which somebody is away and nobody acts who is there. Two queries."""
    away = set(Absence.objects.on(on).values_list("person", flat=True))
    if not away:
        return {}
    rows = (
        Tenure.objects.on(on)
        .held()
        .filter(block__in=Tenure.objects.on(on).filter(holder__in=away).values("block"))
    )
    acts: set[tuple[str, str]] = set()
    missed: set[tuple[str, str]] = set()
    for code, post, person, active in rows.values_list("block__code", "post", "holder", "holder__is_active"):
        if person in away:
            missed.add((code, post))
        elif active:
            acts.add((code, post))
    idle: dict[str, set[str]] = {}
    for code, post in missed:
        acting = ACTING_OF.get(post)
        if acting is None or (code, acting.value) not in acts:
            idle.setdefault(code, set()).add(post)
    return idle
