"""One shape for every error: ``{"type", "errors": [{"code", "detail", "attr"}]}``, in the caller's language.

Turns what the apps raise (``kit.exceptions.Refusal``) and what can go wrong below them into answers. Never 500 on
bad input. Leaves to others: the sentences (where the refusals are defined).
"""

from typing import Any

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.db.models import ProtectedError, RestrictedError
from django.http import UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from drf_standardized_errors.formatter import ExceptionFormatter
from drf_standardized_errors.handler import ExceptionHandler
from drf_standardized_errors.types import Error, ErrorType, ExceptionHandlerContext
from rest_framework import exceptions
from rest_framework.response import Response

from yuhu.kit.away import is_away
from yuhu.kit.exceptions import Refusal

RETRY_SECONDS = 5
BUSY = _("The system is busy or being repaired. Nothing was changed; please try again in a moment.")


class Told(exceptions.APIException):
    """Any answer that is not one of the framework's own."""

    def __init__(
        self,
        status: int,
        code: str,
        detail: str | Promise,
        *,
        attr: str | None = None,
        wait: int | None = None,
    ) -> None:
        self.status_code = status
        self.attr = attr
        self.wait = wait
        super().__init__(str(detail), code)


def handle(exc: Exception, context: ExceptionHandlerContext) -> Response | None:
    """The ``EXCEPTION_HANDLER`` of the API."""
    return Handler(exc, context).run()


def problem(status: int, code: str, detail: str | Promise) -> dict[str, Any]:
    """The body of an error that no view raised."""
    kind = "server_error" if status >= 500 else "client_error"
    return {"type": kind, "errors": [{"code": code, "detail": str(detail), "attr": None}]}


class Handler(ExceptionHandler):
    """Knows our refusals, and what is the caller's or the machine's fault and not the program's."""

    def convert_known_exceptions(self, exc: Exception) -> Exception:
        if isinstance(exc, Refusal):
            return Told(exc.status, exc.code, exc.message, attr=exc.field, wait=exc.wait)
        if isinstance(exc, ProtectedError | RestrictedError):
            message = _("Something else still refers to this, so it cannot be removed.")
            return Told(409, "protected", message)
        if is_away(exc):
            return Told(503, "unavailable", BUSY, wait=RETRY_SECONDS)
        return _unreadable(exc) or super().convert_known_exceptions(exc)

    def format_exception(self, exc: exceptions.APIException) -> Any:
        return Formatter(exc, self.context, self.exc).run()


class Formatter(ExceptionFormatter):
    """Also names the field when a policy or an action refused."""

    def get_error_type(self) -> ErrorType:
        told = isinstance(self.exc, Told) and self.exc.status_code == 400
        return "validation_error" if told else super().get_error_type()

    def get_errors(self) -> list[Error]:
        errors = super().get_errors()
        if isinstance(self.exc, Told):
            return [Error(error.code, error.detail, self.exc.attr) for error in errors]
        return errors


def _unreadable(exc: Exception) -> Told | None:
    """Bodies that broke off, lie about themselves or are made to hurt."""
    if isinstance(exc, RequestDataTooBig):
        return Told(413, "too_large", _("The request is too large. Please send less at once."))
    if isinstance(exc, RecursionError):
        return Told(400, "too_deep", _("The body is nested too deeply."))
    if isinstance(exc, SuspiciousOperation | MultiPartParserError | UnreadablePostError):
        message = _("The request could not be read completely. Please send it again.")
        return Told(400, "unreadable", message)
    return None
