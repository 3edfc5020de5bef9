"""Refusals that the doors turn into answers: a code for machines and a sentence for the person.

Apps subclass these in their own ``exceptions.py``; the doors know only these.
"""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Refusal(Exception):
    """Something was asked that cannot be done. ``status`` is the HTTP status that says so.

    ``message`` tells the person what to do next; ``field`` names the input that is meant, if one is; ``wait`` says
    after how many seconds the same may succeed, if that is all that is needed.
    """

    status = 400
    wait: int | None = None
    code = "refused"
    message: str | Promise = _("This cannot be done. Please check what you entered.")

    def __init__(
        self, message: str | Promise | None = None, *, code: str | None = None, field: str | None = None
    ) -> None:
        self.message = message if message is not None else type(self).message
        self.code = code or type(self).code
        self.field = field
        super().__init__(self.message)

    def __str__(self) -> str:
        return str(self.message)


class Invalid(Refusal):
    """The input is not valid: 400."""

    status, code = 400, "invalid"


class Forbidden(Refusal):
    """A policy says no: 403."""

    status, code = 403, "permission_denied"
    message = _("You may not do this. Ask the duty officer of your street if you think you should.")


class NotFound(Refusal):
    """There is no such thing, or it is not visible for this person: 404."""

    status, code = 404, "not_found"
    message = _("Nothing was found here. Check the number or go back to the list.")


class Conflict(Refusal):
    """The state does not allow this now: 409."""

    status, code = 409, "conflict"


class Stale(Refusal):
    """Somebody else changed it in the meantime: 412."""

    status, code = 412, "stale"
    message = _("Somebody changed this in the meantime. Reload the page and decide again.")


class TooLarge(Refusal):
    """More than is accepted: 413."""

    status, code = 413, "too_large"


class FilesAway(Refusal):
    """Photos can be neither stored nor shown now, though everything else works: 503."""

    status, code, wait = 503, "files_unavailable", 5
    message = _(
        "Photos cannot be stored or shown at the moment. Nothing was changed; please try again in a few minutes, "
        "or send it without photos."
    )
