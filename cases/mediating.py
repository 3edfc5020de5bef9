"""The kinds of mediation and how one stands (pure). Leaves to others: law and limits (cases.actions.mediation)."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Kind(TextChoices):
    """Who mediates (三调联动)."""

    PEOPLE = "people", _("People's mediation")
    ADMINISTRATIVE = "administrative", _("Administrative mediation")
    JUDICIAL = "judicial", _("Judicial mediation")


class State(TextChoices):
    """A round runs, or has ended in one of four ways."""

    OPEN = "open", _("Being mediated")
    AGREED = "agreed", _("Agreement reached")
    FAILED = "failed", _("No agreement")
    REFUSED = "refused", _("A party refused")
    REFERRED = "referred", _("Referred")
