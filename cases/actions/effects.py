"""What each move of the table does to a locked case. State, relation, guards and fields were checked before.

Sending somewhere (dispatch, reassign, return, another round) and the end of an order stand in ``sending``.
"""

import datetime as dt
from collections.abc import Callable

from django.conf import settings
from django.utils.translation import gettext as _

from cases import deadlines
from cases.actions import sending
from cases.actions.base import add_party, set_parties
from cases.actions.doing import Doing
from cases.actions.evaluators import designate
from cases.actions.follow_ups.calling import lapse
from cases.actions.handling import handling_seconds
from cases.actions.receivers import item_of
from cases.exceptions import Missing
from cases.models import Case, CaseParty, CaseRequest, Deadline, Evaluation, Rating, WorkOrder
from cases.states import RANK, Path, State, Step
from yuhu.kit import clock
from yuhu.kit.exceptions import Invalid

Effect = Callable[[Doing], None]
EFFECTS: dict[str, Effect] = {}


def effect(name: str) -> Callable[[Effect], Effect]:
    """Register the effect of a move; the move's name is kept for its notes."""

    def register(function: Effect) -> Effect:
        def run(doing: Doing) -> None:
            doing.move = name
            function(doing)

        EFFECTS[name] = run
        return function

    return register


@effect("dispatch")
def dispatch(doing: Doing) -> None:
    doing.keep("reason")
    sending.by_hand(doing)


@effect("reassign")
def reassign(doing: Doing) -> None:
    doing.keep("reason")
    sending.again(doing, WorkOrder.End.REASSIGNED)


@effect("sign")
def sign(doing: Doing) -> None:
    order = doing.order
    order.signed_by, order.signed_at = doing.by.user, doing.at
    order.save(update_fields=["signed_by", "signed_at"])
    doing.clocks.meet(Step.SIGN)
    doing.case.state = State.IN_PROGRESS
    doing.say(order=order.no)


@effect("contact")
def contact(doing: Doing) -> None:
    doing.keep("comment")
    doing.say(channel=doing.values["channel"])
    if doing.case.contacted_at is None:
        doing.case.contacted_at = doing.at
    doing.clocks.meet(Step.CONTACT)


@effect("solve-on-spot")
def solve_on_spot(doing: Doing) -> None:
    """The governor did it before anybody was sent: an order to the governor that is signed and handed back at once."""
    case = doing.case
    case.on_the_spot, case.waits_for_person = True, False
    case.assignee = doing.by.user
    case.duty_item = item_of(case.category, clock.local_date(doing.at))
    set_parties(case, {CaseParty.Role.ASSIGNEE: [doing.by.user]})
    order = sending.new_order(doing, user=doing.by.user, unit=None)
    order.signed_by, order.signed_at = doing.by.user, doing.at
    case.dispatched_at = case.dispatched_at or doing.at
    doing.clocks.meet(Step.DISPATCH)
    doing.clocks.start(Step.HANDLE)
    _hand_back(doing, order)


@effect("hand-back")
def hand_back(doing: Doing) -> None:
    sending.lapse(doing, *CaseRequest.Kind)
    _hand_back(doing, doing.order)


def _hand_back(doing: Doing, order: WorkOrder) -> None:
    case = doing.case
    order.handed_back_by, order.handed_back_at = doing.by.user, doing.at
    order.result = doing.keep("result")
    order.ended_at, order.end = doing.at, WorkOrder.End.DONE
    order.save()
    case.state, case.handled_at = State.HANDLED, doing.at
    doing.clocks.stand(Step.HANDLE)
    doing.clocks.meet(Step.SUPERVISE)
    doing.clocks.start(Step.EVALUATE)
    chosen = designate(case, [*doing.look.orders, order], doing.at)
    case.evaluator, case.evaluator_unit = chosen.user, chosen.unit
    set_parties(case, {CaseParty.Role.EVALUATOR: [chosen.user, chosen.unit]})
    photos = [photo.pk for photo in doing.values.get("attachments") or []]
    doing.say(order=order.no, photos=photos, evaluator=chosen.user_id, evaluator_unit=chosen.unit_id)


@effect("evaluate")
def evaluate(doing: Doing) -> None:
    """Pass: ask the reporter, or close when there is nobody to ask. Fail: rework by the same receiver (返工)."""
    case, effective = doing.case, doing.values["effective"]
    if not effective and not doing.values.get("comment"):
        raise Missing(_("Please say what must be done again."), field="comment")
    order = max((row for row in doing.look.orders if row.handed_back_at), key=lambda row: row.no)
    assert doing.by.user is not None
    assert order.handed_back_by is not None
    comment = doing.keep("comment")
    Evaluation.objects.create(
        case=case,
        order=order,
        evaluator=doing.by.user,
        handled_by=order.handed_back_by,
        effective=effective,
        comment=comment,
        at=doing.at,
    )
    doing.say(effective=effective, order=order.no)
    doing.clocks.meet(Step.EVALUATE)
    case.evaluated_at = doing.at
    if effective:
        _pass(doing)
    else:
        sending.same_again(doing, order)
        doing.clocks.go_on(Step.HANDLE)


def _pass(doing: Doing) -> None:
    """Done: a leader's instruction is met too, and a first contact that never came is not waited for any more."""
    case = doing.case
    doing.clocks.meet(Step.HANDLE, case.handled_at)
    doing.clocks.meet(Step.SUPERVISE)
    doing.clocks.end(Step.CONTACT)
    handle, calendar = doing.clocks.current(Step.HANDLE), doing.clocks.rules.calendar
    case.handling_seconds = handling_seconds(
        case, handle=handle, requests=doing.look.requests, calendar=calendar
    )
    case.state = State.CLOSED
    if case.must_rate:
        doing.clocks.start(Step.RATE)
        case.state = State.EVALUATED


@effect("rate")
def rate(doing: Doing) -> None:
    solved, satisfaction = doing.values["solved"], doing.values["satisfaction"]
    last = doing.look.last_rating
    Rating.objects.create(
        case=doing.case,
        round=last.round + 1 if last else 1,
        solved=solved,
        satisfaction=satisfaction,
        comment=doing.keep("comment"),
        at=doing.at,
    )
    doing.say(solved=solved, satisfaction=satisfaction)
    doing.clocks.meet(Step.RATE)
    doing.case.state, doing.case.end_code = State.CLOSED, "rated"


@effect("close")
def close(doing: Doing) -> None:
    doing.keep("reason")
    doing.case.state, doing.case.end_code = State.CLOSED, "not_rated"


@effect("reopen")
def reopen(doing: Doing) -> None:
    """Once: the last receiver works on it again, with a new limit; nobody is called about it meanwhile."""
    case = doing.case
    lapse(case, doing.at)
    doing.keep("reason")
    sending.same_again(doing, doing.look.orders[-1])
    case.reopened, case.closed_at, case.end_code = True, None, ""
    case.handling_seconds = None
    doing.clocks.start(Step.HANDLE)


@effect("return")
def ask_return(doing: Doing) -> None:
    _ask(doing, CaseRequest.Kind.RETURN)


@effect("request-extension")
def ask_extension(doing: Doing) -> None:
    """All extensions together give at most the original limit once more."""
    case, until = doing.case, doing.values["until"]
    handle = doing.clocks.current(Step.HANDLE)
    if case.due_at is None or handle is None or until <= case.due_at:
        raise Invalid(_("The new time must lie after the present due time."), code="too_early", field="until")
    if until > deadlines.latest_due(handle, _granted(doing, handle), doing.clocks.rules.calendar):
        raise Invalid(
            _("More than the original limit once more is not possible."), code="too_late", field="until"
        )
    _ask(doing, CaseRequest.Kind.EXTENSION, until)


def _granted(doing: Doing, handle: Deadline) -> dt.datetime | None:
    """What the last approved extension of this clock gave."""
    rows = [row for row in doing.look.requests if row.kind == CaseRequest.Kind.EXTENSION and row.approved]
    return max((row.until for row in rows if row.until and row.asked_at >= handle.started_at), default=None)


@effect("request-suspension")
def ask_suspension(doing: Doing) -> None:
    until = doing.values["until"]
    if until > doing.at + dt.timedelta(days=settings.SUSPENSION_MAX_DAYS + 1):
        message = _("The review date may lie at most %(days)d days ahead.") % {
            "days": settings.SUSPENSION_MAX_DAYS
        }
        raise Invalid(message, code="too_late", field="until")
    _ask(doing, CaseRequest.Kind.SUSPENSION, until)


def _ask(doing: Doing, kind: str, until: dt.datetime | None = None) -> None:
    assert doing.by.user is not None
    reason = doing.keep("reason")
    assert reason is not None
    row = CaseRequest.objects.create(
        case=doing.case, kind=kind, asked_by=doing.by.user, asked_at=doing.at, reason=reason, until=until
    )
    doing.say(request=row.pk, until=until)


def _decide(doing: Doing, kind: str) -> CaseRequest | None:
    """Store the decision; returns the request when it was approved."""
    row = doing.look.pending(kind)
    assert row is not None
    row.decided_by, row.decided_at, row.approved = doing.by.user, doing.at, doing.values["approve"]
    row.decision = doing.keep("reason")
    row.save(update_fields=["decided_by", "decided_at", "approved", "decision"])
    doing.say(request=row.pk, approved=row.approved)
    return row if row.approved else None


@effect("decide-return")
def decide_return(doing: Doing) -> None:
    """Approved with a new receiver: sent there at once. Without one: back to reported, for the duty officer."""
    if _decide(doing, CaseRequest.Kind.RETURN) is None:
        return
    if doing.values.get("unit") or doing.values.get("assignee"):
        sending.again(doing, WorkOrder.End.RETURNED, fresh=True)
    else:
        sending.back(doing)


@effect("decide-extension")
def decide_extension(doing: Doing) -> None:
    row = _decide(doing, CaseRequest.Kind.EXTENSION)
    if row is not None and row.until is not None:
        doing.clocks.extend(Step.HANDLE, row.until)
        doing.say(due_at=row.until)


@effect("decide-suspension")
def decide_suspension(doing: Doing) -> None:
    row = _decide(doing, CaseRequest.Kind.SUSPENSION)
    if row is not None and row.until is not None:
        sending.lapse(doing, CaseRequest.Kind.EXTENSION)
        doing.clocks.stand(Step.HANDLE)
        doing.case.state, doing.case.review_at = State.SUSPENDED, row.until
        doing.say(review_at=row.until)


@effect("resume")
def resume(doing: Doing) -> None:
    doing.keep("comment")
    doing.clocks.go_on(Step.HANDLE)
    doing.case.state, doing.case.review_at = State.IN_PROGRESS, None


@effect("raise-path")
def raise_path(doing: Doing) -> None:
    doing.keep("reason")
    path = Path(doing.values["path"])
    if RANK[path] <= RANK[Path(doing.case.path)]:
        raise Invalid(_("The path can only be raised."), code="not_higher", field="path")
    doing.say(path=path.value, before=doing.case.path)
    doing.case.path = path


@effect("reject")
def reject(doing: Doing) -> None:
    doing.keep("reason")
    code = doing.values.get("code") or "outside_duty"
    doing.say(code=code)
    doing.case.state, doing.case.end_code = State.REJECTED, code


@effect("void")
def void(doing: Doing) -> None:
    doing.keep("reason")
    sending.end_order(doing, WorkOrder.End.ENDED)
    doing.case.state = State.VOID


@effect("merge")
def merge(doing: Doing) -> None:
    """Into another case that is still open, in the same street, and not itself merged."""
    into: Case = doing.values["into"]
    doing.keep("reason")
    if (
        into.is_final
        or into.street_code != doing.case.street_code
        or into.restricted != doing.case.restricted
    ):
        raise Invalid(
            _("Only an open case of the same street can take this one in."), code="not_open", field="into"
        )
    sending.end_order(doing, WorkOrder.End.ENDED)
    doing.say(into=into.number)
    doing.case.merged_into, doing.case.state = into, State.MERGED
    if doing.by.user is not None:
        add_party(doing.case, CaseParty.Role.OVERSIGHT, user=doing.by.user)


@effect("urge")
def urge(doing: Doing) -> None:
    doing.keep("comment")


@effect("supervise")
def supervise(doing: Doing) -> None:
    doing.keep("comment")
    due = doing.values.get("due_at")
    if due is not None:
        doing.clocks.start_until(Step.SUPERVISE, due)
    doing.say(due_at=due)
