"""``Idempotency-Key``: wraps the POST of every mounted view, so that no resource can forget it.

Same caller, address, key and body: the kept 2xx answer, also when both requests run at the same time. Same key and
another body: 422. Leaves to others: keeping and serialising (actions.py).
"""

import functools
import hashlib
import json
import re
from collections.abc import Callable, Iterable
from typing import Any, cast

from django.http import QueryDict
from django.urls import URLPattern
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from yuhu.api.actions import Answer, run_once
from yuhu.api.exceptions import UnfitKey
from yuhu.kit import clock

HEADER = "Idempotency-Key"
REPLAYED = "Idempotency-Replayed"
KEY = re.compile(r"[\x21-\x7e]{1,128}")
KEPT_HEADERS = ("ETag", "Location")


def mounted(patterns: Iterable[URLPattern]) -> list[URLPattern]:
    """The same addresses, with every view that writes made safe to repeat."""
    return [_mounted(pattern) for pattern in patterns]


def _mounted(pattern: URLPattern) -> URLPattern:
    view_class: type[APIView] = pattern.callback.cls  # type: ignore[attr-defined] # set by as_view
    if not hasattr(view_class, "post"):
        return pattern
    callback = once(view_class).as_view()
    return URLPattern(pattern.pattern, callback, pattern.default_args, pattern.name)


def once(view_class: type[APIView]) -> type[APIView]:
    """The view with a POST that is done once per key. It runs behind authentication and permissions."""
    original: Callable[..., Response] = view_class.post  # type: ignore[attr-defined]

    @functools.wraps(original)
    def post(self: APIView, request: Request, *args: Any, **kwargs: Any) -> Response:
        key = request.headers.get(HEADER)
        if key is None:
            return original(self, request, *args, **kwargs)
        return _answer_once(request, key, lambda: original(self, request, *args, **kwargs))

    members = {"post": post, "__module__": view_class.__module__, "__doc__": view_class.__doc__}
    return cast("type[APIView]", type(view_class.__name__, (view_class,), members))


def _answer_once(request: Request, key: str, handler: Callable[[], Response]) -> Response:
    if not KEY.fullmatch(key):
        raise UnfitKey
    fresh: list[Response] = []

    def work() -> Answer:
        response = handler()
        fresh.append(response)
        body = JSONRenderer().render(response.data).decode()
        headers = {name: response[name] for name in KEPT_HEADERS if name in response}
        return Answer(response.status_code, body, headers)

    answer = run_once(
        owner=f"person:{request.user.pk}",
        path=request.path[:255],
        key=key,
        digest=body_digest(request),
        at=clock.now(),
        work=work,
    )
    if not answer.replayed:
        return fresh[0]
    body = json.loads(answer.body) if answer.body else None
    return Response(body, status=answer.status, headers={**answer.headers, REPLAYED: "true"})


def body_digest(request: Request) -> str:
    """Stands for the content, not for its bytes: order and blanks of JSON, and the boundary of a form, do not count."""
    data = request.data
    if not isinstance(data, QueryDict):
        text = json.dumps(data, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(b"json:" + text.encode()).hexdigest()
    digest = hashlib.sha256(b"form:")
    fields = {name: values for name, values in data.lists() if name not in request.FILES}
    digest.update(json.dumps(fields, sort_keys=True).encode())
    for name, files in sorted(request.FILES.lists()):
        for file in files:
            content = hashlib.sha256()
            for chunk in file.chunks():
                content.update(chunk)
            file.seek(0)
            digest.update(json.dumps([name, content.hexdigest()]).encode())
    return digest.hexdigest()
