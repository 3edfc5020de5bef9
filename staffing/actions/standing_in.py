"""Who stands in during a leave, seat by seat, by the verbs of the roster: seated, and the seat given back.

Inside the caller's transaction, with the people locked. Leaves to others: the leave itself (absences).
"""

import datetime as dt
from collections.abc import Collection, Iterable

from django.db import transaction
from django.utils.translation import gettext as _

from blocks.models import Block
from staffing.actions.roster import after_appointment, appoint, stand_in
from staffing.exceptions import SamePersonTwice, WrongStandIn
from staffing.models import Absence, Spell, StandIn, Tenure, User
from staffing.posts import ACTING_OF, PostKind
from yuhu.journal.actions import Actor, record


def locked_spells(absence: Absence, today: dt.date) -> list[Spell]:
    """What is missed from ``today`` on, with the blocks locked: nobody changes their rosters meanwhile."""
    keys = {spell.block_id for spell in absence.open_spells(today)}
    list(Block.objects.select_for_update().filter(pk__in=keys).order_by("pk").values_list("pk"))
    return absence.open_spells(today)


def refuse_unfit(absence: Absence, person: User, spells: Iterable[Spell]) -> None:
    """Whoever stands in is somebody else, works here, and is not away on one of those days."""
    if person.pk == absence.person_id:
        raise WrongStandIn(_("Nobody stands in for himself. Choose somebody else."), field="stand_in")
    if not person.is_active:
        raise WrongStandIn(field="stand_in")
    for spell in spells:
        away = Absence.objects.during(spell.starts_on, spell.ends_on).filter(person=person).first()
        if away is not None:
            message = _("This person is on leave too: %(leave)s. Choose somebody else.") % {"leave": away}
            raise WrongStandIn(message, field="stand_in")


def cover(absence: Absence, spell: Spell, person: User, at: dt.datetime, actor: Actor) -> StandIn:
    """Seat ``person`` for the spell, and after it whoever acted before, if somebody did."""
    block = Block.objects.select_for_update().get(pk=spell.block_id)
    rows = absence.stand_ins.filter(block=block, post=spell.post, ends_on__gt=spell.starts_on)
    earlier = list(rows.select_related("resumes"))
    acting = Tenure.objects.filter(block=block, post=spell.acting).select_related("holder")
    chain = list(acting.filter(starts_on__lt=spell.ends_on).order_by("starts_on"))
    inside = [row for row in chain if row.starts_on >= spell.starts_on]
    _refuse_others(inside, {None, absence.person_id, person.pk, *(row.person_id for row in earlier)})
    resumes = earlier[0].resumes if earlier else chain[-1].holder if chain else None
    for row in earlier:
        _close(row, spell.starts_on)
    meant = [*chain[: len(chain) - len(inside)][-1:], *inside]
    acts_already = bool(meant) and all(row.holder_id == person.pk for row in meant)
    if not acts_already or meant[0].starts_on > spell.starts_on:
        try:
            _seat(block, spell, person, inside, resumes, at, actor)
        except SamePersonTwice as refusal:
            message = _("%(person)s already holds the other post of %(block)s. Choose somebody else.") % {
                "person": person,
                "block": block.name,
            }
            raise SamePersonTwice(message, field="stand_in") from refusal
    made = absence.stand_ins.create(
        block=block,
        post=spell.post,
        person=person,
        resumes=resumes,
        starts_on=spell.starts_on,
        ends_on=spell.ends_on,
    )
    data = {"block": block.code, "post": spell.post, "starts_on": spell.starts_on.isoformat()}
    data |= {"ends_on": spell.ends_on.isoformat(), "on": spell.starts_on.isoformat()}
    journal("covered", absence, at, actor, tell=[person.pk], user=person.pk, area=block.code, **data)
    return made


def _refuse_others(inside: Iterable[Tenure], allowed: Collection[int | None]) -> None:
    """Somebody else's turn, which was given by hand, is not taken away."""
    for row in inside:
        if row.holder_id not in allowed:
            message = _(
                "%(person)s acts in %(block)s from %(day)s on already. Choose this person, or end that first."
            )
            told = {"person": row.holder, "block": row.block.name, "day": row.starts_on}
            raise WrongStandIn(message % told, field="stand_in")


def _seat(
    block: Block,
    spell: Spell,
    person: User,
    inside: Iterable[Tenure],
    resumes: User | None,
    at: dt.datetime,
    actor: Actor,
) -> None:
    """By the verbs of the roster. Turns that begin or end within the spell pass to ``person``."""
    post = next(post for post, acting in ACTING_OF.items() if acting == spell.acting)
    rows = {row.starts_on: row for row in inside if row.holder_id != person.pk}
    first = rows.pop(spell.starts_on, None)
    if first is not None and first.holder_id is not None:
        appoint(block=block, post=spell.acting, holder=None, starts_on=spell.starts_on, at=at, actor=actor)
    stand_in(
        block=block,
        post=post,
        person=person,
        starts_on=spell.starts_on,
        ends_on=spell.ends_on if resumes is None else None,
        at=at,
        actor=actor,
    )
    for day in rows:
        _put(block, spell.acting, day, person, at, actor)
    followed = Tenure.objects.filter(block=block, post=spell.acting, starts_on=spell.ends_on).exists()
    if resumes not in (None, person) and not followed:
        appoint(block=block, post=spell.acting, holder=resumes, starts_on=spell.ends_on, at=at, actor=actor)


def _put(block: Block, post: str, day: dt.date, person: User | None, at: dt.datetime, actor: Actor) -> None:
    """From ``day`` on ``person`` (None: nobody) has the seat, in the place of whoever was planned for that very day."""
    row = Tenure.objects.filter(block=block, post=post, starts_on=day).first()
    if row is not None and row.holder_id is not None and person is not None:
        appoint(block=block, post=post, holder=None, starts_on=day, at=at, actor=actor)
    appoint(block=block, post=post, holder=person, starts_on=day, at=at, actor=actor)


def release(absence: Absence, day: dt.date, at: dt.datetime, actor: Actor) -> list[int]:
    """Whoever stands in for this leave gives the seats back on ``day``; returns their keys.

    A post that the person has lost meanwhile is not his or hers to take back: there one acts until the planned end.
    """
    rows = absence.stand_ins.filter(ends_on__gt=day).select_related("block", "resumes")
    told = set()
    for row in rows.order_by("block_id", "post", "starts_on"):
        from_day = max(day, row.starts_on)
        held = Tenure.objects.on(from_day).filter(block=row.block, post=row.post, holder=absence.person)
        if row.post in ACTING_OF and not held.exists():
            continue
        told.add(row.person_id)
        _hand_back(row, from_day, at, actor)
    return sorted(told)


def _hand_back(row: StandIn, day: dt.date, at: dt.datetime, actor: Actor) -> None:
    """From ``day`` on the acting seat is whose it was before.

    Where a governor or supervisor was missed, everybody ends who began to act meanwhile, also somebody who was put
    there by hand: nobody acts for a person who is there. In the seat of somebody who only acted, the stand-in ends.
    """
    block = Block.objects.select_for_update().get(pk=row.block_id)
    acting = ACTING_OF.get(row.post, PostKind(row.post)).value
    chain = list(
        Tenure.objects.filter(block=block, post=acting, starts_on__lt=row.ends_on).order_by("starts_on")
    )
    begun = [one for one in chain if one.starts_on <= day]
    resumes = row.resumes
    for one in [*begun[-1:], *chain[len(begun) :]]:
        ours = one.starts_on >= row.starts_on if row.post in ACTING_OF else one.holder_id == row.person_id
        if not ours or one.holder_id is None or one.holder_id == row.resumes_id:
            continue
        try:
            with transaction.atomic():
                _put(block, acting, max(one.starts_on, day), resumes, at, actor)
        except SamePersonTwice:  # got the other post meanwhile
            _put(block, acting, max(one.starts_on, day), None, at, actor)
    _close(row, day)


def _close(row: StandIn, day: dt.date) -> None:
    """The stand-in's turn ends on ``day``; one that never began is no turn."""
    if day <= row.starts_on:
        row.delete()
    else:
        row.ends_on = day
        row.save(update_fields=["ends_on"])


def _end_where_somebody_is_appointed(tenure: Tenure, at: dt.datetime, actor: Actor) -> None:
    """Another person has the post for good: nobody acts for the one who was away from it any more."""
    rows = StandIn.objects.filter(
        block=tenure.block_id, post=tenure.post, ends_on__gt=tenure.starts_on, absence__cancelled_at=None
    )
    for row in rows.exclude(absence__person=tenure.holder_id).select_related("resumes").order_by("starts_on"):
        _hand_back(row, max(row.starts_on, tenure.starts_on), at, actor)


after_appointment(_end_where_somebody_is_appointed)


def journal(
    what: str,
    absence: Absence,
    at: dt.datetime,
    actor: Actor,
    *,
    tell: list[int],
    area: str = "",
    **data: int | str,
) -> None:
    """Journal it, without the kind of leave: it may tell of somebody's health, and the journal is for ever."""
    record(
        kind=f"absence.{what}",
        subject=("absence", absence.pk),
        at=at,
        actor=actor,
        area=area,
        data={**data, "tell": tell},
    )
