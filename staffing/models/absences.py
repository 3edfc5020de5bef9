"""Leave of people, and who stands in for them meanwhile. Ends are exclusive.

The seat of whoever stands in is a tenure like any other (``Tenure.Seat.ACTING_GOVERNOR``): a row here only says for
which leave it was taken, so that it can be given back when the leave ends earlier. No reason is kept in words.
"""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from blocks.models import Block
from staffing.models.accounts import User
from staffing.models.roster import Tenure
from staffing.posts import ACTING_OF, PostKind
from staffing.querysets import AbsenceQuerySet


class AbsenceState(StrEnum):
    """How a leave stands on a day."""

    PLANNED = "planned"
    AWAY = "away"
    OVER = "over"
    CANCELLED = "cancelled"

    @property
    def label(self) -> str:
        return str(_STATES[self])


_STATES = {
    AbsenceState.PLANNED: pgettext_lazy("leave", "planned"),
    AbsenceState.AWAY: pgettext_lazy("leave", "away"),
    AbsenceState.OVER: pgettext_lazy("leave", "back"),
    AbsenceState.CANCELLED: pgettext_lazy("leave", "cancelled"),
}


@dataclass(frozen=True)
class Spell:
    """Days (end exclusive) on which a person who is away has a post of a block, perhaps acting in it."""

    block_id: int
    post: str
    starts_on: dt.date
    ends_on: dt.date

    @property
    def acting(self) -> str:
        """The seat of whoever stands in: also of somebody who only acts."""
        return ACTING_OF.get(self.post, PostKind(self.post)).value


def spells_of(person: User, starts_on: dt.date, ends_on: dt.date) -> list[Spell]:
    """Where somebody is missed in those days: the person's posts of blocks, acting or not, by block. One query."""
    rows = (
        Tenure.objects.during(starts_on, ends_on)
        .filter(holder=person)
        .order_by("block_id", "post", "starts_on")
    )
    found: list[Spell] = []
    for row in rows:
        until = getattr(row, "ends_on", None)
        spell = Spell(row.block_id, row.post, max(row.starts_on, starts_on), min(until or ends_on, ends_on))
        last = found[-1] if found else None
        if last and (last.block_id, last.post, last.ends_on) == (spell.block_id, spell.post, spell.starts_on):
            found[-1] = Spell(last.block_id, last.post, last.starts_on, spell.ends_on)
        else:
            found.append(spell)
    return found


class Absence(models.Model):
    """A person is away from ``starts_on`` until the day before ``ends_on``."""

    class Kind(models.TextChoices):
        ANNUAL = "annual", _("Annual leave")
        SICK = "sick", _("Sick leave")
        TRAINING = "training", _("Training")
        SECONDMENT = "secondment", _("Secondment")
        OTHER = "other", _("Other leave")

    person = models.ForeignKey(User, models.PROTECT, related_name="absences", verbose_name=_("person"))
    # Why somebody is away may tell of his or her health: shown to whoever appoints, and never in the journal.
    kind = models.CharField(pgettext_lazy("leave", "kind"), max_length=20, choices=Kind.choices)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until (exclusive)"))
    cancelled_at = models.DateTimeField(_("cancelled at"), null=True, blank=True)

    objects = AbsenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("leave")
        verbose_name_plural = _("leave and standing in")
        ordering: ClassVar = ["-starts_on", "-pk"]
        indexes: ClassVar = [
            # Who is away on a day; what is kept too long.
            models.Index(fields=["ends_on", "starts_on"], name="absence_by_day"),
            # Whether a person is away during some days.
            models.Index(fields=["person", "starts_on"], name="absence_of_person"),
        ]
        constraints: ClassVar = [
            # Overlaps are refused under the lock of the person's row; this much the database says itself.
            models.UniqueConstraint(
                fields=["person", "starts_on"], condition=Q(cancelled_at=None), name="absence_one_from_a_day"
            ),
            models.CheckConstraint(condition=Q(ends_on__gt=F("starts_on")), name="absence_ends_after_start"),
        ]

    def __str__(self) -> str:
        return _("%(person)s, %(from)s until %(until)s") % {
            "person": self.person,
            "from": self.starts_on,
            "until": self.last_day,
        }

    def get_absolute_url(self) -> str:
        """A page for everybody concerned, whether or not they have the desk."""
        return reverse("leave", args=[self.pk])

    @property
    def last_day(self) -> dt.date:
        """The last day away."""
        return self.ends_on - dt.timedelta(days=1)

    @property
    def days(self) -> int:
        """Calendar days away."""
        return (self.ends_on - self.starts_on).days

    def state(self, on: dt.date) -> AbsenceState:
        """How it stands on the local day ``on``."""
        if self.cancelled_at is not None:
            return AbsenceState.CANCELLED
        if on < self.starts_on:
            return AbsenceState.PLANNED
        return AbsenceState.AWAY if on < self.ends_on else AbsenceState.OVER

    def open_spells(self, today: dt.date) -> list[Spell]:
        """What is missed during the leave from ``today`` on, whether or not somebody stands in. Two queries.

        The seat of somebody who only acts passes to the stand-in altogether, so it is known by the stand-in's row.
        """
        start = max(self.starts_on, today)
        if start >= self.ends_on:
            return []
        held = spells_of(self.person, start, self.ends_on)
        rows = self.stand_ins.filter(ends_on__gt=start).exclude(post__in=ACTING_OF)
        passed_on = [Spell(row.block_id, row.post, max(row.starts_on, start), row.ends_on) for row in rows]
        return sorted({*held, *passed_on}, key=lambda one: (one.block_id, one.post, one.starts_on))


class StandIn(models.Model):
    """For a leave, ``person`` acts in one post of one block. ``resumes`` acted before and does so again afterwards."""

    absence = models.ForeignKey(Absence, models.CASCADE, related_name="stand_ins", verbose_name=_("leave"))
    block = models.ForeignKey(Block, models.PROTECT, related_name="+", verbose_name=_("block"))
    # The post of whoever is away: he or she may only act in it, too.
    post = models.CharField(_("post"), max_length=20, choices=Tenure.Seat.choices)
    person = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("stands in"))
    resumes = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until (exclusive)"))

    class Meta:
        verbose_name = _("stand-in during a leave")
        verbose_name_plural = _("stand-ins during a leave")
        ordering: ClassVar = ["block", "post", "starts_on"]
        indexes: ClassVar = [
            # Which leave somebody else's appointment puts an end to.
            models.Index(fields=["block", "post", "ends_on"], name="stand_in_of_post"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["absence", "block", "post", "starts_on"], name="stand_in_once"),
            models.CheckConstraint(condition=Q(ends_on__gt=F("starts_on")), name="stand_in_ends_after_start"),
        ]

    def __str__(self) -> str:
        return f"{self.person} · {self.block} · {self.get_post_display()}"
