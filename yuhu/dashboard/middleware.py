"""Turns refusals that a page lets through into a page that says what to do next."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from yuhu.kit.exceptions import Refusal


class RefusalMiddleware:
    """Answers a ``Refusal`` with its status and its sentence; the API has its own handler before this one."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Django calls this for what a view raised."""
        if not isinstance(exception, Refusal):
            return None
        context = {"refusal": exception}
        response = render(request, "refusal.html", context, status=exception.status)
        if exception.wait is not None:
            response["Retry-After"] = str(exception.wait)
        return response
