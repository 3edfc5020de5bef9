"""Adjectives for cases and their clocks. ``at`` is an aware moment; sets chain."""

import datetime as dt
from collections.abc import Collection, Iterable
from typing import Any, Self, TypeVar

from django.db.models import (
    BooleanField,
    ExpressionWrapper,
    F,
    FloatField,
    Model,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
)

from cases.geometry import DEGREE, Surroundings
from cases.querysets.relations import rows_of
from cases.states import FINAL, OPEN, PHASE, Path, Phase, State, Step
from yuhu.kit.people import blind_indexes
from yuhu.kit.scope import Scope
from yuhu.kit.search import asked

M = TypeVar("M", bound=Model)
BRANCH = 2  # digits of a branch of categories
# Which column holds the code of an area, by its number of digits.
AREAS = {6: "district_code", 9: "street_code", 12: "community_code", 14: "block_code"}


# What hangs on a case and decides which moves the API offers.
ROWS_FOR_API = ("orders", "requests", "deadlines")


class CategoryQuerySet(QuerySet[M]):
    """Categories."""

    def usable(self) -> Self:
        """Leaves of the tree that are in use: what a case may carry."""
        return self.filter(active=True, parent__isnull=False)

    def missing(self, codes: Collection[str]) -> set[str]:
        """Which of these codes, of leaves or branches, do not exist."""
        return set(codes) - set(self.filter(pk__in=codes).values_list("pk", flat=True)) if codes else set()

    def within(self, scope: Scope) -> Self:
        """Categories are open to everybody who holds a post; a scope without a post sees none."""
        return self if scope.has_post else self.none()


class CaseQuerySet(QuerySet[M]):
    """Cases."""

    def within(self, scope: Scope) -> Self:
        """The cases that this scope opens; empty means none.

        A case about an official (``restricted``) is opened by being a party to it only. The sub-query over
        parties avoids duplicates from joins without DISTINCT.
        """
        if scope.is_empty:
            return self.none()
        by_area = Q()
        for field, codes in (
            ("district_code__in", scope.districts),
            ("street_code__in", scope.streets),
            ("community_code__in", scope.communities),
            ("block_code__in", scope.blocks),
        ):
            if codes:
                by_area |= Q(**{field: sorted(codes)})
        party = Q()
        if scope.units:
            party |= Q(unit__in=sorted(scope.units))
        if scope.person is not None:
            party |= Q(user=scope.person)
        seen = Q(pk__in=[])
        # The area first: databases read alternatives in their order, and most rows need no look at the parties.
        if by_area:
            seen |= Q(restricted=False) & by_area
        if party:
            seen |= Q(pk__in=self._parties().filter(party).values("case"))
        rows = self.filter(seen)
        return rows if scope.kinds is None else rows.of_kinds(scope.kinds)

    def of_kinds(self, codes: Iterable[str]) -> Self:
        """Of these categories (four digits) or of these whole branches (two digits)."""
        given = sorted(codes)
        branches = Q(category__parent__in=[code for code in given if len(code) == BRANCH])
        return self.filter(Q(category__in=[code for code in given if len(code) != BRANCH]) | branches)

    def _parties(self) -> QuerySet[Model]:
        """The parties' table: it stands above this module, so the model names it."""
        related = self.model._meta.get_field("parties").related_model
        assert related is not None
        return related._default_manager.all()

    def to_time(self) -> Self:
        """Accepted results whose working time is not kept yet."""
        return self.filter(
            state__in=["evaluated", "closed"], on_the_spot=False, handling_seconds__isnull=True,
            dispatched_at__isnull=False, handled_at__isnull=False,
        )  # fmt: skip

    def open(self) -> Self:
        """Not ended."""
        return self.filter(state__in=sorted(OPEN))

    def ended(self) -> Self:
        return self.filter(state__in=sorted(FINAL))

    def in_phase(self, phase: Phase) -> Self:
        return self.filter(state__in=[state for state, its in PHASE.items() if its == phase])

    def awaiting_dispatch(self) -> Self:
        """Reported, and a rule can dispatch it; what waits for a person is not meant."""
        return self.filter(state=State.REPORTED, waits_for_person=False)

    def awaiting_person(self) -> Self:
        """Reported, and a duty officer must place or dispatch it."""
        return self.filter(state=State.REPORTED, waits_for_person=True)

    def overdue(self, at: dt.datetime) -> Self:
        """Being handled (or waiting to be), past the handle limit."""
        return self.filter(state__in=[State.DISPATCHED, State.IN_PROGRESS], due_at__lt=at)

    def due_soon(self, at: dt.datetime) -> Self:
        """Three quarters of the limit have passed, the limit has not."""
        return self.filter(state__in=[State.DISPATCHED, State.IN_PROGRESS], warn_at__lte=at, due_at__gte=at)

    def held_by(self, user_id: int, unit_ids: frozenset[int]) -> Self:
        """Orders in this person's hands, or in those of his or her units."""
        mine = Q(assignee=user_id)
        if unit_ids:
            mine |= Q(lead_unit__in=sorted(unit_ids), assignee__isnull=True)
        return self.filter(mine)

    def to_evaluate_by(self, user_id: int, unit_ids: frozenset[int]) -> Self:
        """Handed back, and this person (or his or her unit) is the designated evaluator."""
        mine = Q(evaluator=user_id)
        if unit_ids:
            mine |= Q(evaluator_unit__in=sorted(unit_ids))
        return self.filter(mine, state=State.HANDLED)

    def text(self, query: str) -> Self:
        """Every word occurs in number, description or address; a query without letters and digits finds nothing.

        Pages of such a set are read with ``yuhu.kit.search.head``.
        """
        return self.filter(words__has=asked(query)) if query.strip() else self

    def in_area(self, code: str) -> Self:
        """In the district, street, community or block of this national code; a code of another length finds none."""
        field = AREAS.get(len(code))
        return self.filter(**{field: code}) if field else self.none()

    def in_areas(self, codes: Iterable[str]) -> Self:
        """In any of these areas; none: no case."""
        inside = Q(pk__in=[])
        for code in codes:
            if field := AREAS.get(len(code)):
                inside |= Q(**{field: code})
        return self.filter(inside)

    def of_units(self, units: Collection[int]) -> Self:
        """In which these units have a part: in charge, helping, evaluating."""
        return self.filter(pk__in=self._related("parties").filter(unit__in=sorted(units)).values("case"))

    def without_meeting(self) -> Self:
        """Complex, before a result, and no meeting has decided or is going to: adjourned once more is without one."""
        items = self._related("agenda_items")
        met = items.exclude(decision__in=["adjourned", "cancelled"]).values("case")
        states = [State.REPORTED, State.DISPATCHED, State.IN_PROGRESS, State.SUSPENDED]
        return self.filter(state__in=states, path=Path.MEETING).exclude(pk__in=met)

    def unplaced(self) -> Self:
        """No street has them yet: reported without a place that is known."""
        return self.filter(street_code="")

    def reported_by(self, user_id: int) -> Self:
        """Recorded, or joined later, by this person."""
        return self.filter(
            pk__in=self._related("parties").filter(user=user_id, role="reporter").values("case")
        )

    def similar(self, *, category: str, block: str, around: Surroundings | None, since: dt.datetime) -> Self:
        """Open cases of the category reported since then: near the point, or in the block where a point is unknown."""
        rows = self.open().filter(category=category, reported_at__gte=since)
        if around is None:
            return rows.filter(block_code=block) if block else rows.none()
        west, south, east, north = around.box
        x = (F("longitude") - around.longitude) * around.metres_per_longitude
        y = (F("latitude") - around.latitude) * DEGREE
        rows = rows.annotate(square=ExpressionWrapper(x * x + y * y, output_field=FloatField()))
        near = Q(longitude__range=(west, east), latitude__range=(south, north), square__lte=around.metres**2)
        return rows.filter(near | Q(longitude__isnull=True, block_code=block) if block else near)

    def for_lists(self) -> Self:
        """With what a line of a list shows, in the same query; outlines of blocks stay where they are."""
        joined = self.select_related("category", "block", "assignee", "lead_unit")
        return joined.defer("block__boundary", "explanation")

    def for_pages(self) -> Self:
        """With what a case's own page shows and its guards ask, in five queries however long its story is.

        ``next_step`` and ``next_due``: the clock that runs beside the handle clock and ends first, if one runs.
        """
        clocks = (
            self._related("deadlines").filter(case=OuterRef("pk"), is_running=True).exclude(step=Step.HANDLE)
        )
        # The first contact is somebody's duty in every state; what the state itself waits for says more.
        contact = ExpressionWrapper(Q(step=Step.CONTACT), output_field=BooleanField())
        first = clocks.order_by(contact, "due_at", "pk")
        joined = self.select_related(
            *("category", "block", "assignee", "lead_unit", "evaluator", "evaluator_unit", "reported_by"),
            *("duty_item__list", "merged_into", "reporter"),
        )
        orders = self._related("orders").select_related("user", "unit")
        requests = self._related("requests").select_related("asked_by")
        return (
            joined.defer("block__boundary", "reporter__name_sealed", "reporter__phone_sealed")
            .annotate(
                next_step=Subquery(first.values("step")[:1]), next_due=Subquery(first.values("due_at")[:1])
            )
            .prefetch_related(
                Prefetch("orders", orders), Prefetch("requests", requests), "attachments", "notes"
            )
        )

    def for_api(self) -> Self:
        """With what the API tells about each case, moves included, in four queries for any number of cases."""
        joined = self.select_related(
            "category", "assignee", "lead_unit", "duty_item", "reporter", "merged_into"
        )
        hidden = (
            "reporter__name_sealed",
            "reporter__phone_sealed",
            "merged_into__description",
            "merged_into__explanation",
        )
        return joined.defer(*hidden).prefetch_related(*ROWS_FOR_API)

    def _related(self, name: str) -> "QuerySet[Any]":
        rows: QuerySet[Any] = rows_of(self, name)
        return rows


class ReporterQuerySet(QuerySet[M]):
    """People to answer to."""

    def same_phone(self, phone: str) -> Self:
        """Whoever left this phone, also where the index was made with an older key."""
        return self.filter(phone_index__in=blind_indexes(phone)) if phone else self.none()


class DeadlineQuerySet(QuerySet[M]):
    """Clocks. Only running ones are ever warned of or escalated; partial indexes hold just those."""

    def running(self) -> Self:
        """Neither met nor ended nor standing."""
        return self.filter(is_running=True)

    def to_warn(self, at: dt.datetime) -> Self:
        """The warning moment has come and nobody was warned."""
        return self.running().filter(warned_at__isnull=True, warn_at__lte=at)

    def breached(self, at: dt.datetime) -> Self:
        """At or past the limit, or due for the next level: something must be escalated now."""
        return self.running().filter(next_level_at__lte=at)
