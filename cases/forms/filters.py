"""The filters of the list of cases. What they mean is said by the adjectives of ``Case.objects``.

Names are those of the API, so that links from pages and figures can be passed on.
"""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from cases.forms.choices import category_groups
from cases.forms.fields import CleanText, Option, SearchSelect, Words, offer
from cases.models import Case
from cases.states import Path, Phase, State
from duties.models import Severity

ANY = _("Any")


class YesField(forms.BooleanField):
    """A tick: yes, true and 1 are yes, everything else is no."""

    def to_python(self, value: Any) -> bool:
        return str(value).lower() in {"1", "true", "yes", "on"}


class FilterForm(forms.Form):
    """Everything is optional; a value that does not exist is told and left out."""

    q = CleanText(
        label=_("Number or words"), required=False, most=100, widget=forms.TextInput({"type": "search"})
    )
    area = forms.ChoiceField(label=_("Where"), required=False)
    state = forms.ChoiceField(label=_("State"), required=False, choices=[("", ANY), *State.choices])
    category = forms.ChoiceField(label=_("Category"), required=False, widget=SearchSelect())
    open = YesField(label=_("Not ended"), required=False)
    overdue = YesField(label=_("Overdue"), required=False)
    # These come from tabs and links only, and are shown as words that can be taken out.
    show = forms.ChoiceField(required=False, widget=forms.HiddenInput)
    phase = forms.ChoiceField(
        label=_("Phase"), required=False, choices=Phase.choices, widget=forms.HiddenInput
    )
    path = forms.ChoiceField(label=_("Path"), required=False, choices=Path.choices, widget=forms.HiddenInput)
    severity = forms.ChoiceField(required=False, choices=Severity.choices, widget=forms.HiddenInput)
    programme = forms.ChoiceField(required=False, choices=Case.Programme.choices, widget=forms.HiddenInput)
    channel = forms.ChoiceField(required=False, choices=Case.Channel.choices, widget=forms.HiddenInput)
    street = forms.RegexField(r"^\d{9}$", label=_("Street"), required=False, widget=forms.HiddenInput)
    community = forms.RegexField(r"^\d{12}$", label=_("Community"), required=False, widget=forms.HiddenInput)
    block = forms.RegexField(r"^\d{14}$", label=_("Block"), required=False, widget=forms.HiddenInput)
    unit = forms.RegexField(r"^[\w-]{1,64}$", label=_("Unit"), required=False, widget=forms.HiddenInput)
    unplaced = YesField(label=_("Not placed yet"), required=False, widget=forms.HiddenInput)
    reported_after = forms.DateField(label=_("Reported from"), required=False, widget=forms.HiddenInput)
    reported_before = forms.DateField(label=_("Reported until"), required=False, widget=forms.HiddenInput)
    closed_from = forms.DateField(label=_("Closed from"), required=False, widget=forms.HiddenInput)
    closed_to = forms.DateField(label=_("Closed until"), required=False, widget=forms.HiddenInput)

    VISIBLE = ("q", "area", "state", "category", "open", "overdue")

    def __init__(
        self, data: QueryDict, *, areas: Sequence[Option], shows: Sequence[tuple[str, Words]]
    ) -> None:
        super().__init__(data)
        area, category, show = self.fields["area"], self.fields["category"], self.fields["show"]
        assert isinstance(area, forms.ChoiceField)
        assert isinstance(category, forms.ChoiceField)
        assert isinstance(show, forms.ChoiceField)
        area.choices = [("", ANY), *((code, name) for code, name, _about in areas)]
        show.choices = list(shows)
        offer(category, category_groups(), empty=ANY)

    @property
    def given(self) -> dict[str, Any]:
        """What was asked and can be answered."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}

    @property
    def from_links(self) -> list[str]:
        """Names of the fields that the page does not show."""
        return [name for name in self.fields if name not in self.VISIBLE]

    def hidden(self) -> list[forms.BoundField]:
        """What goes along when the shown fields are sent."""
        return [self[name] for name in self.from_links if self[name].value()]

    def visible(self) -> list[forms.BoundField]:
        """The fields that the page shows."""
        return [self[name] for name in self.VISIBLE]
