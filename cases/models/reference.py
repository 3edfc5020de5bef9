"""The category tree: what can be wrong, how urgent it is, and who is in charge by which duty item."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from cases.querysets import CategoryQuerySet
from cases.states import Path
from duties.models import LimitUnit, Severity
from staffing.models import Unit


class Category(models.Model):
    """A branch (two digits) or a leaf (four digits) of the tree; only leaves carry cases."""

    class Lead(models.TextChoices):
        GOVERNOR = "governor", _("Block governor")
        STREET_OFFICE = "street_office", _("Street office")
        DEPARTMENT = "department", _("Department")

    code = models.CharField(_("code"), max_length=8, primary_key=True)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("parent")
    )
    name = models.CharField(_("name"), max_length=50)
    name_en = models.CharField(_("English name"), max_length=80, blank=True)
    aliases = models.CharField(_("other names"), max_length=200, blank=True, help_text=_("separated by ;"))
    kind = models.CharField(_("kind"), max_length=20, blank=True)
    severity = models.CharField(
        _("severity"), max_length=10, choices=Severity.choices, default=Severity.NORMAL
    )
    limit_amount = models.DecimalField(_("time limit"), max_digits=6, decimal_places=2, null=True, blank=True)
    limit_unit = models.CharField(
        _("unit of the limit"), max_length=20, choices=LimitUnit.choices, blank=True
    )
    limit_basis = models.CharField(_("basis of the limit"), max_length=200, blank=True)
    contact_hours = models.DecimalField(
        _("hours to the first contact"), max_digits=5, decimal_places=2, null=True, blank=True
    )
    path = models.CharField(_("path"), max_length=20, choices=Path.choices, default=Path.FRONT_END)
    lead = models.CharField(_("who leads"), max_length=20, choices=Lead.choices, default=Lead.GOVERNOR)
    lead_unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("leading department")
    )
    office_code = models.CharField(_("street office"), max_length=40, blank=True)
    platform_code = models.CharField(_("platform"), max_length=40, blank=True)
    duty_item_code = models.CharField(_("duty item"), max_length=20, blank=True)
    restricted = models.BooleanField(_("only for parties"), default=False)
    rated = models.BooleanField(_("asked for a rating"), default=True)
    standard_code = models.CharField(_("code in the standard"), max_length=40, blank=True)
    active = models.BooleanField(_("in use"), default=True)
    source = models.CharField(_("source"), max_length=20, blank=True)
    note = models.CharField(_("note"), max_length=200, blank=True)

    objects = CategoryQuerySet.as_manager()

    class Meta:
        verbose_name = _("category")
        verbose_name_plural = _("categories")
        ordering: ClassVar = ["code"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(parent=F("code")), name="category_not_its_own_parent"),
            models.CheckConstraint(
                condition=Q(parent__isnull=True) | (Q(limit_amount__gt=0) & ~Q(limit_unit="")),
                name="category_leaf_has_limit",
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """The name in the reader's language."""
        if (get_language() or "").startswith("en") and self.name_en:
            return self.name_en.replace("_", " ").capitalize()
        return self.name
