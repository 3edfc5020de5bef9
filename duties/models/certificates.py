"""Certificates that a community must not issue, each with the office that does, with dates.

The names are those of 民发〔2020〕20号 (domain.md, 4.4). Which office issues what instead is the district's own
knowledge: ``office_source`` says whether it stands in a published rule or is only a demo. Leaves to others: writing
(actions), the answer to "may we issue it?" (policies).
"""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from duties.models.lists import DEMO
from duties.querysets import CertificateRuleQuerySet
from staffing.models import Unit
from yuhu.kit.text import folded

SEPARATOR = "；"
# What people put around a certificate's name without meaning another certificate.
_AROUND = ("证明书", "证明信", "证明材料", "证明", "开具", "出具", "关于", "情况", "的")


def certificate_key(name: str) -> str:
    """The name by which certificates are compared: ``亲属关系证明`` and ``亲属 关系`` are the same."""
    key = folded(name).replace(" ", "")
    for word in _AROUND:
        key = key.replace(word, "")
    return key


class CertificateRule(models.Model):
    """One certificate on the deny list, from a day on. A correction ends the row and begins another."""

    number = models.PositiveSmallIntegerField(_("number in the list"))
    name = models.CharField(_("certificate"), max_length=60)
    aliases = models.CharField(
        _("other names"),
        max_length=300,
        blank=True,
        help_text=_("With “；” between; the search finds these."),
    )
    office = models.CharField(_("office that issues it"), max_length=100)
    unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("unit in the district")
    )
    way = models.CharField(_("what to do instead"), max_length=300, blank=True)
    basis = models.CharField(_("basis"), max_length=300, blank=True)
    source = models.CharField(_("source"), max_length=100)
    office_source = models.CharField(_("source of the office"), max_length=100)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until (exclusive)"), null=True, blank=True)

    objects = CertificateRuleQuerySet["CertificateRule"].as_manager()

    class Meta:
        verbose_name = _("certificate not to be issued")
        verbose_name_plural = _("certificates not to be issued")
        ordering = ["number", "-starts_on"]
        constraints = [
            models.UniqueConstraint(fields=["name", "starts_on"], name="certificate_rule_once"),
            models.UniqueConstraint(
                fields=["name"], condition=Q(ends_on__isnull=True), name="certificate_rule_one_open"
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gt=F("starts_on")),
                name="certificate_rule_ends_after_start",
            ),
            models.CheckConstraint(
                condition=~Q(name="") & ~Q(office="") & ~Q(source="") & ~Q(office_source=""),
                name="certificate_rule_says_who",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}证明"

    @property
    def is_demo(self) -> bool:
        """Whether pages must say that the office was not taken from a published rule."""
        return DEMO in (self.source, self.office_source)

    @property
    def keys(self) -> frozenset[str]:
        """Every name that means this certificate, as ``certificate_key`` writes it."""
        names = (self.name, *self.aliases.split(SEPARATOR))
        return frozenset(key for name in names if (key := certificate_key(name)))
