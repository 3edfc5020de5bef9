"""The filters of the list of cases. What they mean is said by the adjectives of ``Case.objects``.

Names are those of the API, so that links from pages and figures can be passed on.
"""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.db.models import TextChoices
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from cases.forms.choices import category_groups
from cases.forms.fields import CleanText, Option, SearchSelect, offer
from cases.states import Path, Phase, State
from duties.models import Severity

ANY = _("Any")


class Mine(TextChoices):
    """How a case has to do with the person who looks."""

    HELD = "held", _("In my hands")
    EVALUATE = "evaluate", _("I evaluate")
    REPORTED = "reported", _("I reported")


class YesField(forms.BooleanField):
    """A tick: yes, true and 1 are yes, everything else is no."""

    def to_python(self, value: Any) -> bool:
        return str(value).lower() in {"1", "true", "yes", "on"}


class FilterForm(forms.Form):
    """Everything is optional; a value that does not exist is told and left out."""

    q = CleanText(
        label=_("Number or words"), required=False, most=100, widget=forms.TextInput({"type": "search"})
    )
    mine = forms.ChoiceField(required=False, choices=Mine.choices, widget=forms.HiddenInput)
    area = forms.ChoiceField(label=_("Where"), required=False)
    state = forms.ChoiceField(label=_("State"), required=False, choices=[("", ANY), *State.choices])
    category = forms.ChoiceField(label=_("Category"), required=False, widget=SearchSelect())
    open = YesField(label=_("Not ended"), required=False)
    overdue = YesField(label=_("Overdue"), required=False)
    # These come from links only and are shown as words that can be taken out.
    phase = forms.ChoiceField(
        label=_("Phase"), required=False, choices=Phase.choices, widget=forms.HiddenInput
    )
    path = forms.ChoiceField(label=_("Path"), required=False, choices=Path.choices, widget=forms.HiddenInput)
    severity = forms.ChoiceField(required=False, choices=Severity.choices, widget=forms.HiddenInput)
    street = forms.RegexField(r"^\d{9}$", label=_("Street"), required=False, widget=forms.HiddenInput)
    community = forms.RegexField(r"^\d{12}$", label=_("Community"), required=False, widget=forms.HiddenInput)
    block = forms.RegexField(r"^\d{14}$", label=_("Block"), required=False, widget=forms.HiddenInput)
    unit = forms.RegexField(r"^[\w-]{1,64}$", label=_("Unit"), required=False, widget=forms.HiddenInput)

    VISIBLE = ("q", "area", "state", "category", "open", "overdue")
    FROM_LINKS = ("phase", "path", "severity", "street", "community", "block", "unit")

    def __init__(self, data: QueryDict, *, areas: Sequence[Option]) -> None:
        super().__init__(data)
        area, category = self.fields["area"], self.fields["category"]
        assert isinstance(area, forms.ChoiceField)
        assert isinstance(category, forms.ChoiceField)
        area.choices = [("", ANY), *((code, name) for code, name, _about in areas)]
        offer(category, category_groups(), empty=ANY)

    @property
    def given(self) -> dict[str, Any]:
        """What was asked and can be answered."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}

    def visible(self) -> list[forms.BoundField]:
        """The fields that the page shows."""
        return [self[name] for name in self.VISIBLE]
