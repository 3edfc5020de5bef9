"""Leave: taken, covered by a stand-in, ended earlier, cancelled. Who stands in holds an acting seat, given by the verbs
of the roster, so that cases and evaluations go there (docs/decisions/0024).

Locks: platforms, people and blocks, each by key. Leaves to others: where cases go (cases listens).
"""

import datetime as dt

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from blocks.models import Block
from staffing.actions.rota import vacate_shifts
from staffing.actions.standing_in import cover, journal, locked_spells, refuse_unfit, release
from staffing.exceptions import AwayAlready, DaysOver, NoStandInNeeded, NotAway, NotEntitled, WrongDates
from staffing.models import Absence, Membership, Shift, StandIn, Unit, User
from staffing.policies import may_appoint, may_change_absence, may_record_absence
from yuhu.journal.actions import Actor
from yuhu.kit import clock
from yuhu.kit.verdicts import Verdict


@transaction.atomic
def take_leave(
    *,
    person: User,
    kind: str,
    starts_on: dt.date,
    ends_on: dt.date,
    stand_in: User | None = None,
    by: User | None,
    at: dt.datetime,
    actor: Actor,
) -> Absence:
    """``person`` is away until ``ends_on`` (exclusive). ``stand_in`` acts in all his or her posts of blocks meanwhile,
    from today on at the earliest; None: nobody is named yet (see ``name_stand_in``). Duty shifts of these days are
    free. ``by``: who records it; None: nobody in particular, who is not asked for a right (here and below).

    Raises:
        WrongDates: it ends before it begins.
        NotEntitled: ``by`` does not keep this person's leave, or does not appoint where ``stand_in`` would act.
        AwayAlready: he or she is away on one of the days already (perhaps since just now, by another).
        DaysOver, NoStandInNeeded: there is nothing to stand in for.
        WrongStandIn: the stand-in is away too, has no account, or somebody else acts there.
        SamePersonTwice: the stand-in holds the other post of the block.
    """
    if ends_on <= starts_on:
        raise WrongDates(field="ends_on")
    today = clock.local_date(at)
    if by is not None:
        _entitled(
            may_record_absence(by, person=person, starts_on=starts_on, ends_on=ends_on, on=today), "person"
        )
    # Platforms are locked before people, as whoever seats somebody locks them.
    _free_shifts(person, starts_on, ends_on - dt.timedelta(days=1), at, actor)
    _lock_people(person, stand_in)
    other = Absence.objects.during(starts_on, ends_on).filter(person=person).order_by("starts_on").first()
    if other is not None:
        raise AwayAlready(_already(other), field="starts_on")
    absence = Absence.objects.create(person=person, kind=kind, starts_on=starts_on, ends_on=ends_on)
    dates = {"starts_on": starts_on.isoformat(), "ends_on": ends_on.isoformat()}
    journal("taken", absence, at, actor, tell=[person.pk], user=person.pk, on=starts_on.isoformat(), **dates)
    if stand_in is not None:
        if ends_on <= today:
            raise DaysOver(field="stand_in")
        spells = locked_spells(absence, today)
        if not spells:
            raise NoStandInNeeded(field="stand_in")
        for block in Block.objects.filter(pk__in={spell.block_id for spell in spells}).defer("boundary"):
            _appoints_in(by, block, today, "stand_in")
        refuse_unfit(absence, stand_in, spells)
        for spell in spells:
            cover(absence, spell, stand_in, at, actor)
    return absence


def _appoints_in(by: User | None, block: Block, today: dt.date, field: str) -> None:
    if by is not None:
        _entitled(may_appoint(by, area=block.code, on=today), field)


def _keeps(by: User | None, absence: Absence, today: dt.date) -> None:
    if by is not None:
        _entitled(may_change_absence(by, absence, on=today))


def _entitled(verdict: Verdict, field: str | None = None) -> None:
    if not verdict:
        raise NotEntitled(verdict.reason, code=verdict.code, field=field)


def _free_shifts(person: User, first_on: dt.date, last_on: dt.date, at: dt.datetime, actor: Actor) -> None:
    """Whoever is away has no duty: the shifts are free, and those who plan are told. Where the person may be put on
    duty the platform is locked, so that nobody does so before the leave is recorded."""
    shifts = Shift.objects.filter(officer=person, day__gte=first_on, day__lte=last_on, ends_at__gt=at)
    seats = Membership.objects.deciding_in_platforms(first_on).filter(user=person)
    concerned = Q(pk__in=seats.values("unit")) | Q(pk__in=shifts.values("platform"))
    for platform in Unit.objects.select_for_update().filter(concerned).order_by("pk"):
        if shifts.filter(platform=platform).exists():
            vacate_shifts(
                platform=platform, officer=person, first_on=first_on, last_on=last_on, at=at, actor=actor
            )


@transaction.atomic
def name_stand_in(
    *,
    absence: Absence,
    block: Block,
    post: str,
    stand_in: User,
    by: User | None,
    at: dt.datetime,
    actor: Actor,
) -> list[StandIn]:
    """From today (or the first day of a planned leave) on, ``stand_in`` acts in this post of whoever is away, also in
    the place of somebody who was named before.

    Raises:
        NotAway: the leave is over or cancelled.
        NotEntitled: ``by`` does not appoint in this block.
        NoStandInNeeded: he or she does not hold this post any more.
        WrongStandIn, SamePersonTwice: as ``take_leave``.
    """
    absence = _locked(absence, stand_in)
    today = clock.local_date(at)
    if absence.cancelled_at is not None or absence.ends_on <= today:
        raise NotAway
    _appoints_in(by, block, today, "seat")
    wanted = block.pk, str(post)
    spells = [one for one in locked_spells(absence, today) if (one.block_id, one.post) == wanted]
    if not spells:
        raise NoStandInNeeded(field="seat")
    refuse_unfit(absence, stand_in, spells)
    return [cover(absence, spell, stand_in, at, actor) for spell in spells]


@transaction.atomic
def end_leave(
    *, absence: Absence, ends_on: dt.date, by: User | None, at: dt.datetime, actor: Actor
) -> Absence:
    """The person is back on ``ends_on``, today or later, and earlier than planned: whoever stands in is relieved then.

    Raises:
        NotAway: it is over or cancelled.
        NotEntitled: ``by`` does not keep this leave.
        WrongDates: not within the leave, or before today; what was done in the person's place stays done.
    """
    absence = _locked(absence)
    today = clock.local_date(at)
    if absence.cancelled_at is not None or absence.ends_on <= today:
        raise NotAway
    _keeps(by, absence, today)
    if ends_on <= absence.starts_on:
        message = _("The leave would not have begun. If it is not taken at all, cancel it.")
        raise WrongDates(message, field="ends_on")
    if ends_on >= absence.ends_on:
        message = _("This is not earlier. If the leave lasts longer, record another one from its end on.")
        raise WrongDates(message, field="ends_on")
    if ends_on < today:
        message = _("Choose today or a later day: what was done in the person's place stays as it is.")
        raise WrongDates(message, field="ends_on")
    before, absence.ends_on = absence.ends_on, ends_on
    absence.save(update_fields=["ends_on"])
    told = [absence.person_id, *release(absence, ends_on, at, actor)]
    dates = {"ends_on": ends_on.isoformat(), "before": before.isoformat(), "on": ends_on.isoformat()}
    journal("ended", absence, at, actor, tell=told, user=absence.person_id, **dates)
    return absence


@transaction.atomic
def cancel_leave(*, absence: Absence, by: User | None, at: dt.datetime, actor: Actor) -> Absence:
    """The leave was not taken, or recorded by mistake: it counts as never planned; who stands in is relieved.

    Raises:
        NotAway: it was cancelled already.
        NotEntitled: ``by`` does not keep this leave.
    """
    absence = _locked(absence)
    if absence.cancelled_at is not None:
        raise NotAway
    today = clock.local_date(at)
    _keeps(by, absence, today)
    absence.cancelled_at = at
    absence.save(update_fields=["cancelled_at"])
    from_day = max(absence.starts_on, today)
    told = [absence.person_id, *release(absence, from_day, at, actor)]
    on = absence.starts_on.isoformat()
    journal("cancelled", absence, at, actor, tell=told, user=absence.person_id, starts_on=on, on=on)
    return absence


@transaction.atomic
def forget_absences(*, before: dt.date, limit: int) -> int:
    """Remove leave that ended before ``before``; seats and journal stay. Returns how many."""
    old = Absence.objects.filter(ends_on__lt=before).order_by("pk").values_list("pk", flat=True)
    keys = list(old[:limit])
    StandIn.objects.filter(absence__in=keys).delete()
    return Absence.objects.filter(pk__in=keys).delete()[0]


def _lock_people(*people: User | None) -> None:
    keys = [one.pk for one in people if one is not None]
    list(User.objects.select_for_update().filter(pk__in=keys).order_by("pk").values_list("pk"))


def _locked(absence: Absence, *others: User) -> Absence:
    """The leave as it stands now, with its person (and ``others``) locked before it."""
    _lock_people(absence.person, *others)
    return Absence.objects.select_for_update(of=("self",)).select_related("person").get(pk=absence.pk)


def _already(other: Absence) -> str:
    return _("This person is on leave already: %(leave)s. End or cancel that leave first.") % {"leave": other}
