"""Adjectives for people, units and posts with dates. ``on`` is a local calendar day."""

import datetime as dt
import unicodedata
from collections.abc import Iterable
from typing import Any, Self, TypeVar

from django.apps import apps
from django.db.models import Case, Exists, F, Model, OuterRef, Q, QuerySet, Subquery, Value, When

from blocks.models import District
from staffing.posts import ACTING_OF, DECIDES_IN_PLATFORM
from yuhu.kit import clock
from yuhu.kit.scope import COMMUNITY, DISTRICT, STREET, Scope
from yuhu.kit.text import has_control

M = TypeVar("M", bound=Model)


class DatedQuerySet(QuerySet[M]):
    """Rows with ``starts_on`` and ``ends_on`` (exclusive; None means open)."""

    def on(self, day: dt.date) -> Self:
        """Rows that are in force on ``day``."""
        return self.not_over(day).filter(starts_on__lte=day)

    def not_over(self, day: dt.date) -> Self:
        """Rows in force on ``day`` or planned for later."""
        return self.filter(Q(ends_on__isnull=True) | Q(ends_on__gt=day))

    def deciding_in_platforms(self, day: dt.date) -> Self:
        """Seats of those who decide in a platform on ``day`` or later."""
        return self.not_over(day).filter(unit__kind="platform", role__in=sorted(DECIDES_IN_PLATFORM))

    def within(self, scope: Scope) -> Self:
        """Who has which seat is open to everybody who holds a post; without a post only one's own."""
        if scope.has_post:
            return self
        return self.filter(user=scope.person) if scope.person is not None else self.none()


class UnitQuerySet(QuerySet[M]):
    """Units."""

    def within(self, scope: Scope) -> Self:
        """Units are open to everybody who holds a post; a scope without a post sees none."""
        return self if scope.has_post else self.none()

    def search(self, text: str) -> Self:
        """Units whose name holds ``text`` or whose code begins with it. Blank text finds everything."""
        wanted = unicodedata.normalize("NFKC", text).strip()
        if has_control(wanted):
            return self.none()
        return self.filter(Q(name__icontains=wanted) | Q(code__startswith=wanted)) if wanted else self

    def platforms(self, day: dt.date) -> Self:
        """The platforms that there are on ``day``: an office belongs to them, or they have a function."""
        links, functions = self._related("office_links"), self._related("functions")
        named = Q(pk__in=links.on(day).values("platform")) | Q(pk__in=functions.on(day).values("platform"))
        return self.filter(named, kind="platform")

    def performing(self, function: str, *, street: str, day: dt.date) -> Self:
        """The platform that has ``function`` in the street on ``day``; none or one."""
        rows = self._related("functions").on(day).filter(function=function, street=street)
        return self.filter(pk__in=rows.values("platform"))

    def _related(self, name: str) -> Any:
        """All rows of a child: its model stands above this module, so it is found through the relation."""
        child: Any = self.model._meta.get_field(name).related_model
        return child._default_manager.all()


class TenureQuerySet(QuerySet[M]):
    """Successive tenures: each ends where the next of the same block and post begins."""

    def on(self, day: dt.date) -> Self:
        """The row per block and post that is in force on ``day``; holder None is a vacancy."""
        later = self.model._default_manager.filter(
            block=OuterRef("block"),
            post=OuterRef("post"),
            starts_on__gt=OuterRef("starts_on"),
            starts_on__lte=day,
        )
        return self.filter(starts_on__lte=day).exclude(Exists(later))

    def held(self) -> Self:
        """Not vacant."""
        return self.filter(holder__isnull=False)

    def with_end(self) -> Self:
        """With ``ends_on``: the day on which the next of the same block and post begins; None while it lasts."""
        later = self.model._default_manager.filter(
            block=OuterRef("block"), post=OuterRef("post"), starts_on__gt=OuterRef("starts_on")
        )
        return self.annotate(ends_on=Subquery(later.order_by("starts_on").values("starts_on")[:1]))

    def during(self, starts_on: dt.date, ends_on: dt.date) -> Self:
        """Those in force on any day from ``starts_on`` until ``ends_on`` (exclusive), with their end."""
        rows = self.with_end().filter(starts_on__lt=ends_on)
        return rows.filter(Q(ends_on=None) | Q(ends_on__gt=starts_on))

    def within(self, scope: Scope) -> Self:
        """A block's roster is open to everybody who holds a post; without a post only one's own tenures."""
        if scope.has_post:
            return self
        return self.filter(holder=scope.person) if scope.person is not None else self.none()


class AbsenceQuerySet(DatedQuerySet[M]):
    """Leave of people. What was cancelled is on no day."""

    def standing(self) -> Self:
        """Not cancelled."""
        return self.filter(cancelled_at=None)

    def not_over(self, day: dt.date) -> Self:
        """Not cancelled, and in force on ``day`` or planned for later."""
        return super().not_over(day).standing()

    def planned(self, day: dt.date) -> Self:
        """Begins after ``day``."""
        return self.standing().filter(starts_on__gt=day)

    def during(self, starts_on: dt.date, ends_on: dt.date) -> Self:
        """Not cancelled, with a day in common with ``starts_on`` until ``ends_on`` (exclusive)."""
        return self.standing().filter(starts_on__lt=ends_on, ends_on__gt=starts_on)

    def with_gap(self, today: dt.date) -> Self:
        """With ``has_gap``: a post of a block lies idle today, or on the first day of a leave that is planned.

        Idle is a governor's or supervisor's post for which nobody acts, or somebody who is away too.
        """
        # The day that counts for a row. Subqueries see it by as many OuterRefs as they lie deep.
        rows = self.annotate(
            day_=Case(When(starts_on__gt=today, then=F("starts_on")), default=Value(today)),
        )
        own = _tenures_of_the_day(depth=1).filter(holder=OuterRef("person"))
        gaps = Q(Exists(own.filter(post__in=ACTING_OF.values())))
        for post, acting in ACTING_OF.items():
            away = self.model._default_manager.filter(
                cancelled_at=None,
                person=OuterRef("holder"),
                starts_on__lte=_the_day(3),
                ends_on__gt=_the_day(3),
            )
            acts = _tenures_of_the_day(depth=2).filter(
                ~Exists(away), block=OuterRef("block"), post=acting, holder__is_active=True
            )
            gaps |= Q(Exists(own.filter(~Exists(acts), post=post)))
        return rows.annotate(has_gap=Case(When(gaps, then=Value(value=True)), default=Value(value=False)))

    def uncovered(self, today: dt.date) -> Self:
        """Away today, and nobody acts."""
        return self.on(today).with_gap(today).filter(has_gap=True)

    def within(self, scope: Scope) -> Self:
        """For whoever sees the area or the unit in which the person has a seat during the leave; one's own; and those
        in which one stands in."""
        return self.filter(self._seen_by(scope))

    def _seen_by(self, scope: Scope) -> Q:
        seen = Q(pk__in=[])
        if scope.person is not None:
            stands_in = apps.get_model("staffing", "StandIn")._default_manager.filter(person=scope.person)
            seen |= Q(person=scope.person) | Q(pk__in=stands_in.values("absence"))
        if scope.areas:
            in_block = Q()
            for area in scope.areas:
                in_block |= Q(block__code__startswith=area)
            seen |= Q(Exists(_held_during_it().filter(in_block)))
            seen |= Q(Exists(_dated_during_it("Assistant").filter(in_block)))
        in_unit = Q(unit__in=scope.units)
        for area in scope.areas:
            in_unit |= Q(unit__code__startswith=area)
        return seen | Q(Exists(_dated_during_it("Membership").filter(in_unit)))


def _the_day(depth: int) -> OuterRef:
    """``day_`` of the absence, from a subquery that lies ``depth`` deep below it."""
    found = OuterRef("day_")
    for _level in range(depth - 1):
        found = OuterRef(found)
    return found


def _tenures_of_the_day(*, depth: int) -> "TenureQuerySet[Any]":
    """Tenures in force on ``day_`` of the absence that lies ``depth`` above."""
    tenures: Any = apps.get_model("staffing", "Tenure")._default_manager
    later = tenures.filter(
        block=OuterRef("block"),
        post=OuterRef("post"),
        starts_on__gt=OuterRef("starts_on"),
        starts_on__lte=_the_day(depth + 1),
    )
    rows: TenureQuerySet[Any] = tenures.filter(~Exists(later), starts_on__lte=_the_day(depth))
    return rows


def _held_during_it() -> "QuerySet[Any]":
    """Tenures of the absent person that have a day in common with the absence."""
    tenures: Any = apps.get_model("staffing", "Tenure")._default_manager
    over = tenures.filter(
        block=OuterRef("block"),
        post=OuterRef("post"),
        starts_on__gt=OuterRef("starts_on"),
        starts_on__lte=OuterRef(OuterRef("starts_on")),
    )
    rows: QuerySet[Any] = tenures.filter(
        ~Exists(over), holder=OuterRef("person"), starts_on__lt=OuterRef("ends_on")
    )
    return rows


def _dated_during_it(model: str) -> "QuerySet[Any]":
    """Seats of the absent person with an end of their own that have a day in common with the absence."""
    rows: QuerySet[Any] = apps.get_model("staffing", model)._default_manager.filter(
        Q(ends_on=None) | Q(ends_on__gt=OuterRef("starts_on")),
        user=OuterRef("person"),
        starts_on__lt=OuterRef("ends_on"),
    )
    return rows


class PlatformLinkQuerySet(QuerySet[M]):
    """Which platform an office belongs to, as successive rows."""

    def on(self, day: dt.date) -> Self:
        later = self.model._default_manager.filter(
            office=OuterRef("office"), starts_on__gt=OuterRef("starts_on"), starts_on__lte=day
        )
        return self.filter(starts_on__lte=day).exclude(Exists(later))

    def within(self, scope: Scope) -> Self:
        """As open as the units themselves."""
        return self if scope.has_post else self.none()


class PlatformFunctionQuerySet(QuerySet[M]):
    """Which platform does what in its street, as successive rows."""

    def on(self, day: dt.date) -> Self:
        later = self.model._default_manager.filter(
            street=OuterRef("street"),
            function=OuterRef("function"),
            starts_on__gt=OuterRef("starts_on"),
            starts_on__lte=day,
        )
        return self.filter(starts_on__lte=day).exclude(Exists(later))

    def heirs(self, day: dt.date) -> dict[int, int]:
        """Platforms whose functions have all passed on by ``day``, each with who does now what it did last.

        Two queries of a small table; one as long as no platform was ever replaced.
        """
        columns = ("street", "function", "platform")
        rows = list(self.filter(starts_on__lte=day).order_by("-starts_on", "function").values_list(*columns))
        if len(rows) == len({(street, function) for street, function, _platform in rows}):
            return {}
        now: dict[tuple[str, str], int] = {}
        heirs: dict[int, int] = {}
        for street, function, platform in rows:
            heirs.setdefault(platform, now.setdefault((street, function), platform))
        platforms: Any = self.model._meta.get_field("platform").related_model
        there = set(
            platforms._default_manager.platforms(day).filter(pk__in=heirs).values_list("pk", flat=True)
        )
        return {old: new for old, new in heirs.items() if old not in there and old != new}

    def within(self, scope: Scope) -> Self:
        """As open as the units themselves."""
        return self if scope.has_post else self.none()


class UserQuerySet(QuerySet[M]):
    """People who work here, and the accounts of systems."""

    def people(self) -> Self:
        """Without the accounts of systems."""
        return self.filter(is_technical=False)

    def within(self, scope: Scope) -> Self:
        """Colleagues: everybody with a post sees names; without a post only oneself."""
        if scope.has_post:
            return self
        return self.filter(pk=scope.person) if scope.person is not None else self.none()

    def system_administrators(self, day: dt.date) -> Self:
        """Open accounts with a seat of a system administrator on ``day``."""
        seats = self._related("memberships").filter(
            Q(ends_on__isnull=True) | Q(ends_on__gt=day), starts_on__lte=day, role="system_admin"
        )
        return self.filter(is_active=True, pk__in=seats.values("user"))

    def unused(self, since: dt.datetime) -> Self:
        """Open accounts with a password that were neither logged in to nor opened since then."""
        used = Q(last_login__gte=since) | Q(opened_at__gte=since)
        never = Q(last_login__isnull=True, opened_at__isnull=True)
        return self.filter(is_active=True).exclude(used | never).exclude(password__startswith="!")

    def _related(self, name: str) -> "QuerySet[Any]":
        """All rows of a child: its model stands above this module, so it is found through the relation."""
        child = self.model._meta.get_field(name).related_model
        rows: QuerySet[Any] = child._default_manager.all()  # type: ignore[union-attr]
        return rows


class PartnerClientQuerySet(QuerySet[M]):
    """Partner systems."""

    def within(self, scope: Scope) -> Self:
        """Whoever keeps accounts sees all of them (staffing.admin asks); a scope without a post sees none."""
        return self if scope.has_post else self.none()


class RosterImportQuerySet(QuerySet[M]):
    """Roster sheets."""

    def within(self, scope: Scope) -> Self:
        """A sheet is for whoever sent it: it holds names and phones."""
        return self.filter(made_by=scope.person) if scope.person is not None else self.none()

    def forgotten_before(self, at: dt.datetime) -> Self:
        """Sent before ``at``, never applied, and their lines still kept."""
        return self.filter(made_at__lt=at, applied_at__isnull=True).exclude(lines=[])


def _inside(scope: Scope, column: str) -> Q:
    """Rows whose area code in ``column`` lies in one of the scope's areas."""
    found = Q(pk__in=[])
    for area in scope.areas:
        found |= Q(**{f"{column}__startswith": area})
    return found


class TrainingQuerySet(QuerySet[M]):
    """Trainings."""

    def standing(self) -> Self:
        """Not cancelled."""
        return self.filter(cancelled_at__isnull=True)

    def between(self, first: dt.date, until: dt.date) -> Self:
        """Held from ``first`` until ``until`` (exclusive)."""
        return self.filter(held_on__gte=first, held_on__lt=until)

    def unnoted(self, today: dt.date) -> Self:
        """Over by ``today``, and nobody's attendance is noted yet."""
        return self.standing().filter(held_on__lte=today, attendances__isnull=True)

    def of_areas(self, areas: Iterable[str]) -> Self:
        """For the people of one of these areas or of a part of one."""
        return self.filter(_inside(Scope(areas=frozenset(areas)), "area"))

    def within(self, scope: Scope) -> Self:
        """For an area that one sees a part of; organised by one's unit; attended oneself; of the whole district for
        everybody with a post.
        """
        seen = _inside(scope, "area")
        above = {area[:length] for area in scope.areas for length in (DISTRICT, STREET, COMMUNITY)}
        seen |= Q(area__in=above) | Q(organiser__in=scope.units)
        if scope.has_post:
            seen |= Q(area__in=District.objects.values("code"))
        if scope.person is not None:
            own = self.model._meta.get_field("attendances").related_model
            noted = own._default_manager.filter(training=OuterRef("pk"), person=scope.person)  # type: ignore[union-attr]
            seen |= Q(Exists(noted))
        return self.filter(seen)


class AttendanceQuerySet(QuerySet[M]):
    """Who was at trainings."""

    def attended(self, year: int) -> Self:
        """Was there, in the calendar year."""
        return self.filter(
            state="attended",
            training__held_on__gte=dt.date(year, 1, 1),
            training__held_on__lt=dt.date(year + 1, 1, 1),
        )

    def within(self, scope: Scope) -> Self:
        """People who served in one's areas, those at trainings of one's own unit, and oneself."""
        seen = _inside(scope, "area") | Q(training__organiser__in=scope.units)
        return self.filter(seen | Q(person=scope.person) if scope.person is not None else seen)


class ReserveQuerySet(DatedQuerySet[M]):
    """The reserve of cadres."""

    def within(self, scope: Scope) -> Self:
        """Those of the streets that lie in one's areas; who may look at all, the list asks."""
        return self.filter(_inside(scope, "street__code"))


class CounselQuerySet(QuerySet[M]):
    """Legal counsel as successive rows."""

    def on(self, day: dt.date) -> Self:
        """The row per unit that is in force on ``day``."""
        later = self.model._default_manager.filter(
            unit=OuterRef("unit"), starts_on__gt=OuterRef("starts_on"), starts_on__lte=day
        )
        lasting = self.filter(Q(ends_on__isnull=True) | Q(ends_on__gt=day), starts_on__lte=day)
        return lasting.exclude(Exists(later))

    def within(self, scope: Scope) -> Self:
        """Open to everybody who holds a post, as the units themselves are."""
        return self if scope.has_post else self.none()


class ShiftQuerySet(QuerySet[M]):
    """Shifts of platforms. ``at`` is a moment, a day is local."""

    def within(self, scope: Scope) -> Self:
        """Shifts of the platforms in one's areas and units, and one's own."""
        seen = Q(pk__in=[])
        if scope.districts:
            seen |= Q(platform__street__district__in=sorted(scope.districts))
        if scope.streets:
            seen |= Q(platform__street__in=sorted(scope.streets))
        if scope.units:
            seen |= Q(platform__in=sorted(scope.units))
        if scope.person is not None:
            seen |= Q(officer=scope.person)
        return self.filter(seen)

    def on(self, day: dt.date) -> Self:
        """That touch the local day."""
        return self.during(clock.day_start(day), clock.day_start(day + dt.timedelta(days=1)))

    def during(self, start: dt.datetime, end: dt.datetime) -> Self:
        """That touch the time from ``start`` to ``end`` (exclusive)."""
        return self.filter(starts_at__lt=end, ends_at__gt=start)

    def covered(self) -> Self:
        """With an officer whose account is open and who decides in the platform on the shift's day."""
        return self.filter(Exists(self._seats()))

    def uncovered(self) -> Self:
        """That nobody covers."""
        return self.filter(~Exists(self._seats()))

    def with_cover(self) -> Self:
        """Each row with ``is_covered``."""
        return self.annotate(is_covered=Exists(self._seats()))

    def _seats(self) -> "QuerySet[Any]":
        platform: Any = self.model._meta.get_field("platform").related_model
        seats: Any = platform._meta.get_field("memberships").related_model._default_manager
        goes_on = Q(ends_on__isnull=True) | Q(ends_on__gt=OuterRef("day"))
        found: QuerySet[Any] = seats.filter(
            goes_on,
            unit=OuterRef("platform"),
            user=OuterRef("officer"),
            user__is_active=True,
            role__in=sorted(DECIDES_IN_PLATFORM),
            starts_on__lte=OuterRef("day"),
        )
        return found


class ShiftSwapQuerySet(QuerySet[M]):
    """Requests to exchange two shifts."""

    def within(self, scope: Scope) -> Self:
        """As the shift that is offered, and one's own requests."""
        mine: Any = self.model._meta.get_field("mine").related_model
        seen = Q(mine__in=mine._default_manager.within(scope))
        if scope.person is not None:
            seen |= Q(asked_by=scope.person) | Q(asked_of=scope.person)
        return self.filter(seen)

    def waiting(self, at: dt.datetime) -> Self:
        """Not decided, and neither shift has begun."""
        return self.filter(outcome="", mine__starts_at__gt=at, theirs__starts_at__gt=at)


class RotaGapQuerySet(QuerySet[M]):
    """Times that nobody covers, as they were found."""

    def within(self, scope: Scope) -> Self:
        """Of the platforms in one's areas and units."""
        seen = Q(platform__in=sorted(scope.units)) if scope.units else Q(pk__in=[])
        if scope.districts:
            seen |= Q(platform__street__district__in=sorted(scope.districts))
        if scope.streets:
            seen |= Q(platform__street__in=sorted(scope.streets))
        return self.filter(seen)


class VisitQuerySet(QuerySet[M]):
    """Visits to blocks and open-talk meetings. A visit's day is the one on which it was, or for which it is planned."""

    def within(self, scope: Scope) -> Self:
        """Those in the scope's areas, those in which the person takes part, and those that he or she planned."""
        return self.filter(_seen_by(scope))

    def on(self, day: dt.date) -> Self:
        """Of that day."""
        return self.during(day, day)

    def during(self, first: dt.date, last: dt.date) -> Self:
        """From the first to the last day, both included."""
        held = Q(held_on__gte=first, held_on__lte=last)
        return self.filter(held | Q(held_on=None, planned_for__gte=first, planned_for__lte=last))

    def held(self, first: dt.date, last: dt.date) -> Self:
        """Done, from the first to the last day, both included."""
        return self.filter(held_on__gte=first, held_on__lte=last)

    def planned(self) -> Self:
        """Neither done nor cancelled."""
        return self.filter(state="planned")

    def late(self, on: dt.date) -> Self:
        """Their day has passed, and nobody has recorded them."""
        return self.planned().filter(planned_for__lt=on)

    def of(self, user_id: int) -> Self:
        """In which the person takes part; no row twice."""
        return self.filter(pk__in=_took_part(self.model, user_id))

    def in_area(self, code: str) -> Self:
        """In the district, street, community or block of this national code."""
        return self.filter(block__code__startswith=code)

    def kept_too_long(self, before: dt.datetime) -> Self:
        """Recorded or cancelled before ``before``, and their texts still kept."""
        return self.filter(Q(done_at__lt=before) | Q(cancelled_at__lt=before), emptied_at=None)


class FindingQuerySet(QuerySet[M]):
    """What was found at visits and meetings."""

    def within(self, scope: Scope) -> Self:
        """Those of the visits that the scope opens."""
        visits: Any = self.model._meta.get_field("visit").related_model
        return self.filter(visit__in=visits._default_manager.within(scope))

    def unsolved(self) -> Self:
        """Not solved on the spot."""
        return self.filter(solved=False)


def _seen_by(scope: Scope) -> Q:
    """Which visits the scope opens."""
    seen = Q(pk__in=[])
    for area in scope.areas:
        seen |= Q(block__code__startswith=area)
    if scope.person is not None:
        visits = apps.get_model("staffing", "Visit")
        seen |= Q(planned_by=scope.person) | Q(pk__in=_took_part(visits, scope.person))
    return seen


def _took_part(visits: Any, user_id: int) -> "QuerySet[Any]":
    """The visits of a person, as a sub-query: a join would find a visit of two cadres twice."""
    rows: QuerySet[Any] = visits.cadres.through._default_manager.filter(user=user_id)
    return rows.values("visit")
