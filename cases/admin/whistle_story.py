"""What happened to one whistle, as the journal of its case tells it. A department is not told the others' answers."""

from collections.abc import Collection, Mapping

from django.utils.translation import gettext as _

from cases import timeline
from cases.models import Whistle
from staffing.admin.history import Line
from yuhu.journal.actions import SYSTEM
from yuhu.journal.models import Entry
from yuhu.kit import clock


def told(whistle: Whistle, names: Mapping[str, str], own: Collection[str] | None = None) -> list[Line]:
    """Newest first. ``names``: departments by code; ``own``: the only ones whose own doings are told (None: all).

    One query.
    """
    entries = Entry.objects.for_subject("case", whistle.case.number).order_by("-seq")
    # The journal's data are opaque to the database (not every engine looks into JSON): one case has few entries.
    mine = [entry for entry in entries if entry.data.get("whistle") == whistle.pk]
    return [_line(entry, names) for entry in mine if _is_told(entry, own)]


def _is_told(entry: Entry, own: Collection[str] | None) -> bool:
    codes = timeline.departments_of(entry.data)
    return own is None or len(codes) != 1 or codes[0] in own


def _line(entry: Entry, names: Mapping[str, str]) -> Line:
    called = "、".join(names.get(code, code) for code in timeline.departments_of(entry.data))
    sentence = timeline.sentence(entry.kind, entry.data, zone=clock.LOCAL, receiver=called)
    by_itself = entry.actor == SYSTEM
    return Line(
        entry.at,
        _("System") if by_itself else entry.actor_name,
        "" if by_itself else entry.actor_post,
        sentence,
    )
