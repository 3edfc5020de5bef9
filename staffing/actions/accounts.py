"""What happens to an account: made, corrected, closed and opened, its password changed; log-ins and failed ones.

Every event is journaled under the account's key without an area, so that no area's scope opens it. A name that
belongs to no account is not journaled: a stranger could fill the journal with inventions (django-axes keeps those).
Leaves to others: the lock-out itself (django-axes), the session (staffing.middleware), who may have an account.
"""

import datetime as dt
import re
from collections.abc import Mapping

from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext as _

from staffing.actions.roster import tell_blocks_of
from staffing.exceptions import NameTaken, OwnAccount, SamePassword, WeakPassword
from staffing.models import User
from yuhu.journal.actions import Actor, record
from yuhu.kit.exceptions import Invalid
from yuhu.kit.people import normalise_phone
from yuhu.kit.text import clean_text

USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,63}")


def change_password(*, user: User, password: str, at: dt.datetime, actor: Actor) -> User:
    """The account's password is ``password`` from now on; sessions on other devices end with the old one.

    Raises:
        WeakPassword: it breaks a rule of ``AUTH_PASSWORD_VALIDATORS``.
        SamePassword: it is the present one.
    """
    _refuse_weak(password, user, field="new_password1")
    if user.check_password(password):
        raise SamePassword(field="new_password1")
    # Hashing takes half a second on purpose: done before the row is locked.
    hashed = make_password(password)
    with transaction.atomic():
        row: User = User.objects.select_for_update().get(pk=user.pk)
        row.password, row.password_changed_at = hashed, at
        row.save(update_fields=["password", "password_changed_at"])
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
    user = User(username=username, **_clean(facts))
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
    row.save(update_fields=["is_active"])
    kind = "user.activated" if active else "user.deactivated"
    record(kind=kind, subject=("user", row.pk), at=at, actor=actor)
    tell_blocks_of(row, at=at, actor=actor)
    return row


def reset_password(*, user: User, password: str, at: dt.datetime, actor: Actor) -> User:
    """Somebody forgot it: an administrator gives another first password. Sessions of the account end.

    Raises:
        OwnAccount: one's own is changed on its own page, with the present one.
        WeakPassword: it breaks a rule of ``AUTH_PASSWORD_VALIDATORS``.
    """
    if user.pk == actor.id:
        raise OwnAccount(_("Change your own password on the page for it."), field="password")
    _refuse_weak(password, user, field="password")
    hashed = make_password(password)
    with transaction.atomic():
        row: User = User.objects.select_for_update().get(pk=user.pk)
        row.password, row.password_changed_at = hashed, None
        row.save(update_fields=["password", "password_changed_at"])
        record(kind="user.password_reset", subject=("user", row.pk), at=at, actor=actor)
    return row


@transaction.atomic
def log_in(*, user: User, at: dt.datetime, actor: Actor) -> None:
    """Somebody proved to be ``user``."""
    User.objects.select_for_update().get(pk=user.pk)
    record(kind="user.logged_in", subject=("user", user.pk), at=at, actor=actor)


def fail_log_in(*, username: str, at: dt.datetime, address: str) -> None:
    """Somebody at ``address`` gave a wrong password for ``username``."""
    _told("user.login_failed", username, at, address)


def lock_out(*, username: str, at: dt.datetime, address: str) -> None:
    """After too many failures ``username`` is locked for ``address`` for a while."""
    _told("user.locked_out", username, at, address)


@transaction.atomic
def _told(kind: str, username: str, at: dt.datetime, address: str) -> None:
    user = User.objects.select_for_update().filter(username=username).first()
    if user is not None:
        # Who tried is not known: only the address is.
        record(kind=kind, subject=("user", user.pk), at=at, actor=Actor(id=None, name="", address=address))


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
