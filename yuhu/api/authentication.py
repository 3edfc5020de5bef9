"""Who is asking: people by the session of their browser, partner systems by a bearer token in the header.

Leaves to others: log-in and lock-out (the pages), giving tokens out (tokens.py), what the caller may do (permissions
and policies).
"""

import hashlib
from typing import Any, cast

import structlog
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from oauth2_provider.models import get_access_token_model
from rest_framework import authentication, exceptions
from rest_framework.authentication import CSRFCheck
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request

from staffing.models import PartnerClient, User
from yuhu.kit import clock
from yuhu.kit.compiled import Compiled

# What ``WWW-Authenticate`` offers. Never "Basic": a browser would ask for a password by itself.
REALM = 'Bearer realm="api"'
CHALLENGE = f'{REALM}, Session realm="/login/"'
LONGEST_TOKEN = 255


class BearerAuthentication(authentication.BaseAuthentication):
    """``Authorization: Bearer …``, and nowhere else: an address with a token in it would stand in logs.

    One query brings token, client and account, so a revoked token and a closed client are known at the next request.
    """

    def authenticate(self, request: Request) -> tuple[User, PartnerClient] | None:
        """The client's account and the client, narrowed to what the token carries; None: no token was sent.

        Raises:
            AuthenticationFailed: 401, whatever is wrong with the token.
        """
        kind, _blank, token = str(request.META.get("HTTP_AUTHORIZATION", "")).partition(" ")
        if kind.lower() != "bearer":
            return None
        client = _client_of(token.strip())
        if client is None:
            message = _("This token is not known, or no longer valid. Please get a new one at /oauth/token/.")
            raise exceptions.AuthenticationFailed(message, code="invalid_token")
        structlog.contextvars.bind_contextvars(client=client.client_id)
        return client.user, client

    def authenticate_header(self, request: Request) -> str:
        """The challenge for both ways in; for a bad token the one of RFC 6750."""
        sent = "HTTP_AUTHORIZATION" in request.META
        return f'{REALM}, error="invalid_token"' if sent else CHALLENGE


def _client_of(token: str) -> PartnerClient | None:
    """Whose token it is, with ``scopes`` narrowed to those that the token was given."""
    if not token.isascii() or not 0 < len(token) <= LONGEST_TOKEN:
        return None
    found = _TOKEN.objects(digest=hashlib.sha256(token.encode()).hexdigest())
    row = found[0] if found else None
    if row is None or row.application is None or row.expires <= clock.now():
        return None
    client: PartnerClient = row.application
    if not client.in_force(clock.today()):
        return None
    given = set(str(row.scope).split())
    client.scopes = [scope for scope in client.scopes if scope in given]
    return client


def _token(digest: str) -> "QuerySet[Any, Any]":
    rows = get_access_token_model().objects.select_related("application__user")
    return cast(
        "QuerySet[Any, Any]", rows.filter(token_checksum=digest).only("scope", "expires", "application")
    )


# Asked by every request of a system.
_TOKEN = Compiled(_token, digest=str)


class SessionAuthentication(authentication.SessionAuthentication):
    """The browser's session, with CSRF. Without one the answer is 401 and says how, not 403."""

    def authenticate_header(self, request: Request) -> str:
        """As the first way in says it."""
        return CHALLENGE

    def enforce_csrf(self, request: Any) -> None:
        """Refuse a write without the form's token: 403.

        Django looks for the token in a form first and consumes the body for it. So what no parser of the view
        reads is refused before, else it would look like an empty body. (A question has no body, though servers may
        name a type for it.)
        """
        writes = request.method not in SAFE_METHODS
        if writes and request.content_type and not request.negotiator.select_parser(request, request.parsers):
            raise exceptions.UnsupportedMediaType(request.content_type)
        check = CSRFCheck(lambda _request: None)  # type: ignore[arg-type] # never called
        check.process_request(request)
        if check.process_view(request, None, (), {}):  # type: ignore[arg-type] # the view is not looked at
            message = _(
                "The security token of the page is missing or too old. Reload the page and send it again."
            )
            raise exceptions.PermissionDenied(message, code="csrf_failed")
