"""Units and the seats in them, with dates. A seat's end is exclusive."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from blocks.models import Community, District, Street
from staffing.models.accounts import User
from staffing.posts import FUNCTION_LABELS, PostKind
from staffing.querysets import (
    DatedQuerySet,
    PlatformFunctionQuerySet,
    PlatformLinkQuerySet,
    UnitQuerySet,
)


class Unit(models.Model):
    """An organisation or a part of one: department, street, office, platform, posted team, community, partner."""

    class Kind(models.TextChoices):
        DISTRICT = "district", _("District")
        DEPARTMENT = "department", _("District department")
        STREET = "street", _("Street")
        OFFICE = "office", _("Street office")
        PLATFORM = "platform", _("Platform")
        TEAM = "team", _("Posted enforcement team")
        COMMUNITY = "community", _("Community")
        PARTNER = "partner", _("Partner")

    code = models.CharField(_("code"), max_length=64, unique=True)
    name = models.CharField(_("name"), max_length=100)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices)
    office_code = models.CharField(_("kind of office"), max_length=40, blank=True)
    district = models.ForeignKey(District, models.PROTECT, null=True, blank=True, verbose_name=_("district"))
    street = models.ForeignKey(Street, models.PROTECT, null=True, blank=True, verbose_name=_("street"))
    community = models.ForeignKey(
        Community, models.PROTECT, null=True, blank=True, verbose_name=_("community")
    )
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("parent")
    )
    # Its people work in the street and belong to the department (执法力量下沉).
    home_department = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="posted_teams",
        verbose_name=_("home department"),
    )
    source = models.CharField(_("source"), max_length=20, blank=True)

    objects = UnitQuerySet.as_manager()

    class Meta:
        verbose_name = _("unit")
        verbose_name_plural = _("units")
        ordering: ClassVar = ["code"]
        indexes: ClassVar = [
            # Routing asks for "the office of this kind in this street".
            models.Index(fields=["street", "kind", "office_code"], name="unit_of_street"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(parent=F("id")), name="unit_not_its_own_parent"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """Its page at the desk."""
        return reverse("admin:staffing_unit_change", args=[self.pk])

    @property
    def area(self) -> str:
        """The national code of the area that the unit works for."""
        return self.community_id or self.street_id or self.district_id or ""


class PlatformLink(models.Model):
    """From a day on, this office belongs to this platform: successive rows, so never to two at a time."""

    office = models.ForeignKey(Unit, models.CASCADE, related_name="platform_links", verbose_name=_("office"))
    platform = models.ForeignKey(
        Unit, models.PROTECT, related_name="office_links", verbose_name=_("platform")
    )
    starts_on = models.DateField(_("from"))

    objects = PlatformLinkQuerySet.as_manager()

    class Meta:
        verbose_name = _("office in a platform")
        verbose_name_plural = _("offices in platforms")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["office", "starts_on"], name="office_in_one_platform"),
        ]

    def __str__(self) -> str:
        return f"{self.office} → {self.platform} ({self.starts_on})"


class PlatformFunction(models.Model):
    """From a day on, this platform has this function in its street: successive rows, so never two at a time.

    Dispatching and evaluating ask for a function and never for a name, so that platforms are free in name and number.
    """

    street = models.ForeignKey(Street, models.CASCADE, verbose_name=_("street"))
    function = models.CharField(
        _("function"),
        max_length=20,
        choices=[(function.value, label) for function, label in FUNCTION_LABELS.items()],
    )
    platform = models.ForeignKey(Unit, models.PROTECT, related_name="functions", verbose_name=_("platform"))
    starts_on = models.DateField(_("from"))

    objects = PlatformFunctionQuerySet.as_manager()

    class Meta:
        verbose_name = _("function of a platform")
        verbose_name_plural = _("functions of platforms")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["street", "function", "starts_on"], name="function_of_one_platform"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.platform}: {self.get_function_display()} ({self.starts_on})"


class Membership(models.Model):
    """A person's seat in a unit."""

    class Role(models.TextChoices):
        MEMBER = PostKind.MEMBER.value, pgettext_lazy("post", "Member")
        HEAD = PostKind.HEAD.value, pgettext_lazy("post", "Head")
        DUTY_OFFICER = PostKind.DUTY_OFFICER.value, _("Duty officer")
        MEDIATOR = PostKind.MEDIATOR.value, _("Mediator")
        LEADER = "leader", _("Leader")
        SYSTEM_ADMIN = PostKind.SYSTEM_ADMIN.value, _("System administrator")
        SECURITY_ADMIN = PostKind.SECURITY_ADMIN.value, _("Security administrator")
        AUDITOR = PostKind.AUDITOR.value, _("Auditor")

    unit = models.ForeignKey(Unit, models.CASCADE, related_name="memberships", verbose_name=_("unit"))
    user = models.ForeignKey(User, models.CASCADE, related_name="memberships", verbose_name=_("person"))
    role = models.CharField(_("role"), max_length=20, choices=Role.choices)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until (exclusive)"), null=True, blank=True)

    objects = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = _("seat in a unit")
        verbose_name_plural = _("seats in units")
        indexes: ClassVar = [
            # A person's posts at log-in; a unit's head when something is escalated.
            models.Index(fields=["user", "starts_on"], name="membership_of_user"),
            models.Index(fields=["unit", "role", "starts_on"], name="membership_of_unit"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["unit", "user", "role", "starts_on"], name="membership_once"),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gt=F("starts_on")),
                name="membership_ends_after_start",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.unit} · {self.get_role_display()}"
