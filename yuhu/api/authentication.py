"""Who is asking: people by the session of their browser. Partner systems bring tokens (not here yet).

Leaves to others: log-in and lock-out (the pages), what the person may do (permissions and policies).
"""

from typing import Any

from django.utils.translation import gettext as _
from rest_framework import authentication, exceptions
from rest_framework.authentication import CSRFCheck
from rest_framework.request import Request


class SessionAuthentication(authentication.SessionAuthentication):
    """The browser's session, with CSRF. Without one the answer is 401 and says how, not 403."""

    def authenticate_header(self, request: Request) -> str:
        """What ``WWW-Authenticate`` says. Not "Basic": a browser would ask for a password by itself."""
        return 'Session realm="/login/"'

    def enforce_csrf(self, request: Any) -> None:
        """Refuse a write without the form's token: 403.

        Django looks for the token in a form first and consumes the body for it. So what no parser of the view
        reads is refused before, else it would look like an empty body.
        """
        if request.content_type and not request.negotiator.select_parser(request, request.parsers):
            raise exceptions.UnsupportedMediaType(request.content_type)
        check = CSRFCheck(lambda _request: None)  # type: ignore[arg-type] # never called
        check.process_request(request)
        if check.process_view(request, None, (), {}):  # type: ignore[arg-type] # the view is not looked at
            message = _(
                "The security token of the page is missing or too old. Reload the page and send it again."
            )
            raise exceptions.PermissionDenied(message, code="csrf_failed")
