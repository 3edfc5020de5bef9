"""How the toolkit's server checks a client that asks for a token.

A module of its own, which the settings name and the first such request loads: the toolkit's validator brings an HTTP
client and signed tokens (requests, jwcrypto), 5 MB that a process which serves people never needs. Leaves to others:
the doors (tokens.py), reading tokens (authentication.py).
"""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.contrib.auth.hashers import make_password
from django.views.decorators.debug import sensitive_variables
from oauth2_provider.oauth2_validators import OAuth2Validator

from staffing.models import PartnerClient
from yuhu.api.tokens import client_of, credentials
from yuhu.kit import clock


class Validator(OAuth2Validator):  # type: ignore[misc] # the toolkit ships no types
    """The toolkit's, with one way of finding a client, and ends told by our clock."""

    def _load_application(self, client_id: Any, request: Any) -> PartnerClient | None:
        """The client, if it is there and in force; found once per request."""
        if not isinstance(request.client, PartnerClient) or request.client.client_id != client_id:
            request.client = client_of(client_id)
        found: PartnerClient | None = request.client
        return found if found is not None and found.in_force(clock.today()) else None

    @sensitive_variables()
    def authenticate_client(self, request: Any, *args: Any, **kwargs: Any) -> bool:
        """By the header or by the body, not by both. A client that is not there costs as much time as one that is."""
        client_id, secret = credentials(request.headers, request)
        client = self._load_application(client_id, request)
        if client is None:
            make_password(secret)
            return False
        return bool(self._check_secret(secret, client.client_secret))

    def _create_access_token(self, expires: Any, request: Any, token: Mapping[str, Any], **more: Any) -> Any:
        ends_at = clock.now() + dt.timedelta(seconds=int(token["expires_in"]))
        return super()._create_access_token(ends_at, request, token, **more)
