"""One form for every move, made from the table's fields (``cases.states.MOVES``).

The form only reads; the action checks, and what it refuses is shown beside the field that it means.
"""

import datetime as dt
from collections.abc import Callable
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cases.forms.choices import rows_for
from cases.forms.fields import CleanText, Group, PhotosField, SearchSelect, offer
from cases.models import Attachment, Case
from cases.states import Field, Kind, Move
from yuhu.kit import clock
from yuhu.kit.exceptions import Refusal
from yuhu.kit.scope import Scope

STAGES = {"attachments": Attachment.Stage.AFTER}
ROWS = frozenset({Kind.UNIT, Kind.UNITS, Kind.PERSON, Kind.ITEM, Kind.BLOCK})
# Up to so many choices stand side by side, more of them in a list.
SIDE_BY_SIDE = 3
CHOOSE = _("Please choose")

# The two answers of a yes-or-no field, each a button of its own.
ANSWERS: dict[str, tuple[str | Promise, str | Promise]] = {
    "effective": (_("Effective: pass"), _("Not effective: do it again")),
    "approve": (_("Approve"), _("Refuse")),
}
HELP: dict[tuple[str, str], str | Promise] = {
    ("merge", "into"): _("The number of the case that goes on, such as 430302-20261124-000001."),
    ("evaluate", "comment"): _("Needed when it must be done again: say what is missing."),
    ("dispatch", "unit"): _("Without a unit or a person the rules choose the receiver."),
    ("decide-return", "unit"): _("To whom it goes now. Left empty, it waits to be dispatched anew."),
    ("request-extension", "until"): _("At most the original limit once more."),
    ("hand-back", "result"): _("What was done, and what is different now. The reporter reads it too."),
    ("return", "reason"): _("Why it is not yours, and whose it is, if you know. The duty officer decides."),
}
LABELS: dict[tuple[str, str], str | Promise] = {
    ("rate", "comment"): _("Do you want to add something?"),
    ("reopen", "reason"): _("What is still wrong?"),
}


class MoveForm(forms.Form):
    """The inputs of one move on one case. ``scope`` is needed by moves that name units, people, items or blocks."""

    version = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(
        self,
        move: Move,
        *,
        case: Case,
        at: dt.datetime,
        scope: Scope | None = None,
        data: QueryDict | None = None,
    ) -> None:
        super().__init__(data, initial={"version": case.etag}, auto_id=f"id_{move.name}_%s")
        self.move, self.case = move, case
        for declared in move.fields:
            if declared.kind is Kind.BOOL:
                continue
            field = MAKERS[declared.kind](declared, at)
            field.label = str(LABELS.get((move.name, declared.name), declared.label))
            field.help_text = str(HELP.get((move.name, declared.name), ""))
            if declared.kind in ROWS and scope is not None:
                _fill(field, rows_for(declared.kind, case, scope, clock.local_date(at)))
            self.fields[declared.name] = field
        if move.confirm:
            self.fields["confirmed"] = forms.BooleanField(
                label=_("I have checked it: this ends the case."),
                error_messages={"required": _("Please confirm: this ends the case.")},
            )

    @property
    def needs_rows(self) -> bool:
        """Whether the form has to look up units, people, items or blocks to be shown."""
        return any(field.kind in ROWS for field in self.move.fields)

    @property
    def takes_photos(self) -> bool:
        return any(field.kind is Kind.ATTACHMENTS for field in self.move.fields)

    @property
    def is_bare(self) -> bool:
        """Nothing to fill in: a button is enough."""
        return not self.move.fields and not self.move.confirm

    @property
    def judges(self) -> bool:
        """A result is judged: two large buttons, of which the second needs words, each asked once more."""
        return self.move.name == "evaluate"

    @property
    def buttons(self) -> list[tuple[str, str, str | Promise]]:
        """Name, value and words of the buttons that send the form: one, or one for each answer."""
        for field in self.move.fields:
            if field.kind is Kind.BOOL:
                yes, no = ANSWERS[field.name]
                return [(field.name, "yes", yes), (field.name, "no", no)]
        return [("", "", self.move.label)]

    def shown(self) -> list[forms.BoundField]:
        """The fields that the page shows one after the other; photos stand apart."""
        apart = (PhotosField,)
        return [
            self[name]
            for name, field in self.fields.items()
            if name != "version" and not isinstance(field, apart)
        ]

    def values(self) -> dict[str, Any]:
        """What the action takes: only what was given, photos left out."""
        assert isinstance(self.data, QueryDict)
        found: dict[str, Any] = {}
        for field in self.move.fields:
            if field.kind is Kind.ATTACHMENTS:
                continue
            many = self.data.getlist(field.name)
            value: Any = many if field.kind is Kind.UNITS else (many[-1] if many else "")
            if field.kind is Kind.BOOL:
                value = {"yes": True, "no": False}.get(value, value)
            if value not in ("", []):
                found[field.name] = value
        return found

    @property
    def if_match(self) -> str | None:
        """The version that the person saw."""
        return self.data.get("version") or None

    def add_refusal(self, refusal: Refusal) -> None:
        """Show what the action refused beside the field that it means."""
        self.add_error(refusal.field if refusal.field in self.fields else None, str(refusal.message))


def _fill(field: forms.Field, groups: list[Group]) -> None:
    assert isinstance(field, forms.ChoiceField)
    offer(field, groups, empty=None if isinstance(field, forms.MultipleChoiceField) else CHOOSE)


def _text(declared: Field, at: dt.datetime) -> forms.Field:
    return CleanText(required=declared.required, widget=forms.Textarea({"rows": 3}))


def _date(declared: Field, at: dt.datetime) -> forms.Field:
    tomorrow = clock.local_date(at) + dt.timedelta(days=1)
    widget = forms.DateInput({"type": "date", "min": tomorrow.isoformat()})
    return forms.CharField(required=declared.required, widget=widget)


def _time(declared: Field, at: dt.datetime) -> forms.Field:
    now = clock.local(at).strftime("%Y-%m-%dT%H:%M")
    widget = forms.DateTimeInput({"type": "datetime-local", "min": now})
    return forms.CharField(required=declared.required, widget=widget)


def _choice(declared: Field, at: dt.datetime) -> forms.Field:
    if len(declared.choices) <= SIDE_BY_SIDE:
        return forms.ChoiceField(
            required=declared.required, choices=declared.choices, widget=forms.RadioSelect
        )
    return forms.ChoiceField(required=declared.required, choices=[("", CHOOSE), *declared.choices])


def _one(declared: Field, at: dt.datetime) -> forms.Field:
    return forms.ChoiceField(required=declared.required, widget=SearchSelect())


def _many(declared: Field, at: dt.datetime) -> forms.Field:
    return forms.MultipleChoiceField(required=declared.required)


def _case(declared: Field, at: dt.datetime) -> forms.Field:
    widget = forms.TextInput({"inputmode": "numeric", "autocomplete": "off"})
    return forms.CharField(required=declared.required, max_length=32, widget=widget)


def _photos(declared: Field, at: dt.datetime) -> forms.Field:
    return PhotosField(required=declared.required)


MAKERS: dict[Kind, Callable[[Field, dt.datetime], forms.Field]] = {
    Kind.TEXT: _text,
    Kind.DATE: _date,
    Kind.TIME: _time,
    Kind.CHOICE: _choice,
    Kind.UNIT: _one,
    Kind.UNITS: _many,
    Kind.PERSON: _one,
    Kind.ITEM: _one,
    Kind.BLOCK: _one,
    Kind.CASE: _case,
    Kind.ATTACHMENTS: _photos,
}
