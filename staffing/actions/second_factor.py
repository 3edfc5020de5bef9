"""The second factor: a phone's app is shown a secret once and proves it with codes; recovery codes for a lost phone.

Codes are counted and locked like passwords, and one code opens once. Leaves to others: who needs it (policies), when
it is asked for (middleware), the arithmetic of RFC 6238 (django_otp.oath).
"""

import base64
import datetime as dt
import hashlib
import re
import secrets

from django.db import transaction
from django_otp.oath import TOTP

from staffing.exceptions import AlreadySetUp, CodesLocked, NothingSetUp, OwnAccount, WrongCode
from staffing.models import RecoveryCode, SecondFactor, User
from yuhu.journal.actions import Actor, record
from yuhu.kit import people, resealing

FAILURES = 5
LOCKED_FOR = dt.timedelta(minutes=30)
# One step of 30 seconds before and after: phones' clocks differ.
TOLERANCE = 1
RECOVERY_CODES = 8


def propose_second_factor(*, user: User) -> str:
    """The secret (base32) that the phone shall take over; the same one until a code has confirmed it.

    Raises:
        AlreadySetUp: one was confirmed.
    """
    fresh = base64.b32encode(secrets.token_bytes(20)).decode()
    values = {"secret_sealed": people.seal(fresh), "key_mark": people.key_mark()}
    row, _made = SecondFactor.objects.get_or_create(user=user, defaults=values)
    if row.confirmed_at is not None:
        raise AlreadySetUp
    return people.unseal(row.secret_sealed)


def confirm_second_factor(*, user: User, code: str, at: dt.datetime, actor: Actor) -> list[str]:
    """The phone showed the right code: it counts from now on. Returns the recovery codes, which are shown once.

    Raises:
        NothingSetUp: nothing was proposed.
        AlreadySetUp: one was confirmed.
        WrongCode, CodesLocked: as ``give_code``.
    """
    with transaction.atomic():
        row = _locked(user)
        if row.confirmed_at is not None:
            raise AlreadySetUp
        right = _accept(row, code, at, recovery=False)
        if right:
            row.confirmed_at = at
            row.save(update_fields=["confirmed_at"])
            codes = [_new_code() for _ in range(RECOVERY_CODES)]
            RecoveryCode.objects.bulk_create(RecoveryCode(factor=row, digest=_digest(one)) for one in codes)
            record(kind="user.second_factor_set_up", subject=("user", user.pk), at=at, actor=actor)
            return codes
    raise WrongCode(field="code")


def give_code(*, user: User, code: str, at: dt.datetime, actor: Actor) -> None:
    """Whoever gives the code that the phone shows, or a recovery code, has the second factor.

    Raises:
        NothingSetUp: there is none.
        WrongCode: not the right one, or used before.
        CodesLocked: five wrong ones in a row; for half an hour no code is right.
    """
    with transaction.atomic():
        row = _locked(user)
        if row.confirmed_at is None:
            raise NothingSetUp
        right = _accept(row, code, at, recovery=True)
        kind = "user.second_factor_given" if right else "user.second_factor_failed"
        # The failure is kept, and so the refusal comes after the commit.
        record(kind=kind, subject=("user", user.pk), at=at, actor=actor)
    if not right:
        raise WrongCode(field="code")


@transaction.atomic
def remove_second_factor(*, user: User, at: dt.datetime, actor: Actor) -> bool:
    """The phone is lost: an administrator takes the factor away, and the person sets up another one.

    Returns whether there was one.

    Raises:
        OwnAccount: one's own would be gone without the codes that prove it.
    """
    if user.pk == actor.id:
        raise OwnAccount(field="second_factor")
    gone, _rows = SecondFactor.objects.filter(user=user).delete()
    if gone:
        record(kind="user.second_factor_removed", subject=("user", user.pk), at=at, actor=actor)
    return bool(gone)


def reseal_second_factors(*, after: int, limit: int) -> resealing.Batch | None:
    """The next secrets under the present key."""
    rows = SecondFactor.objects.all()
    return resealing.reseal(rows, sealed=("secret_sealed",), after=after, limit=limit)


def _locked(user: User) -> SecondFactor:
    row = SecondFactor.objects.select_for_update().filter(user=user).first()
    if row is None:
        raise NothingSetUp
    return row


def _accept(row: SecondFactor, code: str, at: dt.datetime, *, recovery: bool) -> bool:
    """Whether the code is right; counts what is wrong on the locked row."""
    if row.locked_until is not None and at < row.locked_until:
        raise CodesLocked(field="code")
    right = _is_next(row, code, at) or (recovery and _use_up(row, code))
    row.failures = 0 if right else row.failures + 1
    row.locked_until = at + LOCKED_FOR if row.failures >= FAILURES else None
    if row.locked_until is not None:
        row.failures = 0
    row.save(update_fields=["failures", "locked_until", "last_step"])
    return right


def _is_next(row: SecondFactor, code: str, at: dt.datetime) -> bool:
    """A code of these minutes that is later than the last one that opened."""
    text = re.sub(r"\s", "", code)
    if not re.fullmatch(r"[0-9]{6}", text):
        return False
    totp = TOTP(base64.b32decode(people.unseal(row.secret_sealed)))
    totp.time = at.timestamp()
    if not totp.verify(int(text), tolerance=TOLERANCE, min_t=row.last_step + 1):
        return False
    row.last_step = totp.t()
    return True


def _new_code() -> str:
    text = base64.b32encode(secrets.token_bytes(10)).decode().lower()
    return "-".join(text[place : place + 4] for place in range(0, 16, 4))


def _digest(code: str) -> str:
    return hashlib.sha256(re.sub(r"[\s-]", "", code).lower().encode()).hexdigest()


def _use_up(row: SecondFactor, code: str) -> bool:
    return RecoveryCode.objects.filter(factor=row, digest=_digest(code)).delete()[0] == 1
