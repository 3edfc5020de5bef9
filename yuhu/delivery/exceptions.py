"""What delivery refuses, with a sentence for the person."""

from django.utils.translation import gettext_lazy as _

from yuhu.kit.exceptions import Conflict, NotFound


class NoSuchNotice(NotFound):
    """No such row, or it is somebody else's."""

    message = _("This notice does not exist, or it was sent to somebody else. Go back to your notices.")


class NotDead(Conflict):
    """Only what was given up can be sent again: the rest was sent, or is being tried."""

    code = "not_dead"
    message = _(
        "This notice was sent already or is still being tried. Only one that was given up can be sent again."
    )
