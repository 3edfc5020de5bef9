"""Take cases out of the house as a sheet: whoever does so says for what, and it stands in the journal."""

import datetime as dt
from collections.abc import Collection

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from cases.actions.base import By
from cases.exceptions import TooManyToExport
from cases.models import Case
from cases.querysets import CaseQuerySet
from yuhu.journal.actions import record

MOST = 10_000


class Purpose(TextChoices):
    """For what cases are taken out (domain 7.2: an export needs a reason). A choice, so that no free text remains."""

    REPORT = "report", _("Report to a leader or a higher office")
    MEETING = "meeting", _("Material of a meeting")
    CHECK = "check", _("Checking figures")
    AUDIT = "audit", _("Audit or inspection")
    HANDLING = "handling", _("Handling the cases")


def export_cases(
    *, cases: CaseQuerySet[Case], purpose: str, filters: Collection[str], by: By, at: dt.datetime
) -> list[Case]:
    """The cases of the sheet, newest first. ``filters`` are the names of what narrowed the list, never its words.

    Raises:
        TooManyToExport: more than ``MOST``.
    """
    found = list(cases.for_lists().order_by("-reported_at", "-pk")[: MOST + 1])
    if len(found) > MOST:
        raise TooManyToExport
    data = {"count": len(found), "purpose": Purpose(purpose).value, "filters": sorted(filters)}
    assert by.user is not None
    record(kind="user.exported_cases", subject=("user", by.user.pk), at=at, actor=by.actor, data=data)
    return found
