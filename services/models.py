"""The catalogue of service items in versions: each row is one version, published for good.

A new version takes effect on its day and the rows before it stay, since whoever applied under one keeps its
terms. Leaves to others: publishing (actions), what makes a version fit (catalogue).
"""

import datetime as dt

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from services.catalogue import (
    DEMO,
    TEXTS,
    AcceptanceLevel,
    AgentHelp,
    AgentMode,
    Frequency,
    LimitUnit,
    limit_words,
)
from services.querysets import ServiceItemQuerySet


def _length(field: str) -> int:
    return TEXTS[field][1]


class ServiceItem(models.Model):
    """One version of what residents can apply for. ``legal_limit_amount`` empty means: none was found."""

    code = models.CharField(_("code"), max_length=16)
    version = models.PositiveSmallIntegerField(_("version"))
    effective_from = models.DateField(_("takes effect on"))
    published_at = models.DateTimeField(_("published at"))
    offered = models.BooleanField(
        _("offered"), default=True, help_text=_("Without the mark the item ends on the version's day.")
    )
    name = models.CharField(_("name"), max_length=_length("name"))
    name_en = models.CharField(_("name in English"), max_length=_length("name_en"), blank=True)
    aliases = models.JSONField(
        _("other names"),
        default=list,
        blank=True,
        help_text=_("What residents call it; the search finds these."),
    )
    domain = models.CharField(_("domain's key"), max_length=_length("domain"))
    domain_name = models.CharField(_("domain"), max_length=_length("domain_name"))
    eligible = models.TextField(_("who can apply"))
    eligible_en = models.TextField(_("who can apply, in English"), blank=True)
    materials = models.JSONField(_("materials"), default=list)
    materials_en = models.JSONField(_("materials in English"), default=list, blank=True)
    acceptance_level = models.CharField(_("where to apply"), max_length=20, choices=AcceptanceLevel.choices)
    deciding_department = models.CharField(_("who decides"), max_length=_length("deciding_department"))
    legal_limit_amount = models.PositiveSmallIntegerField(_("legal limit"), null=True, blank=True)
    legal_limit_unit = models.CharField(
        _("unit of the legal limit"), max_length=20, choices=LimitUnit.choices, blank=True
    )
    legal_basis = models.CharField(_("legal basis"), max_length=_length("legal_basis"), blank=True)
    promised_limit_amount = models.PositiveSmallIntegerField(_("promised limit"))
    promised_limit_unit = models.CharField(
        _("unit of the promised limit"), max_length=20, choices=LimitUnit.choices
    )
    agent_help = models.CharField(_("help with applying"), max_length=10, choices=AgentHelp.choices)
    agent_modes = models.JSONField(_("ways of help"), default=list, blank=True)
    sensitive = models.BooleanField(_("needs sensitive personal information"))
    frequency = models.CharField(_("how often"), max_length=20, choices=Frequency.choices)
    source = models.CharField(_("source"), max_length=_length("source"))
    note = models.TextField(_("note for staff"), blank=True)
    search_text = models.TextField(editable=False)

    objects = ServiceItemQuerySet["ServiceItem"].as_manager()

    class Meta:
        verbose_name = _("service item")
        verbose_name_plural = _("service items")
        ordering = ["code", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["code", "version"], name="service_item_version_once"),
            # Two versions can never be in force together; the index serves in_force().
            models.UniqueConstraint(fields=["code", "effective_from"], name="service_item_one_a_day"),
            models.CheckConstraint(condition=Q(version__gte=1), name="service_item_versions_from_one"),
            models.CheckConstraint(
                condition=~Q(code="") & ~Q(name="") & ~Q(domain="") & ~Q(source=""), name="service_item_named"
            ),
            models.CheckConstraint(
                condition=Q(legal_limit_amount=None, legal_limit_unit="")
                | (Q(legal_limit_amount__isnull=False) & ~Q(legal_limit_unit="")),
                name="service_item_legal_limit_whole",
            ),
            models.CheckConstraint(
                condition=Q(promised_limit_amount=0, promised_limit_unit=LimitUnit.INSTANT)
                | (Q(promised_limit_amount__gte=1) & ~Q(promised_limit_unit__in=["", LimitUnit.INSTANT])),
                name="service_item_promise_plain",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name} v{self.version}"

    def get_absolute_url(self) -> str:
        return reverse("services:item", args=[self.code])

    @property
    def is_demo(self) -> bool:
        """Whether pages must say that this is not the district's own item."""
        return self.source == DEMO

    def is_announced(self, on: dt.date) -> bool:
        """Whether it has yet to take effect."""
        return self.effective_from > on

    @property
    def title(self) -> str:
        """The name in the reader's language."""
        return self._read(self.name, self.name_en)

    @property
    def domain_title(self) -> str:
        """The domain in the reader's language; its key is English."""
        return self._read(self.domain_name, self.domain.replace("_", " ").capitalize())

    @property
    def who(self) -> str:
        """Who can apply, in the reader's language."""
        return self._read(self.eligible, self.eligible_en)

    @property
    def papers(self) -> list[str]:
        """The materials in the reader's language."""
        english = bool(self.materials_en) and self._english()
        papers: list[str] = self.materials_en if english else self.materials
        return papers

    @property
    def legal_limit(self) -> str:
        """How long it may take by law, in words."""
        return limit_words(self.legal_limit_amount, self.legal_limit_unit)

    @property
    def promised_limit(self) -> str:
        """How long the counter promises that it takes, in words."""
        return limit_words(self.promised_limit_amount, self.promised_limit_unit)

    @property
    def ways_of_help(self) -> list[AgentMode]:
        """How somebody can do it for the resident."""
        return [AgentMode(mode) for mode in self.agent_modes]

    def _read(self, chinese: str, english: str) -> str:
        return english if english and self._english() else chinese

    @staticmethod
    def _english() -> bool:
        return (get_language() or "").startswith("en")
