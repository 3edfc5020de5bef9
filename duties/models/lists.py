"""Duty lists in versions: a published list is never changed.

A new version takes effect on its day and the old one stays for the cases that it was used for. Leaves to others:
writing (actions).
"""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from duties.querysets import DutyItemQuerySet, DutyListQuerySet
from staffing.models import Unit

DEMO = "demo"


class DutyList(models.Model):
    """One version of one of the six lists. ``published_at`` empty means draft."""

    class Kind(models.TextChoices):
        RESPONSIBILITY = "responsibility", _("Street responsibility list")
        COOPERATION = "cooperation", _("Street cooperation list")
        SELF_GOVERNANCE = "self_governance", _("Community self-governance list")
        ASSIST = "assist", _("Community assistance list")
        NEGATIVE = "negative", _("Community negative list")
        MEASURE = "measure", _("Measures that carry out the community lists")

    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices)
    version = models.PositiveIntegerField(_("version"))
    effective_from = models.DateField(_("takes effect on"))
    published_at = models.DateTimeField(_("published at"), null=True, blank=True)
    source = models.CharField(_("source"), max_length=100, help_text=_("The document that issued it."))

    objects = DutyListQuerySet["DutyList"].as_manager()

    class Meta:
        verbose_name = _("duty list")
        verbose_name_plural = _("duty lists")
        ordering = ["kind", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "version"], name="duty_list_version_once"),
            # Two versions can never be in force together; the index serves in_force().
            models.UniqueConstraint(fields=["kind", "effective_from"], name="duty_list_one_a_day"),
            models.CheckConstraint(condition=Q(version__gte=1), name="duty_list_versions_from_one"),
            models.CheckConstraint(
                condition=~Q(kind="") & ~Q(source=""), name="duty_list_says_what_and_whence"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} v{self.version}"

    @property
    def is_published(self) -> bool:
        """Whether it is fixed for good."""
        return self.published_at is not None

    @property
    def is_demo(self) -> bool:
        """Whether pages must say that this is not the district's own list."""
        return self.source == DEMO

    @property
    def department_leads(self) -> bool:
        """Whether a district department leads and the street only helps: then the street is never the lead."""
        return self.kind == self.Kind.COOPERATION


class DutyItem(models.Model):
    """One item of a list. Cases and categories name it by ``code``, which later versions keep."""

    list = models.ForeignKey(DutyList, models.CASCADE, related_name="items", verbose_name=_("list"))
    code = models.CharField(_("code"), max_length=20)
    number = models.PositiveSmallIntegerField(_("number in the list"))
    category_number = models.PositiveSmallIntegerField(_("number of the category"), null=True, blank=True)
    category_code = models.CharField(_("category's key"), max_length=60, blank=True)
    category = models.CharField(_("category"), max_length=60, blank=True)
    name = models.CharField(_("item"), max_length=200)
    name_en = models.CharField(_("item in English"), max_length=200, blank=True)
    lead = models.CharField(_("in charge"), max_length=100, blank=True)
    lead_unit = models.ForeignKey(
        Unit,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="duty_items",
        verbose_name=_("department in charge"),
    )
    office = models.CharField(_("street office"), max_length=60, blank=True)
    office_code = models.CharField(_("street office's key"), max_length=40, blank=True)
    platform_code = models.CharField(_("platform's key"), max_length=40, blank=True)
    cooperating = models.CharField(_("helping departments"), max_length=500, blank=True)
    basis = models.CharField(_("basis"), max_length=500, blank=True)
    source = models.CharField(_("source"), max_length=100, blank=True)

    objects = DutyItemQuerySet["DutyItem"].as_manager()

    class Meta:
        verbose_name = _("duty item")
        verbose_name_plural = _("duty items")
        ordering = ["list", "number"]
        constraints = [
            models.UniqueConstraint(fields=["list", "code"], name="duty_item_code_once"),
            models.UniqueConstraint(fields=["list", "number"], name="duty_item_number_once"),
            models.CheckConstraint(condition=~Q(code="") & ~Q(name=""), name="duty_item_has_code_and_name"),
            models.CheckConstraint(condition=Q(number__gte=1), name="duty_item_numbers_from_one"),
        ]
        indexes = [
            # Routing asks for the item of a code that is in force.
            models.Index(fields=["code"], name="duty_item_by_code"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    @property
    def is_demo(self) -> bool:
        """Whether pages must say that this is not the district's own item."""
        return self.source == DEMO
