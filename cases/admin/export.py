"""The list of cases as an Excel sheet: what the filters show, with who took it out and when at its head."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cases.actions.export import Purpose
from cases.models import Case
from yuhu.kit import clock
from yuhu.kit.excel.writing import Page, workbook

HEADINGS = (
    *(_("case number"), _("state"), _("category"), _("severity"), _("path"), _("street"), _("community")),
    *(_("block"), _("address"), _("receiver"), _("reported"), _("dispatched"), _("due"), _("handed back")),
    *(_("ended"), _("overdue"), _("duty item")),
)


class ExportForm(forms.Form):
    """For what the cases are taken out."""

    purpose = forms.ChoiceField(label=_("For what?"), choices=[("", _("Please choose")), *Purpose.choices])


def sheet(cases: list[Case], names: dict[str, str], note: str) -> bytes:
    """The workbook. ``names`` are those of streets and communities by code."""
    rows = _rows(cases, names)
    return workbook(Page(gettext("Cases"), [str(heading) for heading in HEADINGS], rows, note=note))


def _rows(cases: list[Case], names: dict[str, str]) -> Iterator[tuple[Any, ...]]:
    """Without what people wrote, and without who reported: that stays in the house."""
    now = clock.now()
    yes = gettext("yes")
    for case in cases:
        yield (
            *(case.number, case.get_state_display(), case.category.label, case.get_severity_display()),
            *(case.get_path_display(), names.get(case.street_code, ""), names.get(case.community_code, "")),
            *(case.block.name if case.block else "", case.address, case.receiver, case.reported_at),
            *(case.dispatched_at, case.due_at, case.handled_at, case.closed_at),
            *(yes if case.is_overdue(now) else "", (case.duty_item_id and str(case.duty_item)) or ""),
        )
