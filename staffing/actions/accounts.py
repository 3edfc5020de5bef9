"""What happens to an account: its password is changed, somebody logs in with it, or fails to.

Every event is journaled under the account's key without an area, so that no area's scope opens it. A name that
belongs to no account is not journaled: a stranger could fill the journal with inventions (django-axes keeps those).
Leaves to others: the lock-out itself (django-axes), the session (staffing.middleware), who may have an account.
"""

import datetime as dt

from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from staffing.exceptions import SamePassword, WeakPassword
from staffing.models import User
from yuhu.journal.actions import Actor, record


def change_password(*, user: User, password: str, at: dt.datetime, actor: Actor) -> User:
    """The account's password is ``password`` from now on; sessions on other devices end with the old one.

    Raises:
        WeakPassword: it breaks a rule of ``AUTH_PASSWORD_VALIDATORS``.
        SamePassword: it is the present one.
    """
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise WeakPassword(" ".join(error.messages), field="new_password1") from error
    if user.check_password(password):
        raise SamePassword(field="new_password1")
    # Hashing takes half a second on purpose: done before the row is locked.
    hashed = make_password(password)
    with transaction.atomic():
        row = User.objects.select_for_update().get(pk=user.pk)
        row.password, row.password_changed_at = hashed, at
        row.save(update_fields=["password", "password_changed_at"])
        record(kind="user.password_changed", subject=("user", row.pk), at=at, actor=actor)
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
