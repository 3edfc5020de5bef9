"""What the journal refuses.

A fork is a refusal that a person may meet; the other two are mistakes of the calling code and are never shown.
"""

from django.utils.translation import gettext_lazy as _

from yuhu.kit.exceptions import Conflict


class Forked(Conflict):
    """Somebody else recorded the next event of the same subject first: the caller had not locked it."""

    code = "journal_forked"
    message = _("Somebody else changed this at the same moment. Reload the page and try again.")


class OutsideTransaction(RuntimeError):
    """An event was recorded without a transaction: a crash could keep the change and lose its record."""


class UnfitRecord(ValueError):
    """The record holds what the journal must not keep: free text, odd types, naive times."""


class OtherKey(RuntimeError):
    """The feed ends under another key than the present one: ``manage.py rotate_keys`` writes the change down first."""


class LeaseLost(RuntimeError):
    """Another relay took over in the meantime; what this one did is rolled back."""
