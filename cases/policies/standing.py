"""How a person stands to a case: the relations that today's posts give, and the rows that guards ask for."""

import datetime as dt
from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import cached_property

from cases.models import Case, CaseRequest, Rating, WorkOrder
from cases.states import Relation
from duties.models import work_calendar
from staffing.models import User
from staffing.policies import posts_of
from staffing.posts import Post, PostKind
from yuhu.kit import clock, worktime

_PLATFORM_DECIDERS = frozenset({PostKind.DUTY_OFFICER, PostKind.HEAD})
EVALUATING_POSTS = _PLATFORM_DECIDERS | {PostKind.STREET_LEADER, PostKind.DISTRICT_LEADER}
_UNIT_POSTS = frozenset({PostKind.MEMBER, PostKind.HEAD, PostKind.DUTY_OFFICER, PostKind.STREET_LEADER})
GOVERNORS = frozenset({PostKind.GOVERNOR, PostKind.ACTING_GOVERNOR})
MACHINES = frozenset({Relation.SYSTEM, Relation.REPORTER})


@dataclass
class Look:
    """One person looking at one case at one moment; rows that guards need are asked for once."""

    case: Case
    user: User | None
    at: dt.datetime
    relation: Relation | None = None  # for the reporter's link and for automatic steps
    read_calendar: Callable[[], worktime.Calendar] = work_calendar  # a list reads it once for all cases

    @cached_property
    def posts(self) -> tuple[Post, ...]:
        return posts_of(self.user, clock.local_date(self.at)) if self.user else ()

    @cached_property
    def relations(self) -> frozenset[Relation]:
        return frozenset({self.relation}) if self.relation else frozenset(relations_of(self))

    @cached_property
    def orders(self) -> list[WorkOrder]:
        return list(self.case.orders.all())

    @cached_property
    def requests(self) -> list[CaseRequest]:
        return list(self.case.requests.all())

    @cached_property
    def last_rating(self) -> Rating | None:
        return max(self.case.ratings.all(), key=lambda rating: rating.round, default=None)

    def pending(self, kind: str) -> CaseRequest | None:
        """The request of this kind that awaits a decision."""
        return next((row for row in self.requests if row.kind == kind and row.decided_at is None), None)

    def approved(self, kind: str) -> int:
        return sum(row.kind == kind and bool(row.approved) for row in self.requests)


def relations_of(look: Look) -> set[Relation]:
    """Every relation that the person's posts of today give to the case."""
    case, user = look.case, look.user
    found: set[Relation] = set()
    if user is None:
        return found
    if case.assignee_id == user.pk or case.lead_unit_id in holding_units(look.posts):
        found.add(Relation.HOLDER)
    if case.evaluator_id == user.pk or case.evaluator_unit_id in evaluating_units(look.posts):
        found.add(Relation.EVALUATOR)
    if brought_in(look):
        found.add(Relation.REPORTER)
    for post in look.posts:
        found |= _relations_of_post(case, post)
    return found


def brought_in(look: Look) -> bool:
    """Whether it is a partner's system that looks at a case that it reported: it speaks for the resident."""
    case, user = look.case, look.user
    is_system = any(post.kind is PostKind.PARTNER_CLIENT for post in look.posts)
    return is_system and user is not None and case.reported_by_id == user.pk


def holding_units(posts: Collection[Post]) -> frozenset[int]:
    """The units whose orders people with these posts hold."""
    return frozenset(post.unit_id for post in posts if post.unit_id and post.kind in _UNIT_POSTS)


def evaluating_units(posts: Collection[Post]) -> frozenset[int]:
    """The units for which people with these posts evaluate."""
    return frozenset(post.unit_id for post in posts if post.unit_id and post.kind in EVALUATING_POSTS)


def _relations_of_post(case: Case, post: Post) -> set[Relation]:
    """A case about an official is decided by leaders only: duty officers have no part in it."""
    found: set[Relation] = set()
    if post.kind in GOVERNORS and post.block_code == case.block_code and not case.restricted:
        found.add(Relation.GOVERNOR)
    if post.kind is PostKind.DISTRICT_LEADER and case.district_code == post.area:
        if not case.restricted:
            found.add(Relation.DISTRICT_LEADER)
        if not case.street_code:
            found.add(Relation.DUTY_OFFICER)
    if post.kind is PostKind.STREET_LEADER and case.street_code == post.area:
        found |= (
            {Relation.STREET_LEADER, Relation.DUTY_OFFICER} if case.restricted else {Relation.STREET_LEADER}
        )
    if post.kind in _PLATFORM_DECIDERS and not case.restricted:
        in_street = post.unit_kind == "platform" and post.area == case.street_code
        in_district = post.unit_kind == "district" and post.area == case.district_code
        if in_street or in_district:
            found.add(Relation.DUTY_OFFICER)
    return found
