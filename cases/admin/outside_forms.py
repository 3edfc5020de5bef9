"""Forms of the desk for outside figures. Rules and refusals are the actions'."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cases.models import OutsideFigure
from cases.models.outside import LONGEST_REMARK
from yuhu.kit.desk.forms import ActionForm, VerbForm


def _line(label: Any, *, required: bool = True, help_text: Any = "", most: int = 100) -> forms.CharField:
    widget = forms.TextInput(attrs={"class": "vTextField"})
    return forms.CharField(
        label=label, required=required, help_text=help_text, max_length=most, widget=widget
    )


def _remark(label: Any, help_text: Any = "") -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": 3, "class": "vLargeTextField"})
    return forms.CharField(label=label, help_text=help_text, max_length=LONGEST_REMARK, widget=widget)


def _value() -> forms.DecimalField:
    return forms.DecimalField(
        label=_("value"), max_digits=16, decimal_places=2, min_value=0,
        help_text=_("Spending in 10,000 yuan; everything else is counted in whole numbers."),
    )  # fmt: skip


class EnterForm(ActionForm):
    """A number as it was published. The desk offers the areas in which the person enters."""

    area = forms.ChoiceField(label=_("area"))
    year = forms.IntegerField(label=_("year"), min_value=2000, max_value=2200)
    month = forms.TypedChoiceField(
        label=_("month"),
        coerce=int,
        choices=[(number, str(number)) for number in range(1, 13)],
        help_text=_("Of a quarter any of its months; from the beginning of the year, its last month."),
    )
    value = _value()
    published_by = _line(_("published by"), help_text=_("Such as the district's bureau of finance."))
    document = _line(
        pgettext_lazy("outside figure", "document"),
        required=False,
        help_text=_("Number or title of the document it stands in."),
    )

    class Meta:
        model = OutsideFigure
        fields = ("kind", "area", "span", "year", "month", "value", "published_by", "document")


class RemarkForm(VerbForm):
    """Says why."""

    remark = _remark(_("Reason"))


class CorrectForm(VerbForm):
    """Another number for the same days."""

    value = _value()
    published_by = _line(_("published by"))
    document = _line(pgettext_lazy("outside figure", "document"), required=False)
    why = _remark(
        _("why it is corrected"), _("The old number counts until somebody else has checked the new one.")
    )

    @classmethod
    def initial_of(cls, obj: Any) -> dict[str, Any]:
        return {"published_by": obj.published_by, "document": obj.document}


class SheetForm(forms.Form):
    """A sheet of figures: first looked at, then entered."""

    sheet = forms.FileField(
        label=_("Sheet"), help_text=_("Excel (.xlsx) or CSV with a heading row, one figure a row.")
    )
    store = forms.BooleanField(
        label=_("Enter them now"),
        required=False,
        help_text=_("Without this the sheet is only looked at, and nothing is stored."),
    )
