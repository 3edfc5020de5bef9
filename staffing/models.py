"""People, units and the seats they hold, all with dates.

A seat's end is exclusive. A block's governor and supervisor are successive tenures (block, post, starts_on):
each ends where the next begins, so two at a time cannot be stored. Leaves to others: who may change this
(policies) and how (actions).
"""

import datetime as dt
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from oauth2_provider.models import AbstractApplication

from blocks.models import Block, Community, District, Street
from staffing.posts import ApiScope, PostKind
from staffing.querysets import (
    DatedQuerySet,
    PartnerClientQuerySet,
    PlatformLinkQuerySet,
    TenureQuerySet,
    UnitQuerySet,
    UserQuerySet,
)


class UserManager(BaseUserManager["User"].from_queryset(UserQuerySet)):  # type: ignore[misc]
    """Creates accounts; people of the demo have no usable password unless one is given."""

    def create_user(self, username: str, password: str | None = None, **fields: Any) -> "User":
        user: User = self.model(username=username, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, username: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(username, password, is_staff=True, is_superuser=True, **fields)


class User(AbstractBaseUser, PermissionsMixin):
    """A person who works here. Rights come from posts, never from the account."""

    username = models.CharField(_("log-in name"), max_length=64, unique=True)
    employee_number = models.CharField(
        _("employee number"), max_length=32, unique=True, null=True, blank=True
    )
    name = models.CharField(pgettext_lazy("person", "name"), max_length=50)
    phone = models.CharField(_("phone"), max_length=20, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    is_active = models.BooleanField(_("active"), default=True)
    is_staff = models.BooleanField(_("may log in to the desk"), default=False)
    # Through it a partner's system acts (PartnerClient): it has no password, no seat and no session.
    is_technical = models.BooleanField(
        _("account of a system"), default=False, db_default=False, editable=False
    )
    password_changed_at = models.DateTimeField(_("password changed at"), null=True, blank=True)
    must_change_password = models.BooleanField(
        _("must choose an own password"), default=False, db_default=False, editable=False
    )
    # From when unused days are counted for whoever never logged in: made, or opened again.
    opened_at = models.DateTimeField(null=True, blank=True, editable=False)
    # What the one session that counts bears (SINGLE_SESSION); it proves nothing by itself.
    session_mark = models.CharField(max_length=32, blank=True, default="", db_default="", editable=False)
    source = models.CharField(_("source"), max_length=20, blank=True)

    objects = UserManager()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        ordering: ClassVar = ["username"]
        indexes: ClassVar = [
            # The sweep that closes accounts which nobody uses.
            models.Index(fields=["last_login"], name="user_open_by_use", condition=Q(is_active=True)),
        ]

    def __str__(self) -> str:
        return self.name or self.username

    def get_short_name(self) -> str:
        return self.name


class FormerPassword(models.Model):
    """The hash of a password that the account had: the last few are not chosen again."""

    user = models.ForeignKey(User, models.CASCADE, related_name="former_passwords")
    password = models.CharField(max_length=128)
    replaced_at = models.DateTimeField()

    class Meta:
        verbose_name = _("former password")
        verbose_name_plural = _("former passwords")
        indexes: ClassVar = [models.Index(fields=["user", "-id"], name="former_password_of_user")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.replaced_at:%Y-%m-%d}"


class SecondFactor(models.Model):
    """The secret that a person's phone makes codes from (TOTP, RFC 6238), sealed like residents' data.

    Its own table and not django-otp's, which keeps the secret in clear. ``last_step`` refuses a code that was used.
    """

    user = models.OneToOneField(User, models.CASCADE, related_name="second_factor")
    secret_sealed = models.BinaryField()
    key_mark = models.CharField(max_length=16)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    last_step = models.BigIntegerField(default=0)
    failures = models.PositiveSmallIntegerField(default=0)
    locked_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("second factor")
        verbose_name_plural = _("second factors")

    def __str__(self) -> str:
        return f"{self.user_id}"


class RecoveryCode(models.Model):
    """Opens once when the phone is lost: 80 random bits, of which only the digest is kept."""

    factor = models.ForeignKey(SecondFactor, models.CASCADE, related_name="recovery_codes")
    digest = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("recovery code")
        verbose_name_plural = _("recovery codes")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["factor", "digest"], name="recovery_code_once")
        ]

    def __str__(self) -> str:
        return f"{self.factor_id}"


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


class Membership(models.Model):
    """A person's seat in a unit."""

    class Role(models.TextChoices):
        MEMBER = PostKind.MEMBER.value, pgettext_lazy("post", "Member")
        HEAD = PostKind.HEAD.value, pgettext_lazy("post", "Head")
        DUTY_OFFICER = PostKind.DUTY_OFFICER.value, _("Duty officer")
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


class Tenure(models.Model):
    """From a day on, this person holds this post of the block; no holder means vacant."""

    class Seat(models.TextChoices):
        GOVERNOR = PostKind.GOVERNOR.value, _("Block governor")
        SUPERVISOR = PostKind.SUPERVISOR.value, _("Block supervisor")
        ACTING_GOVERNOR = PostKind.ACTING_GOVERNOR.value, _("Acting block governor")
        ACTING_SUPERVISOR = PostKind.ACTING_SUPERVISOR.value, _("Acting block supervisor")

    block = models.ForeignKey(Block, models.PROTECT, related_name="tenures", verbose_name=_("block"))
    post = models.CharField(_("post"), max_length=20, choices=Seat.choices)
    starts_on = models.DateField(_("from"))
    holder = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="tenures", verbose_name=_("holder")
    )

    objects = TenureQuerySet.as_manager()

    class Meta:
        verbose_name = _("tenure in a block")
        verbose_name_plural = _("tenures in blocks")
        ordering: ClassVar = ["block", "post", "-starts_on"]
        indexes: ClassVar = [models.Index(fields=["holder", "starts_on"], name="tenure_of_user")]
        constraints: ClassVar = [
            # Two holders at a time cannot be written: a tenure ends where the next one begins.
            models.UniqueConstraint(
                fields=["block", "post", "starts_on"], name="tenure_one_holder_at_a_time"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.block} · {self.get_post_display()} · {self.holder or _('vacant')}"


class Assistant(models.Model):
    """One of the N helpers of a block, of four kinds."""

    class Kind(models.TextChoices):
        LIAISON_CADRE = "liaison_cadre", _("Liaison cadre")
        PARTY_GROUP_LEADER = "party_group_leader", _("Party group leader")
        OWNERS_COMMITTEE_MEMBER = "owners_committee_member", _("Owners' committee member")
        RESIDENT_REPRESENTATIVE = "resident_representative", _("Resident representative")

    block = models.ForeignKey(Block, models.PROTECT, related_name="assistants", verbose_name=_("block"))
    user = models.ForeignKey(User, models.PROTECT, related_name="assistances", verbose_name=_("person"))
    kind = models.CharField(_("kind"), max_length=30, choices=Kind.choices)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until (exclusive)"), null=True, blank=True)

    objects = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = _("block assistant")
        verbose_name_plural = _("block assistants")
        indexes: ClassVar = [
            models.Index(fields=["user", "starts_on"], name="assistant_of_user"),
            models.Index(fields=["block", "starts_on"], name="assistant_of_block"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["block", "user", "kind", "starts_on"], name="assistant_once"),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gt=F("starts_on")),
                name="assistant_ends_after_start",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.block} · {self.get_kind_display()}"


class PartnerClient(AbstractApplication):  # type: ignore[misc] # the toolkit ships no types
    """A partner's system that logs in by itself (OAuth 2 client credentials), bound to an area.

    It acts through a technical account, so that everything that asks "who?" gets a person's key
    (docs/decisions/0014). ``client_id`` and the secret's hash are the toolkit's columns.
    """

    class Channel(models.TextChoices):
        """How its reports say that they came in; the codes are those of ``cases.models.Case.Channel``."""

        PARTNER = "partner", _("Partner system")
        HOTLINE = "hotline", _("Hotline 12345")
        OPEN311 = "open311", _("Open311")
        WECOM = "wecom", _("WeCom")

    user = models.OneToOneField(User, models.PROTECT, related_name="client", verbose_name=_("account"))
    area = models.CharField(
        _("area"), max_length=14, help_text=_("Code of the district, a street, a community or a block.")
    )
    categories = models.JSONField(
        _("categories"),
        default=list,
        blank=True,
        help_text=_("Codes of categories or of whole branches; none: all of them."),
    )
    channel = models.CharField(_("channel"), max_length=20, choices=Channel.choices, default=Channel.PARTNER)
    scopes = models.JSONField(_("scopes"), default=list)
    requests_per_minute = models.PositiveIntegerField(
        _("requests per minute"), null=True, blank=True, help_text=_("Empty: as for all systems.")
    )
    is_active = models.BooleanField(_("active"), default=True)
    ends_on = models.DateField(
        _("until (exclusive)"), null=True, blank=True, help_text=_("Empty: until further notice.")
    )
    source = models.CharField(_("source"), max_length=20, blank=True)

    objects = PartnerClientQuerySet.as_manager()

    # The secret in clear text, on the object that was just made and nowhere else.
    secret_once = ""

    class Meta:
        verbose_name = _("partner system")
        verbose_name_plural = _("partner systems")
        ordering: ClassVar = ["client_id"]

    def __str__(self) -> str:
        return str(self.name or self.client_id)

    def in_force(self, on: dt.date) -> bool:
        """Whether it may act on the local day ``on``."""
        return self.is_active and self.user.is_active and (self.ends_on is None or on < self.ends_on)

    def allows(self, scope: str) -> bool:
        """Whether ``scope`` is one of those that it was given."""
        return scope in self.scopes and scope in set(ApiScope)
