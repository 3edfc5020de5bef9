"""Gives every request a name, ``X-Request-ID``: logged with each line (django-structlog) and echoed in the answer.

A caller may bring its own; one that is not a short plain word is replaced, since it is written to logs.
"""

import re
import uuid
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

HEADER, KEY = "X-Request-ID", "HTTP_X_REQUEST_ID"
SANE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,63}")


class RequestIdMiddleware:
    """Stands before everything else, so that every answer bears the name."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.META.get(KEY, "")
        name = given if SANE.fullmatch(given) else str(uuid.uuid4())
        request.META[KEY] = name
        response = self.get_response(request)
        response[HEADER] = name
        return response
