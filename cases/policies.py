"""How a person stands to a case, and which moves that allows: the table's ``who`` and its named guards.

Every verdict carries the sentence that a button's tooltip and the answer 403 show. Leaves to others: what a move
does (actions), who sees the case at all (``Case.objects.within``).
"""

import datetime as dt
from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import cached_property

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cases.models import Case, CaseRequest, Rating, WorkOrder
from cases.states import MOVES, Move, Path, Relation, Satisfaction, Solved, State, Step
from duties.models import Severity, work_calendar
from staffing.models import User
from staffing.policies import may, posts_of
from staffing.posts import Capability, Post, PostKind
from yuhu.journal.models import Entry
from yuhu.kit import clock, worktime
from yuhu.kit.exceptions import Forbidden
from yuhu.kit.verdicts import Allowed, Denied, Verdict

_PLATFORM_DECIDERS = frozenset({PostKind.DUTY_OFFICER, PostKind.HEAD})
_EVALUATING_POSTS = _PLATFORM_DECIDERS | {PostKind.STREET_LEADER, PostKind.DISTRICT_LEADER}
_UNIT_POSTS = frozenset({PostKind.MEMBER, PostKind.HEAD, PostKind.DUTY_OFFICER, PostKind.STREET_LEADER})
_GOVERNORS = frozenset({PostKind.GOVERNOR, PostKind.ACTING_GOVERNOR})
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


@dataclass(frozen=True)
class Offer:
    """A move that is in question for this person now, and the verdict on it."""

    move: Move
    verdict: Verdict


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
    for post in look.posts:
        found |= _relations_of_post(case, post)
    return found


def holding_units(posts: Collection[Post]) -> frozenset[int]:
    """The units whose orders people with these posts hold."""
    return frozenset(post.unit_id for post in posts if post.unit_id and post.kind in _UNIT_POSTS)


def evaluating_units(posts: Collection[Post]) -> frozenset[int]:
    """The units for which people with these posts evaluate."""
    return frozenset(post.unit_id for post in posts if post.unit_id and post.kind in _EVALUATING_POSTS)


def _relations_of_post(case: Case, post: Post) -> set[Relation]:
    """A case about an official is decided by leaders only: duty officers have no part in it."""
    found: set[Relation] = set()
    if post.kind in _GOVERNORS and post.block_code == case.block_code and not case.restricted:
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


def may_move(look: Look, name: str) -> Verdict:
    """Relation first, then every guard of the move. The state is not asked here (see ``offers``, ``actions.move``)."""
    move = MOVES[name]
    if not look.relations & move.who:
        return Denied(_NOT_YOURS.get(name, _NOT_YOURS[""]), code="not_your_move")
    for guard in move.guards:
        verdict = GUARDS[guard](look)
        if not verdict:
            return verdict
    return Allowed()


# By which posts people stand in these relations to some case; which case, ``relations_of`` says.
_POSTS_OF = {
    Relation.DUTY_OFFICER: _EVALUATING_POSTS,
    Relation.STREET_LEADER: frozenset({PostKind.STREET_LEADER}),
    Relation.DISTRICT_LEADER: frozenset({PostKind.DISTRICT_LEADER}),
}


def may_ever(posts: Collection[Post], name: str) -> Verdict:
    """Whether a duty officer's or leader's move is in question for these posts: what a list offers for many cases."""
    kinds = {kind for relation in MOVES[name].who for kind in _POSTS_OF.get(relation, ())}
    if any(post.kind in kinds for post in posts):
        return Allowed()
    return Denied(_NOT_YOURS.get(name, _NOT_YOURS[""]), code="not_your_move")


def offers(look: Look) -> list[Offer]:
    """The moves that the state allows, each with the verdict for this person, in the table's order."""
    state = State(look.case.state)
    return [Offer(move, may_move(look, name)) for name, move in MOVES.items() if state in move.sources]


def open_moves(look: Look) -> list[Move]:
    """What the person may do now."""
    return [offer.move for offer in offers(look) if offer.verdict]


_NOT_YOURS: dict[str, str | Promise] = {
    "": _("This is done by somebody else: see who is in charge of the case."),
    "evaluate": _("The result is evaluated by the designated evaluator, never by somebody who did the work."),
    "rate": _("Only the person who reported it can rate it, through the private link."),
    "reopen": _("Only the person who reported it can reopen it, through the private link."),
    "sign": _("Only the receiver of the order can sign for it."),
    "dispatch": _("Dispatching is done by the duty officer of the street."),
    "solve-on-spot": _("Only the governor of the block can report something there as solved on the spot."),
}

Guard = Callable[[Look], Verdict]


def _when(holds: bool, reason: str | Promise, code: str) -> Verdict:
    return Allowed() if holds else Denied(reason, code=code)


def front_end(look: Look) -> Verdict:
    return _when(
        look.case.path == Path.FRONT_END,
        _("Only ordinary matters of the front end can be solved on the spot."),
        "path",
    )


def not_critical(look: Look) -> Verdict:
    return _when(
        look.case.severity != Severity.CRITICAL, _("A critical matter must be dispatched."), "critical"
    )


def has_reporter(look: Look) -> Verdict:
    return _when(hasattr(look.case, "reporter"), _("Nobody left a contact in this case."), "no_reporter")


def _no_pending(kind: str) -> Guard:
    def guard(look: Look) -> Verdict:
        return _when(
            look.pending(kind) is None, _("The same request already awaits a decision."), "request_pending"
        )

    return guard


def _pending(kind: str) -> Guard:
    def guard(look: Look) -> Verdict:
        return _when(
            look.pending(kind) is not None, _("No such request awaits a decision."), "nothing_to_decide"
        )

    return guard


def not_own_request(look: Look) -> Verdict:
    own = any(
        row.decided_at is None and look.user and row.asked_by_id == look.user.pk for row in look.requests
    )
    return _when(not own, _("Nobody decides his or her own request."), "own_request")


def returns_left(look: Look) -> Verdict:
    reason = _(
        "This order was returned as often as is allowed: "
        "the first receiver stays in charge, or raise the path to a meeting."
    )
    return _when(look.approved("return") < settings.RETURN_LIMIT, reason, "returns_used_up")


def return_in_time(look: Look) -> Verdict:
    """Before a fifth of the limit or one working day has passed, whichever comes first (proposal, domain 2.8)."""
    last = look.orders[-1] if look.orders else None
    if last is None or look.case.due_at is None:
        return Allowed()
    calendar = look.read_calendar()
    fifth = worktime.limit_fraction(
        last.sent_at, look.case.due_at, 0.2, calendar, look.case.category.limit_unit
    )
    latest = max(
        min(fifth, worktime.deadline(last.sent_at, 1, "working_day", calendar)),
        last.sent_at + dt.timedelta(minutes=30),
    )
    return _when(
        look.at <= latest,
        _("The time to return the order has passed. Ask for more time or raise the path."),
        "too_late",
    )


def before_due(look: Look) -> Verdict:
    due = look.case.due_at
    return _when(
        due is not None and look.at < due, _("More time must be asked for before the limit ends."), "too_late"
    )


def extensions_left(look: Look) -> Verdict:
    return _when(
        look.approved("extension") < 2,
        _("Time was extended twice already. Raise the path instead."),
        "extensions_used_up",
    )


def second_needs_leader(look: Look) -> Verdict:
    leader = bool(look.relations & {Relation.STREET_LEADER, Relation.DISTRICT_LEADER})
    first = look.approved("extension") == 0
    return _when(first or leader, _("A second extension is decided by a leader."), "needs_leader")


def path_can_rise(look: Look) -> Verdict:
    return _when(look.case.path != Path.WHISTLE, _("The path is already the highest: whistle."), "path")


def did_not_handle(look: Look) -> Verdict:
    """Neither somebody who signed or handed back, nor a member of a unit that did, in any round."""
    if look.user is None:
        return Denied(_NOT_YOURS["evaluate"], code="not_your_move")
    return _when(not handled(look.orders, look.user.pk, look.posts), _NOT_YOURS["evaluate"], "handled_it")


def handled(orders: Collection[WorkOrder], user_id: int, posts: Collection[Post]) -> bool:
    """Whether the person, or a unit in which he or she has a seat, worked on one of the orders."""
    worked = [order for order in orders if order.signed_at or order.handed_back_at]
    if any(user_id in (order.signed_by_id, order.handed_back_by_id) for order in worked):
        return True
    units = {order.unit_id for order in worked if order.unit_id}
    return any(post.unit_id in units for post in posts)


def time_to_rate_passed(look: Look) -> Verdict:
    """By the clock that runs: one of a round before a reopening says nothing."""
    over = not look.case.must_rate or any(
        clock_.step == Step.RATE and clock_.is_running and clock_.due_at <= look.at
        for clock_ in look.case.deadlines.all()
    )
    return _when(
        over, _("The reporter still has time to answer; the case closes by itself afterwards."), "too_early"
    )


def once(look: Look) -> Verdict:
    return _when(not look.case.reopened, _("A case can be reopened once. Please report it anew."), "once")


def in_window(look: Look) -> Verdict:
    closed = look.case.closed_at
    last = closed + dt.timedelta(days=settings.REOPEN_DAYS) if closed else None
    return _when(
        last is not None and look.at <= last,
        _("The time to reopen has passed. Please report it anew."),
        "too_late",
    )


def unsolved(look: Look) -> Verdict:
    rating = look.last_rating
    holds = (
        rating is not None
        and rating.solved == Solved.UNSOLVED
        and rating.satisfaction == Satisfaction.DISSATISFIED
    )
    return _when(
        holds, _("Only what was rated as not solved and dissatisfied can be reopened."), "not_unsolved"
    )


GUARDS: dict[str, Guard] = {
    "front_end": front_end,
    "not_critical": not_critical,
    "has_reporter": has_reporter,
    "no_pending_return": _no_pending("return"),
    "no_pending_extension": _no_pending("extension"),
    "no_pending_suspension": _no_pending("suspension"),
    "pending_return": _pending("return"),
    "pending_extension": _pending("extension"),
    "pending_suspension": _pending("suspension"),
    "not_own_request": not_own_request,
    "returns_left": returns_left,
    "return_in_time": return_in_time,
    "before_due": before_due,
    "extensions_left": extensions_left,
    "second_needs_leader": second_needs_leader,
    "path_can_rise": path_can_rise,
    "did_not_handle": did_not_handle,
    "time_to_rate_passed": time_to_rate_passed,
    "once": once,
    "in_window": in_window,
    "unsolved": unsolved,
}

_CHANNELS = {
    PostKind.GOVERNOR: Case.Channel.GOVERNOR,
    PostKind.ACTING_GOVERNOR: Case.Channel.GOVERNOR,
    PostKind.ASSISTANT: Case.Channel.ASSISTANT,
    PostKind.SUPERVISOR: Case.Channel.SUPERVISOR,
    PostKind.ACTING_SUPERVISOR: Case.Channel.SUPERVISOR,
    PostKind.STREET_LEADER: Case.Channel.LEADER,
    PostKind.DISTRICT_LEADER: Case.Channel.LEADER,
}
# A second press of a button arrives within seconds; later the same move by the same person is meant.
REPEAT = dt.timedelta(minutes=2)


def channel_of(posts: Collection[Post]) -> str:
    """Through which post a person's report comes in: the most local one (posts come in that order)."""
    return next((str(_CHANNELS[post.kind]) for post in posts if post.kind in _CHANNELS), Case.Channel.DESK)


def may_use_channel(posts: Collection[Post], channel: str) -> Verdict:
    """Whether a person's report may say that it came in this way: by an own post, on a visit or at a meeting."""
    own = {_CHANNELS.get(post.kind) for post in posts} | {channel_of(posts)}
    fits = channel in own | {Case.Channel.VISIT, Case.Channel.MEETING}
    reason = _("This channel belongs to others: leave it out, and your post decides it.")
    return _when(fits, reason, "not_your_channel")


def governs(posts: Collection[Post]) -> bool:
    """Whether the person governs a block, and so may report what is solved already."""
    return any(post.kind in _GOVERNORS for post in posts)


def may_unmask(look: Look) -> Verdict:
    """Whether the reporter's name and phone may be shown to the person who looks."""
    person = getattr(look.case, "reporter", None)
    if person is None or not (person.name_masked or person.phone_masked):
        return Denied(_("Nobody left a contact in this case."), code="no_reporter")
    if look.user is None:
        return Denied(Forbidden.message)
    return may(look.user, Capability.UNMASK, on=clock.local_date(look.at))


def just_made(case: Case, name: str, user: User, at: dt.datetime) -> bool:
    """Whether this person made this move a moment ago: the button was pressed twice, or the answer got lost."""
    entries = Entry.objects.for_subject("case", case.number).of_kinds([MOVES[name].event]).by_actor(user.pk)
    return entries.between(at - REPEAT, at + REPEAT).exists()
