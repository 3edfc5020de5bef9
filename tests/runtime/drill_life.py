"""Life in a drill's system, as a process of its own: ``build`` it, ``write`` until told to stop, ``check`` what stands.

python -m tests.runtime.drill_life build | write STOP_FILE | check
"""

import hashlib
import json
import os
import sys
from pathlib import Path

import django

from tests.runtime.machine import wait_until

PHOTO_BYTES = 30_000


def build() -> dict[str, int]:
    """The cast on the reference data."""
    from tests.world import build as build_world

    return {"people": len(build_world().people)}


def write(stop: Path) -> dict[str, int]:
    """Report cases, each with a photo, as fast as it goes; say on the way how many there are."""
    count, said, written = 0, stop.with_name(f"says-{os.getpid()}"), stop.with_name(f"written-{os.getpid()}")
    while not stop.exists():
        _one_case()
        count += 1
        said.write_text(str(count))
        said.replace(written)  # whoever looks never finds it empty
    return {"written": count}


def check() -> dict[str, object]:
    """Look at every photo and every person, then go on working."""
    from django.core.management import call_command
    from django.db import connection

    from cases.models import Attachment, Case, Reporter
    from yuhu.journal import triggers
    from yuhu.journal.actions import relay
    from yuhu.journal.models import Outbox, RelayLease
    from yuhu.kit import clock, people

    photos = [row.sha256 == hashlib.sha256(row.file.read()).hexdigest() for row in Attachment.objects.all()]
    thumbnails = [bool(row.thumbnail.read()) for row in Attachment.objects.all()]
    persons = {people.unseal(row.phone_sealed) for row in Reporter.objects.all() if row.phone_sealed}
    before = set(Case.objects.values_list("number", flat=True))
    number = _one_case()
    # The day's head is written once: it shall remember the new case. The archive may hold the lease of a relay that
    # was at work at its moment, and nobody may feed before that has run out: as if that had been.
    RelayLease.objects.update(lease_until=None)
    wait_until(
        lambda: not relay(at=clock.now()) and not Outbox.objects.exists(),
        seconds=30,
        what="everything is in the feed",
    )
    call_command("sweep", "--once", stdout=sys.stderr)
    return {
        "cases": len(before),
        "photos": len(photos),
        "wrong_photos": photos.count(False) + thumbnails.count(False),
        "persons": sorted(persons),
        "new_number_is_new": number not in before,
        "missing_triggers": triggers.missing(connection),
    }


def _one_case() -> str:
    from blocks.models import Block
    from cases.actions import NewCase, Person, report
    from cases.actions.attach import attach
    from cases.actions.base import By
    from cases.photos import Photo
    from staffing.models import User
    from tests.world import AT
    from yuhu.journal.actions import Actor

    user = User.objects.get(username="governor")
    by = By(user=user, actor=Actor(id=user.pk, name=user.name, post=""))
    new = NewCase(
        category="0101",
        description="楼下垃圾堆了三天",
        channel="governor",
        block=Block.objects.get(code="43030200100101").code,
        reporter=Person(name="张三", phone="13800005678"),
    )
    case = report(new, by=by, at=AT)
    jpeg = os.urandom(PHOTO_BYTES)
    photo = Photo(jpeg, jpeg[:3_000], 640, 480, hashlib.sha256(jpeg).hexdigest(), None, None)
    attach(case_id=case.pk, photo=photo, stage="before", by=by, at=AT)
    return str(case.number)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yuhu.settings")
    django.setup()
    verb, *arguments = sys.argv[1:]
    said = write(Path(*arguments)) if verb == "write" else {"build": build, "check": check}[verb]()
    print(json.dumps(said))  # noqa: T201 - its answer to the drill
