"""People and what their accounts hold. Rights come from posts, never from the account."""

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from staffing.querysets import UserQuerySet


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
    # Filters of the desk's lists that the person has named: {"list", "name", "query"}. They come with the account, so
    # that a list shows them without another question.
    desk_filters = models.JSONField(null=True, blank=True, editable=False)

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
