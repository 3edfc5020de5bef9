"""What is answered when no view could: JSON in the API's shape below ``/api/``, the site's pages elsewhere.

Sessions are read before any view runs, so a database that is away shows here: 503 with ``Retry-After``, not 500.
Leaves to others: errors inside the API's views (errors.py) and what the pages say (templates).
"""

import sys
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.template.loader import render_to_string
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views import defaults

from yuhu.api.errors import BUSY, RETRY_SECONDS, problem
from yuhu.kit.away import is_away
from yuhu.kit.exceptions import NotFound

PREFIX = "/api/"


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    """400: a host, a header or a body that nobody sends by accident."""
    if request.path.startswith(PREFIX):
        return _problem(
            400, "unreadable", _("The request could not be read completely. Please send it again.")
        )
    return defaults.bad_request(request, exception)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    """404: an address that leads nowhere."""
    if request.path.startswith(PREFIX):
        return _problem(404, NotFound.code, NotFound.message)
    return defaults.page_not_found(request, exception)


def server_error(request: HttpRequest) -> HttpResponseBase:
    """500, or 503 when the machine could not: a database that is away, a disk that is full."""
    away = is_away(sys.exception())
    response = _broken(request, away=away)
    if away:
        response["Retry-After"] = str(RETRY_SECONDS)
    return response


def log_as_answered(exception: BaseException, log_kwargs: dict[str, Any], **_kwargs: Any) -> None:
    """The log's line of a request that failed bears the status that was answered, not always 500 (django-structlog)."""
    if is_away(exception):
        log_kwargs["code"] = 503


def _broken(request: HttpRequest, *, away: bool) -> HttpResponseBase:
    if request.path.startswith(PREFIX):
        fault = _("Something went wrong here and was recorded. Please try again; nothing was changed.")
        return _problem(503, "unavailable", BUSY) if away else _problem(500, "error", fault)
    return HttpResponse(render_to_string("503.html"), status=503) if away else defaults.server_error(request)


def _problem(status: int, code: str, detail: str | Promise) -> JsonResponse:
    return JsonResponse(
        problem(status, code, detail), status=status, json_dumps_params={"ensure_ascii": False}
    )
