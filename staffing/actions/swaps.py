"""Exchanging two shifts of one platform: asked by one officer, agreed by the other, or decided by whoever plans there.

Leaves to others: who may (policies), the other verbs of shifts (``rota``), which also let requests lapse.
"""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from staffing.actions.rota import lapse_swaps, locked_platform, refuse_stranger
from staffing.exceptions import AlreadyThere, NotEntitled, ShiftOver, SwapClosed
from staffing.models import Shift, ShiftSwap
from yuhu.journal.actions import Actor, record
from yuhu.kit.exceptions import Invalid


@transaction.atomic
def ask_swap(*, shift: Shift, theirs: Shift, at: dt.datetime, actor: Actor) -> ShiftSwap:
    """The officer of ``shift`` asks the officer of ``theirs`` to exchange.

    Raises:
        NotEntitled: the shift is not the actor's.
        Invalid: another platform's shift, one that nobody has, or an own one.
        ShiftOver: one of them has begun.
        NotOnThisRota: one of the two does not decide in the platform on the other's day, or is on leave.
        AlreadyThere: the shift is offered already.
    """
    mine, theirs = _locked_pair(shift, theirs)
    if mine.officer is None or mine.officer_id != actor.id:
        raise NotEntitled(_("You can offer your own shifts only."), code="not_yours")
    if theirs.officer is None or theirs.officer == mine.officer:
        raise Invalid(_("Choose a colleague's shift."), code="nobody", field="theirs")
    _refuse_begun(mine, theirs, at)
    refuse_stranger(theirs, mine.officer)
    refuse_stranger(mine, theirs.officer)
    if ShiftSwap.objects.filter(mine=mine, outcome="").exists():
        message = _("You have offered this shift already. Withdraw that request first.")
        raise AlreadyThere(message, field="theirs")
    swap = ShiftSwap.objects.create(
        mine=mine, theirs=theirs, asked_by=mine.officer, asked_of=theirs.officer, asked_at=at
    )
    _told(swap, "rota.swap_asked", at, actor, user=swap.asked_by_id, tell=[swap.asked_of_id])
    return swap


@transaction.atomic
def agree_swap(*, swap: ShiftSwap, at: dt.datetime, actor: Actor) -> ShiftSwap:
    """The two shifts are exchanged.

    Raises:
        SwapClosed: decided already, or a shift has begun or changed hands.
        NotOnThisRota: one of the two has meanwhile left the platform, or is on leave that day.
    """
    swap, mine, theirs = _locked(swap)
    if (mine.officer_id, theirs.officer_id) != (swap.asked_by_id, swap.asked_of_id):
        raise SwapClosed
    if min(mine.starts_at, theirs.starts_at) <= at:
        raise SwapClosed
    refuse_stranger(theirs, swap.asked_by)
    refuse_stranger(mine, swap.asked_of)
    mine.officer, theirs.officer = swap.asked_of, swap.asked_by
    _decide(swap, ShiftSwap.Outcome.AGREED, "rota.swap_agreed", at, actor)
    for shift in sorted((mine, theirs), key=lambda row: row.pk):
        shift.save(update_fields=["officer"])
        record(
            kind="rota.exchanged",
            subject=("shift", shift.pk),
            at=at,
            actor=actor,
            area=shift.platform.area,
            data={"user": shift.officer_id, "swap": swap.pk},
        )
    lapse_swaps([mine, theirs], at, actor)
    return swap


@transaction.atomic
def decline_swap(*, swap: ShiftSwap, at: dt.datetime, actor: Actor) -> ShiftSwap:
    """Both keep their shifts. Raises SwapClosed: decided already."""
    swap, _mine, _theirs = _locked(swap)
    _decide(swap, ShiftSwap.Outcome.DECLINED, "rota.swap_declined", at, actor)
    return swap


@transaction.atomic
def withdraw_swap(*, swap: ShiftSwap, at: dt.datetime, actor: Actor) -> ShiftSwap:
    """Whoever asked does not ask any more. Raises SwapClosed: decided already."""
    swap, _mine, _theirs = _locked(swap)
    _decide(swap, ShiftSwap.Outcome.WITHDRAWN, "rota.swap_withdrawn", at, actor)
    return swap


def _locked_pair(first: Shift, second: Shift) -> tuple[Shift, Shift]:
    """Both as they are now, of one platform, which is locked before them."""
    platform = locked_platform(first.platform)
    rows = Shift.objects.select_for_update().filter(pk__in=[first.pk, second.pk], platform=platform)
    # Not joined: PostgreSQL locks no rows that may be missing.
    found = {row.pk: row for row in rows.order_by("pk").prefetch_related("officer")}
    if len(found) != 2:
        message = _("Choose a colleague's shift of the same platform that is still there.")
        raise Invalid(message, code="no_pair", field="theirs")
    for row in found.values():
        row.platform = platform
    return found[first.pk], found[second.pk]


def _locked(swap: ShiftSwap) -> tuple[ShiftSwap, Shift, Shift]:
    """The request, still open, and its shifts, locked parent before child."""
    if swap.mine is None or swap.theirs is None:
        raise SwapClosed
    try:
        mine, theirs = _locked_pair(swap.mine, swap.theirs)
    except Invalid as gone:
        raise SwapClosed from gone
    found = ShiftSwap.objects.select_for_update().filter(pk=swap.pk, outcome="")
    row = found.prefetch_related("asked_by", "asked_of").first()
    if row is None:
        raise SwapClosed
    row.mine, row.theirs = mine, theirs
    return row, mine, theirs


def _refuse_begun(mine: Shift, theirs: Shift, at: dt.datetime) -> None:
    if min(mine.starts_at, theirs.starts_at) <= at:
        raise ShiftOver(field="theirs")


def _decide(swap: ShiftSwap, outcome: str, kind: str, at: dt.datetime, actor: Actor) -> None:
    swap.outcome, swap.decided_at = outcome, at
    swap.save(update_fields=["outcome", "decided_at"])
    _told(swap, kind, at, actor, tell=[swap.asked_by_id, swap.asked_of_id])


def _told(swap: ShiftSwap, kind: str, at: dt.datetime, actor: Actor, **data: object) -> None:
    facts = {"mine": swap.mine_id, "theirs": swap.theirs_id, **data}
    area = swap.platform.area if swap.platform else ""
    record(kind=kind, subject=("shift_swap", swap.pk), at=at, actor=actor, area=area, data=facts)
