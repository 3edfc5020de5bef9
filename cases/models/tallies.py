"""Tallies (日统计): counts of cases added up by day, so that figures of a district ask some hundred rows, no million.

They are folded from the journal's feed and can be made anew at any time; the cases are the truth. Leaves to others:
what is counted (``cases.actions.tallies.counting``), adding up (``cases.actions.tallies.folding``).
"""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Length
from django.utils.translation import gettext_lazy as _

from cases.models.case import Case


def _count() -> "models.IntegerField[int, int]":
    """Never below nought; but no constraint says so, since it would refuse the difference that is added."""
    return models.IntegerField(default=0, db_default=0)


class Tally(models.Model):
    """What happened on one local day in one area to the cases of one kind.

    ``area``: a district, street, community or block. ``by``: all cases together, or those of one category, path or
    promise, which ``key`` names; those are kept for districts and streets only. The first counts go by the day of the
    report, those from ``closed`` on by the day of the closing.
    """

    class By(models.TextChoices):
        WHOLE = "whole", _("All")
        CATEGORY = "category", _("Category")
        PATH = "path", _("Path")
        PROGRAMME = "programme", _("Programme")

    id = models.BigAutoField(primary_key=True)
    area = models.CharField(_("area"), max_length=14)
    by = models.CharField(max_length=10, choices=By.choices)
    key = models.CharField(max_length=20, blank=True)
    day = models.DateField(_("day"))

    registered = _count()
    accepted = _count()
    accepted_or_rejected = _count()
    self_found = _count()
    handled = _count()
    checked = _count()
    hazards = _count()
    hazards_removed = _count()
    disputes = _count()
    dispatches = _count()
    accepts_late = _count()
    sign_over = _count()
    contact_over = _count()
    supervise_over = _count()
    sign_in_time = _count()
    contact_in_time = _count()
    supervise_in_time = _count()
    returns = _count()
    returns_approved = _count()
    extended = _count()
    evaluated = _count()
    reworked = _count()
    urges = _count()

    closed = _count()
    closed_in_time = _count()
    closed_late = _count()
    closed_front_end = _count()
    closed_repeated = _count()
    to_be_rated = _count()
    rated = _count()
    solved = _count()
    content = _count()
    satisfied = _count()
    hazards_ended = _count()

    class Meta:
        verbose_name = _("tally")
        verbose_name_plural = _("tallies")
        constraints: ClassVar = [
            # Also: one area in a period.
            models.UniqueConstraint(fields=["area", "by", "day", "key"], name="tally_once"),
            models.CheckConstraint(
                condition=Q(by="whole", key="") | (~Q(by="whole") & ~Q(key="")), name="tally_key_of_kind"
            ),
        ]
        indexes: ClassVar = [
            # The parts of an area in a period: all streets, communities or blocks.
            models.Index(Length("area"), "day", "area", name="tally_of_level", condition=Q(by="whole")),
        ]

    def __str__(self) -> str:
        return f"{self.area} {self.by} {self.key} {self.day}"


class Tallied(models.Model):
    """What one case has added to the tallies, so that a late correction takes exactly that away again.

    ``areas``: the codes of its areas, the largest first. ``counts``: numbers by name, without noughts.
    """

    case = models.OneToOneField(Case, models.CASCADE, primary_key=True, related_name="tallied")
    areas = models.CharField(max_length=44)
    category = models.CharField(max_length=20)
    path = models.CharField(max_length=20)
    programme = models.CharField(max_length=20)
    reported_on = models.DateField()
    closed_on = models.DateField(null=True)
    counts = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("counted case")
        verbose_name_plural = _("counted cases")

    def __str__(self) -> str:
        return f"{self.case_id} {self.areas}"


class TallyState(models.Model):
    """The single row that says how far the tallies are.

    ``feed_no``: the last entry of the journal's feed that is in them; ``as_of``: when that happened. While they are
    made anew, ``next_case`` is the key of the first case that is not yet in them, and nobody reads them.
    """

    ONLY = 1

    id = models.PositiveSmallIntegerField(primary_key=True, default=ONLY)
    feed_no = models.BigIntegerField(default=0)
    as_of = models.DateTimeField()
    next_case = models.BigIntegerField(null=True)

    class Meta:
        verbose_name = _("state of the tallies")
        verbose_name_plural = _("state of the tallies")
        constraints: ClassVar = [models.CheckConstraint(condition=Q(id=1), name="tally_state_single")]

    def __str__(self) -> str:
        return f"tallies at {self.feed_no}"

    @property
    def is_whole(self) -> bool:
        return self.next_case is None
