"""``POST /oauth/token/`` and ``/oauth/revoke/``: partner systems get and give back tokens (RFC 6749 4.4, RFC 7009).

Only the client-credentials grant exists: oauthlib's server for it, with our clients, our clock and our throttle.
Errors have OAuth's own shape (RFC 6749 5.2). Leaves to others: clients (staffing), reading tokens (authentication.py).
"""

import base64
import binascii
import logging
from collections.abc import Mapping
from functools import cache
from typing import Any
from urllib.parse import unquote_plus

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters
from oauth2_provider.oauth2_backends import OAuthLibCore, get_oauthlib_core
from oauth2_provider.scopes import BaseScopes

from staffing.actions import refuse_token
from staffing.middleware import address_of
from staffing.models import PartnerClient
from staffing.posts import SCOPE_LABELS, ApiScope
from yuhu.api import throttles
from yuhu.api.errors import RETRY_SECONDS
from yuhu.kit import clock
from yuhu.kit.text import has_control

logger = logging.getLogger(__name__)
NO_STORE = {"Cache-Control": "no-store", "Pragma": "no-cache"}
LONGEST = 255


class ClientScopes(BaseScopes):  # type: ignore[misc] # the toolkit ships no types
    """A client may ask for its own scopes, and gets all of them when it asks for none."""

    def get_all_scopes(self) -> dict[str, str]:
        return {scope.value: str(label) for scope, label in SCOPE_LABELS.items()}

    def get_available_scopes(
        self, application: PartnerClient | None = None, *args: Any, **kwargs: Any
    ) -> list[str]:
        return [scope.value for scope in ApiScope if application is not None and application.allows(scope)]

    def get_default_scopes(
        self, application: PartnerClient | None = None, *args: Any, **kwargs: Any
    ) -> list[str]:
        return self.get_available_scopes(application)


def client_of(client_id: Any) -> PartnerClient | None:
    if not isinstance(client_id, str) or not 0 < len(client_id) <= LONGEST or has_control(client_id):
        return None
    return PartnerClient.objects.select_related("user").filter(client_id=client_id).first()


def credentials(headers: Mapping[str, Any], form: Any) -> tuple[str, str]:
    """Name and secret as the caller gave them, in the header (Basic) or else in the form; empty when there are none."""
    kind, _blank, coded = str(headers.get("HTTP_AUTHORIZATION", "")).partition(" ")
    if kind.lower() == "basic":
        try:
            name, _colon, secret = base64.b64decode(coded.strip(), validate=True).decode().partition(":")
        except (binascii.Error, ValueError):
            return "", ""
        return unquote_plus(name), unquote_plus(secret)
    if kind:
        return "", ""
    return str(getattr(form, "client_id", "") or ""), str(getattr(form, "client_secret", "") or "")


@cache
def _core() -> OAuthLibCore:
    return get_oauthlib_core()


class _Form:
    """The form's fields as attributes, as oauthlib's request has them."""

    def __init__(self, request: HttpRequest) -> None:
        self.client_id = request.POST.get("client_id", "")
        self.client_secret = request.POST.get("client_secret", "")


@method_decorator(csrf_exempt, name="dispatch")  # no cookie is read here
@method_decorator(sensitive_post_parameters("client_secret", "token"), name="dispatch")
class TokenDoor(View):
    """What both doors share: the throttle, the log of refusals, and an answer whatever was sent."""

    http_method_names = ["post"]

    def answer(self, request: HttpRequest) -> HttpResponse:
        """What oauthlib says."""
        raise NotImplementedError

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            response = self._answer(request) if request.method == "POST" else self._no_such_method()
        except RequestDataTooBig:
            response = refusal(413, "invalid_request", "The request is too large.")
        except (SuspiciousOperation, MultiPartParserError, UnreadablePostError, ValueError):
            response = refusal(400, "invalid_request", "The request could not be read.")
        except (OperationalError, InterfaceError):
            logger.warning("token.unavailable", exc_info=True)
            response = refusal(503, "temporarily_unavailable", "Please try again.", wait=RETRY_SECONDS)
        return response

    def _answer(self, request: HttpRequest) -> HttpResponse:
        name, _secret = credentials(request.META, _Form(request))
        address = address_of(request)
        if not throttles.may_try(name, address):
            return refusal(429, "temporarily_unavailable", "Too many requests.", wait=throttles.wait())
        response = self.answer(request)
        if response.status_code == 401:
            response["WWW-Authenticate"] = 'Basic realm="oauth"'  # RFC 6749 5.2: the way in that is offered
            throttles.has_failed(name, address)
            client = client_of(name)
            if client is not None:
                refuse_token(client=client, at=clock.now(), address=address)
        return response

    def _no_such_method(self) -> HttpResponse:
        response = refusal(405, "invalid_request", "Please use POST.")
        response["Allow"] = "POST"
        return response


class Token(TokenDoor):
    """Gives a client a token for an hour."""

    def answer(self, request: HttpRequest) -> HttpResponse:
        _uri, _headers, body, status = _core().create_token_response(request)
        return _told(body, status)


class Revoke(TokenDoor):
    """Takes a client's own token back at once; an unknown one is as good as revoked (RFC 7009 2.2)."""

    def answer(self, request: HttpRequest) -> HttpResponse:
        _uri, _headers, body, status = _core().create_revocation_response(request)
        return _told(body or "{}", status)


def _told(body: str, status: int) -> HttpResponse:
    return HttpResponse(body, status=status, content_type="application/json", headers=NO_STORE)


def refusal(status: int, error: str, description: str, *, wait: int | None = None) -> JsonResponse:
    """OAuth's own shape: a code for programs, a sentence in ASCII."""
    response = JsonResponse(
        {"error": error, "error_description": description}, status=status, headers=NO_STORE
    )
    if wait is not None:
        response["Retry-After"] = str(wait)
    return response
