"""The register of admissions as a sheet: what the list shows, with who took it out and when at its head."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from duties.models import Admission
from yuhu.kit import clock
from yuhu.kit.excel.writing import Page

HEADINGS = (
    *(
        _("decision no."),
        _("task to be handed down"),
        _("asking department"),
        _("level"),
        _("streets"),
        _("proposed list"),
    ),
    *(_("reason"), _("legal basis"), _("people (number)"), _("about the people"), _("money (yuan)")),
    *(_("about the money"), _("asked"), _("decision due"), _("state"), _("decided"), _("admitted from")),
    *(_("admitted until (last day)"), _("conditions or reason"), _("item of the list")),
)


def register_of(rows: Iterable[Admission], reader: Any) -> Page:
    """The sheet, for ``reader``."""
    values = {"name": getattr(reader, "name", ""), "at": f"{clock.local(clock.now()):%Y-%m-%d %H:%M}"}
    note = gettext("Taken out by %(name)s, %(at)s") % values
    prepared: Any = rows
    found = _lines(prepared.select_related("unit", "item").prefetch_related("streets"))
    return Page(gettext("Admissions of tasks"), [str(heading) for heading in HEADINGS], found, note=note)


def streets_of(row: Admission) -> str:
    """For which streets, in words."""
    names = [street.name for street in sorted(row.streets.all(), key=lambda street: street.code)]
    return "、".join(names) or gettext("All streets")


def _lines(rows: Iterable[Admission]) -> Iterator[tuple[Any, ...]]:
    for row in rows:
        yield (
            *(row.code, row.title, row.unit.name, row.get_level_display(), streets_of(row)),
            *(row.get_proposed_kind_display(), row.reason, row.basis, row.people, row.people_note),
            *(None if row.amount is None else float(row.amount), row.amount_note, row.asked_at, row.due_at),
            *(row.get_state_display(), row.decided_at, row.granted_from, row.granted_until, row.decision),
            str(row.item or ""),
        )
