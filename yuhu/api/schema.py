"""The API's description (OpenAPI 3.1): generated from the doors, with what they all share added by one hook.

Served in the reader's language; the file in ``docs/`` is always written in English, so that it does not change with
the translations. Leaves to others: what each door says about itself.
"""

from typing import Any

from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from drf_spectacular.authentication import SessionScheme
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.openapi import AutoSchema

from staffing.posts import SCOPE_LABELS
from yuhu.api.middleware import HEADER as REQUEST_ID
from yuhu.api.permissions import scope_of

PROBLEM = "Problem"
KEY_PATTERN = "^[!-~]{1,128}$"

ERRORS: dict[str, Promise] = {
    "400": _("Something in the request is not valid; `attr` names what."),
    "401": _("Not logged in, or no longer; or the token is not known, or has ended."),
    "403": _("Not allowed, or the token lacks the scope; `detail` gives the reason."),
    "404": _("There is no such thing, or it is not visible for you."),
    "409": _("The state does not allow this now."),
    "412": _("Somebody changed it in the meantime (`If-Match`)."),
    "413": _("The request or the file is too large."),
    "415": _("The body is not of a type that is read here."),
    "422": _("The Idempotency-Key was used for another body."),
    "429": _("Too many requests; `Retry-After` says when to go on."),
    "503": _("The system is busy or being repaired; `Retry-After` says when to try again."),
}
_ALWAYS = frozenset({"401", "403", "429", "503"})
_WRITES = frozenset({"400", "409", "413", "415", "422"})


class Schema(AutoSchema):
    """Tags by resource; the rest is drf-spectacular's."""

    def get_tags(self) -> list[str]:
        """The first word behind the version: ``cases``, ``blocks``."""
        return [self.path.removeprefix("/api/v1/").split("/")[0].split(".")[0]]


class Generator(SchemaGenerator):
    """Writes the file in English, whatever language the machine speaks."""

    def get_schema(self, request: Any = None, public: bool = False) -> Any:
        language = translation.get_language() if request is not None else "en"
        with translation.override(language):
            return super().get_schema(request, public)  # type: ignore[no-untyped-call]


class SessionLogin(SessionScheme):  # type: ignore[no-untyped-call] # registers itself by being defined
    """How our log-in is told."""

    target_class = "yuhu.api.authentication.SessionAuthentication"
    name = "session"


class TokenLogin(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call] # as above
    """How partner systems come in, and by which scope at each door."""

    target_class = "yuhu.api.authentication.BearerAuthentication"
    name = "oauth2"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, Any]:
        scopes = {scope.value: str(label) for scope, label in SCOPE_LABELS.items()}
        return {
            "type": "oauth2",
            "description": str(_TOKEN_HELP),
            "flows": {"clientCredentials": {"tokenUrl": "/oauth/token/", "scopes": scopes}},
        }

    def get_security_requirement(self, auto_schema: AutoSchema) -> dict[str, list[str]]:
        scope = scope_of(auto_schema.view, auto_schema.method)
        return {str(self.name): [scope] if scope else []}


_TOKEN_HELP = _("For partner systems: a token for an hour, sent as `Authorization: Bearer …`.")


def share(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """Post-processing hook: errors, ``Idempotency-Key``, ``If-Match``, ``ETag`` and ``X-Request-ID`` everywhere."""
    components = result["components"]
    _forget_widths(components)
    components.setdefault("schemas", {})[PROBLEM] = _problem()
    components["responses"] = {f"{PROBLEM}{status}": _error(text) for status, text in ERRORS.items()}
    for path, operations in result["paths"].items():
        for method, operation in operations.items():
            _complete(operation, path=path, writes=method == "post")
    return result


def _forget_widths(part: Any) -> None:
    """How wide a column of integers is depends on the database's engine and is nobody's business."""
    if isinstance(part, dict):
        if part.get("maximum") in _WIDTHS:
            for name in ("maximum", "format"):
                part.pop(name, None)
        for one in part.values():
            _forget_widths(one)
    elif isinstance(part, list):
        for one in part:
            _forget_widths(one)


_WIDTHS = frozenset({2**15 - 1, 2**31 - 1, 2**63 - 1})


def _complete(operation: dict[str, Any], *, path: str, writes: bool) -> None:
    for response in operation["responses"].values():
        response["headers"] = {REQUEST_ID: _TEXT_HEADER} | (
            {"ETag": _TEXT_HEADER} if _is_case(response) else {}
        )
    parameters = operation.setdefault("parameters", [])
    statuses = set(_ALWAYS)
    if parameters or writes:
        statuses.add("400")
    if "{" in path or path.endswith(("/locate/", "/figures/")):
        statuses.add("404")
    if writes:
        statuses |= _WRITES
        parameters.append(_header("Idempotency-Key", {"type": "string", "pattern": KEY_PATTERN}, _KEY_HELP))
    if "/moves/" in path:
        statuses.add("412")
        parameters.append(_header("If-Match", {"type": "string"}, _MATCH_HELP))
    for status in sorted(statuses):
        operation["responses"][status] = {"$ref": f"#/components/responses/{PROBLEM}{status}"}
    if not parameters:
        del operation["parameters"]


def _is_case(response: dict[str, Any]) -> bool:
    schema = response.get("content", {}).get("application/json", {}).get("schema", {})
    return bool(schema.get("$ref") == "#/components/schemas/Case")


_TEXT_HEADER = {"schema": {"type": "string"}}
_KEY_HELP = _(
    "Repeating the request with the same key and body gives the first answer and does nothing; kept 7 days."
)
_MATCH_HELP = _("The `ETag` of the case that you saw: the move is refused (412) when it has changed since.")


def _header(name: str, schema: dict[str, Any], text: Promise) -> dict[str, Any]:
    return {"name": name, "in": "header", "required": False, "schema": schema, "description": str(text)}


def _error(text: Promise) -> dict[str, Any]:
    content = {"application/json": {"schema": {"$ref": f"#/components/schemas/{PROBLEM}"}}}
    return {"description": str(text), "headers": {REQUEST_ID: _TEXT_HEADER}, "content": content}


def _problem() -> dict[str, Any]:
    error = {
        "type": "object",
        "required": ["code", "detail", "attr"],
        "properties": {
            "code": {"type": "string"},
            "detail": {"type": "string"},
            "attr": {"type": ["string", "null"]},
        },
    }
    kinds = ["validation_error", "client_error", "server_error"]
    return {
        "type": "object",
        "required": ["type", "errors"],
        "properties": {
            "type": {"type": "string", "enum": kinds},
            "errors": {"type": "array", "items": error, "minItems": 1},
        },
    }
