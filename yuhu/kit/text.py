"""Text that people type: cleaned and bounded at the door, folded for search."""

import hashlib
import re
import unicodedata

from django.utils.translation import gettext as _

from yuhu.kit.exceptions import Invalid

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_RUN = re.compile(r"\w+")


def has_control(value: str) -> bool:
    """Whether ``value`` holds NUL, other control characters or lone surrogates (tab and line feed are fine)."""
    # What is printable holds none, and that is much faster to ask.
    return not value.isprintable() and bool(_CONTROL.search(value))


def clean_text(value: object, *, field: str, min_length: int = 1, max_length: int = 10_000) -> str:
    """Return ``value`` in NFC without outer blanks; refuse control characters and wrong lengths.

    Raises:
        Invalid: not text, with control characters, too short or too long (in characters).
    """
    if not isinstance(value, str):
        raise Invalid(_("Please enter text here."), code="not_text", field=field)
    text = unicodedata.normalize("NFC", value.replace("\r\n", "\n").replace("\r", "\n")).strip()
    if has_control(text):
        raise Invalid(
            _("The text contains characters that cannot be stored. Please remove them."),
            code="control_characters",
            field=field,
        )
    if len(text) < min_length:
        raise Invalid(_("Please fill in this field."), code="required", field=field)
    if len(text) > max_length:
        message = _("The text has %(length)d characters; at most %(limit)d are possible. Please shorten it.")
        raise Invalid(message % {"length": len(text), "limit": max_length}, code="max_length", field=field)
    return text


def folded(value: str) -> str:
    """``value`` as the search reads it: NFKC, casefolded, its runs of letters and digits with one blank between.

    The one folding on every engine: what is stored and what is looked for both pass here.
    """
    return " ".join(_RUN.findall(unicodedata.normalize("NFKC", value).casefold()))


def edition(*values: object) -> str:
    """A short mark of what texts and numbers say now: who decides about them sends it back (``refuse_unread``)."""
    said = "\x1f".join(str(value) for value in values)
    return hashlib.sha256(said.encode()).hexdigest()[:16]
