"""What happens to an account: made, corrected, closed and opened, its password changed; log-ins and failed ones.

Every event is journaled under the account's key without an area, so that no area's scope opens it. A name that
belongs to no account is not journaled: a stranger could fill the journal with inventions (django-axes keeps those).
Leaves to others: the lock-out itself (django-axes), the session (staffing.middleware), who may have an account.
"""

import datetime as dt
import re
from collections.abc import Mapping
from typing import Any

from axes.models import AccessAttempt
from django.contrib.auth.hashers import check_password, is_password_usable, make_password
from django.contrib.auth.password_validation import validate_password
from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from staffing.actions.roster import tell_blocks_of
from staffing.exceptions import NameTaken, OwnAccount, SamePassword, UsedBefore, WeakPassword
from staffing.models import FormerPassword, User
from yuhu.journal.actions import SYSTEM, Actor, record
from yuhu.kit import clock
from yuhu.kit.exceptions import Invalid
from yuhu.kit.people import normalise_phone
from yuhu.kit.text import clean_text

USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,63}")
# With the present one the last five (GB/T 22239-2019, 8.1.4.1 a, as practised).
FORMER = 4


def change_password(*, user: User, password: str, at: dt.datetime, actor: Actor) -> User:
    """The account's password is ``password`` from now on; sessions on other devices end with the old one.

    Raises:
        WeakPassword: it breaks a rule of ``AUTH_PASSWORD_VALIDATORS``.
        SamePassword: it is the present one.
        UsedBefore: it is one of the last five.
    """
    _refuse_weak(password, user, field="new_password1")
    if user.check_password(password):
        raise SamePassword(field="new_password1")
    _refuse_used(password, user, field="new_password1")
    # Hashing takes half a second on purpose: done before the row is locked.
    hashed = make_password(password)
    with transaction.atomic():
        row: User = User.objects.select_for_update().get(pk=user.pk)
        _replace_password(row, hashed, at, chosen=True)
        record(kind="user.password_changed", subject=("user", row.pk), at=at, actor=actor)
    return row


def create_account(
    *, username: str, password: str, facts: Mapping[str, str | None], at: dt.datetime, actor: Actor
) -> User:
    """A new person with a first password. It opens nothing: rights come with the first seat.

    ``facts``: ``name`` (required), ``employee_number``, ``phone``, ``email``.

    Raises:
        NameTaken: another account has the log-in name or the employee number.
        WeakPassword: it breaks a rule of ``AUTH_PASSWORD_VALIDATORS``.
        Invalid: a name, number or address that cannot be.
    """
    if not USERNAME.fullmatch(username):
        message = _("A log-in name has 2 to 64 small letters, digits, dots or hyphens.")
        raise Invalid(message, code="invalid_username", field="username")
    user = User(username=username, must_change_password=True, opened_at=at, **_clean(facts))
    _refuse_weak(password, user, field="password")
    user.password = make_password(password)
    with transaction.atomic():
        if User.objects.filter(username=username).exists():
            raise NameTaken(field="username")
        _refuse_number_taken(user)
        user.save(force_insert=True)
        record(kind="user.created", subject=("user", user.pk), at=at, actor=actor)
    return user


@transaction.atomic
def correct_account(*, user: User, facts: Mapping[str, str | None], at: dt.datetime, actor: Actor) -> User:
    """Correct name, employee number, phone or e-mail. The journal keeps which, not what."""
    row: User = User.objects.select_for_update().get(pk=user.pk)
    changed = {name: value for name, value in _clean(facts).items() if getattr(row, name) != value}
    if not changed:
        return row
    for name, value in changed.items():
        setattr(row, name, value)
    _refuse_number_taken(row)
    row.save(update_fields=list(changed))
    record(
        kind="user.corrected", subject=("user", row.pk), at=at, actor=actor, data={"fields": sorted(changed)}
    )
    return row


@transaction.atomic
def set_active(*, user: User, active: bool, at: dt.datetime, actor: Actor) -> User:
    """Close the account at once, or open it again. Its seats stay; open cases go to whoever is answerable now.

    Raises:
        OwnAccount: somebody would lock himself out.
    """
    if user.pk == actor.id:
        raise OwnAccount(field="is_active")
    row: User = User.objects.select_for_update().get(pk=user.pk)
    if row.is_active == active:
        return row
    row.is_active = active
    row.opened_at = at if active else row.opened_at
    row.save(update_fields=["is_active", "opened_at"])
    kind = "user.activated" if active else "user.deactivated"
    record(kind=kind, subject=("user", row.pk), at=at, actor=actor)
    tell_blocks_of(row, at=at, actor=actor)
    return row


def reset_password(*, user: User, password: str, at: dt.datetime, actor: Actor) -> User:
    """Somebody forgot it: an administrator gives another first password. Sessions of the account end.

    Raises:
        OwnAccount: one's own is changed on its own page, with the present one.
        WeakPassword: it breaks a rule of ``AUTH_PASSWORD_VALIDATORS``.
        UsedBefore: it is one of the last five, which somebody else may know.
    """
    if user.pk == actor.id:
        raise OwnAccount(_("Change your own password on the page for it."), field="password")
    _refuse_weak(password, user, field="password")
    _refuse_used(password, user, field="password")
    hashed = make_password(password)
    with transaction.atomic():
        row: User = User.objects.select_for_update().get(pk=user.pk)
        _replace_password(row, hashed, at, chosen=False)
        record(kind="user.password_reset", subject=("user", row.pk), at=at, actor=actor)
    return row


@transaction.atomic
def log_in(*, user: User, mark: str, at: dt.datetime, actor: Actor) -> None:
    """Somebody proved to be ``user``; the session that bears ``mark`` is the latest one."""
    User.objects.select_for_update().get(pk=user.pk)
    User.objects.filter(pk=user.pk).update(session_mark=mark)
    user.session_mark = mark
    record(kind="user.logged_in", subject=("user", user.pk), at=at, actor=actor)


def close_unused(*, user_id: int, unused_since: dt.datetime, at: dt.datetime) -> bool:
    """Close an account that nobody has used since then; False when that changed, or nobody else could administer.

    The last open account of a system administrator stays open: without one nobody could open the others again.
    """
    today = clock.local_date(at)
    with transaction.atomic():
        # Locked in one order, so that two sweeps cannot each leave the other's administrator.
        administrators = User.objects.system_administrators(today)
        keys = list(administrators.select_for_update().order_by("pk").values_list("pk", flat=True))
        row = User.objects.unused(unused_since).select_for_update().filter(pk=user_id).first()
        if row is None or keys == [row.pk]:
            return False
        row.is_active = False
        row.save(update_fields=["is_active"])
        days = (at - unused_since).days
        record(
            kind="user.deactivated", subject=("user", row.pk), at=at, actor=SYSTEM, data={"unused_days": days}
        )
        tell_blocks_of(row, at=at, actor=SYSTEM)
    return True


def fail_log_in(*, username: str, at: dt.datetime, address: str) -> None:
    """Somebody at ``address`` gave a wrong password for ``username``."""
    _told("user.login_failed", username, at, address)


def lock_out(*, username: str, at: dt.datetime, address: str) -> None:
    """After too many failures ``username`` is locked for ``address`` for a while."""
    _told("user.locked_out", username, at, address)


def ended_sessions(at: dt.datetime) -> "QuerySet[Session]":
    """Sessions that nobody can use any more."""
    return Session.objects.filter(expire_date__lt=at).order_by("expire_date")


def old_failures(before: dt.datetime) -> "QuerySet[AccessAttempt]":
    """What the lock-out remembers of failed log-ins before ``before``."""
    rows: QuerySet[AccessAttempt] = AccessAttempt.objects.filter(attempt_time__lt=before)
    return rows.order_by("attempt_time")


def forget(rows: "QuerySet[Any]", *, limit: int) -> int:
    """Remove a batch of sessions or failures; returns how many. The journal keeps what happened to accounts."""
    keys = list(rows.values_list("pk", flat=True)[:limit])
    return rows.model._default_manager.filter(pk__in=keys).delete()[0] if keys else 0


@transaction.atomic
def _told(kind: str, username: str, at: dt.datetime, address: str) -> None:
    user = User.objects.select_for_update().filter(username=username).first()
    if user is not None:
        # Who tried is not known: only the address is.
        record(kind=kind, subject=("user", user.pk), at=at, actor=Actor(id=None, name="", address=address))


def _replace_password(row: User, hashed: str, at: dt.datetime, *, chosen: bool) -> None:
    """The locked ``row`` gets the hash; the one before is remembered, and the oldest of many forgotten."""
    if is_password_usable(row.password):
        FormerPassword.objects.create(user=row, password=row.password, replaced_at=at)
        kept = FormerPassword.objects.filter(user=row).order_by("-pk").values_list("pk", flat=True)[:FORMER]
        FormerPassword.objects.filter(user=row).exclude(pk__in=list(kept)).delete()
    row.password, row.password_changed_at = hashed, at if chosen else None
    row.must_change_password = not chosen
    row.save(update_fields=["password", "password_changed_at", "must_change_password"])


def _refuse_used(password: str, user: User, *, field: str) -> None:
    """Not the present one, and none of those before it."""
    former = FormerPassword.objects.filter(user=user.pk).order_by("-pk").values_list("password", flat=True)
    if any(check_password(password, hashed) for hashed in (user.password, *former[:FORMER])):
        raise UsedBefore(field=field)


def _refuse_weak(password: str, user: User, *, field: str) -> None:
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise WeakPassword(" ".join(error.messages), field=field) from error


def _refuse_number_taken(user: User) -> None:
    number = user.employee_number
    if number and User.objects.filter(employee_number=number).exclude(pk=user.pk).exists():
        raise NameTaken(field="employee_number")


def _clean(facts: Mapping[str, str | None]) -> dict[str, str | None]:
    """The facts as they are stored: no employee number is None, no phone or e-mail is blank."""
    found: dict[str, str | None] = {}
    if "name" in facts:
        found["name"] = clean_text(facts["name"], field="name", max_length=50)
    if "employee_number" in facts:
        number = clean_text(
            facts["employee_number"] or "", field="employee_number", min_length=0, max_length=32
        )
        found["employee_number"] = number or None
    if "phone" in facts:
        found["phone"] = normalise_phone(facts["phone"]) if facts["phone"] else ""
    if "email" in facts:
        found["email"] = _email(facts["email"] or "")
    return found


def _email(text: str) -> str:
    try:
        if text:
            validate_email(text)
    except ValidationError as error:
        raise Invalid(" ".join(error.messages), code="invalid_email", field="email") from error
    return text
