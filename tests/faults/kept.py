"""What must hold of reports and photos after an embedded drill: asked inside the system, printed as JSON.

Leaves to others: the journal's chains (``verify_journal``), what was answered (the drill).
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterator

from django.db import connection
from django.db.models import Count
from django.db.models.fields.files import FieldFile
from PIL import Image

from cases.models import Attachment, Case
from yuhu.delivery.models import Delivery
from yuhu.journal.models import Entry, RelayLease
from yuhu.kit import clock


def main() -> None:
    """Print everything that the drill compares."""
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA integrity_check")
        integrity = [row[0] for row in cursor.fetchall()]
    photos = Counter(Attachment.objects.values_list("case__number", flat=True))
    found = {
        "reports": list(Case.objects.values_list("description", "number")),
        "photos": photos,
        "faults": [*_files(), *_steps(), *_leases()],
        "integrity": integrity,
    }
    print(json.dumps(found, ensure_ascii=False))  # noqa: T201 - the drill reads it


def _files() -> Iterator[str]:
    for row in Attachment.objects.select_related("case"):
        if hashlib.sha256(_content(row.file)).hexdigest() != row.sha256:
            yield f"the photo {row.pk} of {row.case.number} is not what was stored"
        with row.thumbnail.open("rb") as stored, Image.open(stored) as small:
            small.load()  # raises if it ends in the middle


def _content(stored: FieldFile) -> bytes:
    with stored.open("rb") as file:
        return bytes(file.read())


def _steps() -> Iterator[str]:
    """Nothing waits to be dispatched, and each automatic step was done once."""
    for number in Case.objects.awaiting_dispatch().values_list("number", flat=True):
        yield f"{number} was not dispatched"
    once = ["case.reported", "case.dispatched"]
    rows = Entry.objects.filter(kind__in=once).values("subject_id", "kind").annotate(count=Count("pk"))
    for row in rows.filter(count__gt=1):
        yield f"{row['subject_id']}: {row['kind']} {row['count']} times"
    levels = (
        Entry.objects.filter(kind="case.escalated").values("subject_id", "data").annotate(count=Count("pk"))
    )
    for level in levels.filter(count__gt=1):
        yield f"{level['subject_id']}: escalated {level['count']} times with {level['data']}"


def _leases() -> Iterator[str]:
    """Nothing is claimed longer than a lease lasts."""
    at = clock.now()
    for model, seconds in ((RelayLease, 30), (Delivery, 120)):
        for until in model.objects.filter(lease_until__gt=at).values_list("lease_until", flat=True):
            if until is not None and (until - at).total_seconds() > seconds:
                yield f"{model.__name__} is claimed until {until}"
