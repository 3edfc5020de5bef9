"""Forms of the rota: a period in a weekly pattern, and what the verbs on a shift ask for."""

import datetime as dt
from typing import Any

from django import forms
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from staffing.actions.rota import MOST_PARTS, Pattern
from staffing.models import Membership, Shift, User
from staffing.posts import DECIDES_IN_PLATFORM
from yuhu.kit import clock
from yuhu.kit.desk.forms import ActionForm, DayField, VerbForm

OFFERED = dt.timedelta(days=62)
_PARTS = (_("One shift"), _("Two shifts"), _("Three shifts"), _("Four shifts"))


def _hour(label: Any, help_text: Any = "") -> forms.TimeField:
    widget = forms.TimeInput(format="%H:%M", attrs={"type": "time"})
    return forms.TimeField(
        label=label, help_text=help_text, input_formats=["%H:%M", "%H:%M:%S"], widget=widget
    )


class PlanForm(ActionForm):
    """Shifts of a period, officers in turn. One day and one officer make one shift."""

    first_on = DayField(label=_("First day"))
    last_on = DayField(label=_("Last day"), help_text=_("This day included; at most three months."))
    weekdays = forms.TypedMultipleChoiceField(
        label=_("On these weekdays"),
        coerce=int,
        choices=list(WEEKDAYS.items()),
        widget=forms.CheckboxSelectMultiple(attrs={"class": "admin-weekdays"}),
    )
    begins = _hour(_("Begins"))
    ends = _hour(
        _("Ends"), _("The same time or an earlier one is that of the next day: 08:30 to 08:30 is 24 hours.")
    )
    parts = forms.TypedChoiceField(
        label=_("Divided into"),
        coerce=int,
        choices=list(enumerate(_PARTS, start=1)),
        help_text=_("Of equal length."),
    )
    # In its place the desk's search box for several people.
    officers = forms.Field(required=False)

    class Meta:
        model = Shift
        fields = (
            *("platform", "first_on", "last_on", "weekdays", "begins", "ends", "parts"),
            "officers",
        )

    def clean(self) -> dict[str, Any]:
        """The pattern as the action takes it."""
        data = super().clean() or self.cleaned_data
        given = {name: data.pop(name, None) for name in ("begins", "ends", "weekdays", "parts")}
        if all(value is not None for value in given.values()):
            data["pattern"] = Pattern(
                begins=given["begins"],
                ends=given["ends"],
                weekdays=frozenset(given["weekdays"]),
                parts=min(given["parts"], MOST_PARTS),
            )
        return data


class PersonField(forms.ModelChoiceField):  # type: ignore[type-arg] # generic in the stubs only
    """One of few people, by name and number."""

    def label_from_instance(self, obj: User) -> str:
        return f"{obj.name}（{obj.employee_number or obj.username}）"


class AssignForm(VerbForm):
    """Who has the shift: somebody who decides in the platform on its day."""

    officer = PersonField(label=_("officer on duty"), queryset=User.objects.none())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        seats = Membership.objects.on(self.obj.day).filter(
            unit=self.obj.platform_id, role__in=sorted(DECIDES_IN_PLATFORM)
        )
        people = User.objects.filter(pk__in=seats.values("user"), is_active=True).exclude(
            pk=self.obj.officer_id
        )
        self.fields["officer"].queryset = people.order_by("name", "pk")  # type: ignore[attr-defined]


class LeaveForm(VerbForm):
    """The days on which the officer is away."""

    first_on = DayField(label=_("First day of leave"))
    last_on = DayField(
        label=_("Last day of leave"),
        help_text=_("This day included. Shifts of this platform that begin on these days are free."),
    )

    @classmethod
    def initial_of(cls, obj: Any) -> dict[str, Any]:
        return {"first_on": obj.day, "last_on": obj.day}


class ShiftField(forms.ModelChoiceField):  # type: ignore[type-arg] # generic in the stubs only
    """One of the shifts of colleagues."""

    def label_from_instance(self, obj: Shift) -> str:
        return f"{obj.when} {obj.officer.name if obj.officer else '—'}"


class SwapForm(VerbForm):
    """Which shift of a colleague is wanted for one's own."""

    theirs = ShiftField(
        label=_("For this shift"),
        queryset=Shift.objects.none(),
        help_text=_("Your colleague is told, and agrees or declines."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        now = clock.now()
        rows = Shift.objects.covered().filter(
            platform=self.obj.platform_id, starts_at__gt=now, starts_at__lt=now + OFFERED
        )
        rows = rows.exclude(officer=self.obj.officer_id).select_related("officer").order_by("starts_at")
        self.fields["theirs"].queryset = rows  # type: ignore[attr-defined]
