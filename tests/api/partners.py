"""Partner systems of the tests: clients with the cast's district, their tokens, and how they speak to the API."""

import base64
from typing import Any

from django.test import Client

from staffing.actions import add_client
from staffing.models import PartnerClient
from staffing.posts import ApiScope
from tests.api.callers import Caller
from tests.world import AT
from yuhu.journal.actions import SYSTEM

SECRET = "correct-horse-battery-staple"
DISTRICT = "430302"
ALL = [scope.value for scope in ApiScope]


def a_client(client_id: str = "hotline-system", **facts: Any) -> PartnerClient:
    """A client of the whole district with every scope, unless ``facts`` say otherwise; its secret is ``SECRET``."""
    given = {"name": "热线平台", "area": DISTRICT, "scopes": ALL, **facts}
    return add_client(client_id=client_id, facts=given, secret=SECRET, at=AT, actor=SYSTEM)[0]


def ask_token(client_id: str, secret: str = SECRET, **form: str) -> Any:
    """What the token endpoint answers, with the secret in the header."""
    coded = base64.b64encode(f"{client_id}:{secret}".encode()).decode()
    body = {"grant_type": "client_credentials", **form}
    return Client().post("/oauth/token/", body, headers={"Authorization": f"Basic {coded}"})


def token_of(client: PartnerClient, *, scope: str = "") -> str:
    """A token of the client, for all its scopes or for those named."""
    answer = ask_token(client.client_id, **({"scope": scope} if scope else {}))
    assert answer.status_code == 200, answer.content
    return str(answer.json()["access_token"])


class Partner(Caller):
    """Somebody with a token in the header and no session."""

    def __init__(self, token: str) -> None:
        super().__init__(check_csrf=True)
        self.client = Client(enforce_csrf_checks=True, headers={"Authorization": f"Bearer {token}"})


def partner(client_id: str = "hotline-system", *, scope: str = "", **facts: Any) -> Partner:
    """A new client that speaks to the API."""
    return Partner(token_of(a_client(client_id, **facts), scope=scope))
