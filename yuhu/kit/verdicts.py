"""The answer of a policy: yes, or no with the reason that the person is told.

One verdict serves the button's tooltip, the answer 403 and the log, so that they cannot disagree.
"""

from dataclasses import dataclass
from typing import Literal

from django.utils.functional import Promise


@dataclass(frozen=True)
class Allowed:
    """Yes. Truthy."""

    reason: str = ""
    code: str = "allowed"

    def __bool__(self) -> Literal[True]:
        return True


@dataclass(frozen=True)
class Denied:
    """No, with the sentence for the person and a code for machines. Falsy."""

    reason: str | Promise
    code: str = "denied"

    def __bool__(self) -> Literal[False]:
        return False


Verdict = Allowed | Denied
