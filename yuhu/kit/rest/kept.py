"""Serializers that a thread makes once: the framework copies every field of a class for each request that uses it.

Leaves to others: what the fields are (each app's ``api``).
"""

import threading
from typing import Any

from rest_framework.exceptions import ValidationError
from rest_framework.serializers import Serializer

_own = threading.local()


def read(kind: type[Serializer[Any]], data: Any) -> dict[str, Any]:
    """The checked values of a body.

    Raises:
        ValidationError: as ``is_valid`` of a new serializer raises it.
    """
    try:
        values: dict[str, Any] = _of(kind).run_validation(data)
    except ValidationError:
        given = kind(data=data)
        given.is_valid(raise_exception=True)
        raise
    return values


def show(kind: type[Serializer[Any]], row: Any, context: dict[str, Any]) -> dict[str, Any]:
    """The row as ``data`` of a new serializer would have it."""
    serializer = _of(kind)
    serializer._context = context
    try:
        shown: dict[str, Any] = serializer.to_representation(row)
    finally:
        serializer._context = {}
    return shown


def _of(kind: type[Serializer[Any]]) -> Serializer[Any]:
    made: dict[type[Serializer[Any]], Serializer[Any]] = _own.__dict__.setdefault("made", {})
    if kind not in made:
        made[kind] = kind()
    return made[kind]
