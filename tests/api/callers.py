"""How the tests speak to the API: a logged-in person, JSON in, JSON out, errors as (code, attr) pairs."""

import json
from collections.abc import Callable
from typing import Any

from django.test import Client

from staffing.models import User

V1 = "/api/v1/"
# Somebody of the cast, by name.
As = Callable[[str], "Caller"]


class Caller:
    """Somebody with a browser session; without a person: nobody is logged in."""

    def __init__(self, user: User | None = None, *, check_csrf: bool = False) -> None:
        self.client = Client(enforce_csrf_checks=check_csrf)
        if user is not None:
            self.client.force_login(user)

    def get(self, path: str, /, headers: dict[str, str] | None = None, **params: Any) -> Any:
        return self.client.get(_address(path), params, headers=headers)

    def post(self, path: str, body: Any = None, headers: dict[str, str] | None = None) -> Any:
        text = body if isinstance(body, str | bytes) else json.dumps({} if body is None else body)
        return self.client.post(_address(path), text, content_type="application/json", headers=headers)

    def upload(self, path: str, /, headers: dict[str, str] | None = None, **fields: Any) -> Any:
        return self.client.post(_address(path), fields, headers=headers)

    def results(self, path: str, /, **params: Any) -> list[Any]:
        """All rows of a list, over all its pages."""
        answer = self.get(path, **params)
        assert answer.status_code == 200, answer.content
        rows = answer.json()["results"]
        while link := answer.json()["next"]:
            answer = self.client.get(link)
            assert answer.status_code == 200, answer.content
            rows += answer.json()["results"]
        return list(rows)


def _address(path: str) -> str:
    return path if path.startswith(("/", "http")) else V1 + path


def errors(answer: Any) -> list[tuple[str, str | None]]:
    """Code and field of every error; the shape is checked on the way."""
    body = answer.json()
    assert set(body) == {"type", "errors"}
    assert body["type"] in {"validation_error", "client_error", "server_error"}
    for error in body["errors"]:
        assert set(error) == {"code", "detail", "attr"}
        assert error["detail"]
    return [(error["code"], error["attr"]) for error in body["errors"]]
