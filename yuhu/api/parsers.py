"""Reads request bodies: JSON as RFC 8259 has it, and nothing that merely looks like it.

Bodies are bounded by ``DATA_UPLOAD_MAX_MEMORY_SIZE`` (413 above). Leaves to others: what the values mean (serializers).
"""

import json
from collections.abc import Mapping
from typing import IO, Any, NoReturn

from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import ParseError, UnsupportedMediaType
from rest_framework.parsers import JSONParser

from yuhu.kit.text import has_control

LONGEST_NAME = 200


class StrictJSONParser(JSONParser):
    """UTF-8 only; no NaN and no Infinity, no name twice in one object, no unprintable names, no endless nesting."""

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        charset = str((parser_context or {}).get("encoding") or "utf-8").lower()
        if charset not in ("utf-8", "utf8"):
            raise UnsupportedMediaType(media_type or "", _("Please send the text in UTF-8."))
        try:
            return json.loads(
                stream.read().decode("utf-8"), object_pairs_hook=_object, parse_constant=_no_constant
            )
        except ValueError:
            # Also numbers of thousands of digits, and bytes that are no UTF-8.
            raise ParseError(_("The body is not valid JSON. Please check what you send.")) from None
        except RecursionError:
            raise ParseError(_("The body is nested too deeply."), code="too_deep") from None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for name, value in pairs:
        if name in made:
            raise ParseError(_("The body gives a name twice in one object."), code="duplicate_name")
        if len(name) > LONGEST_NAME or has_control(name):
            raise ParseError(_("The body holds a name that no field has."), code="unfit_name")
        made[name] = value
    return made


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")
