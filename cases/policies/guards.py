"""The named guards of the table: what the state alone does not say (limits, pending requests, who did the work)."""

import datetime as dt
from collections.abc import Callable, Collection

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cases.models import WorkOrder
from cases.policies.standing import Look
from cases.states import Path, Relation, Satisfaction, Solved, Step
from duties.models import Severity
from staffing.posts import Post
from yuhu.kit import worktime
from yuhu.kit.verdicts import Allowed, Denied, Verdict

NOT_YOURS: dict[str, str | Promise] = {
    "": _("This is done by somebody else: see who is in charge of the case."),
    "evaluate": _("The result is evaluated by the designated evaluator, never by somebody who did the work."),
    "rate": _("Only the person who reported it can rate it, through the private link."),
    "reopen": _("Only the person who reported it can reopen it, through the private link."),
    "sign": _("Only the receiver of the order can sign for it."),
    "dispatch": _("Dispatching is done by the duty officer of the street."),
    "solve-on-spot": _("Only the governor of the block can report something there as solved on the spot."),
}

Guard = Callable[[Look], Verdict]


def when(holds: bool, reason: str | Promise, code: str) -> Verdict:
    return Allowed() if holds else Denied(reason, code=code)


def front_end(look: Look) -> Verdict:
    return when(
        look.case.path == Path.FRONT_END,
        _("Only ordinary matters of the front end can be solved on the spot."),
        "path",
    )


def not_critical(look: Look) -> Verdict:
    return when(
        look.case.severity != Severity.CRITICAL, _("A critical matter must be dispatched."), "critical"
    )


def has_reporter(look: Look) -> Verdict:
    return when(hasattr(look.case, "reporter"), _("Nobody left a contact in this case."), "no_reporter")


def _no_pending(kind: str) -> Guard:
    def guard(look: Look) -> Verdict:
        return when(
            look.pending(kind) is None, _("The same request already awaits a decision."), "request_pending"
        )

    return guard


def _pending(kind: str) -> Guard:
    def guard(look: Look) -> Verdict:
        return when(
            look.pending(kind) is not None, _("No such request awaits a decision."), "nothing_to_decide"
        )

    return guard


def not_own_request(look: Look) -> Verdict:
    own = any(
        row.decided_at is None and look.user and row.asked_by_id == look.user.pk for row in look.requests
    )
    return when(not own, _("Nobody decides his or her own request."), "own_request")


def returns_left(look: Look) -> Verdict:
    reason = _(
        "This order was returned as often as is allowed: "
        "the first receiver stays in charge, or raise the path to a meeting."
    )
    return when(look.approved("return") < settings.RETURN_LIMIT, reason, "returns_used_up")


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
    return when(
        look.at <= latest,
        _("The time to return the order has passed. Ask for more time or raise the path."),
        "too_late",
    )


def before_due(look: Look) -> Verdict:
    due = look.case.due_at
    return when(
        due is not None and look.at < due, _("More time must be asked for before the limit ends."), "too_late"
    )


def extensions_left(look: Look) -> Verdict:
    return when(
        look.approved("extension") < 2,
        _("Time was extended twice already. Raise the path instead."),
        "extensions_used_up",
    )


def second_needs_leader(look: Look) -> Verdict:
    leader = bool(look.relations & {Relation.STREET_LEADER, Relation.DISTRICT_LEADER})
    first = look.approved("extension") == 0
    return when(first or leader, _("A second extension is decided by a leader."), "needs_leader")


def path_can_rise(look: Look) -> Verdict:
    return when(look.case.path != Path.WHISTLE, _("The path is already the highest: whistle."), "path")


def did_not_handle(look: Look) -> Verdict:
    """Neither somebody who signed or handed back, nor a member of a unit that did, in any round."""
    if look.user is None:
        return Denied(NOT_YOURS["evaluate"], code="not_your_move")
    return when(not handled(look.orders, look.user.pk, look.posts), NOT_YOURS["evaluate"], "handled_it")


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
    return when(
        over, _("The reporter still has time to answer; the case closes by itself afterwards."), "too_early"
    )


def once(look: Look) -> Verdict:
    return when(not look.case.reopened, _("A case can be reopened once. Please report it anew."), "once")


def in_window(look: Look) -> Verdict:
    closed = look.case.closed_at
    last = closed + dt.timedelta(days=settings.REOPEN_DAYS) if closed else None
    return when(
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
    return when(
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
