"""Appoint, relieve, hand over, stand in: the only place that writes a block's roster.

Handing over open cases when a governor changes happens through ``on_roster_change``: a lower app may not know
cases, so cases registers itself there (cases.apps).
"""

import datetime as dt
from collections.abc import Callable

from django.db import transaction
from django.db.models import Q

from blocks.models import Block
from staffing.exceptions import AlreadyThere, NobodyThere, SamePersonTwice, SeatTaken, WrongDates
from staffing.models import Assistant, Tenure, User
from yuhu.journal.actions import Actor, record
from yuhu.kit import clock

_OTHER_SIDE = {
    Tenure.Seat.GOVERNOR: (Tenure.Seat.SUPERVISOR, Tenure.Seat.ACTING_SUPERVISOR),
    Tenure.Seat.ACTING_GOVERNOR: (Tenure.Seat.SUPERVISOR, Tenure.Seat.ACTING_SUPERVISOR),
    Tenure.Seat.SUPERVISOR: (Tenure.Seat.GOVERNOR, Tenure.Seat.ACTING_GOVERNOR),
    Tenure.Seat.ACTING_SUPERVISOR: (Tenure.Seat.GOVERNOR, Tenure.Seat.ACTING_GOVERNOR),
}
RosterListener = Callable[[Block, str, dt.datetime, Actor], None]
_listeners: list[RosterListener] = []
AppointmentListener = Callable[[Tenure, dt.datetime, Actor], None]
_after_appointments: list[AppointmentListener] = []


def on_roster_change(listener: RosterListener) -> None:
    """Call ``listener(block, post, at, actor)`` inside the transaction that changes a block's roster."""
    if listener not in _listeners:
        _listeners.append(listener)


def after_appointment(listener: AppointmentListener) -> None:
    """Call ``listener(tenure, at, actor)`` inside the transaction that gives a post to somebody, planned or not."""
    if listener not in _after_appointments:
        _after_appointments.append(listener)


def tell(block: Block, post: str, at: dt.datetime, actor: Actor) -> None:
    """A change of the roster is in force: whoever depends on it follows. Planned ones are told on their day."""
    for listener in _listeners:
        listener(block, post, at, actor)


@transaction.atomic
def appoint(
    *, block: Block, post: str, holder: User | None, starts_on: dt.date, at: dt.datetime, actor: Actor
) -> Tenure:
    """From ``starts_on`` on, ``holder`` holds ``post`` of ``block``; None leaves it vacant (see ``relieve``).

    Raises:
        SamePersonTwice: the person would be governor and supervisor of the same block.
        SeatTaken: somebody else was appointed from the same day on (perhaps just now, by another).
    """
    block = Block.objects.select_for_update().get(pk=block.pk)
    if holder is not None:
        _refuse_both_sides(block, post, holder, starts_on)
    tenure, created = Tenure.objects.select_for_update().get_or_create(
        block=block, post=post, starts_on=starts_on, defaults={"holder": holder}
    )
    if not created:
        if tenure.holder_id == (holder.pk if holder else None):
            return tenure
        if tenure.holder_id is not None and holder is not None:
            raise SeatTaken(field="holder")
        tenure.holder = holder
        tenure.save(update_fields=["holder"])
    record(
        kind="roster.appointed" if holder else "roster.relieved",
        subject=("block", block.code),
        at=at,
        actor=actor,
        area=block.code,
        data={"post": post, "holder": holder.pk if holder else None, "starts_on": starts_on.isoformat()},
    )
    _tell(block, post, on=starts_on, at=at, actor=actor)
    if holder is not None:
        for listener in _after_appointments:
            listener(tenure, at, actor)
    return tenure


def _tell(block: Block, post: str, *, on: dt.date, at: dt.datetime, actor: Actor) -> None:
    """Who listens hears of changes of today or before; those of a later day are found by a sweep when it comes."""
    if on <= clock.local_date(at):
        tell(block, post, at, actor)


@transaction.atomic
def relieve(*, block: Block, post: str, starts_on: dt.date, at: dt.datetime, actor: Actor) -> Tenure:
    """From ``starts_on`` on, ``post`` of ``block`` is vacant. Open cases go to whoever is answerable then.

    Raises:
        NobodyThere: it is vacant on that day already.
    """
    block = Block.objects.select_for_update().get(pk=block.pk)
    if not Tenure.objects.on(starts_on).held().filter(block=block, post=post).exists():
        raise NobodyThere(field="post")
    return appoint(block=block, post=post, holder=None, starts_on=starts_on, at=at, actor=actor)


@transaction.atomic
def hand_over(
    *, block: Block, post: str, to: User, starts_on: dt.date, at: dt.datetime, actor: Actor
) -> Tenure:
    """The post passes to ``to``, from a predecessor or out of a vacancy; the block's open cases follow (cases listens).

    Raises:
        AlreadyThere: ``to`` holds it on that day already.
        SamePersonTwice: would be governor and supervisor of the same block.
    """
    block = Block.objects.select_for_update().get(pk=block.pk)
    if Tenure.objects.on(starts_on).filter(block=block, post=post, holder=to).exists():
        raise AlreadyThere(field="holder")
    return appoint(block=block, post=post, holder=to, starts_on=starts_on, at=at, actor=actor)


@transaction.atomic
def stand_in(
    *,
    block: Block,
    post: str,
    person: User,
    starts_on: dt.date,
    ends_on: dt.date | None,
    at: dt.datetime,
    actor: Actor,
) -> Tenure:
    """``person`` acts for the governor or supervisor until ``ends_on`` (exclusive; None: until further notice).

    If another's turn begins on ``ends_on``, it stays.

    Raises:
        WrongDates: ends before it starts.
        SamePersonTwice: would act on both sides.
    """
    acting = {
        Tenure.Seat.GOVERNOR: Tenure.Seat.ACTING_GOVERNOR,
        Tenure.Seat.SUPERVISOR: Tenure.Seat.ACTING_SUPERVISOR,
    }[Tenure.Seat(post)]
    if ends_on is not None and ends_on <= starts_on:
        raise WrongDates(field="ends_on")
    tenure = appoint(block=block, post=acting, holder=person, starts_on=starts_on, at=at, actor=actor)
    if (
        ends_on is not None
        and not Tenure.objects.filter(block=block, post=acting, starts_on=ends_on).exists()
    ):
        appoint(block=block, post=acting, holder=None, starts_on=ends_on, at=at, actor=actor)
    return tenure


def tell_blocks_of(user: User, *, at: dt.datetime, actor: Actor) -> None:
    """Whoever is answerable in the blocks of ``user`` may be another person now: the account opened or closed.

    Inside the caller's transaction. Raises nothing of its own.
    """
    on = clock.local_date(at)
    seats = set(Tenure.objects.on(on).filter(holder=user).values_list("block", "post"))
    seats |= {
        (key, Tenure.Seat.GOVERNOR.value)
        for key in Assistant.objects.on(on).filter(user=user).values_list("block", flat=True)
    }
    blocks = {
        row.pk: row
        for row in Block.objects.select_for_update()
        .filter(pk__in={key for key, _post in seats})
        .order_by("pk")
    }
    for key, post in sorted(seats):
        tell(blocks[key], post, at, actor)


@transaction.atomic
def add_assistant(
    *, block: Block, user: User, kind: str, starts_on: dt.date, at: dt.datetime, actor: Actor
) -> Assistant:
    """``user`` helps in ``block`` from ``starts_on`` on. Raises AlreadyThere when a row of the kind lasts till then."""
    Block.objects.select_for_update().get(pk=block.pk)
    if Assistant.objects.not_over(starts_on).filter(block=block, user=user, kind=kind).exists():
        raise AlreadyThere
    assistant = Assistant.objects.create(block=block, user=user, kind=kind, starts_on=starts_on)
    data = {"assistant": user.pk, "kind": kind, "starts_on": starts_on.isoformat()}
    record(
        kind="roster.assistant_added",
        subject=("block", block.code),
        at=at,
        actor=actor,
        area=block.code,
        data=data,
    )
    if kind == Assistant.Kind.LIAISON_CADRE:  # receives what a vacant governor's post cannot
        _tell(block, Tenure.Seat.GOVERNOR, on=starts_on, at=at, actor=actor)
    return assistant


@transaction.atomic
def end_assistant(*, assistant: Assistant, ends_on: dt.date, at: dt.datetime, actor: Actor) -> Assistant:
    """The help ends on ``ends_on`` (exclusive)."""
    assistant = Assistant.objects.select_for_update().select_related("block").get(pk=assistant.pk)
    if ends_on <= assistant.starts_on:
        raise WrongDates(field="ends_on")
    assistant.ends_on = ends_on
    assistant.save(update_fields=["ends_on"])
    block = assistant.block
    data = {"assistant": assistant.user_id, "kind": assistant.kind, "ends_on": ends_on.isoformat()}
    record(
        kind="roster.assistant_ended",
        subject=("block", block.code),
        at=at,
        actor=actor,
        area=block.code,
        data=data,
    )
    if assistant.kind == Assistant.Kind.LIAISON_CADRE:
        _tell(block, Tenure.Seat.GOVERNOR, on=ends_on, at=at, actor=actor)
    return assistant


def _refuse_both_sides(block: Block, post: str, holder: User, starts_on: dt.date) -> None:
    """Nobody may handle and supervise the same block, neither on ``starts_on`` nor at a planned later time."""
    others = _OTHER_SIDE[Tenure.Seat(post)]
    today = Q(pk__in=Tenure.objects.on(starts_on).filter(block=block, post__in=others).values("pk"))
    later = Q(block=block, post__in=others, starts_on__gte=starts_on)
    if Tenure.objects.filter(today | later, holder=holder).exists():
        raise SamePersonTwice(field="holder")
