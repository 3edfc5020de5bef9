"""Forms of the desk that end in an action: a refusal stands beside its field, and nothing typed is lost."""

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from duties.models import (
    CalendarDay,
    CalendarYear,
    DutyItem,
    DutyList,
    OffListReport,
    StepLimit,
    WorkWindow,
)
from duties.models.admissions import LONGEST_TEXT
from staffing.models import Unit
from yuhu.kit.desk.forms import ActionForm, SheetForm
from yuhu.kit.exceptions import Refusal
from yuhu.kit.worktime import Window


class ImportListForm(SheetForm):
    """A new version of a list from a spreadsheet."""

    sheet = forms.FileField(
        label=_("Sheet"), help_text=_("Excel (.xlsx) or CSV with a heading row, one item a row.")
    )

    class Meta:
        model = DutyList
        fields = ("kind", "effective_from", "source", "sheet")


class DraftForm(ActionForm):
    """Date and source of a draft."""

    class Meta:
        model = DutyList
        fields = ("effective_from", "source")


class ItemForm(ActionForm):
    """An item of a draft."""

    class Meta:
        model = DutyItem
        fields = (
            "name",
            "name_en",
            "category",
            "lead",
            "lead_unit",
            "office",
            "office_code",
            "platform_code",
            "cooperating",
            "basis",
        )


class DayForm(ActionForm):
    """One day."""

    class Meta:
        model = CalendarDay
        fields = ("date", "is_working", "name", "source")


class YearForm(SheetForm):
    """The State Council's notice for a year, as a sheet of days."""

    sheet = forms.FileField(
        label=_("Sheet"),
        help_text=_("Excel (.xlsx) or CSV with the columns date, day_type (off or work) and name."),
    )

    class Meta:
        model = CalendarYear
        fields = ("year", "source", "sheet")


def _time(label: Any) -> forms.TimeField:
    return forms.TimeField(label=label, input_formats=["%H:%M", "%H:%M:%S"])


class PlanForm(ActionForm):
    """Summer and winter hours from a day on: two seasons, each with morning and afternoon."""

    summer_from = forms.RegexField(r"^\d\d-\d\d$", label=_("Summer from (MM-DD)"), initial="07-01")
    summer_to = forms.RegexField(r"^\d\d-\d\d$", label=_("Summer to (MM-DD)"), initial="09-30")
    summer_morning_opens = _time(_("Summer morning opens"))
    summer_morning_closes = _time(_("Summer morning closes"))
    summer_afternoon_opens = _time(_("Summer afternoon opens"))
    summer_afternoon_closes = _time(_("Summer afternoon closes"))
    winter_morning_opens = _time(_("Winter morning opens"))
    winter_morning_closes = _time(_("Winter morning closes"))
    winter_afternoon_opens = _time(_("Winter afternoon opens"))
    winter_afternoon_closes = _time(_("Winter afternoon closes"))

    class Meta:
        model = WorkWindow
        fields = (
            "valid_from",
            "source",
            "summer_from",
            "summer_to",
            "summer_morning_opens",
            "summer_morning_closes",
            "summer_afternoon_opens",
            "summer_afternoon_closes",
            "winter_morning_opens",
            "winter_morning_closes",
            "winter_afternoon_opens",
            "winter_afternoon_closes",
        )

    def clean(self) -> dict[str, Any]:
        """Turn the two seasons into ``windows``; winter fills the rest of the year."""
        data = super().clean() or self.cleaned_data
        if self.errors:
            return data
        try:
            start = dt.date.fromisoformat(f"2000-{data['summer_from']}")
            end = dt.date.fromisoformat(f"2000-{data['summer_to']}")
        except ValueError:
            raise forms.ValidationError(_("A season begins and ends on a day such as 07-01.")) from None
        one_day = dt.timedelta(days=1)
        seasons = {"summer": (start, end), "winter": (end + one_day, start - one_day)}
        data["windows"] = [
            Window(
                data["valid_from"],
                f"{first:%m-%d}",
                f"{last:%m-%d}",
                data[f"{season}_{half}_opens"],
                data[f"{season}_{half}_closes"],
            )
            for season, (first, last) in seasons.items()
            for half in ("morning", "afternoon")
        ]
        return data


class StepLimitForm(ActionForm):
    """How long a step may take."""

    class Meta:
        model = StepLimit
        fields = ("step", "severity", "amount", "unit")


class OffListForm(forms.Form):
    """What a department pushed past the lists, as it is told from the phone."""

    department = forms.ModelChoiceField(
        label=_("Which department?"), queryset=Unit.objects.none(), empty_label=_("Please choose")
    )
    what = forms.CharField(
        label=_("What are you to do?"),
        max_length=LONGEST_TEXT,
        widget=forms.Textarea({"rows": 5}),
        help_text=_(
            "What is wanted, who asked, by when, with which document. Inspection reads it, nobody else."
        ),
    )
    received_on = forms.DateField(
        label=_("When did it come?"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )
    way = forms.ChoiceField(
        label=_("How did it come?"), choices=OffListReport.Way.choices, widget=forms.RadioSelect
    )
    not_listed = forms.BooleanField(
        label=_("It is none of what the check names"),
        required=False,
        help_text=_(
            "Only when the check has named items or admitted tasks, and the department wants something else."
        ),
    )

    def __init__(self, *args: Any, departments: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["department"]
        field.queryset = departments

    def add_refusal(self, refusal: Refusal) -> None:
        """Show what the action refused beside the field that it means."""
        self.add_error(refusal.field if refusal.field in self.fields else None, str(refusal.message))
