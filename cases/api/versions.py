"""ETags: the case's version for ``If-Match``, and the answer itself for ``If-None-Match``.

One case reads differently for two people and at two moments (``moves``, ``overdue``), so the tag is the version and a
digest of the answer. Compression marks tags as weak on their way out; both forms are understood on their way in.
"""

import hashlib
from typing import Any

from django.utils.http import parse_etags
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request

from cases.models import Case


def etag_of(case: Case, data: Any) -> str:
    """The tag of an answer about the case: ``"430302-20261122-000001-7.1f0c…"``."""
    digest = hashlib.sha256(JSONRenderer().render(data)).hexdigest()
    return f'{case.etag[:-1]}.{digest[:16]}"'


def is_known(request: Request, etag: str) -> bool:
    """Whether the caller has exactly this answer (``If-None-Match``)."""
    tags = _tags(request, "If-None-Match")
    return "*" in tags or etag in tags


def wanted_version(request: Request, case: Case) -> str | None:
    """What ``If-Match`` asks of the case, as ``cases.actions.move`` takes it; None when nothing is asked."""
    if "If-Match" not in request.headers:
        return None
    tags = [
        tag if tag == "*" else f'{tag.split(".")[0].rstrip(chr(34))}"' for tag in _tags(request, "If-Match")
    ]
    if case.etag in tags:
        return case.etag
    # No tag at all can be read: it matches nothing, and must not pass for "nothing is asked".
    return tags[0] if tags else '""'


def _tags(request: Request, header: str) -> list[str]:
    return [tag.removeprefix("W/") for tag in parse_etags(request.headers.get(header, ""))]
