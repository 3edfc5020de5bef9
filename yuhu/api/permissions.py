"""Who may come in at all: people with a post. What they may do there is decided by the policies of each app."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

if TYPE_CHECKING:  # rest_framework.views reads the setting that names this module while it is being imported
    from rest_framework.views import APIView


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
