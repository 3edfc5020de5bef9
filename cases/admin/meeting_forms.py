"""Forms of the desk for meetings: what each verb asks for. Rules and refusals are the actions'."""

import re
from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from cases.actions.meetings.base import LONGEST, LONGEST_SUMMARY, moment
from cases.models import AgendaItem, Case, Meeting, Participant
from yuhu.kit.desk.forms import ActionForm, DayField, MomentField, Named, VerbForm

_BETWEEN = re.compile(r"[、，,；;\n]+")
INVITED = {
    "units": Named(Participant, "unit", _("Units invited"), required=False, many=True),
    "invited": Named(Participant, "user", _("People invited"), required=False, many=True),
}


def words(label: Any, *, required: bool = True, most: int = LONGEST, help_text: Any = "") -> Any:
    """Something to be written."""
    area = forms.Textarea(attrs={"rows": 4, "class": "vLargeTextField"})
    return forms.CharField(label=label, required=required, max_length=most, help_text=help_text, widget=area)


class NamesField(forms.CharField):
    """Names with commas, semicolons or line breaks between; blanks belong to a name."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            label=_("Residents by name"),
            required=False,
            max_length=1000,
            help_text=_(
                "With commas between. Names are kept encrypted and shown masked; only with their consent."
            ),
            widget=forms.TextInput(attrs={"class": "vTextField", "autocomplete": "off"}),
            **options,
        )

    def to_python(self, value: Any) -> Any:
        if isinstance(value, list):
            return value
        return [name.strip() for name in _BETWEEN.split(super().to_python(value) or "") if name.strip()]

    def run_validators(self, value: Any) -> None:
        super().run_validators("、".join(value))


def consent() -> forms.CharField:
    """How residents agreed to be named."""
    return forms.CharField(
        label=_("How they agreed"),
        required=False,
        max_length=200,
        help_text=_("Needed when residents are named, such as: agreed on the phone on 1 December."),
        widget=forms.TextInput(attrs={"class": "vTextField"}),
    )


class MeetingForm(ActionForm):
    """A meeting is convened; units, people and cases are added by the desk."""

    starts_at = MomentField(label=_("begins"))
    residents = NamesField()
    consent = consent()

    class Meta:
        model = Meeting
        fields = ("street", "title", "starts_at", "place", "chair")


class ChangeForm(VerbForm):
    """Time, place, chair and who is invited."""

    starts_at = MomentField(label=_("begins"))
    place = forms.CharField(
        label=_("place"), max_length=200, widget=forms.TextInput(attrs={"class": "vTextField"})
    )
    keep = forms.TypedMultipleChoiceField(
        label=_("Residents who stay invited"),
        required=False,
        coerce=int,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "admin-choices"}),
    )
    residents = NamesField()
    consent = consent()
    named: ClassVar[Mapping[str, Named]] = {"chair": Named(Meeting, "chair", _("chair")), **INVITED}
    order = ("starts_at", "place", "chair", "units", "invited", "keep", "residents", "consent")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = self.obj.participants.filter(kind=Participant.Kind.RESIDENT).order_by("pk")
        choices = [(row.pk, str(row)) for row in rows]
        self.fields["keep"].choices = choices  # type: ignore[attr-defined]
        if not choices:
            self.fields["keep"].widget = forms.MultipleHiddenInput()

    @classmethod
    def initial_of(cls, obj: Meeting) -> dict[str, Any]:
        rows = list(obj.participants.values_list("pk", "kind", "unit", "user"))
        return {
            "starts_at": obj.starts_at,
            "place": obj.place,
            "chair": obj.chair_id,
            "units": [unit for _pk, _kind, unit, _user in rows if unit],
            "invited": [user for _pk, _kind, _unit, user in rows if user],
            "keep": [pk for pk, kind, _unit, _user in rows if kind == Participant.Kind.RESIDENT],
        }


class ReasonForm(VerbForm):
    """Needs a reason."""

    reason = words(_("Reason"))


class CasesForm(VerbForm):
    """Cases that come on the agenda."""

    named: ClassVar[Mapping[str, Named]] = {"cases": Named(AgendaItem, "case", _("Cases"), many=True)}


class _ItemField(forms.ModelChoiceField):  # type: ignore[type-arg]
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj} · {obj.case.number}"


class ItemForm(VerbForm):
    """One of the items that were not decided yet; the desk adds those that the person sees."""

    item = _ItemField(label=_("item"), queryset=AgendaItem.objects.none())

    def offer(self, seen: QuerySet[AgendaItem]) -> None:
        rows = seen.filter(meeting=self.obj, decision="").select_related("case")
        self.fields["item"].queryset = rows.order_by("no")  # type: ignore[attr-defined]


class AttendanceForm(VerbForm):
    """Who came."""

    attended = forms.TypedMultipleChoiceField(
        label=_("Present"),
        required=False,
        coerce=int,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "admin-choices"}),
        help_text=_("Whoever is not ticked was absent."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = sorted(self.obj.participants.select_related("unit", "user"), key=lambda one: one.rank)
        self.fields["attended"].choices = [(row.pk, str(row)) for row in rows]  # type: ignore[attr-defined]
        self.initial["attended"] = [row.pk for row in rows]


class MinutesForm(VerbForm):
    """What was said besides the decisions."""

    summary = words(
        _("What was said"),
        required=False,
        most=LONGEST_SUMMARY,
        help_text=_("Besides the decisions, which the minutes list by themselves. Name no residents here."),
    )


class SettleForm(VerbForm):
    """Who does it, with whom, what and by when."""

    due_on = DayField(
        label=_("to be done by"),
        required=False,
        help_text=_("Set by a leader it becomes a supervised limit. Empty: the ordinary limit."),
    )
    measures = words(_("measures"))
    named: ClassVar[Mapping[str, Named]] = {
        "unit": Named(AgendaItem, "lead_unit", _("Unit in charge"), required=False),
        "person": Named(
            AgendaItem,
            "lead_person",
            _("Person in charge"),
            required=False,
            help_text=_("Either a unit or a person."),
        ),
        "co_units": Named(AgendaItem, "lead_unit", _("Units that help"), required=False, many=True),
        "duty_item": Named(
            AgendaItem,
            "duty_item",
            _("Item of the duty list"),
            required=False,
            help_text=_("Empty: the item of the case's category."),
        ),
    }
    order = ("unit", "person", "co_units", "duty_item", "due_on", "measures")


class WhistleForm(VerbForm):
    """Why there was no agreement."""

    measures = words(
        _("Why there is no agreement, and which departments must come"),
    )


class AdjournForm(VerbForm):
    """What is missing."""

    measures = words(_("What must be found out or done before the next meeting"))


class AgendaForm(forms.Form):
    """The meeting on whose agenda many cases come; it is added by the desk's list of cases."""


def agenda_label(meeting: Meeting) -> str:
    """A meeting in a search box."""
    return f"{moment(meeting.starts_at)} {meeting}"


def case_label(case: Case) -> str:
    """A case in a search box."""
    where = f" · {case.block.name}" if case.block else ""
    return f"{case.number} · {case.category.label}{where}"
