"""What the catalogue refuses, with the sentence that tells the person what to do next."""

from django.utils.translation import gettext_lazy as _

from yuhu.kit.exceptions import Conflict, Invalid


class UnfitContent(Invalid):
    """A field of a version that cannot be published like this; ``field`` names it."""

    code = "unfit_content"


class InThePast(Invalid):
    """What was offered yesterday is history."""

    code = "in_the_past"
    message = _("A new version cannot take effect in the past. Choose today or a later day.")


class WrongOrder(Conflict):
    """Versions take effect one after the other, one a day."""

    code = "wrong_order"
    message = _("A newer version already takes effect on or after this date. Choose a later date.")
