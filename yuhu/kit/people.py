"""Names and phone numbers: masked for display, sealed for storage, and an index that finds the same phone.

Ciphers stand behind ``seal`` and ``unseal`` so that a national cipher can take their place (GB/T 39786).
Keys come from settings: ``PERSON_KEYS`` (first one seals, all unseal), ``PERSON_INDEX_KEY``, and during a change of
keys ``PERSON_INDEX_OLD_KEYS``. ``key_mark`` says with which keys a row was written, so that rows of older keys are a
query.
"""

import base64
import hashlib
import hmac
import re
from functools import cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.utils.translation import gettext as _

from yuhu.kit.exceptions import Invalid

_MOBILE = re.compile(r"1[3-9]\d{9}")
_LANDLINE = re.compile(r"(0\d{2,3})-?(\d{7,8})(?:-\d{1,6})?")
_FULL_WIDTH = str.maketrans("０１２３４５６７８９－（）　", "0123456789-() ")


def mask_name(name: str) -> str:
    """张三 → 张*, 欧阳修文 → 欧***: the first character stays."""
    return name[:1] + "*" * (len(name) - 1) if len(name) > 1 else name and "*"


def mask_phone(phone: str) -> str:
    """13800005678 → 138****5678; a landline keeps its last four digits."""
    digits = re.sub(r"\D", "", phone)
    if len(digits) == 11 and digits.startswith("1"):
        return f"{digits[:3]}****{digits[-4:]}"
    return "****" + digits[-4:] if digits else ""


def normalise_phone(value: object, *, field: str = "phone") -> str:
    """Digits of a mobile (11) or area code and number of a landline; +86, blanks and full-width digits are fine.

    Raises:
        Invalid: no Chinese mobile or landline number.
    """
    if not isinstance(value, str):
        raise Invalid(_("Please enter a phone number as text."), code="not_text", field=field)
    text = re.sub(r"[\s()]", "", value.translate(_FULL_WIDTH))
    text = re.sub(r"^(\+?86|0086)-?(?=1[3-9]|0\d)", "", text)
    compact = text.replace("-", "")
    if _MOBILE.fullmatch(compact):
        return compact
    if match := _LANDLINE.fullmatch(text):
        return f"{match[1]}-{match[2]}"
    message = _("This is not a phone number: please enter 11 digits, or a landline with its area code.")
    raise Invalid(message, code="invalid_phone", field=field)


@cache
def _cipher(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(_fernet_key(key)) for key in keys])


def _fernet_key(key: str) -> bytes:
    return base64.urlsafe_b64encode(hashlib.sha256(key.encode()).digest())


def seal(text: str) -> bytes:
    """Encrypt personal data for storage."""
    return _cipher(tuple(settings.PERSON_KEYS)).encrypt(text.encode())


def unseal(sealed: bytes | memoryview) -> str:
    """Decrypt what ``seal`` made, with any of the keys."""
    return _cipher(tuple(settings.PERSON_KEYS)).decrypt(bytes(sealed)).decode()


def seal_again(sealed: bytes | memoryview | None) -> bytes | None:
    """The same text under the first key.

    Raises:
        InvalidToken: no key opens it.
    """
    return None if sealed is None else _cipher(tuple(settings.PERSON_KEYS)).rotate(bytes(sealed))


def can_unseal(sealed: bytes | memoryview | None) -> bool:
    """Whether one of the keys opens it; nothing sealed is no trouble."""
    try:
        return sealed is None or unseal(sealed) is not None
    except InvalidToken:
        return False


def blind_index(phone: str) -> str:
    """HMAC of the normalised phone: equal phones, equal index; the phone cannot be read from it."""
    return _index(settings.PERSON_INDEX_KEY, phone)


def blind_indexes(phone: str) -> list[str]:
    """What to look for while rows of an older index key are still being written anew: the present index first."""
    return [_index(key, phone) for key in (settings.PERSON_INDEX_KEY, *settings.PERSON_INDEX_OLD_KEYS)]


def _index(key: str, phone: str) -> str:
    return hmac.new(key.encode(), phone.encode(), hashlib.sha256).hexdigest()


def key_mark() -> str:
    """Stands on every row for the keys that it was sealed and indexed with; tells nothing about them."""
    return _mark(settings.PERSON_KEYS[0], settings.PERSON_INDEX_KEY)


@cache
def _mark(key: str, index_key: str) -> str:
    # Keys are drawn at random (kit.env), so that a digest of them cannot be guessed back.
    return hashlib.sha256(f"person keys\n{key}\n{index_key}".encode()).hexdigest()[:16]
