"""What notices are about: a case, or something else that the journal tells of and people act upon.

One row here makes a kind of subject known: its rows are found by the journal's key, opened by ``within``, named by
``str`` and shown at ``get_absolute_url``. What concerns whom is said by the entry itself (``Audience.NAMED`` …).
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db.models import Model, QuerySet
from django.urls import reverse

from cases.models import Case, Mediation, Meeting, OutsideFigure
from duties.models import Admission, Consultation, OffListReport, StreetAnswer
from staffing.models import Absence, RotaGap, Shift, ShiftSwap, Unit, Visit
from yuhu.kit.scope import Scope

CASE = "case"


@dataclass(frozen=True)
class Subject:
    """A kind of subject: the model, and the column that the journal calls it by."""

    model: type[Model]
    key: str = "pk"
    related: tuple[str, ...] = ()
    # The page for those who have no desk, where the row's own address is one of the desk.
    phone: str = ""

    def address(self, row: Any, *, has_desk: bool) -> str:
        """Where this person looks at the row."""
        if self.phone and not has_desk:
            return reverse(self.phone, args=[row.pk])
        return str(row.get_absolute_url())

    @property
    def rows(self) -> "QuerySet[Any]":
        found: QuerySet[Any] = self.model._default_manager.select_related(*self.related)
        return found

    def find(self, keys: Collection[str], scope: Scope | None = None) -> dict[str, Any]:
        """The rows by their keys; with a ``scope`` those that it opens. One query, none without keys."""
        wanted = {key for key in keys if self.key != "pk" or key.isdigit()}
        if not wanted:
            return {}
        rows: Any = self.rows.filter(**{f"{self.key}__in": wanted})
        rows = rows if scope is None else rows.within(scope)
        return {str(getattr(row, self.key)): row for row in rows}


SUBJECTS: dict[str, Subject] = {
    CASE: Subject(Case, key="number", related=("category", "block", "reporter")),
    "mediation": Subject(Mediation, related=("case",)),
    "absence": Subject(Absence, related=("person",)),
    "admission": Subject(Admission, related=("unit",)),
    "off_list_report": Subject(OffListReport, phone="duties:off_list_report"),
    "consultation": Subject(Consultation),
    "street_answer": Subject(StreetAnswer, related=("consultation", "street")),
    "meeting": Subject(Meeting),
    "outside_figure": Subject(OutsideFigure),
    "unit": Subject(Unit),
    "shift": Subject(Shift, related=("platform", "officer")),
    "shift_swap": Subject(ShiftSwap, related=("mine", "theirs", "asked_by", "asked_of")),
    "rota_gap": Subject(RotaGap, related=("platform",)),
    "visit": Subject(Visit, related=("block",), phone="cases:visit"),
}
