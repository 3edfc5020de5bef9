"""Forms of the desk for trainings, the reserve and legal counsel. Each ends in an action."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from blocks.models import Community, District, Street, place_name
from staffing.models import Attendance, CounselAppointment, Reserve, Training
from staffing.models.registers import MOST_HOURS
from yuhu.kit import clock
from yuhu.kit.desk.forms import ActionForm, DayField, Named, VerbForm


def areas_below(codes: Iterable[str]) -> list[tuple[str, str]]:
    """These areas and the parts of each, one level down, as choices: a street and its communities."""
    found: dict[str, str] = {}
    for code in sorted(codes, key=len):
        if len(code) == 6:
            found |= dict(District.objects.filter(code=code).values_list("code", "name"))
            found |= dict(Street.objects.filter(district=code).order_by("code").values_list("code", "name"))
        elif len(code) == 9:
            found |= dict(Street.objects.filter(code=code).values_list("code", "name"))
            found |= _communities(Community.objects.filter(street=code))
        elif len(code) == 12:
            found |= _communities(Community.objects.filter(code=code))
    return list(found.items())


def _communities(rows: Any) -> dict[str, str]:
    return {code: place_name(name) for code, name in rows.order_by("code").values_list("code", "name")}


class _PlanFields(forms.Form):
    """What a training is, for the form of a new one and for correcting one."""

    title = forms.CharField(
        label=_("subject"), max_length=100, widget=forms.TextInput(attrs={"class": "vTextField"})
    )
    kind = forms.ChoiceField(label=_("kind of training"), choices=Training.Kind.choices)
    held_on = DayField(label=_("held on"))
    hours = forms.IntegerField(label=_("class hours"), min_value=1, max_value=MOST_HOURS)
    place = forms.CharField(
        label=_("place of the training"),
        max_length=100,
        required=False,
        widget=forms.TextInput(attrs={"class": "vTextField"}),
    )


class TrainingForm(ActionForm):
    """A training that is planned, or one that took place and was not recorded."""

    held_on = DayField(label=_("held on"))
    hours = forms.IntegerField(label=_("class hours"), min_value=1, max_value=MOST_HOURS)

    class Meta:
        model = Training
        fields = ("title", "kind", "held_on", "hours", "place", "organiser", "area")


class CorrectTrainingForm(VerbForm, _PlanFields):
    """The plan of a training changes."""

    @classmethod
    def initial_of(cls, obj: Training) -> dict[str, Any]:
        return {name: getattr(obj, name) for name in cls.base_fields}


class NoteForm(VerbForm):
    """Who was there."""

    named = {
        "people": Named(
            Attendance,
            "person",
            _("people"),
            required=False,
            many=True,
            help_text=_("What was noted of them before is replaced."),
        )
    }
    state = forms.ChoiceField(
        label=_("attendance"),
        choices=Attendance.State.choices,
        initial=Attendance.State.ATTENDED,
        widget=forms.RadioSelect(attrs={"class": "admin-choices"}),
    )
    governors_of = forms.ChoiceField(
        label=_("all governors of"),
        required=False,
        help_text=_(
            "Everybody who was governor on that day and of whom nothing is noted yet: note first who was absent."
        ),
    )
    order = ("state", "governors_of", "people")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["governors_of"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", "—"), *areas_below([self.obj.area])]


class WithdrawForm(VerbForm):
    """Some were noted by mistake."""

    named = {"people": Named(Attendance, "person", _("people"), many=True)}


class ReserveForm(ActionForm):
    """Somebody is put in the reserve."""

    starts_on = DayField(label=_("From"))

    class Meta:
        model = Reserve
        fields = ("person", "tier", "street", "starts_on")


class TierForm(VerbForm):
    """Another tier from a day on."""

    tier = forms.TypedChoiceField(
        label=_("tier"),
        choices=Reserve.Tier.choices,
        coerce=int,
        widget=forms.RadioSelect(attrs={"class": "admin-choices"}),
    )
    on = DayField(label=_("From"))

    @classmethod
    def initial_of(cls, obj: Reserve) -> dict[str, Any]:
        return {"tier": obj.tier, "on": clock.today()}


class UntilForm(VerbForm):
    """Something ends."""

    ends_on = DayField(label=_("Until (exclusive)"), help_text=_("The first day without it."))

    @classmethod
    def initial_of(cls, obj: Any) -> dict[str, Any]:
        return {"ends_on": clock.today()}


class CounselForm(ActionForm):
    """A lawyer for a unit or a community."""

    starts_on = DayField(label=_("From"))

    class Meta:
        model = CounselAppointment
        fields = ("unit", "name", "firm", "phone", "licence", "starts_on")


class FollowForm(VerbForm):
    """Another lawyer follows."""

    name = forms.CharField(label=_("lawyer"), max_length=50)
    firm = forms.CharField(label=_("law firm"), max_length=100)
    phone = forms.CharField(label=_("business phone"), max_length=20)
    licence = forms.CharField(label=_("licence number"), max_length=30, required=False)
    starts_on = DayField(label=_("From"))

    @classmethod
    def initial_of(cls, obj: CounselAppointment) -> dict[str, Any]:
        return {"starts_on": clock.today(), "firm": obj.firm}
