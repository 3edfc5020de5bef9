"""What the verbs of admissions and off-list reports ask for. Each ends in an action."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from duties.admin.forms import StreetsField
from duties.models import Admission, DutyList, Level, OffListReport
from duties.models.admissions import LISTS_OF_LEVEL, LONGEST_TEXT, LONGEST_TITLE, PROHIBITING
from yuhu.kit.desk.forms import ActionForm, DayField, Named, ReadForm, VerbForm

_KINDS = [kind for kinds in LISTS_OF_LEVEL.values() for kind in kinds if kind != PROHIBITING]
_PROPOSED = [(kind, DutyList.Kind(kind).label) for kind in _KINDS]
_TICKS = forms.RadioSelect(attrs={"class": "admin-choices"})


def _words(label: Any, *, required: bool = True, rows: int = 3, help_text: Any = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        required=required,
        max_length=LONGEST_TEXT,
        help_text=help_text,
        widget=forms.Textarea(attrs={"rows": rows, "class": "vLargeTextField"}),
    )


def _people() -> forms.IntegerField:
    return forms.IntegerField(
        label=_("people (number)"),
        required=False,
        min_value=0,
        max_value=100_000,
        help_text=_(
            "People that go down with the task. 0: none are needed; then say why. Empty: not known yet."
        ),
    )


def _amount() -> forms.DecimalField:
    return forms.DecimalField(
        label=_("money (yuan)"),
        required=False,
        min_value=Decimal(0),
        max_digits=12,
        decimal_places=2,
        help_text=_(
            "Money that goes down with the task, for the whole period. 0: none is needed; then say why."
        ),
    )


def _people_note() -> forms.CharField:
    return _words(_("about the people"), required=False, rows=2, help_text=_("Who, from where; or why none."))


def _amount_note() -> forms.CharField:
    return _words(
        _("about the money"), required=False, rows=2, help_text=_("From which budget, when; or why none.")
    )


class _SomeStreets(StreetsField):
    """None ticked: all of them."""

    def __init__(self) -> None:
        super().__init__()
        self.label, self.required = _("for which streets"), False
        self.help_text = _("None ticked: all streets of the district.")


class AdmissionForm(ActionForm):
    """A new request. The lists answer when it is sent."""

    title = forms.CharField(
        label=_("task to be handed down"),
        max_length=LONGEST_TITLE,
        widget=forms.TextInput(attrs={"class": "vLargeTextField"}),
        help_text=_("As it should be called on a list. It is compared with the lists in force."),
    )
    level = forms.ChoiceField(label=_("who would do it"), choices=Level.choices, widget=_TICKS)
    proposed_kind = forms.ChoiceField(label=_("proposed list"), choices=_PROPOSED, widget=_TICKS)
    streets = _SomeStreets()
    reason = _words(_("reason"), help_text=_("Why it cannot stay with the department."))
    basis = _words(
        _("legal basis"), rows=2, help_text=_("Law, regulation or document, with article or number.")
    )
    people, people_note = _people(), _people_note()
    amount, amount_note = _amount(), _amount_note()
    starts_on = DayField(label=_("from"))
    last_on = DayField(label=_("until (last day)"))
    none_covers = forms.BooleanField(
        label=_("none of the named items covers it"),
        required=False,
        help_text=_(
            "Only when the check has named items that look like the task, and none of them covers it."
        ),
    )

    class Meta:
        model = Admission
        fields = (
            *("unit", "title", "level", "streets", "proposed_kind", "item", "none_covers", "reason", "basis"),
            *("people", "people_note", "amount", "amount_note", "starts_on", "last_on"),
        )
        help_texts = {
            "item": _(
                "Does an item in force cover the task? Search it: then no admission is needed. Empty: none."
            ),
        }


class SupplementForm(VerbForm):
    """What the department can still say better."""

    reason = _words(_("reason"))
    people, people_note = _people(), _people_note()
    amount, amount_note = _amount(), _amount_note()

    @classmethod
    def initial_of(cls, obj: Admission) -> dict[str, Any]:
        return {
            name: getattr(obj, name) for name in ("reason", "people", "people_note", "amount", "amount_note")
        }


class ApproveForm(ReadForm):
    """Conditions and days."""

    conditions = _words(
        _("conditions"),
        required=False,
        help_text=_("What department and streets must keep to. It is published."),
    )
    starts_on = DayField(label=_("admitted from"))
    last_on = DayField(label=_("admitted until (last day)"))

    @classmethod
    def initial_of(cls, obj: Admission) -> dict[str, Any]:
        return {**super().initial_of(obj), "starts_on": obj.starts_on, "last_on": obj.last_on}


class DeclineForm(ReadForm):
    """Why not."""

    reason = _words(_("reason for not admitting"), help_text=_("It is published with the decision."))


class ReferForm(ReadForm):
    """The item that covers the task, or forbids it."""

    named = {
        "item": Named(
            Admission,
            "item",
            _("item of the list"),
            help_text=_(
                "An item of the negative list refuses the request; any other says that no admission is needed."
            ),
        )
    }


class PushedForm(ActionForm):
    """A new report."""

    what = _words(
        _("what was pushed"),
        rows=5,
        help_text=_(
            "What the department wants done, by when, with which document. Inspection reads it, nobody of the "
            "department."
        ),
    )
    received_on = DayField(label=_("received on"))
    way = forms.ChoiceField(label=_("how it came"), choices=OffListReport.Way.choices, widget=_TICKS)
    not_listed = forms.BooleanField(
        label=_("it is none of what the check names"),
        required=False,
        help_text=_(
            "Only when the check has named items or admitted tasks, and the department wants something else."
        ),
    )

    class Meta:
        model = OffListReport
        fields = ("department", "what", "received_on", "way", "not_listed")


class ConfirmForm(VerbForm):
    """What inspection found."""

    finding = _words(
        _("finding of inspection"),
        help_text=_("What was found, and why it is a violation. The reporter reads it."),
    )


class DismissForm(VerbForm):
    """Why it is none."""

    finding = _words(_("reason for dismissing"), help_text=_("The reporter reads it."))


class ConcludeForm(VerbForm):
    """What follows."""

    consequence = forms.ChoiceField(
        label=_("consequence"), choices=OffListReport.Consequence.choices, widget=_TICKS
    )
    follow_up = _words(_("about the consequence"), required=False, help_text=_("The reporter reads it."))
