"""Meetings on complex cases (会议处置): who is invited, what stands on the agenda, what was decided, the minutes.

What a meeting decides becomes moves of its cases (``cases.actions.meetings``); measures are notes of the case, and so
erased with it. Residents are named with their consent only, sealed and masked like reporters.
"""

import datetime as dt
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from blocks.models import Street
from cases.models.case import Case
from cases.models.handling import Note
from cases.querysets import AgendaItemQuerySet, MeetingQuerySet
from duties.models import DutyItem
from staffing.models import Unit, User


class Meeting(models.Model):
    """One meeting of a street. Held and closed, it has a number, and its minutes are never changed again."""

    class State(models.TextChoices):
        PLANNED = "planned", pgettext_lazy("meeting", "Planned")
        HELD = "held", pgettext_lazy("meeting", "Held")
        CANCELLED = "cancelled", pgettext_lazy("meeting", "Cancelled")

    title = models.CharField(_("subject"), max_length=100)
    # Served by meeting_of_street.
    street = models.ForeignKey(
        Street, models.PROTECT, related_name="+", db_index=False, verbose_name=_("street")
    )
    starts_at = models.DateTimeField(_("begins"))
    place = models.CharField(_("place"), max_length=200)
    convener = models.ForeignKey(
        User, models.PROTECT, related_name="+", db_index=False, verbose_name=_("convened by")
    )
    chair = models.ForeignKey(User, models.PROTECT, related_name="+", db_index=False, verbose_name=_("chair"))
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.PLANNED)
    # A case about an official stands on its agenda: no area opens it, being invited does.
    restricted = models.BooleanField(_("only for those invited"), default=False)
    convened_at = models.DateTimeField(_("convened"))
    held_at = models.DateTimeField(_("held"), null=True, blank=True)
    closed_at = models.DateTimeField(_("minutes final since"), null=True, blank=True)
    closed_by = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("minutes by"),
    )
    # The number of the minutes: 会议纪要〔2026〕5号, counted by street and year.
    year = models.PositiveSmallIntegerField(_("year"), null=True, blank=True)
    number = models.PositiveIntegerField(_("number"), null=True, blank=True)
    # What people wrote: why it was cancelled, what was said. Erasable; the journal keeps digests.
    reason = models.TextField(_("why it was cancelled"), max_length=2000, blank=True)
    summary = models.TextField(_("what was said"), max_length=10_000, blank=True)
    salt = models.CharField(max_length=32, editable=False)
    erased_at = models.DateTimeField(null=True, blank=True, editable=False)
    source = models.CharField(_("source"), max_length=20, blank=True)

    objects = MeetingQuerySet.as_manager()

    class Meta:
        verbose_name = _("meeting")
        verbose_name_plural = _("meetings")
        indexes: ClassVar = [
            # The list of a street, and the meetings of a day.
            models.Index(fields=["street", "-starts_at"], name="meeting_of_street"),
            models.Index(fields=["starts_at"], name="meeting_by_start"),
            # Meetings that I convened or chair (within).
            models.Index(fields=["convener"], name="meeting_of_convener"),
            models.Index(fields=["chair"], name="meeting_of_chair"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state="held", held_at__isnull=False)
                | (~Q(state="held") & Q(held_at__isnull=True)),
                name="meeting_held_has_moment",
            ),
            models.CheckConstraint(
                condition=Q(
                    closed_at__isnull=True, closed_by__isnull=True, year__isnull=True, number__isnull=True
                )
                | Q(
                    state="held",
                    closed_at__isnull=False,
                    closed_by__isnull=False,
                    year__isnull=False,
                    number__isnull=False,
                ),
                name="meeting_numbered_when_closed",
            ),
            models.UniqueConstraint(
                fields=["street", "year", "number"],
                condition=Q(number__isnull=False),
                name="meeting_number_once",
            ),
        ]

    def __str__(self) -> str:
        """The matter of a restricted meeting is told on its page only."""
        return gettext("Meeting no. %(key)s") % {"key": self.pk} if self.restricted else self.title

    def get_absolute_url(self) -> str:
        """The page of the meeting, which everybody invited may open."""
        return reverse("cases:meeting", args=[self.pk])

    @property
    def is_closed(self) -> bool:
        """Whether the minutes are final."""
        return self.closed_at is not None

    @property
    def minutes_name(self) -> str:
        """How the minutes are cited; empty before they are final."""
        if self.number is None:
            return ""
        return gettext("Minutes 〔%(year)s〕 no. %(number)s") % {"year": self.year, "number": self.number}

    def is_over(self, at: dt.datetime) -> bool:
        """Planned, and its beginning has passed: it was held, or it was not."""
        return self.state == self.State.PLANNED and self.starts_at <= at


class Participant(models.Model):
    """Who is invited: a unit, a colleague, or a resident by name (with a note on his or her consent)."""

    class Kind(models.TextChoices):
        UNIT = "unit", _("Unit")
        PERSON = "person", pgettext_lazy("participant", "Person")
        RESIDENT = "resident", _("Resident")

    meeting = models.ForeignKey(
        Meeting, models.CASCADE, related_name="participants", verbose_name=_("meeting")
    )
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    unit = models.ForeignKey(
        Unit,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("unit"),
    )
    user = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("person"),
    )
    name_sealed = models.BinaryField(null=True, blank=True)
    name_masked = models.CharField(pgettext_lazy("person", "name"), max_length=50, blank=True)
    consent = models.CharField(_("consent"), max_length=200, blank=True)
    # With which keys the name was sealed (kit.people.key_mark).
    key_mark = models.CharField(max_length=16, blank=True, editable=False)
    erased_at = models.DateTimeField(null=True, blank=True, editable=False)
    attended = models.BooleanField(_("attended"), null=True, blank=True)

    class Meta:
        verbose_name = _("participant")
        verbose_name_plural = _("participants")
        ordering: ClassVar = ["meeting", "pk"]
        indexes: ClassVar = [
            # within(scope): the meetings to which my units and I are invited.
            models.Index(
                fields=["unit", "meeting"], name="participant_of_unit", condition=Q(unit__isnull=False)
            ),
            models.Index(
                fields=["user", "meeting"], name="participant_of_user", condition=Q(user__isnull=False)
            ),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(kind="unit", unit__isnull=False, user__isnull=True, name_sealed__isnull=True)
                | Q(kind="person", unit__isnull=True, user__isnull=False, name_sealed__isnull=True)
                | Q(kind="resident", unit__isnull=True, user__isnull=True, name_sealed__isnull=False)
                | Q(kind="resident", unit__isnull=True, user__isnull=True, erased_at__isnull=False),
                name="participant_is_one",
            ),
            models.CheckConstraint(
                condition=~Q(kind="resident") | ~Q(consent="") | Q(erased_at__isnull=False),
                name="participant_resident_consents",
            ),
            models.UniqueConstraint(
                fields=["meeting", "unit"], condition=Q(unit__isnull=False), name="participant_unit_once"
            ),
            models.UniqueConstraint(
                fields=["meeting", "user"], condition=Q(user__isnull=False), name="participant_user_once"
            ),
        ]

    def __str__(self) -> str:
        if self.kind == self.Kind.RESIDENT:
            return self.name_masked or gettext("(erased)")
        return str(self.unit or self.user)

    @property
    def rank(self) -> tuple[int, int]:
        """Units first, then colleagues, then residents: the order in which minutes name them."""
        return list(self.Kind).index(self.Kind(self.kind)), self.pk


class AgendaItem(models.Model):
    """One case on the agenda, and what was decided about it."""

    class Decision(models.TextChoices):
        OPEN = "", pgettext_lazy("agenda", "Not decided yet")
        SETTLED = "settled", _("Who does it is fixed")
        WHISTLE = "whistle", _("No agreement: whistle")
        ADJOURNED = "adjourned", pgettext_lazy("agenda", "Adjourned")
        CANCELLED = "cancelled", _("Meeting cancelled")

    # Served by the constraint that numbers the items of a meeting.
    meeting = models.ForeignKey(
        Meeting, models.CASCADE, related_name="items", db_index=False, verbose_name=_("meeting")
    )
    # PROTECT: minutes name the case for good. Served by agenda_open_once and agenda_of_case.
    case = models.ForeignKey(
        Case, models.PROTECT, related_name="agenda_items", db_index=False, verbose_name=_("case")
    )
    no = models.PositiveSmallIntegerField(_("item"))
    decision = models.CharField(_("decision"), max_length=10, choices=Decision.choices, blank=True)
    lead_unit = models.ForeignKey(
        Unit,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("unit in charge"),
    )
    lead_person = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("person in charge"),
    )
    co_units = models.ManyToManyField(Unit, related_name="+", blank=True, verbose_name=_("units that help"))
    duty_item = models.ForeignKey(
        DutyItem,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("duty item"),
    )
    due_on = models.DateField(_("to be done by"), null=True, blank=True)
    measures = models.ForeignKey(
        Note, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("measures")
    )
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    decided_by = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("recorded by"),
    )

    objects = AgendaItemQuerySet.as_manager()

    class Meta:
        verbose_name = _("item of an agenda")
        verbose_name_plural = _("items of agendas")
        ordering: ClassVar = ["meeting", "no"]
        indexes: ClassVar = [
            # The meetings of a case; cases without a meeting.
            models.Index(fields=["case", "decision"], name="agenda_of_case"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["meeting", "case"], name="agenda_case_once"),
            models.UniqueConstraint(fields=["meeting", "no"], name="agenda_number_once"),
            # Two meetings that decide about one case at a time would contradict each other.
            models.UniqueConstraint(fields=["case"], condition=Q(decision=""), name="agenda_open_once"),
            models.CheckConstraint(
                condition=Q(decision__in=["", "cancelled"], decided_at__isnull=True)
                | Q(
                    decision__in=["settled", "whistle", "adjourned"],
                    decided_at__isnull=False,
                    decided_by__isnull=False,
                ),
                name="agenda_decided_whole",
            ),
            models.CheckConstraint(
                condition=Q(decision="settled", lead_unit__isnull=False, lead_person__isnull=True)
                | Q(decision="settled", lead_unit__isnull=True, lead_person__isnull=False)
                | (~Q(decision="settled") & Q(lead_unit__isnull=True, lead_person__isnull=True)),
                name="agenda_settled_names_one",
            ),
        ]

    def __str__(self) -> str:
        return gettext("Item %(no)s") % {"no": self.no}

    @property
    def is_open(self) -> bool:
        """Whether nothing was decided yet."""
        return self.decision == self.Decision.OPEN

    @property
    def lead(self) -> str:
        """Who does it, for people."""
        return str(self.lead_unit or self.lead_person or "")
