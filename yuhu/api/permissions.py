"""Who may come in at all: people with a post, and systems whose token carries the door's scope.

What they may do there is decided by the policies of each app.
"""

from typing import TYPE_CHECKING, cast

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from yuhu.kit.exceptions import Forbidden

if TYPE_CHECKING:  # rest_framework.views reads the setting that names this module while it is being imported
    from rest_framework.views import APIView

    from staffing.models import PartnerClient


class HoldsPost(BasePermission):
    """Logged in, and with a post of today; doors marked ``open_without_post`` show the others what concerns them."""

    message = _(
        "You hold no post today, so there is nothing here for you. Ask your unit to record your post."
    )
    code = "no_post"

    def has_permission(self, request: Request, view: "APIView") -> bool:
        if not request.user.is_authenticated:
            return False
        return getattr(view, "open_without_post", False) or bool(request.scope.has_post)  # type: ignore[attr-defined]


class HasScope(BasePermission):
    """A token opens a door only by the scope that the door names; one that names none is closed to systems.

    People come without a token: their posts decide.
    """

    def has_permission(self, request: Request, view: "APIView") -> bool:
        client = cast("PartnerClient | None", request.auth)
        wanted = scope_of(view, request.method or "")
        if client is None or wanted is None or (wanted and client.allows(wanted)):
            return True
        message = gettext("This token does not carry the scope that is needed here: %(scope)s.")
        raise Forbidden(message % {"scope": wanted or "-"}, code="insufficient_scope")


def scope_of(view: "APIView", method: str) -> str | None:
    """The scope that the method needs at this view: None for none at all, empty when no system may come in."""
    name = "read_scope" if method in SAFE_METHODS else "write_scope"
    scope: str | None = getattr(view, name, "")
    return scope
